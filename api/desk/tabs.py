"""The rooms of the bar: which stand open to whom, in the order of their work, each with its count."""

from models.rules.permits import OVERSEERS, WITHIN, Actor

Tab = tuple[str, str, str, int, bool]  # room, address, words, count, whether the count is late
ROOMS: tuple[tuple[str, str, str, frozenset[str]], ...] = (
    ("board", "/desk/board", "督办", OVERSEERS),
    ("calls", "/desk/calls", "叫号", frozenset({"clerk", "supervisor"})),
    ("queue", "/desk/queue", "收件受理", frozenset({"clerk", "supervisor"})),
    ("appointments", "/desk/appointments", "预约", frozenset({"clerk", "supervisor"})),
    ("window", "/desk/window", "当场决定", frozenset({"delegate"})),
    ("output", "/desk/output", "出件", frozenset({"clerk", "supervisor"})),
    ("inbox", "/desk/inbox", "待办", WITHIN),
    ("letters", "/desk/letters", "征询", WITHIN),
    ("inspections", "/desk/inspections", "抽查", WITHIN | {"supervisor"}),
    ("breaches", "/desk/breaches", "失信修复", frozenset({"supervisor"})),
    ("projects", "/desk/projects", "项目", frozenset({"clerk", "supervisor", "county_head"}) | WITHIN),
)


def of(actor: Actor, counts: dict[str, int]) -> list[Tab]:
    """The tabs of this person."""
    open_ = [(room, href, words) for room, href, words, who in ROOMS if actor.roles & who]
    return [(room, href, words, counts.get(room, 0), room == "board") for room, href, words in open_]
