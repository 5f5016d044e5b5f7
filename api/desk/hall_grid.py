"""The day of a hall drawn as a table of half hours and lines: a pip for every place, a thick line for now (R54).

Pure: takes what `reads.hall_day.day` gives. A cell is one line in one half hour; its address is `A~0930`.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

Row = dict[str, Any]
HALF = timedelta(minutes=30)
LUNCH = timedelta(hours=1)
MOST_PIPS = 12
PIP = {
    "arrived": "in", "served": "in", "left": "in", "booked": "bk", "held": "bk", "offered": "bk", "displaced": "mv",
    "missed": "ns", "excused": "ns",
}  # fmt: skip
ORDER = ("in", "bk", "mv", "ns", "wk", "")


@dataclass
class Cell:
    """One line in one half hour."""

    at: str = ""
    slots: list[Row] = field(default_factory=list)
    people: list[Row] = field(default_factory=list)
    walk_ins: int = 0
    left: int = 0
    look: str = "none"
    words: str = "—"
    pips: list[str] = field(default_factory=list)
    more: int = 0
    label: str = ""


@dataclass
class Band:
    """A half hour of the day with its cells; `gap` stands before it when the hall is closed in between."""

    starts: datetime
    cells: list[Cell]
    now: bool = False
    gap: str = ""

    @property
    def label(self) -> str:
        return clock(self.starts)


def clock(at: datetime) -> str:
    """9:30."""
    return f"{at.hour}:{at.minute:02d}"


def short(name: str) -> str:
    """民生, 不动产登记, 市监局下乡: a line as a column's head says it."""
    inside = re.search("（(.+)）$", name)
    return inside[1] if inside and name.startswith("综合窗口") else name.removesuffix("专窗").removesuffix("窗口")


def floor(at: datetime) -> datetime:
    return at.replace(minute=at.minute // 30 * 30, second=0, microsecond=0)


def bands(day: Row, lines: list[Row], wall: datetime) -> list[Band]:
    """The rows of the table, in order of the day."""
    keys = {line["key"] for line in lines}
    slots = [slot for slot in day["slots"] if slot["line"] in keys]
    starts = sorted({floor(slot["starts_at"]) for slot in slots})
    found = {(line["key"], start): Cell(f"{line['key']}~{start:%H%M}") for line in lines for start in starts}
    places = {slot["id"]: found[slot["line"], floor(slot["starts_at"])] for slot in slots}
    for slot in slots:
        places[slot["id"]].slots.append(slot)
    for row in day["people"]:
        for id_ in row["slot_ids"]:
            if id_ in places and row not in places[id_].people:
                places[id_].people.append(row)
    for walk in day["walk_ins"]:
        before = [start for start in starts if start <= walk["at"]] or starts
        if walk["line"] in keys and before:
            found[walk["line"], max(before) if before[0] <= walk["at"] else before[0]].walk_ins += 1
    rows = [Band(start, [found[line["key"], start] for line in lines]) for start in starts]
    for line, column in zip(lines, zip(*(row.cells for row in rows), strict=True), strict=False):
        for row, cell in zip(rows, column, strict=True):
            _finish(cell, row.starts + HALF <= wall, f"{short(line['name'])} {clock(row.starts)}")
    _mark(rows, wall)
    return rows


def _mark(rows: list[Band], wall: datetime) -> None:
    """The thick line before what is not over yet, and the words of the noon rest."""
    ahead = next((row for row in rows if row.starts + HALF > wall), None)
    if ahead is not None and rows[0].starts.date() == wall.date():
        ahead.now = True
    for before, row in zip(rows, rows[1:], strict=False):
        end = before.starts + HALF
        if row.starts - end >= LUNCH:
            row.gap = f"{clock(end)}–{clock(row.starts)} 午休"


def _finish(cell: Cell, past: bool, label: str) -> None:
    """Pips, words and look of a cell that has all its people."""
    cell.label = label
    if not cell.slots and not cell.people:
        return
    ids = {slot["id"] for slot in cell.slots}
    pips = [
        PIP[row["state"]] for row in cell.people for id_ in row["slot_ids"] if id_ in ids for _ in range(row["party"])
    ]
    open_ = [slot for slot in cell.slots if not slot["closed"]]
    cell.left = sum(max(0, slot["capacity"] - slot["used"]) for slot in open_)
    pips += ["wk"] * cell.walk_ins + [""] * cell.left
    pips.sort(key=ORDER.index)
    cell.more = max(0, len(pips) - MOST_PIPS)
    cell.pips = pips[:MOST_PIPS]
    missed = sum(row["state"] == "missed" for row in cell.people)
    if past:
        cell.look = "past"
        cell.words = f"没来 {missed}" if missed else f"现场 +{cell.walk_ins}" if cell.walk_ins else ""
    elif not open_:
        cell.look, cell.words = "shut", "停"
    elif cell.left == 0:
        cell.look, cell.words = "full", "满"
    else:
        cell.look, cell.words = "some" if cell.people else "free", f"余 {cell.left}"


def sums(day: Row) -> list[tuple[str, int]]:
    """The figures under the table; people who came are those who took their number."""
    states = [row["state"] for row in day["people"]]
    return [
        ("约", len(states) - states.count("held") - states.count("offered")),
        ("到", sum(state in ("arrived", "served", "left") for state in states)),
        ("没来", states.count("missed") + states.count("excused")),
        ("现场号", len(day["walk_ins"])),
        ("候补", len(day["waiting"])),
    ]


def cell_at(rows: list[Band], at: str) -> Cell | None:
    """The cell an address names, or none."""
    return next((cell for row in rows for cell in row.cells if cell.at == at and (cell.slots or cell.people)), None)
