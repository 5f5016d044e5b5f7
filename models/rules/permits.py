"""Rights. *May*: which roles an actor has towards a case or task. *Sees*: the scope every read begins with."""

from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from tortoise.expressions import Q

from models.base import Refusal
from models.people import ASSURANCE

Kind = Literal["anonymous", "citizen", "staff", "department", "kiosk", "clock", "system"]


@dataclass(frozen=True)
class Actor:
    """Who is asking. `roles` are staff roles; `department` and `hall` are where they stand today."""

    kind: Kind
    id: UUID | None = None
    name: str = ""
    roles: frozenset[str] = frozenset()
    department: str = ""
    hall: str = ""
    tier: str = ""
    seat: str = ""
    assurance: str = "none"
    session: UUID | None = None

    @property
    def key(self) -> str:
        """How rows name this actor: `citizen:<id>`, `staff:<id>`, `department:<code>`, `clock`."""
        if self.kind == "department":
            return f"department:{self.department}"
        return f"{self.kind}:{self.id}" if self.id else self.kind


OVERSEERS = frozenset({"supervisor", "county_head"})  # they watch over every case of the county
WITHIN = frozenset({"handler", "section_head", "approver"})  # of a department
ANONYMOUS = Actor("anonymous")
CLOCK = Actor("clock", name="系统时钟")
SYSTEM = Actor("system", name="系统")


def require_staff(actor: Actor, *roles: str) -> None:
    """Refuse anybody who has none of `roles`."""
    if actor.kind != "staff" or (roles and not actor.roles & set(roles)):
        raise Refusal("role_not_allowed", 403, "这一页不归您的岗位管。要用的话，请找值班长调整岗位")


def require_citizen(actor: Actor) -> UUID:
    if actor.kind != "citizen" or actor.id is None:
        raise Refusal("sign_in_needed", 401, "请先登录")
    return actor.id


def require_real_name(assurance: str) -> None:
    """Handing in and promising are legal acts: who does it must be known by name."""
    if ASSURANCE.index(assurance) < ASSURANCE.index("name"):
        raise Refusal("real_name_needed", 403, "交之前要先实名认证，只要做一次。您填的都还在")


def case_roles(actor: Actor, case: Any) -> frozenset[str]:
    """The roles of the flow that `actor` plays towards `case`."""
    if actor.kind in ("clock", "system"):
        return frozenset({actor.kind})
    if actor.kind == "citizen":
        return frozenset({"owner"}) if case.account_id == actor.id else frozenset()
    if actor.kind == "staff":
        found = set()
        if "clerk" in actor.roles and _hall_reaches(actor, case.hall_id):
            found.add("clerk")
        return frozenset(found | (actor.roles & OVERSEERS))
    return frozenset()


def task_roles(actor: Actor, task: Any) -> frozenset[str]:
    """The roles of the flow that `actor` plays towards a department's `task`, letter or inspection.

    A delegate's is bounded by the delegation written on the task (R50); that the hall is theirs, `scope` holds.
    """
    if actor.kind in ("clock", "system"):
        return frozenset({actor.kind})
    found: frozenset[str] = frozenset()
    if actor.kind == "staff":
        found = actor.roles & {"supervisor"}
        if getattr(task, "delegation", ""):
            found |= actor.roles & {"delegate"}
    if actor.department and actor.department == task.department_id:
        if actor.kind == "department":
            return frozenset({"department"})
        found |= actor.roles & WITHIN
    return found


def hall_roles(actor: Actor, row: Any) -> frozenset[str]:
    """The roles of the flow that `actor` plays towards an appointment or a ticket of a hall (R54-R57)."""
    if actor.kind in ("clock", "system"):
        return frozenset({actor.kind})
    if actor.kind == "citizen":
        return frozenset({"owner"}) if row.account_id is not None and row.account_id == actor.id else frozenset()
    if actor.kind == "kiosk":
        return frozenset({"kiosk"}) if row.hall_id == actor.hall else frozenset()
    if actor.kind == "staff":
        found = actor.roles & {"supervisor"}
        if "clerk" in actor.roles and _hall_reaches(actor, row.hall_id):
            found |= {"clerk"}
        return found
    return frozenset()


def in_hall(actor: Actor) -> Q:
    """The appointments and tickets an actor may see: one's own; those of the halls one's own hall reaches."""
    if actor.kind == "citizen":
        return Q(account_id=actor.id)
    if actor.kind == "kiosk":
        return Q(hall_id=actor.hall)
    if actor.kind in ("clock", "system") or (actor.kind == "staff" and actor.roles & {"supervisor"}):
        return Q()
    if actor.kind == "staff" and "clerk" in actor.roles and actor.hall:
        if actor.tier == "county":
            return Q()
        return Q(hall_id__startswith=actor.hall[:2]) if actor.tier == "town" else Q(hall_id=actor.hall)
    return NOTHING


def _hall_reaches(actor: Actor, hall: str) -> bool:
    """A county counter takes any hall's cases (同城通办, R44); a town's its own and its villages'."""
    return actor.tier == "county" or hall == actor.hall or (actor.tier == "town" and hall[:2] == actor.hall[:2])


def scope(actor: Actor) -> Q:
    """The cases `actor` may see. Drafts belong to their owner alone."""
    if actor.kind == "citizen":
        return Q(account_id=actor.id)
    if actor.kind == "department":
        return _of_department(actor.department)
    if actor.kind == "staff":
        return _staff_scope(actor)
    if actor.kind in ("clock", "system"):
        return Q()
    return NOTHING


NOTHING = Q(id__in=[])


def _staff_scope(actor: Actor) -> Q:
    filed = ~Q(state="draft")
    if actor.roles & OVERSEERS:
        return filed
    found = NOTHING
    if actor.roles & {"clerk", "delegate"} and actor.hall:
        if actor.tier == "county":
            found = found | filed
        elif actor.tier == "town":
            found = found | (filed & Q(hall_id__startswith=actor.hall[:2]))
        else:
            found = found | (filed & Q(hall_id=actor.hall))
    if actor.department and actor.roles & WITHIN:
        found = found | (filed & _of_department(actor.department))
    return found


def _of_department(code: str) -> Q:
    """Cases with a task for the department, and those it was asked about in a letter: to read, not to act on (S30)."""
    return Q(tasks__department_id=code) | Q(consultations__department_id=code)


def letters(actor: Actor) -> Q:
    """The letters (函询) an actor may read: those sent to their department."""
    inside = actor.kind == "department" or actor.roles & WITHIN
    return Q(department_id=actor.department) if actor.department and inside else NOTHING


def guided(actor: Actor) -> Q:
    """The early guidance of projects an actor of the staff may take up: a department's own, or all of it (R43)."""
    if actor.kind == "staff" and actor.roles & {"clerk", *OVERSEERS}:
        return Q()
    if actor.kind == "staff" and actor.department and actor.roles & WITHIN:
        return Q(department_id=actor.department)
    return NOTHING
