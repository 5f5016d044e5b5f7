"""`main.py clock explain`: when a limit ends and why, for a supervisor; from the county's files, without a database."""

import argparse
import json
import re
import sys
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from models.base import SHANGHAI, Refusal, today
from models.rules.calendar import Calendar, SpecialDay, special_days
from models.rules.clock import Clock, Explained
from models.rules.county import CalendarFile, SettingsEntry
from models.rules.dates import say_full
from models.rules.limits import ClockRules, Limit, parse_date, parse_limit, parse_pause
from models.rules.yamlfile import Source, parse
from settings import SettingError, here

T = TypeVar("T")
USAGE = """\
python main.py clock explain --received 收到的时刻 --limit 期限
                             [--suspend 起..止]... [--extend 延长] [--at 哪天看] [--json]

  --received  2026-02-13T16:30；只写日期就当上班时间收到。下班以后或休息日交来的，算下一个工作日收到
  --limit     20wd 是 20 个工作日，30cd 是 30 个自然日，0wd 是当天
  --suspend   2026-03-02..2026-03-05，首尾都不算；可以写几次；要写名称就在后面加冒号：2026-03-02..2026-03-05:专家评审
  --extend    10wd，单位和期限一样
  --at        哪一天来看，2026-03-10 或 2026-03-10T09:00；不写就是今天
  --json      给程序读"""


LIKE = {
    "--received": "2026-02-13T16:30", "--limit": "20wd 或 30cd", "--suspend": "2026-03-02..2026-03-05",
    "--extend": "10wd", "--at": "2026-03-10",
}  # fmt: skip


class WrongArgument(Exception):
    """An argument that cannot be read: the words say which, and what it should be."""


def perform(args: Sequence[str]) -> int:
    """Answer at the terminal; returns the exit status: 0, 1 when the county's files are wrong, 2 for a bad argument."""
    if "--help" in args:
        print(USAGE)
        return 0
    try:
        given = _given(args)
        seen, first = _seen(clock_of(here().county), given)
    except WrongArgument as wrong:
        print(f"{wrong}\n\n{USAGE}", file=sys.stderr)
        return 2
    except (CountyUnread, SettingError) as unread:
        print(unread, file=sys.stderr)
        return 1
    if given.json:
        print(json.dumps(seen.as_dict(), ensure_ascii=False))
    else:
        print("\n".join([seen.words, "", *(f"  {line}" for line in [*first, *seen.explain])]))
    return 0


def _given(args: Sequence[str]) -> argparse.Namespace:
    """The arguments as they were written."""
    reader = argparse.ArgumentParser(add_help=False, exit_on_error=False, allow_abbrev=False)
    reader.add_argument("act", nargs="?")
    for name in ("--received", "--limit", "--extend", "--at"):
        reader.add_argument(name)
    reader.add_argument("--suspend", action="append", default=[])
    reader.add_argument("--json", action="store_true")
    try:
        given, rest = reader.parse_known_args(args)
    except argparse.ArgumentError as error:
        raise WrongArgument(_should(str(error.argument_name))) from None
    if given.act != "explain":
        raise WrongArgument(f"要做什么？现在只有 explain{f'，没有 {given.act}' if given.act else ''}")
    if rest:
        raise WrongArgument(f"不认识 {rest[0]}")
    for name in ("--received", "--limit"):
        if getattr(given, name[2:]) is None:
            raise WrongArgument(_should(name))
    return given


def _should(name: str) -> str:
    return f"{name} 后面要写值，像 {LIKE[name]}" if name in LIKE else f"{name} 后面不用写值"


def _seen(clock: Clock, given: argparse.Namespace) -> tuple[Explained, list[str]]:
    """The clock as asked for, and what to say before it of a date without its hour."""
    received = _read("--received", given.received, moment)
    limit = _read("--limit", given.limit, parse_limit)
    pauses = [_read("--suspend", text, parse_pause) for text in given.suspend]
    extension = _read("--extend", given.extend, _extension(limit)) if given.extend is not None else None
    at = _read("--at", given.at, moment) if given.at is not None else today()
    first: list[str] = []
    if not isinstance(received, datetime):
        received, first = _opened(clock.calendar, received)
    try:
        return clock.explain(received, limit, at=at, pauses=pauses, extension=extension), first
    except Refusal as refusal:
        raise WrongArgument(refusal.words) from None


def _read(name: str, text: str, reader: Callable[[str], T]) -> T:
    try:
        return reader(text)
    except Refusal as refusal:
        raise WrongArgument(f"{name} 现在是“{text[:60]}”：{refusal.words}") from None


def moment(text: str) -> datetime | date:
    """`2026-02-13T16:30` as the county's wall clock, or the date alone."""
    if "T" not in text and " " not in text.strip():
        return parse_date(text)
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?([+-]\d\d:\d\d|Z)?", text.strip(), re.ASCII):
            found = datetime.fromisoformat(text.strip())
            return found.astimezone(SHANGHAI) if found.tzinfo else found.replace(tzinfo=SHANGHAI)
    except (ValueError, OverflowError):
        pass
    raise Refusal("bad_moment", 422, "要写成 2026-02-13T16:30 或 2026-02-13 这样，并且真有这个时刻")


def _extension(limit: Limit) -> Callable[[str], Limit]:
    def reader(text: str) -> Limit:
        more = parse_limit(text)
        if not more.days:
            raise Refusal("bad_limit", 422, "至少延长 1 天")
        limit.plus(more)
        return more

    return reader


def _opened(calendar: Calendar, day: date) -> tuple[date, list[str]]:
    """A date without its hour was in office hours; on a day off it counts as the next working day (R27)."""
    start = calendar.on_or_after(day)
    return start, [] if start == day else [f"{say_full(day)}是{calendar.why(day)}，不上班，算下一个工作日收到"]


# ------------------------------------------------------------------ the county's files


class CountyUnread(Exception):
    """The county's folder does not give a clock: the words say which file and what is wrong."""


def clock_of(folder: Path) -> Clock:
    """The county's clock from its files: calendars/*.yaml and the cutoff and lights of settings.yaml."""
    days: list[SpecialDay] = []
    years: list[int] = []
    for path in sorted((folder / "calendars").glob("*.yaml")):
        year = _shaped(path, lambda data: CalendarFile.model_validate(data).model_dump(by_alias=True))
        days += special_days(year)
        years += [year["year"]] if year["notice"] else []
    if not years:
        raise CountyUnread(f"{folder} 里没有放假安排（calendars/年份.yaml），请检查 COUNTY 写的目录")
    entry = _shaped(folder / "settings.yaml", lambda data: SettingsEntry.model_validate(data["settings"]))
    lights = entry.lights
    rules = ClockRules(time.fromisoformat(entry.cutoff), lights.yellow_share, lights.yellow_min_days)
    return Clock(Calendar(days, years), rules)


def _shaped(path: Path, shape: Callable[[Any], T]) -> T:
    try:
        source: Source = parse(path.name, path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError):
        raise CountyUnread(f"读不了 {path}") from None
    if source.problems:
        raise CountyUnread("\n".join(problem.words for problem in source.problems))
    try:
        return shape(source.data)
    except (ValidationError, KeyError, TypeError):
        raise CountyUnread(f"{path} 的写法不对，请先运行 python main.py load 看是哪一行") from None
