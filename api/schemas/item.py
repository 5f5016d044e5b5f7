"""The catalogue: items, bundles, halls, departments as the guide shows them."""

from typing import Any, Literal

from pydantic import Field

from api.op import Schema
from api.schemas.base import Shape


class Body(Shape):
    """A department."""

    code: str
    name: str
    short: str


class FormField(Shape):
    """One field of a form; `options` for a choice."""

    key: str
    label: str
    kind: Literal["text", "textarea", "number", "date", "choice"]
    required: bool
    options: list[str] = Field(default_factory=list)
    hint: str | None = None
    unit: str | None = None


class ItemsIn(Schema):
    """`q`: everyday words or pinyin; the others narrow the list."""

    q: str = Field(default="", max_length=60)
    theme: str | None = Field(default=None, max_length=16)
    subject: Literal["person", "organisation"] | None = None
    department: str | None = Field(default=None, max_length=8)
    hall: str | None = Field(default=None, max_length=4)
    cursor: str | None = Field(default=None, max_length=6)


class AnswersIn(Schema):
    """Question key -> yes or no."""

    answers: dict[str, bool] = Field(default_factory=dict)


class Visits(Shape):
    """How often one must come, and why; `site`: somebody comes to look."""

    times: int
    reason: str
    site: Any = None


class LimitWords(Shape):
    days: int | None
    unit: str | None
    words: str


class ItemBrief(Shape):
    """What a list shows of an item. `fee`: {yuan, text, ...}; `online`: nothing to come for."""

    code: str
    name: str
    everyday: str
    kind: str
    theme: str
    department: Body
    subjects: list[str]
    handling: Literal["instant", "promised"]
    online: bool
    visits: Visits
    limit: LimitWords
    fee: dict[str, Any]


class BundleBrief(Shape):
    """一件事: several items on one form. `members`: {item, name, department, after, when}."""

    code: str
    name: str
    everyday: str
    note: str
    theme: str
    themes: list[str]
    members: list[dict[str, Any]]
    departments: int


class ItemsOut(Shape):
    """`heard`: how the words were read; `near`: known words when nothing fits."""

    items: list[ItemBrief]
    next_cursor: str | None
    total: int
    heard: str
    bundle: BundleBrief | None
    near: list[str]


class MaterialNeed(Shape):
    """A material as the item asks for it. `form`: filled in the app; `free`: the system fetches it."""

    code: str
    name: str
    need: Literal["main", "secondary"]
    original: int
    copies: int = Field(alias="copy")
    photo: bool
    source: Literal["licence", "self", "department"]
    standard: str
    when: str | None
    hint: str | None
    form: bool
    free: bool


class Question(Shape):
    key: str
    words: str
    kind: Literal["bool"]


class ChecklistOut(Shape):
    """The exact materials for these answers."""

    materials: list[MaterialNeed]
    questions: list[Question]


class HallBrief(Shape):
    """A hall or station. `example`: names of the fields that are invented for the model county."""

    code: str
    name: str
    tier: Literal["county", "town", "village"]
    parent: str | None
    region: str
    address: str | None
    phone: str | None
    hours_words: str
    example: list[str]


class Answer(Shape):
    on: str
    words: str
    explain: list[str]


class Limits(Shape):
    """{days, unit, as_written?, note?, example?} each; `answer_by` if everything were handed in now."""

    statutory: dict[str, Any]
    promised: dict[str, Any]
    extension: dict[str, Any] | None
    answer_by: Answer | None


class Places(Shape):
    words: str
    tiers: dict[str, str]
    halls: list[HallBrief]


class ItemOut(ItemBrief):
    """The whole guide of an item (R12)."""

    who: str
    conditions: list[str]
    materials: list[MaterialNeed]
    questions: list[Question]
    form: list[FormField]
    limits: Limits
    places: Places
    legal_basis: list[dict[str, Any]]
    result: dict[str, Any]
    special_procedures: list[dict[str, Any]] | None
    quota: Any
    promise_instead_of_proof: Any
    remedy: str | None
    complaint_line: str | None
    home_visit: dict[str, Any]
    appointment: dict[str, Any]
    tolerance: dict[str, Any]
    confidence: dict[str, Any]
    version: int
    updated_on: str


class BundleOut(BundleBrief):
    """A bundle with its merged list."""

    lead: Any
    usual_lead: Any
    materials: list[dict[str, Any]]
    alternatives: Any
    stages: Any
    internal_notices: Any
    confidence: Any
    limit: Any


class BundlesOut(Shape):
    items: list[BundleBrief]
    next_cursor: str | None = None


class Theme(Shape):
    code: str
    name: str
    home: bool


class ThemesOut(Shape):
    items: list[Theme]
    next_cursor: str | None = None


class HallsIn(Schema):
    tier: Literal["county", "town", "village"] | None = None
    parent: str | None = Field(default=None, max_length=4)


class HallsOut(Shape):
    items: list[HallBrief]
    next_cursor: str | None = None


class WindowGroupOut(Shape):
    code: str
    name: str
    kind: str
    windows: int
    departments: list[str]
    example: bool


class HallOut(HallBrief):
    remark: str | None
    hours: dict[str, Any]
    window_groups: list[WindowGroupOut]
    children: list[HallBrief]


class DepartmentOut(Body):
    kind: str


class DepartmentsOut(Shape):
    items: list[DepartmentOut]
    next_cursor: str | None = None
