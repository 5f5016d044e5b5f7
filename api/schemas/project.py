"""Projects: what is sent in and what comes back (R7, R43)."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from api.op import Schema
from api.schemas.base import Shape
from api.schemas.case import Code, Light

Typed = Annotated[str, StringConstraints(min_length=1, max_length=80)]
State = Literal[
    "none", "draft", "filed", "waiting", "running", "paused", "correcting", "granted", "refused", "fallen",
]  # fmt: skip


class ProjectIn(Schema):
    """A project as its certificate names it. `skipped`: items it does without (only those that may be)."""

    code: Typed
    name: Annotated[str, StringConstraints(max_length=120)]
    kind: Literal["filing", "approval"]
    organisation_id: UUID | None = None
    skipped: list[Code] = Field(default_factory=list, max_length=16)


class LookIn(Schema):
    """`key`: the project's 查询密码, for whoever is not its owner. `large`: the map in 大字版."""

    key: str = Field(default="", max_length=40)
    large: bool = False


class AskIn(Schema):
    """A question before any case, about one item or the whole."""

    question: Annotated[str, StringConstraints(max_length=1000)]
    item_code: Code | None = None


class ProjectNext(Shape):
    """The owner's one next step; `case_id` says where it is done."""

    action: Literal["correct", "supply", "collect", "submit", "file", "wait", "none"]
    words: str
    detail: str
    by: str | None
    case_id: str | None


class RowOut(Shape):
    """One item on the road. `everyday` is its short name on the map; `progress` how far along its lane it is."""

    item: str
    name: str
    everyday: str
    department: str
    department_code: str
    state: State
    light: Light
    words: str
    progress: float
    case_id: str | None
    can_file: bool
    after: list[str]


class StageOut(Shape):
    n: str
    title: str
    rows: list[RowOut]


class MapOut(Shape):
    """The road without words: a head of `head_height` for each stage, then a lane of `row_height` for each row."""

    width: int
    height: int
    row_height: int
    head_height: int
    svg: str


class GuidanceOut(Shape):
    """A question (question) or an early visit (visit). It starts no clock."""

    id: str
    kind: Literal["question", "visit"]
    department: str | None
    question: str
    answer: str | None
    state: Literal["open", "done"]
    planned_on: str | None
    at: str


class Firm(Shape):
    id: str
    name: str


class Earliest(Shape):
    on: str
    words: str


class ProjectOut(Shape):
    """A project with its whole road. With the key alone: no names of people, no case ids, no materials."""

    code: str
    name: str
    kind: Literal["filing", "approval"]
    green: bool
    organisation: Firm | None
    query_key: str | None
    bundle_code: str
    all: int
    done: int
    earliest: Earliest | None
    stages: list[StageOut]
    map: MapOut
    next: ProjectNext
    guidance: list[GuidanceOut]


class ProjectBrief(Shape):
    code: str
    name: str
    kind: Literal["filing", "approval"]
    green: bool
    done: int
    all: int
    next: ProjectNext


class ProjectsOut(Shape):
    items: list[ProjectBrief]


class ListedOut(Shape):
    """A thing of the one list. `produced`: it comes out of an earlier step; `ready`: handed in before."""

    code: str
    name: str
    need: Literal["main", "secondary"]
    departments: list[str]
    items: list[str]
    state: Literal["missing", "ready", "free", "produced", "paper"]
    words: str
    when: str | None


class OneListOut(Shape):
    materials: list[ListedOut]
