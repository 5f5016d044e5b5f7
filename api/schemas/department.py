"""What departments' own systems send and get."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from api.op import Schema
from api.schemas.base import Shape
from api.schemas.case import ApplicantOut, FormOut, HallRef, MaterialOut, TaskOut

State = Literal["assigned", "examining", "advised", "decided", "cancelled"]
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
