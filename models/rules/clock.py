"""The working-day clock of the law (R25-R39): when a limit ends, and why, in words a citizen can check by hand.

Pure. All days are local dates of Asia/Shanghai. The day of the event is not counted, the next day that counts is day 1
(R27, 民法典 art. 201); natural days that end on a day off end on the next working day (art. 203); a pause takes out
whole local dates, and only those that would have counted are given back (R37, 行政许可法 art. 45).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Literal

from models.base import SHANGHAI, UTC, Refusal
from models.rules import ruler
from models.rules.calendar import DAY, Calendar
from models.rules.limits import NATURAL, WORKING, ClockRules, Limit, Pause

Light = Literal["green", "amber", "red", "grey"]


@dataclass(frozen=True, slots=True)
class Explained:
    """A clock that explains itself. Counts are in the limit's unit: day + remaining == of, remaining < 0 when late."""

    received_on: date
    due_on: date
    on: date
    unit: str
    day: int
    of: int
    remaining: int
    excluded: int
    light: Light
    words: str
    guessed: bool
    explain: list[str] = field(default_factory=list)
    days: list[dict[str, object]] = field(default_factory=list)

    @property
    def word(self) -> str:
        """What stands beside the light for a citizen: 正常, 还剩3天, 今天到期, 已超期, 暂停计时."""
        return ruler.light_word(self.light, self.remaining, self.due_on, self.on)

    @property
    def short(self) -> str:
        """What stands beside the light on the desk: 剩6日, 今天到期, 超1日, 暂停中."""
        return ruler.desk_word(self.light, self.remaining, self.due_on, self.on)

    @property
    def latest(self) -> str:
        """最晚12月8日（周二）."""
        return ruler.latest(self.due_on, self.on)

    def as_dict(self) -> dict[str, object]:
        """The JSON of `clock explain`: dates as YYYY-MM-DD, the light by its colour."""
        return {
            "received_on": self.received_on.isoformat(),
            "due_on": self.due_on.isoformat(),
            "day": self.day,
            "of": self.of,
            "remaining": self.remaining,
            "excluded": self.excluded,
            "light": self.light,
            "words": self.words,
            "unit": self.unit,
            "guessed": self.guessed,
            "explain": self.explain,
        }


@dataclass(frozen=True, slots=True)
class Count:
    """A limit counted out: every date that counts, the dates pauses took out (with the reason), and the end."""

    due_on: date
    counted: list[date]
    excluded: dict[date, str]


class Clock:
    """Counts limits on one calendar under one county's rules."""

    def __init__(self, calendar: Calendar, rules: ClockRules | None = None) -> None:
        self.calendar = calendar
        self.rules = rules or ClockRules()

    def received_on(self, at: datetime) -> date:
        """The day a submission counts as received: after closing or on a day off, the next working day (R27)."""
        if at.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        wall = at.astimezone(SHANGHAI)
        if not self.calendar.is_working(wall.date()) or wall.time() > self.rules.cutoff:
            return self.calendar.next_working(wall.date())
        return wall.date()

    def due_on(
        self,
        start: date,
        limit: Limit,
        *,
        pauses: Sequence[Pause] = (),
        extension: Limit | None = None,
        on: date | None = None,
    ) -> date:
        """The last day of the limit. `on` matters only while a pause is still open."""
        return self.count(start, limit.plus(extension), pauses, on).due_on

    def due_at(self, due_on: date) -> datetime:
        """The end of that day in UTC: the next local midnight, when the limit has run out."""
        return datetime.combine(due_on + DAY, time(), SHANGHAI).astimezone(UTC)

    def count(self, start: date, limit: Limit, pauses: Sequence[Pause] = (), on: date | None = None) -> Count:
        """Count the whole limit out. Pauses may overlap: a date is taken out once, by the first that covers it."""
        counted: list[date] = []
        excluded: dict[date, str] = {}
        due = start
        for day in self.calendar.after(start) if limit.days else ():
            if limit.unit == WORKING and not self.calendar.is_working(day):
                continue
            pause = _paused(day, pauses, on)
            if pause:
                excluded[day] = pause.reason
                continue
            counted.append(due := day)
            if len(counted) == limit.days:
                break
        else:
            if limit.days:
                raise Refusal("date_out_of_range", 422, "日期太远，算不了，请检查年份和天数")
        while not self.calendar.is_working(due) or (due > start and _paused(due, pauses, on)):
            due += DAY
        return Count(due, counted, excluded)

    def explain(
        self,
        received: datetime | date,
        limit: Limit,
        *,
        at: datetime | date,
        pauses: Sequence[Pause] = (),
        extension: Limit | None = None,
        began: str = "收到",
        verb: str = "办结",
    ) -> Explained:
        """The clock as seen at `at`. `received`: a moment (the closing hour applies) or a date taken as it is.

        `began` names the event that starts it (收到, 受理), `verb` what is due at its end (办结, 告知, 补正, 答复).
        """
        start = self.received_on(received) if isinstance(received, datetime) else received
        on = at.astimezone(SHANGHAI).date() if isinstance(at, datetime) else at
        whole = limit.plus(extension)
        count = self.count(start, whole, pauses, on)
        day = self._day(count, whole, on, pauses)
        light = self._light(count, whole, day, on, bool(_paused(on, pauses, on)))
        excluded = Counter(count.excluded.values())
        story = ruler.Story(
            calendar=self.calendar, received=received, start=start, on=on, count=count, limit=whole,
            extension=extension, day=day, light=light, excluded=excluded, began=began, verb=verb,
            running=_running(on, pauses), cutoff=self.rules.cutoff,
        )  # fmt: skip
        return Explained(
            received_on=start,
            due_on=count.due_on,
            on=on,
            unit=whole.unit,
            day=day,
            of=whole.days,
            remaining=whole.days - day,
            excluded=len(count.excluded),
            light=light,
            words=ruler.words(story),
            guessed=bool(self.calendar.warnings(start, count.due_on)),
            explain=ruler.lines(story),
            days=ruler.days(story, lambda d: bool(_paused(d, pauses, on))),
        )

    def _day(self, count: Count, limit: Limit, on: date, pauses: Sequence[Pause]) -> int:
        if on <= count.due_on:
            return sum(1 for day in count.counted if day <= on)
        after = (count.due_on + DAY * step for step in range(1, (on - count.due_on).days + 1))
        late = [day for day in after if limit.unit == NATURAL or self.calendar.is_working(day)]
        return limit.days + sum(1 for day in late if not _paused(day, pauses, on))

    def _light(self, count: Count, limit: Limit, day: int, on: date, paused: bool) -> Light:
        if on > count.due_on:
            return "red"
        if paused:
            return "grey"
        near = max(float(self.rules.amber_min), self.rules.amber_share * limit.days)
        return "amber" if limit.days - day <= near else "green"


def _running(on: date, pauses: Sequence[Pause]) -> str:
    """What a paused clock says of the pause it is in, the one that holds it longest."""
    held = max((p for p in pauses if p.covers(on, on)), key=lambda p: (p.open, p.last), default=None)
    if held is None:
        return ""
    return f"{held.reason}今天结束，今天不算" if held.last == on and not held.open else f"{held.reason}，现在暂停计时"


def _paused(day: date, pauses: Sequence[Pause], on: date | None) -> Pause | None:
    return next((pause for pause in pauses if pause.covers(day, on)), None)
