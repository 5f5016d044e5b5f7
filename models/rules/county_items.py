"""The shapes of items and bundles as files: the elements of R12-R14, one 业务办理项 an entry."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from models.rules.county import Code, Handles, ItemCode, Key, MaterialCode, Shape, Short, Text, Unit

Days = Annotated[int, Field(ge=0, le=3660)]


class Basis(Shape):
    law: Text
    article: Text
    checked: bool


class LimitEntry(Shape):
    """days null: the law gives none, then `note` says so. 0: on the spot."""

    days: Days | None
    unit: Unit | None
    as_written: Short | None = None
    note: Text | None = None
    example: bool = False


class Extension(Shape):
    days: Days
    unit: Unit
    approval: Text


class Fee(Shape):
    yuan: Annotated[int | float, Field(ge=0)] | None
    text: Text


class Question(Shape):
    key: Key
    words: Short


class NeedEntry(Shape):
    """One material the item asks for; name, source, photo and standard come from the registry."""

    code: MaterialCode
    need: Literal["main", "secondary"]
    original: Annotated[int, Field(ge=0, le=20)]
    copy_: Annotated[int, Field(alias="copy", ge=0, le=20)]
    if_: Annotated[Text | None, Field(alias="if")] = None
    when: Short | None = None
    hint: Short | None = None
    free: bool | None = None


class FormField(Shape):
    key: Key
    label: Short
    kind: Literal["text", "textarea", "number", "date", "choice"]
    required: bool
    options: list[Short] = []
    unit: Short | None = None
    hint: Short | None = None


class Special(Shape):
    kind: Short
    planned_days: Days | None
    unit: Unit
    by: Text
    basis: Text | None = None  # asked for in rules/publishing.py, with its own words
    stops_clock: bool | Literal["unsure"]
    example_days: bool = False


class Result(Shape):
    type: Short
    name: Text
    valid_years: Annotated[int, Field(ge=1, le=100)] | None


class Tiers(Shape):
    county: Handles
    town: Handles
    village: Handles


class Visits(Shape):
    """How often the applicant must come, and why. `site`: officials come to look; that costs the applicant no trip."""

    times: Annotated[int, Field(ge=0, le=10)]
    reason: Text | None = None  # asked for in rules/publishing.py, with its own words
    site: bool = False


class Suited(Shape):
    suited: bool
    for_: Annotated[Text | None, Field(alias="for")] = None
    required: bool = False


class Tolerance(Shape):
    allowed: bool
    days: Days | None = None
    unit: Unit | None = None
    reason: Text | None = None
    example: bool = False


class Confidence(Shape):
    level: Literal["sure", "probable", "unsure"]
    unsure: Text | None


class ItemEntry(Shape):
    """One 业务办理项.

    With `promise_instead_of_proof` (告知承诺, R41): `promise_covers` the proof it stands for, `promise_statement` the
    form of it on paper, `verify_limit` until when it is verified. `promise_barred`: why there may be none.
    """

    code: ItemCode
    name: Text
    everyday: Short
    who: Text
    theme: Key
    words: list[Short]
    kind: Literal["行政许可", "行政确认", "行政裁决", "行政给付", "行政奖励", "行政备案", "其他行政权力", "公共服务"]
    subjects: list[Literal["person", "organisation"]]
    handling: Literal["instant", "promised"]
    window: Literal["comprehensive", "specialist"]
    legal_basis: list[Basis]
    statutory_limit: LimitEntry
    promised_limit: LimitEntry
    extension: Extension | None = None
    quota: Text | None = None
    promise_instead_of_proof: bool = False
    promise_covers: list[MaterialCode] = []
    promise_statement: MaterialCode | None = None
    promise_barred: Text | None = None
    verify_limit: LimitEntry | None = None
    fee: Fee
    conditions: list[Text]
    questions: list[Question]
    materials: list[NeedEntry]
    form: list[FormField]
    special_procedures: list[Special] = []
    result: Result
    tiers: Tiers
    visits: Visits
    appointment: Suited
    home_visit: Suited
    tolerance: Tolerance
    confidence: Confidence


class ItemsFile(Shape):
    department: Code
    items: list[ItemEntry]


class Member(Shape):
    """`only`: of a project of this kind alone. `optional`: a project may do without it (a small one)."""

    item: ItemCode
    after: list[ItemCode]
    when: Text | None = None
    only: Literal["filing", "approval"] | None = None
    optional: bool = False


class Internal(Shape):
    to: Code
    what: Text


class BundleNeed(Shape):
    code: MaterialCode
    need: Literal["main", "secondary"]
    original: int
    copy_: Annotated[int, Field(alias="copy")]
    needed_by: list[ItemCode]
    produced_by: ItemCode | None = None


class BundleEntry(Shape):
    """`stages`: the stretches of a project's map in order, `short_names`: what stands on it (R43)."""

    code: ItemCode | Annotated[str, Field(pattern=r"^B[0-9]{2,4}$")]
    name: Text
    everyday: Short
    theme: Key
    words: list[Short]
    lead: Code
    usual_lead: Text
    note: Text
    members: list[Member]
    alternatives: dict[ItemCode, ItemCode] = {}
    stages: dict[str, list[ItemCode]] = {}
    short_names: dict[ItemCode, Short] = {}
    total_days: LimitEntry
    internal_notices: list[Internal] = []
    materials: list[BundleNeed]
    confidence: Confidence


class BundlesFile(Shape):
    bundles: list[BundleEntry]
