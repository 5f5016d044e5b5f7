"""Who is told what, when a verb has happened: event -> audience, class, channels in order, template, words.

No text that people receive stands anywhere else. Templates follow WeChat's field limits (R62: thing <= 20 characters,
phrase <= 5, character_string <= 32) and hold no personal data (promises 3.6): the page they open asks for a sign-in.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from models.rules.dates import say


@dataclass(frozen=True)
class Template:
    """A subscribe-message template as registered on the platform: our key, the platform's id, field -> source."""

    key: str
    id: str
    title: str
    fields: dict[str, str]


@dataclass(frozen=True)
class Notice:
    """One kind of notice. `audience` citizen, hall, department, supervisor or asker (whose letter it was).

    `words` and `hint` with {names} filled from the facts; an empty hint is the title.
    """

    audience: str
    title: str
    words: str
    class_: str = "must"
    template: str = ""
    phrase: str = ""
    sms: str = ""  # the text message when there is no push
    channels: tuple[str, ...] = field(default=("inapp", "wechat"))
    hint: str = ""


PROGRESS = Template(
    "progress", "yimen-tpl-progress-0001", "办件进度提醒",
    {"character_string1": "number", "thing2": "title", "phrase3": "phrase", "time4": "at", "thing5": "hint"},
)  # fmt: skip
CORRECTION = Template(
    "correction", "yimen-tpl-correction-0001", "材料补正提醒",
    {"character_string1": "number", "thing2": "title", "time3": "due", "thing4": "hint"},
)  # fmt: skip
COLLECT = Template(
    "collect", "yimen-tpl-collect-0001", "领取结果通知",
    {"character_string1": "number", "thing2": "title", "thing3": "where", "thing4": "hint"},
)  # fmt: skip
APPOINTMENT = Template(
    "appointment", "yimen-tpl-appointment-0001", "预约提醒",
    {"character_string1": "number", "thing2": "title", "thing3": "where", "time4": "at", "thing5": "hint"},
)  # fmt: skip
QUEUE = Template(
    "queue", "yimen-tpl-queue-0001", "排队叫号提醒",
    {"character_string1": "number", "thing2": "where", "time3": "at", "thing4": "hint"},
)  # fmt: skip
TEMPLATES = {template.key: template for template in (PROGRESS, CORRECTION, COLLECT, APPOINTMENT, QUEUE)}

_LIST = ("inapp",)
_DESK = ("desk",)


def _booking(title: str, words: str, class_: str = "must", phrase: str = "", *, push: bool = True) -> Notice:
    """About an appointment: by push, else by text message."""
    if not push:
        return Notice("citizen", title, words, class_, channels=_LIST)
    return Notice("citizen", title, words, class_, "appointment", phrase, "notice")


def _queue(title: str, words: str, hint: str = "") -> Notice:
    """About a ticket: it is of use for minutes only. `hint` is read without opening anything."""
    return Notice("citizen", title, words, "nice", "queue", "", "notice", hint=hint)


NOTICES: dict[str, Notice] = {
    # the person has just pressed the button: no push is spent on it
    "case.submitted": Notice(
        "citizen", "交上去了", "“{title}”交上去了。最晚{due}告诉您能不能受理。", "nice", channels=_LIST
    ),
    "case.received": Notice(
        "citizen", "大厅收下了", "“{title}”大厅收下了，收件凭证可以在办件里看。", "nice", "progress", "已收件"
    ),
    "case.correcting": Notice(
        "citizen", "要补材料", "“{title}”有 {lines} 处要补正，就这一次说全。请在{due}前补好。", "must", "correction"
    ),
    "case.corrected": Notice(
        "citizen", "补正交上去了", "“{title}”补正交上去了。最晚{due}告诉您能不能受理。", "nice", channels=_LIST
    ),
    "case.correction_due": Notice(
        "citizen", "补正快到期", "“{title}”要在{due}前补好，还没有交。", "must", "correction"
    ),
    "case.accepted": Notice("citizen", "受理了", "“{title}”受理了。最晚{due}给您结果。", "must", "progress", "已受理"),
    "case.deemed_accepted": Notice(
        "citizen",
        "视为受理了",
        "“{title}”过了期限没有告知，依法从收到那天起算受理。最晚{due}给您结果。",
        "must",
        "progress",
        "已受理",
    ),
    "case.refused": Notice(
        "citizen", "不予受理", "“{title}”没有受理。理由和怎么申诉，在办件里看。", "must", "progress", "不受理"
    ),
    "case.returned": Notice(
        "citizen", "材料退还了", "“{title}”到期没有补齐，材料退还给您，可以重新申请。", "must", "progress", "已退回"
    ),
    "case.closed": Notice(
        "citizen",
        "没有能办下去的",
        "“{title}”没有一项能办下去，材料退还给您，可以重新申请。原因在办件里看。",
        "must",
        "progress",
        "已退回",
    ),
    "case.withdrawn": Notice("citizen", "撤回了", "“{title}”按您的意思撤回了。", "nice", channels=_LIST),
    "case.concluded": Notice("citizen", "办结了", "“{title}”办结了：{outcome}。", "must", "progress", "已办结"),
    "case.collectable": Notice("citizen", "可以领了", "“{title}”的结果在{where}，带身份证来领。", "must", "collect"),
    "case.delivery_due": Notice("citizen", "还没领", "“{title}”的结果还在{where}，请抽空来领。", "nice", "collect"),
    "case.delivered": Notice("citizen", "领到了", "“{title}”的结果已经交给您。", "nice", channels=_LIST),
    "case.extended": Notice(
        "citizen",
        "延期了",
        "“{title}”经批准延长{days}，最晚{due}给您结果。原因在办件里看。",
        "must",
        "progress",
        "已延期",
    ),
    "case.suspended": Notice(
        "citizen",
        "这几天不算时间",
        "“{title}”要{procedure}，大约{planned}，这几天不算办理时间。",
        "must",
        "progress",
        "特别程序",
    ),
    "case.resumed": Notice(
        "citizen",
        "接着办",
        "“{title}”的{procedure}结束了，接着算时间。最晚{due}给您结果。",
        "nice",
        "progress",
        "接着办",
    ),
    "case.supplied": Notice("citizen", "补齐了", "“{title}”容缺的材料补齐了。", "must", "progress", "已补齐"),
    "case.supply_rejected": Notice(
        "citizen", "要重补", "“{title}”补交的材料不符，请在{due}前重补。哪里不符在办件里看。", "must", "correction"
    ),
    "case.tolerance_due": Notice(
        "citizen", "容缺的快到期", "“{title}”承诺后补的材料，要在{due}前交。", "must", "correction"
    ),
    "case.promise_broken": Notice(
        "citizen",
        "承诺到期没补",
        "“{title}”承诺后补的材料到期没有交，{item}退回。记录修复前不能再容缺。",
        "must",
        "progress",
        "已退回",
    ),
    "case.promise_false": Notice(
        "citizen",
        "承诺不属实",
        "“{title}”的“{item}”，您的承诺核查不属实：记入承诺记录，修复前不能再作承诺。部门怎么处理会再告诉您。",
        "must",
        "progress",
        "核查不实",
    ),
    "case.part_fallen": Notice(
        "citizen", "有一项不办了", "“{item}”不办了：要先办的“{first}”{why}。别的照常办。", "must", "progress", "有变化"
    ),
    "case.part_refused": Notice(
        "citizen",
        "有一项没同意",
        "“{item}”没有同意，别的照常办。理由和怎么申诉在办件里看。",
        "must",
        "progress",
        "有变化",
    ),
    "case.revoked": Notice(
        "citizen", "决定撤销了", "“{title}”的决定被撤销。理由和怎么申诉在办件里看。", "must", "progress", "已撤销"
    ),
    "case.recounted": Notice(
        "citizen",
        "日子改了",
        "国家的放假安排有变，“{title}”的期限由{before}改为{due}。",
        "must",
        "progress",
        "期限变更",
    ),
    "licence.ending": Notice(
        "citizen", "证快到期", "“{title}”{until}到期。要接着用，请在到期30日前申请延续。", "must", "progress", "快到期"
    ),
    "licence.deemed_renewed": Notice(
        "citizen",
        "视为准予延续",
        "“{title}”到期前没有作出决定，依法视为准予延续到{until}。",
        "must",
        "progress",
        "已延续",
    ),
    "licence.expired": Notice("citizen", "证到期了", "“{title}”到期了，不能再用。", "must", "progress", "已到期"),
    "account.joined": Notice(
        "citizen",
        "账户有新的登录",
        "一个新的微信或手机用您的手机号验证后，并进了您的账户。不是您本人？请马上到大厅窗口。",
        channels=_LIST,
    ),
    "account.reused": Notice(
        "citizen",
        "登录已退出",
        "您的登录信息被用了两次，为了安全已经退出。不是您本人？请到大厅窗口核对。",
        channels=_LIST,
    ),
    "account.phone": Notice(
        "citizen", "手机号换了", "您的账户换了手机号。不是您本人？请马上到大厅窗口。", channels=_LIST
    ),
    "account.mandate": Notice(
        "citizen", "委托定好了", "{helper}可以替{principal}办：{scope}。到{until}为止，随时可以取消。", channels=_LIST
    ),
    "project.answered": Notice(
        "citizen", "咨询有答复", "“{title}”：{department}答复了，在项目里看。", "nice", "progress", "有答复"
    ),
    "project.visit": Notice(
        "citizen", "提前上门", "“{title}”：{department}{planned}来现场看，先帮您把关。", "nice", "progress", "要上门"
    ),
    # the person has just pressed the button, but the desk may have booked for them: the list and a text hold it
    "appointment.booked": _booking("订好了", "{when}到{hall}办“{title}”，预约号{number}，带身份证。", "nice"),
    "appointment.moved": _booking("时间改好了", "“{title}”改到{when}，在{hall}，预约号{number}。"),
    "appointment.cancelled": _booking("取消了", "{when}的预约取消了，位子让给了别人。", "nice", push=False),
    "appointment.called_off": _booking("大厅取消了", "{hall}取消了{when}的预约：{reason}。请另选时间，不算失约。"),
    "appointment.displaced": _booking(
        "要另约时间", "{hall}的安排变了（{reason}），{when}办不了“{title}”。请另选时间，优先给您办，不算失约。"
    ),
    "appointment.offered": _booking("候补到了", "{hall}{when}有空位了，给您留到{until}。要的话请点进来确认。"),
    "appointment.offer_lapsed": _booking("没有留住", "{when}的空位没有确认，让给了后面的人。", "nice", push=False),
    "appointment.wait_lapsed": _booking("没候补上", "{when}没有空出位子。可以直接来取号，或另选时间。", "nice"),
    "appointment.tomorrow": _booking(
        "明天来办", "明天{when}到{hall}办“{title}”，预约号{number}。来不了请提前取消。", "nice"
    ),
    "appointment.soon": _booking("快到时间了", "{when}到{hall}办“{title}”，预约号{number}，提前 10 分钟到。", "nice"),
    "appointment.missed": _booking("没有来", "{when}的预约您没有来，记了一次失约。有原因可以告诉大厅，不算。", "nice"),
    "appointment.excused": _booking("不算失约", "{when}没有来的原因收到了，不算失约。", "nice", push=False),
    "ticket.called": _queue("叫到您了", "{number}号请到{window}号窗口。", "请到{window}号窗口"),
    "ticket.near": _queue("快到您了", "{number}号前面还有 {ahead} 位，请回到{hall}等。", "前面还有 {ahead} 位"),
    "ticket.skipped": _queue(
        "过号了", "{number}号叫过了没见到您。到了找工作人员，或点“重新排上”，再等 {after} 位就办您的。"
    ),
    "ticket.transferred": _queue("换了窗口", "{number}号转到{line}，接着排，不用重新取号。"),
    "hall.booked": Notice("hall", "预约有变", "预约有变：{when} {title}", "nice", channels=_DESK),
    "hall.displaced": Notice("hall", "要另约", "要另约时间：{when} {title}", "nice", channels=_DESK),
    "guidance.asked": Notice("department", "项目咨询", "项目咨询：{title}", "nice", channels=_DESK),
    "guidance.planned": Notice("department", "预介入", "安排了提前上门：{title}", "nice", channels=_DESK),
    "hall.new_case": Notice("hall", "新到", "新到一件：{title}", channels=_DESK),
    "hall.corrected": Notice("hall", "补正回来", "补正回来：{title}", channels=_DESK),
    "hall.withdrawn": Notice("hall", "撤回", "申请人撤回：{title}", channels=_DESK),
    "hall.acceptance_due": Notice("hall", "受理快到期", "受理期限快到：{title}", channels=_DESK),
    "hall.deemed_accepted": Notice("hall", "视为受理", "过期未告知，视为受理：{title}", channels=_DESK),
    "hall.output": Notice("hall", "可出件", "办结待出件：{title}", channels=_DESK),
    "hall.second_notice": Notice("hall", "同意再告知", "督办同意再次告知：{title}", channels=_DESK),
    "hall.supplied": Notice("hall", "容缺补来", "容缺的材料补来了，今天核对：{title}", channels=_DESK),
    "supervisor.second_notice": Notice("supervisor", "请示再告知", "窗口请示再次告知：{title}", channels=_DESK),
    "supervisor.overdue": Notice("supervisor", "超期", "超期：{title}", channels=_DESK),
    "supervisor.escalated": Notice("supervisor", "转来督办", "转来督办：{title}", channels=_DESK),
    "supervisor.urge_answered": Notice("supervisor", "催办有答复", "催办有答复：{title}", channels=_DESK),
    "supervisor.silent": Notice("supervisor", "函询逾期", "函询逾期未复：{title}", channels=_DESK),
    "supervisor.inspection_failed": Notice("supervisor", "核查不实", "核查不实：{title}", channels=_DESK),
    "supervisor.orphans": Notice("supervisor", "无人接", "夜里清查：{n} 件没有人接，或没有下一个期限", channels=_DESK),
    "supervisor.deemed_renewed": Notice("supervisor", "视为延续", "到期未决定，视为准予延续：{title}", channels=_DESK),
    "supervisor.renewal_due": Notice("supervisor", "延续快到期", "延续还没有决定，证快到期：{title}", channels=_DESK),
    "asker.answered": Notice("asker", "复函来了", "复函来了：{title}", channels=_DESK),
    "asker.silent": Notice("asker", "函询逾期", "函询到期没有复函：{title}", channels=_DESK),
    "department.assigned": Notice("department", "新到", "新到一件：{title}", channels=("desk", "system")),
    "department.withdrawn": Notice("department", "撤回", "申请人撤回：{title}", channels=("desk", "system")),
    "department.returned": Notice(
        "department", "退回", "承诺的材料没有补，停止办理：{title}", channels=("desk", "system")
    ),
    "department.decision_due": Notice("department", "快到期", "快到期：{title}", channels=("desk", "system")),
    "department.decision_overdue": Notice("department", "超期", "超期：{title}", channels=("desk", "system")),
    "department.escalated": Notice(
        "department", "报上级", "到期没有办，报到{level}：{title}", channels=("desk", "system")
    ),
    "department.urged": Notice("department", "催办", "督办催办，请答复：{title}", channels=("desk", "system")),
    "department.material_added": Notice("department", "补来材料", "补来材料：{title}", channels=("desk", "system")),
    "department.suspension_due": Notice(
        "department", "特别程序到期", "特别程序过了计划的日子：{title}", channels=("desk", "system")
    ),
    "department.consulted": Notice("department", "征询", "来函征询：{title}", channels=("desk", "system")),
    "department.inspection": Notice("department", "抽查", "要核查：{title}", channels=("desk", "system")),
    "department.inspection_failed": Notice("department", "核查不实", "核查不实：{title}", channels=("desk", "system")),
    "department.renewal_due": Notice(
        "department", "延续快到期", "证到期前要决定，不决定视为准予：{title}", channels=("desk", "system")
    ),
}

SYSTEM_EVENTS = {
    "department.assigned": "task.assigned",
    "department.withdrawn": "case.withdrawn",
    "department.returned": "case.withdrawn",
    "department.decision_due": "task.urged",
    "department.decision_overdue": "task.urged",
    "department.escalated": "task.urged",
    "department.urged": "task.urged",
    "department.material_added": "material.added",
    "department.suspension_due": "task.urged",
    "department.consulted": "task.urged",
    "department.inspection": "task.urged",
    "department.inspection_failed": "task.urged",
    "department.renewal_due": "task.urged",
}


def words(name: str, facts: dict[str, Any]) -> str:
    """The sentence of a notice; dates in `facts` are said as people say them."""
    said = {key: _said(value) for key, value in facts.items()}
    return NOTICES[name].words.format_map(said)


def _said(value: Any) -> Any:
    if isinstance(value, datetime):
        return f"{value.hour}:{value.minute:02d}"
    return say(value) if hasattr(value, "weekday") else value


def fields_of(name: str, facts: dict[str, Any]) -> dict[str, str]:
    """The template fields of a notice; the gateway fits them to WeChat's limits (R62)."""
    notice = NOTICES[name]
    said: dict[str, str] = {
        "phrase": notice.phrase,
        "hint": _hint(notice, facts),
        "due": _stamp(facts.get("due")),
        "at": facts.get("at", ""),
        "number": facts["number"],
        "title": facts["title"],
        "where": facts.get("where") or "办件里有地址",
    }
    return {name: said[source] for name, source in TEMPLATES[notice.template].fields.items()}


def _hint(notice: Notice, facts: dict[str, Any]) -> str:
    """What happened, where the template has no other field for it: a booking and its end must not look alike."""
    if notice.template in (APPOINTMENT.key, QUEUE.key):
        return (notice.hint or notice.title).format_map(facts)
    return "点开看详情"


def sms_of(name: str, facts: dict[str, Any]) -> dict[str, str]:
    """The parameters of a notice's text message: its own sentence, as the list has it."""
    return {"words": words(name, facts)}


def _stamp(due: Any) -> str:
    return f"{due.isoformat()} 17:30" if due else ""
