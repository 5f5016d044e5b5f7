"""What a clock says: one sentence, the lines under it, and the 日尺, one box a calendar day. Pure words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Protocol

from models.base import SHANGHAI
from models.rules.calendar import DAY, Calendar
from models.rules.dates import latest, runs, say, say_full, say_run
from models.rules.limits import WORKING, Limit

__all__ = ["Story", "days", "desk_word", "latest", "light_word", "lines", "words"]

MOST_BOXES = 400  # a clock forgotten for years must not make a page of ten thousand boxes


class Counted(Protocol):
    """The counted-out limit, as clock.Count."""

    @property
    def due_on(self) -> date: ...
    @property
    def counted(self) -> list[date]: ...
    @property
    def excluded(self) -> dict[date, str]: ...


@dataclass(frozen=True, slots=True)
class Story:
    """Everything the words need, computed once by the clock."""

    calendar: Calendar
    received: datetime | date
    start: date
    on: date
    count: Counted
    limit: Limit
    extension: Limit | None
    day: int
    light: str
    excluded: Counter[str]
    began: str
    verb: str
    running: str
    cutoff: time


def light_word(light: str, remaining: int, due_on: date, on: date) -> str:
    """The citizen's word beside the light."""
    if light == "grey":
        return "暂停计时"
    if light == "red":
        return "已超期"
    if due_on == on:
        return "今天到期"
    if light == "amber":
        return f"还剩{remaining}天" if remaining else f"{say(due_on, on)}到期"
    return "正常"


def desk_word(light: str, remaining: int, due_on: date, on: date) -> str:
    """The desk's word beside the light; a day is a working day there unless the item says otherwise."""
    if light == "grey":
        return "暂停中"
    if light == "red":
        return f"超{max(1, -remaining)}日"
    return "今天到期" if due_on == on else f"剩{remaining}日"


def words(story: Story) -> str:
    """第7个工作日，共20个；专家评审扣除3天；应于12月3日前办结."""
    parts = [_position(story)]
    if story.running:
        parts.append(story.running)
    if story.extension:
        parts.append(f"经批准延长{story.extension.words}")
    parts += [f"{reason}扣除{count}天" for reason, count in story.excluded.items()]
    due = say(story.count.due_on, story.on)
    parts.append(f"应于{due}前{story.verb}" if story.limit.days else f"应于{due}当天{story.verb}")
    parts += story.calendar.warnings(story.start, story.count.due_on)
    return "；".join(parts)


def _position(story: Story) -> str:
    total, unit = story.limit.days, story.limit.unit
    if story.light == "red":
        late = story.day - total
        return f"已超过{late}个{unit}，共{total}个" if late and total else f"已过期，期限是{story.limit.words}"
    if not total:
        return f"{say(story.start, story.on)}{story.began}，当天办"
    if not story.day:
        return f"{say(story.count.counted[0], story.on)}是第1个{unit}，共{total}个"
    return f"第{story.day}个{unit}，共{total}个"


def lines(story: Story) -> list[str]:
    """The ledger under the ruler: how the start was found, what is not counted, what was added, when it ends."""
    said = _beginning(story)
    if story.limit.days:
        said.append(f"{story.began}当天不算，{say_full(story.count.counted[0], story.on)}是第1个{story.limit.unit}")
    said += _days_off(story)
    said += _pauses(story)
    if story.extension:
        said.append(f"经批准延长{story.extension.words}，共{story.limit.days}个")
    said += _ending(story)
    return said + story.calendar.warnings(story.start, story.count.due_on)


def _beginning(story: Story) -> list[str]:
    if not isinstance(story.received, datetime):
        return [f"{say_full(story.start, story.on)}{story.began}"]
    wall = story.received.astimezone(SHANGHAI)
    if wall.date() == story.start:
        return [f"{say_full(story.start, story.on)}{story.began}"]
    off = not story.calendar.is_working(wall.date())
    why = f"{story.calendar.why(wall.date())}不上班" if off else f"过了{story.cutoff:%H:%M}下班时间"
    moment = f"{say_full(wall.date(), story.on)}{wall:%H:%M}交来"
    return [f"{moment}，{why}，算{say_full(story.start, story.on)}{story.began}"]


def _days_off(story: Story) -> list[str]:
    span = [story.start + DAY * step for step in range(1, (story.count.due_on - story.start).days + 1)]
    if story.limit.unit != WORKING:
        return [] if not story.limit.days else ["按自然日算，周末和放假也算在内"]
    off = [day for day in span if not story.calendar.is_working(day)]
    worked = [day for day in span if story.calendar.is_named(day) and story.calendar.is_working(day)]
    said = []
    if any(not story.calendar.is_named(day) for day in off):
        said.append("周六周日不算")
    for name in dict.fromkeys(story.calendar.why(day) for day in off if story.calendar.is_named(day)):
        holiday = [day for day in off if story.calendar.is_named(day) and story.calendar.why(day) == name]
        said.append(f"{name}放假不算：{'、'.join(say_run(*run, story.on) for run in runs(holiday))}")
    if worked:
        said.append(f"调休上班的周末要算：{'、'.join(say_full(day, story.on) for day in worked)}")
    return said


def _pauses(story: Story) -> list[str]:
    said = []
    for reason, count in story.excluded.items():
        taken = [day for day, why in story.count.excluded.items() if why == reason]
        spans = "、".join(say_run(*run, story.on) for run in runs(taken))
        said.append(f"{reason}，{spans}不算，扣除{count}个{story.limit.unit}")
    return said


def _ending(story: Story) -> list[str]:
    due = say_full(story.count.due_on, story.on)
    if not story.limit.days:
        return [f"当天{story.verb}：{due}"]
    last = story.count.counted[-1]
    if last == story.count.due_on:
        return [f"第{story.limit.days}个{story.limit.unit}是{due}，最晚这一天{story.verb}"]
    end = f"第{story.limit.days}个{story.limit.unit}是{say_full(last, story.on)}"
    why = f"{story.calendar.why(last)}不上班" if not story.calendar.is_working(last) else "不上班"
    return [f"{end}，{why}，顺延到{due}"]


def days(story: Story, paused: Callable[[date], bool]) -> list[dict[str, object]]:
    """The 日尺: [{date, n, kind, name}] from the start to the end, or to today when late.

    kind: start | past | today | future | off | due | paused | late. n counts the days that count, else null.
    """
    number = {day: n for n, day in enumerate(story.count.counted, 1)}
    last = max(story.count.due_on, story.on) if story.light == "red" else story.count.due_on
    boxes: list[dict[str, object]] = []
    day = story.start
    while day <= last and len(boxes) < MOST_BOXES:
        kind = "start" if day == story.start else _kind(story, day, paused(day))
        boxes.append({"date": day.isoformat(), "n": number.get(day), "kind": kind, "name": story.calendar.why(day)})
        day += DAY
    return boxes


def _kind(story: Story, day: date, paused: bool) -> str:
    if day > story.count.due_on:
        if paused:
            return "paused"
        return "late" if story.limit.unit != WORKING or story.calendar.is_working(day) else "off"
    if paused:
        return "paused"
    if day == story.count.due_on and day != story.on:
        return "due"
    if story.limit.unit == WORKING and not story.calendar.is_working(day):
        return "off"
    if day == story.on:
        return "today"
    return "past" if day < story.on else "future"
