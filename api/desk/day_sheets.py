"""What may be done with one booked person at the desk: the buttons, and the sheet each of them opens."""

from typing import Any

from api.desk.day_links import HERE, Where
from api.desk.sheets import Field, Sheet, options, seen_words
from models.base import today
from models.rules.dates import say_full
from models.rules.flow_hall import APPOINTMENT

Row = dict[str, Any]
#: verb -> (words of its button, icon, key); a verb of the sheet that is not here has no button at the desk.
BUTTONS = {
    "check_in": ("到了，取号…", "check", "I"),
    "confirm": ("就订这个", "check", ""),
    "take_offer": ("就要这个时间", "check", ""),
    "reschedule": ("改时间…", "clock", "R"),
    "cancel": ("本人不来了…", "cross", ""),
    "call_off": ("大厅取消…", "warn", ""),
    "excuse": ("不算失约…", "pen", ""),
}
AT_ONCE = ("confirm", "take_offer")
REASONS = {
    "call_off": ("窗口设备坏了，当天办不了。", "停电，当天办不了。", "这件事当天不能在这里办。"),
    "cancel": ("本人打电话来说不来了。", "本人到窗口说不来了。"),
    "excuse": ("本人住院，有证明。", "路上堵塞，不是本人的原因。", "家里有急事，已经说明。"),
}
WHY = {
    "check_in": "排在同一时段先到的人后面。依法先办的，先看证件。",
    "call_off": "本人会收到短信或消息，写着这个原因；不算失约。",
    "cancel": "位置放出来，先给候补的人。不算失约。",
    "excuse": "这一次不再计入失约；原因会留在记录里。",
}


def buttons(row: Row, at: Where) -> list[Row]:
    """The verbs open for this person, the main one first; what cannot be done today says why."""
    found: list[Row] = []
    for verb, (words, icon, key) in BUTTONS.items():
        if verb not in row["can"]:
            continue
        off = ""
        if verb == "check_in" and row["day"] != today():
            off = f"{say_full(row['day'], today())}当天才能取号"
        found.append({
            "verb": verb, "words": words, "icon": icon, "key": key, "off": off, "main": not found and not off,
            "post": f"{HERE}/{row['id']}/{verb}" if verb in AT_ONCE else "", "href": at.link(do=verb),
        })  # fmt: skip
    return found


def sheet(row: Row, verb: str, at: Where, kept: dict[str, str], priorities: list[Row]) -> Sheet | None:
    """The sheet of a verb that asks for something; None where the verb is not open. 改时间 has its own (times)."""
    if verb not in row["can"] or verb not in WHY:
        return None
    step = APPOINTMENT[verb]
    if verb == "check_in":
        known = [(one["key"], f"{one['words']}（{one['basis']}）") for one in priorities]
        asked = (Field("priority", "依法先办", "list", kept.get("priority", ""), options([("", "不是"), *known]),
                       needed=False, hint="看过证件再选"),)  # fmt: skip
    else:
        asked = (Field("reason", "原因", value=kept.get("reason", ""), starters=REASONS[verb], most=200,
                       needed=verb != "cancel", keep=f"{row['id']}:{verb}"),)  # fmt: skip
    return Sheet(
        title=step.words, action=f"{HERE}/{row['id']}/{verb}", version=row["version"], words=step.words,
        seen=seen_words(row["state_words"], row["version"]), fields=asked, back=at.link(do=""), why=WHY[verb],
        icon=BUTTONS[verb][1], hidden=carried(at),
    )  # fmt: skip


def carried(at: Where) -> tuple[tuple[str, str], ...]:
    """Where one was, for the page after the form."""
    return tuple((name, getattr(at, name)) for name in ("hall", "date", "view", "group", "at") if getattr(at, name))
