"""The sheets of a hall's day: an appointment from its place to its end (R54, R55), a ticket in the queue (R56).

Read like flow.py. A hold, a wait and an offer are states of an appointment: all of them count on the same places.
"""

from models.rules.flow_step import Step
from models.rules.flow_step import step as _step

# fmt: off
APPOINTMENT: dict[str, Step] = {
    "hold": _step("", "held", "owner clerk", "先留着", "给您留了几分钟"),
    "book": _step(
        "", "booked", "owner clerk", "订这个时间", "订好了",
        tell=("appointment.booked", "hall.booked"),
    ),
    "confirm": _step(
        "held", "booked", "owner clerk", "就订这个", "订好了",
        tell=("appointment.booked", "hall.booked"),
    ),
    "expire_hold": _step("held", "expired", "clock", "不留了", "没有确认，不再留着"),
    "wait": _step("", "waiting", "owner clerk", "候补", "排上候补了"),
    "offer": _step(
        "waiting", "offered", "system", "空出来了", "有空位了，给您留着",
        tell=("appointment.offered",),
    ),
    "take_offer": _step(
        "offered", "booked", "owner clerk", "要这个时间", "候补到了，订好了",
        tell=("appointment.booked", "hall.booked"),
    ),
    "lapse_offer": _step(
        "offered", "lapsed", "clock", "过时不留", "留的时间到了，让给了后面的人",
        tell=("appointment.offer_lapsed",),
    ),
    "lapse_wait": _step(
        "waiting", "lapsed", "clock", "没有空出来", "到时候了，没有空位",
        tell=("appointment.wait_lapsed",),
    ),
    "join_waitlist": _step("booked displaced", None, "owner clerk", "候补别的时间", "另排了一个候补"),
    "reschedule": _step(
        "booked displaced", "booked", "owner clerk", "改时间", "改好时间了",
        tell=("appointment.moved", "hall.booked"),
    ),
    "displace": _step(
        "booked", "displaced", "system", "要改时间", "大厅的安排变了，这个时间办不了，要另约",
        tell=("appointment.displaced", "hall.displaced"), legal=True,
    ),
    "check_in": _step("booked displaced", "arrived", "owner clerk kiosk", "到了，取号", "到大厅了，取了号"),
    "cancel": _step(
        "held offered waiting booked displaced", "cancelled", "owner clerk", "不来了，取消", "取消了",
        tell=("appointment.cancelled", "hall.booked"),
    ),
    "call_off": _step(
        "booked displaced", "cancelled", "clerk", "大厅取消", "大厅取消了这个预约",
        tell=("appointment.called_off",), legal=True,
    ),
    "remind_day": _step(
        "booked displaced", None, "clock", "提醒", "提醒：明天来办",
        tell=("appointment.tomorrow",),
    ),
    "remind_hours": _step(
        "booked displaced", None, "clock", "提醒", "提醒：快到时间了",
        tell=("appointment.soon",),
    ),
    "miss": _step(
        "booked", "missed", "clock", "没来", "过了时间没有来",
        tell=("appointment.missed",),
    ),
    "let_go": _step("displaced", "cancelled", "clock", "不再留着", "原来的时间过了，这个预约不算数，也不算失约"),
    "excuse": _step(
        "missed", "excused", "clerk supervisor", "不算失约", "说明了原因，不算失约",
        tell=("appointment.excused",), legal=True,
    ),
    "serve": _step("arrived", "served", "system", "办好了", "在窗口办好了"),
    "leave": _step("arrived", "left", "system", "没有等", "取了号，没有等到办"),
}

TICKET: dict[str, Step] = {
    "take": _step("", "waiting", "owner clerk kiosk", "取号", "取号了"),
    "call": _step(
        "waiting parked", "called", "clerk", "叫号", "叫到了",
        tell=("ticket.called",),
    ),
    "recall": _step(
        "called", None, "clerk", "再叫一次", "又叫了一次",
        tell=("ticket.called",),
    ),
    "start": _step("called", "serving", "clerk", "来了，开始办", "到窗口了，开始办"),
    "skip": _step(
        "called", "skipped", "clerk", "过号", "叫了没来，先叫后面的",
        tell=("ticket.skipped",),
    ),
    "requeue": _step("skipped", "waiting", "owner clerk kiosk", "重新排上", "重新排上了"),
    "transfer": _step(
        "waiting called serving", "waiting", "clerk", "转窗口", "转到别的窗口，接着排",
        tell=("ticket.transferred",),
    ),
    "park": _step("serving", "parked", "clerk", "先放一放", "先去补东西，回来不用再排"),
    "finish": _step("serving", "done", "clerk", "办完了", "办完了"),
    "leave": _step("waiting skipped", "left", "owner clerk", "不等了", "不等了"),
    "near": _step(
        "waiting", None, "system", "快到了", "提醒：快到您了",
        tell=("ticket.near",),
    ),
    "close_day": _step("waiting called skipped parked serving", "closed", "clock", "收号", "下班了，号作废"),
}
# fmt: on

FINAL = {
    "appointment": frozenset({"served", "left", "missed", "excused", "cancelled", "expired", "lapsed"}),
    "ticket": frozenset({"done", "left", "closed"}),
}
WORDS = {
    "appointment": {
        "held": "留着", "waiting": "候补中", "offered": "等您确认", "booked": "订好了", "displaced": "要另约时间",
        "arrived": "到了", "served": "办好了", "left": "没有等", "missed": "没来", "excused": "不算失约",
        "cancelled": "取消了", "expired": "没有确认", "lapsed": "没候补上",
    },
    "ticket": {
        "waiting": "等着", "called": "请到窗口", "serving": "在办", "skipped": "过号了", "parked": "先放着",
        "done": "办完了", "left": "不等了", "closed": "作废了",
    },
}  # fmt: skip
IN_HALL = ("waiting", "called", "serving", "skipped", "parked")
