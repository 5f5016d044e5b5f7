"""What may happen, written a second time by hand from R17-R22, R28, R30-R34, R38, R40-R42 and R50, not from the flow.

verb -> (from, to, by). `=` keeps the state, an empty `from` begins something new.
"""

from dataclasses import dataclass

from models.rules.permits import CLOCK, SYSTEM, Actor
from tests import people

Table = dict[str, tuple[str, str, str]]

CASE_TABLE: Table = {
    "submit": ("draft", "submitted", "owner"),
    "promise": ("draft", "=", "owner"),
    "receive": ("submitted", "received", "clerk"),
    "notify": ("submitted received", "correcting", "clerk"),
    "ask_second_notice": ("submitted received", "=", "clerk"),
    "allow_second_notice": ("submitted received", "=", "supervisor"),
    "correct": ("correcting", "received", "owner"),
    "accept": ("submitted received", "accepted", "clerk"),
    "deem_accept": ("submitted received", "accepted", "clock"),
    "supply": ("accepted", "=", "owner"),
    "confirm_supply": ("accepted", "=", "clerk"),
    "reject_supply": ("accepted", "=", "clerk"),
    "remind_tolerance": ("accepted", "=", "clock"),
    "break_promise": ("accepted", "=", "clock"),
    "overdue_supply": ("accepted", "=", "clock"),
    "extend": ("accepted", "=", "county_head"),
    "refuse": ("submitted received", "refused", "clerk"),
    "withdraw": ("draft submitted received correcting accepted", "withdrawn", "owner"),
    "lapse": ("correcting", "returned", "clock"),
    "conclude": ("accepted", "concluded", "system"),
    "close": ("accepted", "returned", "system"),
    "shelve": ("concluded", "=", "clerk"),
    "shelve_part": ("concluded", "=", "clerk"),
    "deliver": ("concluded", "delivered", "clerk"),
    "hand_over": ("concluded", "=", "clerk"),
    "acknowledge": ("correcting accepted concluded delivered refused returned", "=", "owner"),
    "remind_acceptance": ("submitted received", "=", "clock"),
    "remind_correction": ("correcting", "=", "clock"),
    "overdue_promise": ("accepted", "=", "clock"),
    "overdue_statutory": ("accepted", "=", "clock"),
    "remind_delivery": ("concluded", "=", "clock"),
    "recount": ("submitted received correcting accepted concluded", "=", "system"),
}
LYING = "assigned examining suspended advised"  # with the department
RUNNING = "assigned examining advised"  # and its clock running
TASK_TABLE: Table = {
    "assign": ("", "assigned", "system"),
    "hold": ("", "waiting", "system"),
    "release": ("waiting", "assigned", "system"),
    "acknowledge": ("assigned", "examining", "handler department"),
    "suspend": ("examining", "suspended", "handler department"),
    "resume": ("suspended", "examining", "handler department"),
    "extend": (LYING, "=", "approver"),
    "advise": ("examining", "advised", "handler department"),
    "return": ("advised", "examining", "approver"),
    "decide": (RUNNING, "decided", "approver department"),
    "decide_at_window": ("assigned examining", "decided", "delegate"),
    "revoke": ("decided", "revoked", "approver"),
    "fall": ("waiting", "cancelled", "system"),
    "drop": (f"waiting {LYING}", "cancelled", "system"),
    "void_grant": ("decided", "cancelled", "system"),
    "cancel": (f"waiting {LYING}", "cancelled", "system"),
    "urge": (LYING, "=", "supervisor"),
    "answer_urge": (LYING, "=", "handler section_head approver"),
    "remind_handler": (RUNNING, "=", "clock"),
    "escalate_section": (RUNNING, "=", "clock"),
    "escalate_head": (RUNNING, "=", "clock"),
    "escalate_centre": (RUNNING, "=", "clock"),
    "overdue_statutory": (RUNNING, "=", "clock"),
    "remind_suspension": ("suspended", "=", "clock"),
}
CONSULTATION_TABLE: Table = {
    "ask": ("", "open", "clerk handler"),
    "answer": ("open silent", "answered", "handler approver department"),
    "remind_answer": ("open", "=", "clock"),
    "fall_silent": ("open", "silent", "clock"),
}
INSPECTION_TABLE: Table = {
    "draw": ("", "open", "system"),
    "pass_inspection": ("open", "passed", "handler approver"),
    "fail_inspection": ("open", "failed", "handler approver"),
    "drop_inspection": ("open", "dropped", "system"),
    "remind_inspection": ("open", "=", "clock"),
    "overdue_inspection": ("open", "=", "clock"),
}
LICENCE_TABLE: Table = {
    "issue": ("", "valid", "system"),
    "remind_renewal": ("valid", "=", "clock"),
    "warn_office": ("valid", "=", "clock"),
    "deem_renewed": ("valid", "=", "clock"),
    "renew": ("valid", "renewed", "system"),
    "expire": ("valid", "expired", "clock"),
    "annul": ("valid", "revoked", "system"),
}
TABLES = {
    "case": CASE_TABLE, "task": TASK_TABLE, "consultation": CONSULTATION_TABLE, "inspection": INSPECTION_TABLE,
    "licence": LICENCE_TABLE,
}  # fmt: skip
#: Every state there is, by hand.
STATES = {
    "case": [
        "draft",
        "submitted",
        "received",
        "correcting",
        "accepted",
        "concluded",
        "delivered",
        "withdrawn",
        "refused",
        "returned",
    ],
    "task": ["waiting", "assigned", "examining", "suspended", "advised", "decided", "revoked", "cancelled"],
    "consultation": ["open", "answered", "silent"],
    "inspection": ["open", "passed", "failed", "dropped"],
    "licence": ["valid", "expired", "renewed", "revoked"],
}
#: Of the small sheets' verbs, where an event of theirs stands among those of a case.
SMALL = {verb: row for table in (CONSULTATION_TABLE, INSPECTION_TABLE, LICENCE_TABLE) for verb, row in table.items()}
#: What may bring a due day forward, each with an event that says why; anything that only moves it back is not here.
FORWARD = {"resume", "recount", "cancel", "drop"}


def expected(table: Table, verb: str, state: str, role: str) -> str:
    """What a verb must come to: the state it ends in, or the code of its refusal. `role` empty: a stranger."""
    starts, end, who = table[verb]
    if not role:
        return "not_found"
    if role not in who.split():
        return "not_allowed"
    if state not in starts.split():
        return "state_changed"
    return state if end == "=" else end


@dataclass
class Everybody:
    """Each principal with the role they play towards a case of hall 0001, and towards a row of department SJ."""

    owner: Actor
    case: dict[str, tuple[Actor, str]]
    row: dict[str, tuple[Actor, str]]


async def everybody() -> Everybody:
    """Who comes to a case and a task of SJ that is delegated to the window."""
    li = await people.citizen()
    sun = await people.citizen("孙大伟", people.SUN_ID, "13800000002")
    wang, zhao, chen = await people.clerk(), await people.handler(), await people.approver()
    section = await people.worker("黄股", "section_head", department="SJ")
    town = await people.worker("李娜", "clerk", hall="0101", tier="town")
    window = await people.worker("吴托", "delegate", hall="0001", tier="county")
    other, other_head = await people.handler("孙伟", "NY"), await people.approver("郑远", "NY")
    lead, mayor = await people.worker("周督", "supervisor"), await people.worker("县领导", "county_head")
    system, foreign = Actor("department", department="SJ", name="SJ"), Actor("department", department="NY", name="NY")
    both = {
        "anonymous": (Actor("anonymous"), ""), "other citizen": (sun, ""), "clock": (CLOCK, "clock"),
        "system": (SYSTEM, "system"), "supervisor": (lead, "supervisor"), "other department": (other, ""),
        "other head": (other_head, ""), "foreign system": (foreign, ""),
    }  # fmt: skip
    case = {
        **both, "owner": (li, "owner"), "clerk": (wang, "clerk"), "town clerk": (town, ""), "delegate": (window, ""),
        "handler": (zhao, ""), "section head": (section, ""), "approver": (chen, ""), "department": (system, ""),
        "county head": (mayor, "county_head"),
    }  # fmt: skip
    row = {
        **both, "owner": (li, ""), "clerk": (wang, ""), "delegate": (window, "delegate"), "handler": (zhao, "handler"),
        "section head": (section, "section_head"), "approver": (chen, "approver"), "department": (system, "department"),
        "county head": (mayor, ""),
    }  # fmt: skip
    return Everybody(li, case, row)
