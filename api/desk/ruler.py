"""The 日尺 as server-drawn SVG: one box is one day that counts, days off are gaps, the stroke is where it ends."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from markupsafe import Markup, escape

Day = dict[str, Any]  # {date: ISO, n: int | None, kind, name} as models.rules.ruler.days gives them
MOST_LATE = 3
ENDS = {
    "promise": "承诺", "statutory": "法定", "acceptance": "受理期限", "correction": "补正期限", "tolerance": "容缺补齐",
    "delivery": "送达",
}  # fmt: skip


@dataclass(frozen=True)
class Cell:
    """A box (one day) or a gap (a run of days off). `look` is a class of the stylesheet."""

    first: date
    last: date
    look: str
    n: int | None = None
    name: str = ""
    worked: bool = False


def cells(days: list[Day], today: date, look: str = "") -> list[Cell]:
    """Days as boxes, runs of days off joined into one gap. `look` replaces the class of every box (the law's tail)."""
    found: list[Cell] = []
    for day in days:
        on = date.fromisoformat(day["date"])
        cell = Cell(on, on, look or _look(day["kind"], on, today), day.get("n"), day.get("name") or "")
        if day["kind"] == "start" and len(days) > 1:
            cell = Cell(on, on, "begin")
        if day["kind"] == "off":
            cell = Cell(on, on, "gap", None, "" if cell.name == "周末" else cell.name)
        elif cell.name == "调休上班":
            cell = Cell(on, on, cell.look, cell.n, "", True)
        if found and cell.look == "gap" == found[-1].look:
            cell = Cell(found[-1].first, on, "gap", None, found[-1].name or cell.name)
            found.pop()
        found.append(cell)
    return found


def _look(kind: str, on: date, today: date) -> str:
    if kind in ("late", "paused"):
        return {"late": "late", "paused": "pause"}[kind]
    if on == today:
        return "today"
    return "past" if on < today else "next"


def _shown(day: Day, clock: dict[str, Any], today: date) -> bool:
    """The day of the event does not count; it is drawn while it is today, or when everything is due on it."""
    return bool(day["kind"] != "start" or clock["of"] == 0 or day["date"] == today.isoformat())


def big(clock: dict[str, Any], law: dict[str, Any] | None, today: date, *, width: int = 700) -> Markup:
    """The large ruler of a case page; `law` adds the days between the promise and the statutory end."""
    days = [day for day in clock["days"] if _shown(day, clock, today)]
    boxes = cells(days, today)
    tail = [day for day in (law or {}).get("days", []) if day["date"] > clock["due_on"] and day["kind"] != "late"]
    drawn = boxes + cells(tail, today, "legal")
    step, places = _fit(drawn, width)
    out = [_big_box(cell, x, step) for cell, x in zip(drawn, places, strict=True)]
    out += _months(drawn, places)
    ends = dict(_strokes(drawn, places, step, clock, law))
    beside = 12 if step < 21 and clock["due_on"] == today.isoformat() else 0  # the word 今天 stands over that box
    out += [_stroke(kind, x, words, ends, width, beside) for kind, (x, words) in ends.items()]
    out += [
        f'<path class="nowp" d="M{x + step / 2 - 5:.1f} 17h8l-4 6z"/>'
        f'<text class="mark now" x="{x + step / 2 - 1:.1f}" y="13" text-anchor="middle">今天</text>'
        for cell, x in zip(drawn, places, strict=True)
        if cell.first <= today <= cell.last and cell.look in ("today", "late", "pause", "begin")
    ]
    total = int(places[-1] + step) if places else 0
    return _svg("big", clock, max(total, 120), 84, "".join(out), f"{clock['words']}")


def _fit(drawn: list[Cell], width: int) -> tuple[int, list[float]]:
    """The step of a box (with its 2 px space) and every cell's x, narrowed until all fit."""
    for step in (27, 21, 15, 11, 8, 6, 5, 4, 3):
        places, x = [], 0.0
        for cell in drawn:
            places.append(x)
            x += _gap(cell, step) + 2 if cell.look == "gap" else step
        if x <= width:
            break
    return step, places


def _gap(cell: Cell, step: int) -> int:
    """The width of a run of days off; where days are many, hardly more than a seam."""
    if step < 15:
        return 4 if step > 6 else 0
    length = (cell.last - cell.first).days + 1
    if cell.name:
        return 34 if length >= 5 else 24
    return 6 if length == 1 else 14


def _big_box(cell: Cell, x: float, step: int) -> str:
    wide = step - 2
    if cell.look == "gap":
        gap = _gap(cell, step)
        label = f'<text class="t off" x="{x + gap / 2}" y="64" text-anchor="middle">{escape(cell.name[:2])}</text>'
        return f'<rect class="gap" x="{x}" y="32" width="{gap}" height="18"/>' + (
            label if cell.name and step >= 15 else ""
        )
    middle = x + wide / 2
    out = f'<rect class="d {cell.look}" x="{x}" y="26" width="{wide}" height="24"/>'
    if step < 15 and not (cell.n and cell.n % 5 == 0):
        return out
    if cell.n and step >= 15:
        out += f'<text class="n {cell.look}" x="{middle}" y="42" text-anchor="middle">{cell.n}</text>'
    if step >= 21 or cell.look in ("today", "late") or (cell.n and cell.n % 5 == 0):
        now = " now" if cell.look == "today" else ""
        out += f'<text class="t{now}" x="{middle}" y="64" text-anchor="middle">{cell.first.day}</text>'
    if cell.worked:
        out += f'<text class="mk" x="{middle}" y="79" text-anchor="middle">调休</text>'
    return out


def _months(drawn: list[Cell], places: list[float]) -> list[str]:
    out, last = [], 0
    for cell, x in zip(drawn, places, strict=True):
        if cell.look != "gap" and cell.first.month != last and not cell.worked:
            last = cell.first.month
            out.append(f'<text class="m" x="{x}" y="79">{last}月</text>')
    return out


def _strokes(
    drawn: list[Cell], places: list[float], step: int, clock: dict[str, Any], law: dict[str, Any] | None
) -> Iterator[tuple[str, tuple[float, str]]]:
    """Where each period ends: class of the stroke -> (x, words). A promise without a law's tail stands alone."""
    for kind, found in (("due", clock), ("law", law)):
        if found is None:
            continue
        due = date.fromisoformat(found["due_on"])
        for cell, x in zip(drawn, places, strict=True):
            if cell.first <= due <= cell.last:
                yield kind, (x + step - 1, f"{ENDS[found['kind']]} {limit_words(found)}")


def limit_words(clock: dict[str, Any]) -> str:
    """6 日, 当天."""
    return f"{clock['of']} 日" if clock["of"] else "当天"


def _stroke(kind: str, x: float, words: str, ends: dict[str, tuple[float, str]], width: int, beside: int = 0) -> str:
    """The stroke and its words; they hang left of it for the law, unless the promise's are there, and at the edge."""
    near = kind == "law" and "due" in ends and x - ends["due"][0] < 150
    left = (kind == "law" and not near) or x + 13 * len(words) > width
    at = x - 4 if left else x + 4 + (beside if kind == "due" else 0)
    anchor = ' text-anchor="end"' if left else ""
    mark = "mark due-t" if kind == "due" else "mark"
    y = 0 if near and x - ends["due"][0] < 76 else 13
    return f'<path class="{kind}" d="M{x} 4v48"/><text class="{mark}" x="{at}" y="{y}"{anchor}>{words}</text>'


def mini(clock: dict[str, Any], today: date) -> Markup:
    """The ruler of a table row: past, today, to come; late boxes at most three, then an arrow."""
    days = [day for day in clock["days"] if day["kind"] != "start" or clock["of"] == 0]
    boxes = cells(days, today)
    counted = sum(1 for cell in boxes if cell.look != "gap")
    step = 7 if counted <= 12 else max(2.0, 84 / counted)
    wide = step - 2 if step > 4 else step
    out, x, late = [], 0.0, 0
    for cell in boxes:
        if cell.look == "gap":
            x += 3 if step == 7 else 0
            continue
        late += cell.look == "late"
        if late > MOST_LATE:
            out.append(f'<path class="more" d="M{x + 1:.1f} 5l3 3-3 3"/>')
            break
        out.append(f'<rect class="d {cell.look}" x="{x:.1f}" y="3" width="{wide:.1f}" height="10"/>')
        x += step
        if cell.first.isoformat() == clock["due_on"]:
            out.append(f'<path class="due" d="M{x + 0.5:.1f} 0v14"/>')
            x += 3 if clock["light"]["colour"] == "red" else 0
    return _svg("mini", clock, 96, 14, "".join(out), clock["light"]["word"])


def lane(clock: dict[str, Any], first: date, count: int, today: date, *, width: int = 279) -> Markup:
    """One department's days on the calendar all lanes share: `count` days from `first`."""
    step = width / count
    wide = max(2.0, step - 2)
    place = {first + timedelta(days=i): i * step for i in range(count)}
    out = []
    for day in clock["days"]:
        on = date.fromisoformat(day["date"])
        if on not in place or day["kind"] == "start":
            continue
        if day["kind"] == "off":
            out.append(f'<rect class="gap" x="{place[on]:.1f}" y="0" width="{step:.1f}" height="40"/>')
            continue
        look = "past" if clock["state"] == "stopped" else _look(day["kind"], on, today)
        if clock["state"] == "stopped" and day["date"] > clock["stopped_on"]:
            continue
        out.append(f'<rect class="d {look}" x="{place[on]:.1f}" y="14" width="{wide:.1f}" height="12"/>')
    due = date.fromisoformat(clock["due_on"])
    if due in place:
        out.append(f'<path class="due" d="M{place[due] + step - 0.5:.1f} 10v20"/>')
    if today in place:
        out.append(f'<path class="nowl" d="M{place[today] + step / 2 - 1:.1f} 0v40"/>')
    return _svg("lane", clock, width, 40, "".join(out), clock["light"]["word"])


def axis(first: date, count: int, *, width: int = 279) -> Markup:
    """The Mondays above the lanes."""
    step = width / count
    mondays = [i for i in range(count) if (first + timedelta(days=i)).weekday() == 0]
    every = 1 if len(mondays) <= 5 else 2
    out = [
        f'<text x="{i * step:.1f}" y="14">{first + timedelta(days=i):%m-%d}</text>'
        for i in mondays[::every]
    ]  # fmt: skip
    return Markup(f'<svg class="ruler" width="{width}" height="20" viewBox="0 0 {width} 20">{"".join(out)}</svg>')


def _svg(size: str, clock: dict[str, Any], width: int, height: int, inside: str, label: str) -> Markup:
    tone = f"tone-{clock['light']['colour']}"
    return Markup(
        f'<svg class="ruler ruler-{size} {tone}" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        f'role="img" aria-label="{escape(label)}">{inside}</svg>'
    )
