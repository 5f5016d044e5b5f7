"""What departments' own systems send and get."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from api.op import Schema
from api.schemas.base import Shape
from api.schemas.case import ApplicantOut, FormOut, HallRef, Light, MaterialOut, TaskOut

State = Literal["waiting", "assigned", "examining", "suspended", "advised", "decided", "revoked", "cancelled"]
Outcome = Literal["granted", "refused"]
Words = Annotated[str, StringConstraints(max_length=2000)]


class TasksIn(Schema):
    """`state`: one state, or all. `cursor` as given by the page before."""

    state: State | None = None
    cursor: UUID | None = None


class TaskBrief(Shape):
    id: str
    state: State
    version: int
    outcome: str | None
    item: str
    item_name: str
    number: str | None
    assigned_at: str


class TasksOut(Shape):
    """Tasks of the department, oldest first."""

    items: list[TaskBrief]
    next_cursor: str | None


class TaskCase(Shape):
    """The case a task belongs to."""

    id: str
    number: str | None
    title: str
    applicant: ApplicantOut
    hall: HallRef
    form: FormOut
    submitted_at: str | None


class TaskWhole(TaskOut):
    """One task with its case and the materials of its item; links to pages live 60 s and are for this caller alone."""

    case: TaskCase
    materials: list[MaterialOut]


class AcknowledgeIn(Schema):
    """`version`: the task's version as last seen; left out, the present one."""

    version: int | None = Field(default=None, ge=0)


class AdviseIn(AcknowledgeIn):
    """A proposal with its opinion."""

    outcome: Outcome
    opinion: Words


class DecideIn(AcknowledgeIn):
    """The decision. A refusal needs its `reason` (行政许可法 art. 38). `document`: its paper's number, kept with it."""

    outcome: Outcome
    reason: Words = ""
    document: Annotated[str, StringConstraints(max_length=100)] | None = None


class SuspendIn(AcknowledgeIn):
    """`kind`: a special procedure of the item's guide; `planned_days` may be left out where the guide gives them."""

    kind: Annotated[str, StringConstraints(max_length=60)]
    planned_days: int | None = Field(default=None, ge=0, le=3660)
    reason: Words


class ResumeIn(AcknowledgeIn):
    """What came of the special procedure, in words."""

    result: Words


class LetterDepartment(Shape):
    code: str
    short: str


class LetterLine(Shape):
    """A defect the answer names: of which material, and what to make of it."""

    material_code: str
    material: str
    defect: str
    fix: str


class LetterOut(Shape):
    """A letter (函询) about a case. `state`: open, silent (its day is past, an answer still mends it) or answered."""

    id: str
    version: int
    case_id: str
    number: str | None
    title: str
    department: LetterDepartment
    asker_words: str
    question: str
    due_on: str
    light: Light
    state: Literal["open", "answered", "silent"]
    state_words: str
    outcome: Literal["agrees", "objects", "defects"] | None
    words: str
    lines: list[LetterLine]
    answered_at: str | None
    can: list[str]


class LettersOut(Shape):
    """The letters the department still has to answer, the most urgent first."""

    items: list[LetterOut]


class LetterWhole(LetterOut):
    """One letter with the materials of its case; links to pages live 60 s and are for this caller alone."""

    applicant: ApplicantOut
    hall: HallRef
    materials: list[MaterialOut]


class LineIn(Schema):
    material_code: Annotated[str, StringConstraints(max_length=12)]
    defect: Annotated[str, StringConstraints(max_length=300)]
    fix: Annotated[str, StringConstraints(max_length=300)]


class AnswerIn(AcknowledgeIn):
    """The answer; `lines` only, and at least one, with `defects`: they go into the one-time notice."""

    outcome: Literal["agrees", "objects", "defects"]
    words: Words
    lines: Annotated[list[LineIn], Field(max_length=60)] = []
