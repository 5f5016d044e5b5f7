"""The state sheet: for each verb its start states, its end, who may, which clocks start and stop, who is told.

Seven sheets: the case, its tasks in departments (the child cases of a bundle), letters between departments, inspections
and licences here, the appointment and the ticket in flow_hall.py. These are the files a county official can read.
Buttons (`can`), the engine and the alarms are computed from them; a verb that is not here does not exist. States are
those of R17-R20 and R54-R57; the words are what people read.
"""

from models.rules import flow_hall
from models.rules.flow_step import Step as Step
from models.rules.flow_step import step as _step

# fmt: off
CASE: dict[str, Step] = {
    "submit": _step(
        "draft", "submitted", "owner", "交上去", "您交上去了",
        owner="hall", starts=("acceptance",), tell=("case.submitted", "hall.new_case"),
    ),
    "promise": _step("draft", None, "owner", "作承诺", "您作了书面承诺"),
    "receive": _step(
        "submitted", "received", "clerk", "收件", "大厅收下了，发了收件凭证",
        owner="hall", tell=("case.received",), legal=True,
    ),
    "notify": _step(
        "submitted received", "correcting", "clerk", "出具一次性告知书", "大厅出具了一次性告知书",
        owner="citizen", starts=("correction",), stops=("acceptance",), tell=("case.correcting",), legal=True,
    ),
    "ask_second_notice": _step(
        "submitted received", None, "clerk", "请示再次告知", "窗口请示再次告知",
        audience="staff", tell=("supervisor.second_notice",),
    ),
    "allow_second_notice": _step(
        "submitted received", None, "supervisor", "同意再次告知", "督办同意再次告知一次",
        audience="staff", tell=("hall.second_notice",), legal=True,
    ),
    "correct": _step(
        "correcting", "received", "owner", "改好了，交上去", "您补正好了",
        owner="hall", starts=("acceptance",), stops=("correction",), tell=("case.corrected", "hall.corrected"),
    ),
    "accept": _step(
        "submitted received", "accepted", "clerk", "受理", "受理了",
        owner="departments", starts=("promise", "statutory", "tolerance"), stops=("acceptance",),
        tell=("case.accepted",), legal=True,
    ),
    "deem_accept": _step(
        "submitted received", "accepted", "clock", "视为受理", "期限内没有告知，依法视为受理",
        owner="departments", starts=("promise", "statutory", "tolerance"), stops=("acceptance",),
        tell=("case.deemed_accepted", "hall.deemed_accepted"), legal=True,
    ),
    "supply": _step(
        "accepted", None, "owner", "补交好了", "您补交了容缺的材料",
        owner="hall", tell=("hall.supplied", "department.material_added"),
    ),
    "confirm_supply": _step(
        "accepted", None, "clerk", "确认补齐", "容缺的材料补齐了",
        owner="departments", stops=("tolerance",), tell=("case.supplied",), legal=True,
    ),
    "reject_supply": _step(
        "accepted", None, "clerk", "退回重补", "补交的材料不符，请重补",
        owner="departments", tell=("case.supply_rejected",),
    ),
    "remind_tolerance": _step(
        "accepted", None, "clock", "提醒", "提醒：容缺的材料快到期了",
        tell=("case.tolerance_due",),
    ),
    "break_promise": _step(
        "accepted", None, "clock", "容缺逾期", "到期没有补齐容缺的材料，这一项退回",
        stops=("tolerance",), tell=("case.promise_broken",), legal=True,
    ),
    "overdue_supply": _step(
        "accepted", None, "clock", "提醒", "提醒：补交的容缺材料到期了，窗口还没有核对",
        audience="staff", tell=("hall.supplied", "supervisor.overdue"),
    ),
    "extend": _step(
        "accepted", None, "county_head", "批准延期", "经县政府负责人批准，延长办理期限",
        tell=("case.extended",), legal=True,
    ),
    "refuse": _step(
        "submitted received", "refused", "clerk", "不予受理", "大厅决定不予受理",
        owner="", stops=("acceptance",), tell=("case.refused",), legal=True,
    ),
    "withdraw": _step(
        "draft submitted received correcting accepted", "withdrawn", "owner", "不办了", "您撤回了申请",
        owner="", stops=("acceptance", "correction", "promise", "statutory", "tolerance"),
        tell=("case.withdrawn", "hall.withdrawn"),
    ),
    "lapse": _step(
        "correcting", "returned", "clock", "退回", "到期没有补齐，材料退还给您，可以重新申请",
        owner="", stops=("correction",), tell=("case.returned",), legal=True,
    ),
    "conclude": _step(
        "accepted", "concluded", "system", "办结", "办结了",
        owner="hall", starts=("delivery",), stops=("promise", "statutory", "tolerance"),
        tell=("case.concluded", "hall.output"),
    ),
    "close": _step(
        "accepted", "returned", "system", "退回", "没有一项能办下去，材料退还给您，可以重新申请",
        owner="", stops=("promise", "statutory", "tolerance"), tell=("case.closed",), legal=True,
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
    "overdue_promise": _step(
        "accepted", None, "clock", "超期", "超过了承诺期限",
        audience="staff", tell=("supervisor.overdue",),
    ),
    "overdue_statutory": _step(
        "accepted", None, "clock", "超期", "超过了法定期限",
        audience="staff", tell=("supervisor.overdue",),
    ),
    "remind_delivery": _step(
        "concluded", None, "clock", "提醒", "提醒：结果还没有领",
        tell=("case.delivery_due",),
    ),
    "recount": _step(
        "submitted received correcting accepted concluded", None, "system", "重算期限", "工作日安排有变，期限重新算过",
        tell=("case.recounted",),
    ),
}

TASK: dict[str, Step] = {
    "assign": _step(
        "", "assigned", "system", "分送", "材料分送到部门",
        tell=("department.assigned",),
    ),
    "hold": _step("", "waiting", "system", "排队", "等前面的办好就办"),
    "release": _step(
        "waiting", "assigned", "system", "分送", "前面的办好了，材料分送到部门",
        tell=("department.assigned",),
    ),
    "acknowledge": _step("assigned", "examining", "handler department", "接收", "部门开始审查"),
    "suspend": _step(
        "examining", "suspended", "handler department", "特别程序", "进入特别程序，这几天不算时间",
        tell=("case.suspended",), legal=True,
    ),
    "resume": _step(
        "suspended", "examining", "handler department", "特别程序结束", "特别程序结束，接着算时间",
        tell=("case.resumed",), legal=True,
    ),
    "extend": _step(
        "assigned examining suspended advised", None, "approver", "批准延期", "经负责人批准，延长办理期限",
        tell=("case.extended",), legal=True,
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
    "decide_at_window": _step(
        "assigned examining", "decided", "delegate", "当场决定", "窗口受委托当场作出了决定",
        legal=True,
    ),
    "revoke": _step(
        "decided", "revoked", "approver", "撤销", "部门撤销了决定",
        tell=("case.revoked",), legal=True,
    ),
    "fall": _step(
        "waiting", "cancelled", "system", "不办了", "前面的没有同意，这一项不办了",
        tell=("case.part_fallen",),
    ),
    "drop": _step(
        "waiting assigned examining suspended advised", "cancelled", "system", "退回", "承诺的材料没有补齐，这一项退回",
        tell=("department.returned",),
    ),
    "void_grant": _step(
        "decided", "cancelled", "system", "退回", "承诺的材料没有补齐，准予不生效，这一项退回",
        tell=("department.returned",), legal=True,
    ),
    "cancel": _step(
        "waiting assigned examining suspended advised", "cancelled", "system", "终止", "申请人撤回，部门停止办理",
        audience="staff", tell=("department.withdrawn",),
    ),
    "urge": _step(
        "assigned examining suspended advised", None, "supervisor", "催办", "督办催办",
        audience="staff", tell=("department.urged",),
    ),
    "answer_urge": _step(
        "assigned examining suspended advised", None, "handler section_head approver", "答复催办", "部门答复了催办",
        audience="staff", tell=("supervisor.urge_answered",),
    ),
    "remind_handler": _step(
        "assigned examining advised", None, "clock", "提醒", "提醒承办人：承诺期限快到了",
        audience="staff", tell=("department.decision_due",),
    ),
    "escalate_section": _step(
        "assigned examining advised", None, "clock", "报股长", "今天到期，报股室负责人",
        audience="staff", tell=("department.escalated",),
    ),
    "escalate_head": _step(
        "assigned examining advised", None, "clock", "报局领导", "超期了，报部门负责人",
        audience="staff", tell=("department.escalated",),
    ),
    "escalate_centre": _step(
        "assigned examining advised", None, "clock", "转督办", "超期了，转行政服务中心督办",
        audience="staff", tell=("department.decision_overdue", "supervisor.escalated"),
    ),
    "overdue_statutory": _step(
        "assigned examining advised", None, "clock", "超期", "超过了法定期限",
        audience="staff", tell=("department.decision_overdue", "supervisor.overdue"),
    ),
    "remind_suspension": _step(
        "suspended", None, "clock", "提醒", "特别程序过了计划的日子，还没有结束",
        audience="staff", tell=("department.suspension_due", "supervisor.overdue"),
    ),
}

CONSULTATION: dict[str, Step] = {
    "ask": _step(
        "", "open", "clerk handler", "征询部门", "发函征询部门",
        audience="staff", tell=("department.consulted",),
    ),
    "answer": _step(
        "open silent", "answered", "handler approver department", "复函", "部门复函了",
        audience="staff", tell=("asker.answered",),
    ),
    "remind_answer": _step(
        "open", None, "clock", "提醒", "提醒：函询明天要复",
        audience="staff", tell=("department.consulted",),
    ),
    "fall_silent": _step(
        "open", "silent", "clock", "逾期未复", "函询到期没有复函",
        audience="staff", tell=("asker.silent", "supervisor.silent"),
    ),
}

INSPECTION: dict[str, Step] = {
    "draw": _step(
        "", "open", "system", "抽查", "抽中了，要回头看一次",
        audience="staff", tell=("department.inspection",),
    ),
    "pass_inspection": _step(
        "open", "passed", "handler approver", "核查属实", "回头看过，没有问题",
        audience="staff",
    ),
    "fail_inspection": _step(
        "open", "failed", "handler approver", "核查不实", "回头看过，有问题",
        audience="staff", tell=("department.inspection_failed", "supervisor.inspection_failed"), legal=True,
    ),
    "remind_inspection": _step(
        "open", None, "clock", "提醒", "提醒：核查快到期了",
        audience="staff", tell=("department.inspection",),
    ),
    "overdue_inspection": _step(
        "open", None, "clock", "超期", "核查超期了",
        audience="staff", tell=("supervisor.overdue",),
    ),
    "drop_inspection": _step(
        "open", "dropped", "system", "不用核查", "准予不生效了，不用核查",
        audience="staff",
    ),
}

LICENCE: dict[str, Step] = {
    "issue": _step(
        "", "valid", "system", "发证", "发了证",
        audience="staff",
    ),
    "remind_renewal": _step(
        "valid", None, "clock", "提醒", "提醒：证快到期了",
        tell=("licence.ending",),
    ),
    "warn_office": _step(
        "valid", None, "clock", "提醒", "提醒：延续申请在证到期前要决定，不决定视为准予",
        audience="staff", tell=("department.renewal_due", "supervisor.renewal_due"),
    ),
    "deem_renewed": _step(
        "valid", None, "clock", "视为准予延续", "到期前没有决定，依法视为准予延续",
        tell=("licence.deemed_renewed", "supervisor.deemed_renewed"), legal=True,
    ),
    "renew": _step(
        "valid", "renewed", "system", "换证", "延续批准了，换了新证",
        audience="staff",
    ),
    "expire": _step(
        "valid", "expired", "clock", "到期", "证到期了",
        tell=("licence.expired",), legal=True,
    ),
    "annul": _step(
        "valid", "revoked", "system", "撤销", "决定撤销了，证作废",
        audience="staff", legal=True,
    ),
}
# fmt: on

FINAL = {
    "case": frozenset({"delivered", "withdrawn", "refused", "returned"}),
    "task": frozenset({"decided", "revoked", "cancelled"}),
    "consultation": frozenset({"answered"}),
    "inspection": frozenset({"passed", "failed", "dropped"}),
    "licence": frozenset({"expired", "renewed", "revoked"}),
    **flow_hall.FINAL,
}
OPEN_TASKS = ("assigned", "examining", "suspended", "advised")
MACHINES = {
    "case": CASE, "task": TASK, "consultation": CONSULTATION, "inspection": INSPECTION, "licence": LICENCE,
    "appointment": flow_hall.APPOINTMENT, "ticket": flow_hall.TICKET,
}  # fmt: skip

STATE_WORDS = {
    "draft": "还没交", "submitted": "已提交", "received": "已收件", "correcting": "要补正", "accepted": "已受理",
    "concluded": "已办结", "delivered": "已送达", "withdrawn": "已撤回", "refused": "不予受理", "returned": "已退回",
}  # fmt: skip
TASK_WORDS = {
    "waiting": "等前面的办好", "assigned": "待接收", "examining": "审查中", "suspended": "特别程序中",
    "advised": "等负责人决定", "decided": "办好了", "revoked": "已撤销", "cancelled": "已停止",
}  # fmt: skip
WORDS = {
    "case": STATE_WORDS,
    "task": TASK_WORDS,
    "consultation": {"open": "等复函", "answered": "已复函", "silent": "逾期未复"},
    "inspection": {"open": "待核查", "passed": "属实", "failed": "不实", "dropped": "不用核查"},
    "licence": {"valid": "有效", "expired": "已到期", "renewed": "已换证", "revoked": "已撤销"},
    **flow_hall.WORDS,
}
OUTCOME_WORDS = {"granted": "准予", "refused": "不予许可", "partly": "部分准予"}


def verbs(machine: str, state: str, roles: frozenset[str]) -> list[str]:
    """The verbs open to somebody with `roles` in `state`, in the order of the sheet."""
    return [name for name, step in MACHINES[machine].items() if state in step.start and roles & step.who]
