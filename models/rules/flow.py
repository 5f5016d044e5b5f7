"""The state sheet: for each verb its start states, its end, who may, which clocks start and stop, who is told.

This is the file a county official can read. Buttons (`can`), the engine and the alarms are computed from it; a verb
that is not here does not exist. States are those of R17-R20; the words are what people read.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Step:
    """One verb. `end` None keeps the state. `words` is the button, `event` the line of the timeline.

    `owner` says who must act next: citizen, hall, departments or nobody. `audience` public is for the citizen too.
    `legal` marks what changes a right: the desk shows the paper before it is given out.
    """

    start: frozenset[str]
    end: str | None
    who: frozenset[str]
    words: str
    event: str
    owner: str | None = None
    starts: tuple[str, ...] = ()
    stops: tuple[str, ...] = ()
    tell: tuple[str, ...] = ()
    audience: str = "public"
    legal: bool = False


def _step(start: str, end: str | None, who: str, words: str, event: str, **rest: object) -> Step:
    return Step(frozenset(start.split()), end, frozenset(who.split()), words, event, **rest)  # type: ignore[arg-type]


# fmt: off
CASE: dict[str, Step] = {
    "submit": _step(
        "draft", "submitted", "owner", "交上去", "您交上去了",
        owner="hall", starts=("acceptance",), tell=("case.submitted", "hall.new_case"),
    ),
    "receive": _step(
        "submitted", "received", "clerk", "收件", "大厅收下了，发了收件凭证",
        owner="hall", tell=("case.received",), legal=True,
    ),
    "notify": _step(
        "submitted received", "correcting", "clerk", "出具一次性告知书", "大厅出具了一次性告知书",
        owner="citizen", starts=("correction",), stops=("acceptance",), tell=("case.correcting",), legal=True,
    ),
    "correct": _step(
        "correcting", "received", "owner", "改好了，交上去", "您补正好了",
        owner="hall", starts=("acceptance",), stops=("correction",), tell=("case.corrected", "hall.corrected"),
    ),
    "accept": _step(
        "submitted received", "accepted", "clerk", "受理", "受理了",
        owner="departments", starts=("promise", "statutory"), stops=("acceptance",), tell=("case.accepted",),
        legal=True,
    ),
    "deem_accept": _step(
        "submitted received", "accepted", "clock", "视为受理", "期限内没有告知，依法视为受理",
        owner="departments", starts=("promise", "statutory"), stops=("acceptance",),
        tell=("case.deemed_accepted", "hall.deemed_accepted"), legal=True,
    ),
    "refuse": _step(
        "submitted received", "refused", "clerk", "不予受理", "大厅决定不予受理",
        owner="", stops=("acceptance",), tell=("case.refused",), legal=True,
    ),
    "withdraw": _step(
        "draft submitted received correcting accepted", "withdrawn", "owner", "不办了", "您撤回了申请",
        owner="", stops=("acceptance", "correction", "promise", "statutory"), tell=("case.withdrawn", "hall.withdrawn"),
    ),
    "lapse": _step(
        "correcting", "returned", "clock", "退回", "到期没有补齐，材料退还给您，可以重新申请",
        owner="", stops=("correction",), tell=("case.returned",), legal=True,
    ),
    "conclude": _step(
        "accepted", "concluded", "system", "办结", "办结了",
        owner="hall", starts=("delivery",), stops=("promise", "statutory"), tell=("case.concluded", "hall.output"),
    ),
    "shelve": _step(
        "concluded", None, "clerk", "登记存放", "结果到了出件窗口，可以来领",
        owner="hall", tell=("case.collectable",),
    ),
    "shelve_part": _step(
        "concluded", None, "clerk", "登记存放", "一样结果到了出件窗口，还有的在路上",
        owner="hall",
    ),
    "deliver": _step(
        "concluded", "delivered", "clerk", "发放", "结果交给您了",
        owner="", stops=("delivery",), tell=("case.delivered",), legal=True,
    ),
    "hand_over": _step(
        "concluded", None, "clerk", "发放一部分", "一部分结果交给您了",
        owner="hall", legal=True,
    ),
    "acknowledge": _step(
        "correcting accepted concluded delivered refused returned", None, "owner", "我知道了", "您看过了",
        audience="public",
    ),
    "remind_acceptance": _step(
        "submitted received", None, "clock", "提醒", "提醒：受理期限快到了",
        audience="staff", tell=("hall.acceptance_due",),
    ),
    "remind_correction": _step(
        "correcting", None, "clock", "提醒", "提醒：补正期限快到了",
        tell=("case.correction_due",),
    ),
    "remind_decision": _step(
        "accepted", None, "clock", "提醒", "提醒：承诺期限快到了",
        audience="staff", tell=("department.decision_due",),
    ),
    "overdue_promise": _step(
        "accepted", None, "clock", "超期", "超过了承诺期限",
        audience="staff", tell=("department.decision_overdue",),
    ),
    "overdue_statutory": _step(
        "accepted", None, "clock", "超期", "超过了法定期限",
        audience="staff", tell=("department.decision_overdue",),
    ),
    "remind_delivery": _step(
        "concluded", None, "clock", "提醒", "提醒：结果还没有领",
        tell=("case.delivery_due",),
    ),
}

TASK: dict[str, Step] = {
    "assign": _step(
        "", "assigned", "system", "分送", "材料分送到部门",
        tell=("department.assigned",),
    ),
    "acknowledge": _step(
        "assigned", "examining", "handler department", "接收", "部门开始审查",
        tell=(),
    ),
    "advise": _step(
        "examining", "advised", "handler department", "写意见，报审核", "审查好了，报负责人决定",
        audience="staff",
    ),
    "return": _step(
        "advised", "examining", "approver", "退回重审", "负责人退回重审",
        audience="staff",
    ),
    "decide": _step(
        "assigned examining advised", "decided", "approver department", "作出决定", "部门作出了决定",
        legal=True,
    ),
    "cancel": _step(
        "assigned examining advised", "cancelled", "system", "终止", "申请人撤回，部门停止办理",
        audience="staff", tell=("department.withdrawn",),
    ),
}
# fmt: on

FINAL = {
    "case": frozenset({"delivered", "withdrawn", "refused", "returned"}),
    "task": frozenset({"decided", "cancelled"}),
}
MACHINES = {"case": CASE, "task": TASK}

STATE_WORDS = {
    "draft": "还没交", "submitted": "已提交", "received": "已收件", "correcting": "要补正", "accepted": "已受理",
    "concluded": "已办结", "delivered": "已送达", "withdrawn": "已撤回", "refused": "不予受理", "returned": "已退回",
}  # fmt: skip
TASK_WORDS = {
    "assigned": "待接收", "examining": "审查中", "advised": "等负责人决定", "decided": "办好了", "cancelled": "已停止",
}  # fmt: skip
OUTCOME_WORDS = {"granted": "准予", "refused": "不予许可", "partly": "部分准予"}


@dataclass(frozen=True)
class Alarm:
    """What the clock does about a running period: `before` working days ahead of its end (0 = when it is over)."""

    verb: str
    before: int = 0


@dataclass(frozen=True)
class Period:
    """A period of the law: which step of the sheet its end performs."""

    words: str
    alarms: tuple[Alarm, ...] = field(default=())


PERIODS: dict[str, Period] = {
    "acceptance": Period(
        "受理期限", (Alarm("remind_acceptance", 2), Alarm("remind_acceptance", 1), Alarm("deem_accept"))
    ),
    "correction": Period("补正期限", (Alarm("remind_correction", 3), Alarm("lapse"))),
    "promise": Period("承诺期限", (Alarm("remind_decision", 1), Alarm("overdue_promise"))),
    "statutory": Period("法定期限", (Alarm("overdue_statutory"),)),
    "delivery": Period("送达期限", (Alarm("remind_delivery", 3), Alarm("remind_delivery", 0))),
}


def verbs(machine: str, state: str, roles: frozenset[str]) -> list[str]:
    """The verbs open to somebody with `roles` in `state`, in the order of the sheet."""
    return [name for name, step in MACHINES[machine].items() if state in step.start and roles & step.who]
