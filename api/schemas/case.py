"""Cases: what is sent in and what comes back."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from api.op import Schema
from api.schemas.base import Shape
from api.schemas.item import Body, FormField
from api.schemas.upload import UploadOut

Code = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9-]{2,12}$")]
ProjectCode = Annotated[str, StringConstraints(pattern=r"^[0-9A-Z-]{20,32}$")]
HallCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}$")]


class Applicant(Schema):
    """For whom: oneself, an organisation one acts for, or a person who gave a mandate."""

    kind: Literal["self", "organisation", "mandate"] = "self"
    id: UUID | None = None


class BeginIn(Schema):
    """A new case: items, or a bundle (all its members, or those in `item_codes`), for a project or as a renewal.

    `answers`: question key -> yes or no; `form`: field key -> value; `renews`: id of a licence of one's own.
    """

    item_codes: list[Code] = Field(default_factory=list, max_length=16)
    bundle_code: Code | None = None
    project_code: ProjectCode | None = None
    renews: UUID | None = None
    applicant: Applicant = Field(default_factory=Applicant)
    answers: dict[str, bool] = Field(default_factory=dict)
    form: dict[str, Any] = Field(default_factory=dict)
    hall: HallCode

    @model_validator(mode="after")
    def _something(self) -> "BeginIn":
        if not self.item_codes and not self.bundle_code:
            raise ValueError("item_codes or bundle_code")
        return self


class FormIn(Schema):
    """The form as far as it is filled in."""

    values: dict[str, Any]


class PagesIn(Schema):
    """The pages of a material, in order."""

    pages: list[UUID] = Field(max_length=40)


class VerbIn(Schema):
    """A verb; `version` is the one the person saw, if the client keeps it."""

    version: int | None = Field(default=None, ge=0, le=2**31)


class PromiseIn(Schema):
    """A promise signed as it is offered: 容缺受理 (tolerance) or 告知承诺 (informed), for one item of the case."""

    kind: Literal["tolerance", "informed"]
    item: Code
    version: int | None = Field(default=None, ge=0, le=2**31)


class CursorIn(Schema):
    cursor: UUID | None = None


class ProgressIn(Schema):
    """The 查询密码 printed on the receipt."""

    key: str = Field(default="", max_length=40)


class Light(Shape):
    """A light for people: colour and the word beside it; `short` is the desk's word."""

    colour: Literal["green", "amber", "red", "grey"]
    word: str
    short: str | None = None


class Day(Shape):
    """One local date of the clock strip; `n` counts days that count."""

    date: str
    n: int | None = None
    kind: str
    name: str | None = None


class ClockOut(Shape):
    """A period of the law, explained. `day + remaining == of` in `unit`; remaining < 0 when late."""

    kind: Literal["acceptance", "correction", "promise", "statutory", "tolerance", "delivery"]
    name: str
    state: Literal["running", "stopped", "paused"]
    unit: str
    started_on: str
    due_on: str
    day: int
    of: int
    remaining: int
    light: Light
    words: str
    explain: list[str]
    guessed: bool
    days: list[Day]


class ItemRef(Shape):
    code: str
    name: str
    everyday: str
    department: Body


class FormOut(Shape):
    """The fields to fill in, what is filled in, and the keys still missing."""

    fields: list[FormField]
    values: dict[str, Any]
    missing: list[str]
    complete: bool


class MaterialOut(Shape):
    """One material and its pages. `free`: the system fetches it; `form`: filled in the app."""

    code: str
    name: str
    need: Literal["main", "secondary"]
    photo: bool
    form: bool
    free: bool
    source: str
    standard: str
    hint: str | None
    items: list[str]
    state: Literal["missing", "checking", "ready", "refused", "free", "defect", "form", "paper"]
    state_words: str
    note: str
    trust: str | None
    pages: list[UploadOut]


class TaskOut(Shape):
    """What one department does for one item: the child case. `after`: names of what it waits for while `waiting`."""

    id: str
    number: str
    version: int
    item: str
    item_name: str
    department: Body
    state: Literal["waiting", "assigned", "examining", "suspended", "advised", "decided", "revoked", "cancelled"]
    state_words: str
    light: Light
    due_on: str | None
    outcome: str | None
    words: str
    reason: str | None
    after: list[str]
    at_window: bool
    clocks: list[ClockOut]
    handler: str | None
    approver: str | None
    opinion: dict[str, Any] | None
    decided_at: str | None
    can: list[str]


class NoticeLineOut(Shape):
    n: int
    material_code: str
    material: str
    department: str | None
    defect: str
    fix: str
    answered: bool


class NoticeOut(Shape):
    """The one-time notice: every defect at once."""

    id: str
    number: str
    round: int
    issued_on: str
    due_on: str
    lines: list[NoticeLineOut]
    open: bool


class EventOut(Shape):
    at: str
    verb: str
    words: str
    who: str
    place: str
    note: str | None


class ResultOut(Shape):
    id: str
    name: str
    state: Literal["making", "ready", "delivered"]
    outcome: str
    where: str | None
    place: str | None
    method: str | None
    at: str


class MaterialRef(Shape):
    code: str
    name: str


class PromiseOut(Shape):
    """A signed promise (容缺受理 or 告知承诺). `materials`: what it stands for, `open`: what is still to come."""

    id: str
    kind: Literal["tolerance", "informed"]
    item: str
    item_name: str
    materials: list[MaterialRef]
    words: str
    signed_at: str
    due_on: str | None
    state: Literal["made", "supplied", "kept", "broken", "verified", "false", "void"]
    state_words: str


class OfferOut(Shape):
    """A promise that may be signed now: the exact words, what it stands for and what follows if it is not kept.

    `off`: why it may not be signed (an unrepaired breach), in words; empty when it may.
    """

    kind: Literal["tolerance", "informed"]
    item: str
    item_name: str
    materials: list[MaterialRef]
    words: str
    consequence: str
    days: str
    off: str


class BundleRef(Shape):
    """The 一件事 a case was filed as, and the department that leads it."""

    code: str
    name: str
    lead: Body | None


class ProjectRef(Shape):
    code: str
    name: str


class RenewalOut(Shape):
    """The licence a case asks to renew (art. 50). `timely`: asked early enough that silence renews it."""

    licence_id: str
    number: str
    valid_until: str
    timely: bool
    words: str


class NextOut(Shape):
    """What the person must do now; `by` is a date or null."""

    action: Literal["fill", "photograph", "submit", "correct", "supply", "collect", "wait", "none"]
    words: str
    detail: str
    by: str | None


class AnswerBy(Shape):
    on: str
    words: str


class ApplicantOut(Shape):
    kind: str
    id: str
    name: str | None


class HallRef(Shape):
    code: str
    name: str


class CaseOut(Shape):
    """A case as its viewer may see it; `can` names the verbs open to them now, each POST /cases/{id}/<verb>."""

    id: str
    number: str | None
    query_key: str | None
    state: str
    state_words: str
    version: int
    title: str
    items: list[ItemRef]
    applicant: ApplicantOut
    hall: HallRef
    answers: dict[str, bool]
    form: FormOut
    materials: list[MaterialOut]
    tasks: list[TaskOut]
    clocks: list[ClockOut]
    notice: NoticeOut | None
    promises: list[PromiseOut]
    offers: list[OfferOut]
    bundle: BundleRef | None
    project: ProjectRef | None
    renewal: RenewalOut | None
    tolerant: bool
    green: bool
    second_notice: Literal["", "asked", "allowed", "used"]
    timeline: list[EventOut]
    results: list[ResultOut]
    outcome: str | None
    next: NextOut
    answer_by: AnswerBy | None
    can: list[str]
    created_at: str
    submitted_at: str | None


class CaseBrief(Shape):
    id: str
    number: str | None
    title: str
    state: str
    state_words: str
    created_at: str
    submitted_at: str | None
    clocks: list[ClockOut]
    can: list[str]


class CasesOut(Shape):
    items: list[CaseBrief]
    next_cursor: str | None


class ProgressEvent(Shape):
    at: str
    words: str


class ProgressNext(Shape):
    words: str


class ProgressOut(Shape):
    """Progress by number and 查询密码: no name, no material."""

    number: str
    title: str
    state: str
    state_words: str
    clocks: list[ClockOut]
    timeline: list[ProgressEvent]
    next: ProgressNext
