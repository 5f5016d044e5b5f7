"""督办: the ladder from handler to centre, the board's columns, and by when an urging is answered (R38). Pure."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from models.base import SHANGHAI, Refusal
from models.rules.calendar import Calendar
from models.rules.ruler import desk_word

# the step of the sheet -> the level of its Urge row, from below
LADDER = {
    "remind_handler": "handler", "escalate_section": "section", "escalate_head": "head", "escalate_centre": "centre",
}  # fmt: skip
LEVEL_WORDS = {
    "handler": "提醒承办人", "section": "报股室负责人", "head": "报部门负责人", "centre": "转行政服务中心督办",
    "manual": "督办催办",
}  # fmt: skip
TOLD = {"escalate_section": "股室负责人", "escalate_head": "部门负责人"}  # who is named in the notice

COLUMNS = (1, 3, 5)  # what will be late within so many working days
OPENS = time(8, 30)
ANSWER = time(17, 0)
NEXT_MORNING = time(10, 0)
FARTHEST = timedelta(days=31)


def bounds(days: Calendar, today: date) -> tuple[date, date, date]:
    """The last due day of each column: a task stands in the first whose bound it does not pass."""
    return days.add_working(today, 1), days.add_working(today, 3), days.add_working(today, 5)


def left(days: Calendar, due_on: date, today: date, natural: bool) -> int:
    """Days that remain, in the unit of the promise."""
    return (due_on - today).days if natural else days.working_between(today, due_on)


def remaining(days_left: int, due_on: date, today: date, natural: bool) -> str:
    """剩3日, 剩3个自然日, 今天到期, 超2日."""
    words = desk_word("red" if due_on < today else "green", days_left, due_on, today)
    return words.replace("日", "个自然日") if natural and due_on != today else words


def offers(days: Calendar, at: datetime, closes: time) -> list[datetime]:
    """Hours by which an answer may be asked for, the likeliest first: today 17:00, else the next morning."""
    last = min(ANSWER, closes)
    here, tomorrow = at.date(), days.next_working(at.date())
    found = [
        (here, last), (tomorrow, NEXT_MORNING), (tomorrow, last), (days.add_working(here, 2), last),
        (days.add_working(here, 5), last),
    ]  # fmt: skip
    moments = [datetime.combine(day, hour, SHANGHAI) for day, hour in found]
    soon = timedelta(hours=1)
    return [moment for moment in moments if moment - at >= soon and days.is_working(moment.date())]


def check_answer_due(days: Calendar, due: datetime, at: datetime, closes: time) -> None:
    """Refuse an answer asked for in the past, outside working hours, or in more than a month."""
    if due <= at:
        raise Refusal("answer_due_past", 422, "答复的期限要在现在以后，请另选一个")
    if due - at > FARTHEST:
        raise Refusal("answer_due_far", 422, "答复的期限太远了，请选一个月以内的")
    if not days.is_working(due.date()) or not OPENS <= due.time() <= closes:
        raise Refusal("answer_due_hours", 422, f"答复的期限要在上班时间：工作日 {OPENS:%H:%M} 到 {closes:%H:%M}")


def climbed(verbs: set[str], verb: str) -> Iterator[str]:
    """The steps to take now, from below: those of `verbs` under `verb`, then itself."""
    for step in LADDER:
        if step in verbs or step == verb:
            yield step
        if step == verb:
            return
