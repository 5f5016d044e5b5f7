"""The drawing of the state sheet: a column for each state, a row for each verb, an arrow from where it may to its end.

One arrow a row: no two cross, and no words stand on a line.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import drawsvg

from models.rules.flow import FINAL, MACHINES, WORDS, Step
from models.rules.periods import PERIODS

INK, QUIET, LINE, PAPER, STRIPE, TINT = "#1B2430", "#5F6A78", "#C9D0C8", "#FFFFFF", "#F3F4F0", "#EDF4F1"
SANS = "PingFang SC, Noto Sans SC, Noto Sans CJK SC, Source Han Sans SC, Microsoft YaHei, sans-serif"
LEGEND = {
    "申请人": "#14645A", "窗口": "#2B5C8A", "部门": "#7A4A12", "督办、县政府": "#6B3A7D", "时钟": "#C43A2B",
    "系统": "#4A5564",
}  # fmt: skip
#: Who acts: words and colour. A verb open to several carries the colour of the first.
GROUPS = {
    "owner": ("申请人", "申请人"), "clerk": ("窗口", "窗口"), "delegate": ("受委托窗口", "窗口"),
    "handler": ("部门", "部门"), "section_head": ("部门", "部门"), "approver": ("部门", "部门"),
    "department": ("部门", "部门"), "supervisor": ("督办", "督办、县政府"),
    "county_head": ("县政府负责人", "督办、县政府"), "clock": ("时钟", "时钟"), "system": ("系统", "系统"),
    "kiosk": ("取号机", "窗口"),
}  # fmt: skip
LEFT, RIGHT, COLUMN, ROW, HEAD = 268, 318, 104, 32, 62
MARGIN, COLUMNS = 28, max(len(words) for words in WORDS.values())
WIDTH = 2 * MARGIN + LEFT + COLUMNS * COLUMN + RIGHT


@dataclass(frozen=True)
class Sheet:
    """One machine on the page: its states in columns from `x`, its first row at `y`."""

    machine: str
    y: float

    @property
    def states(self) -> list[str]:
        return list(WORDS[self.machine])

    def at(self, state: str) -> float:
        """The middle of a state's column."""
        return MARGIN + LEFT + (self.states.index(state) + 0.5) * COLUMN

    @property
    def right(self) -> float:
        return MARGIN + LEFT + len(self.states) * COLUMN


def drawing(sheets: Mapping[str, tuple[str, str]]) -> str:
    """The whole picture as SVG; `sheets`: machine -> (title, note) in order."""
    height = 112 + sum(_height(machine) for machine in sheets)
    picture = drawsvg.Drawing(WIDTH, height, id_prefix="flow", role="img", aria_label="状态图", font_family=SANS)
    picture.append(drawsvg.Rectangle(0, 0, WIDTH, height, fill=PAPER))
    picture.append(_text("一门 状态图", 26, MARGIN, 44, INK, weight=700))
    _legend(picture)
    y = 112.0
    for machine, (title, note) in sheets.items():
        _sheet(picture, Sheet(machine, y), title, note)
        y += _height(machine)
    return str(picture.as_svg()) + "\n"


def _height(machine: str) -> float:
    moving, still = _split(machine)
    return 54 + HEAD + ROW * (len(moving) + len(still) + bool(still)) + 44


def _split(machine: str) -> tuple[list[tuple[str, Step]], list[tuple[str, Step]]]:
    """The verbs that lead to another state, and those that leave it."""
    steps = list(MACHINES[machine].items())
    moving = [(verb, step) for verb, step in steps if step.end]
    return moving, [(verb, step) for verb, step in steps if not step.end]


def _legend(picture: drawsvg.Drawing) -> None:
    x = float(MARGIN)
    for words, colour in LEGEND.items():
        picture.append(drawsvg.Line(x, 76, x + 30, 76, stroke=colour, stroke_width=3))
        picture.append(_head(x + 36, 76, colour, 1))
        picture.append(_text(words, 15, x + 46, 81, INK))
        x += 62 + 15 * len(words) + 18
    words = "每一列是一个状态，双框的办到这里就完了；圆点是从哪里来，箭头是到哪里去，圆圈是状态不变"
    picture.append(_text(words, 15, x, 81, QUIET))


def _sheet(picture: drawsvg.Drawing, sheet: Sheet, title: str, note: str) -> None:
    moving, still = _split(sheet.machine)
    picture.append(_text(title, 20, MARGIN, sheet.y + 24, INK, weight=700))
    picture.append(_text(note, 15, MARGIN + 20 * len(title) + 16, sheet.y + 24, QUIET))
    top = sheet.y + 54
    bottom = top + HEAD + ROW * (len(moving) + len(still) + bool(still))
    rows = [*moving, *([("", None)] if still else []), *still]
    for n in range(0, len(rows), 2):
        y = top + HEAD + n * ROW
        picture.append(drawsvg.Rectangle(MARGIN, y, WIDTH - 2 * MARGIN, ROW, fill=STRIPE))
    for words, x, anchor in (("做什么", MARGIN + 8, "start"), ("谁办", MARGIN + LEFT - 14, "end"),
                             ("开始和停止的期限；没有的，记下的一句话", WIDTH - MARGIN - 8, "end")):  # fmt: skip
        picture.append(_text(words, 13, x, top + 25, QUIET, anchor=anchor))
    for state in sheet.states:
        picture.append(drawsvg.Line(sheet.at(state), top + 40, sheet.at(state), bottom, stroke=LINE, stroke_width=1.2))
        _box(picture, sheet, state, top)
    for n, (_, step) in enumerate(rows):
        y = top + HEAD + (n + 0.5) * ROW
        if step is None:
            picture.append(_text("状态不变的", 14, MARGIN + 8, y + 5, QUIET, weight=700))
            continue
        _said(picture, sheet, step, y)
        _arrow(picture, sheet, step, y)


def _box(picture: drawsvg.Drawing, sheet: Sheet, state: str, top: float) -> None:
    words, final = WORDS[sheet.machine][state], state in FINAL[sheet.machine]
    x, width = sheet.at(state), COLUMN - 12
    picture.append(
        drawsvg.Rectangle(x - width / 2, top, width, 40, rx=6, fill=TINT, stroke="#14645A", stroke_width=1.4)
    )
    if final:
        inner = drawsvg.Rectangle(
            x - width / 2 + 4, top + 4, width - 8, 32, rx=3, fill="none", stroke="#14645A", stroke_width=1
        )
        picture.append(inner)
    size = 15 if len(words) <= 5 else 12.5
    picture.append(_text(words, size, x, top + 25, INK, weight=700, anchor="middle"))


def _said(picture: drawsvg.Drawing, sheet: Sheet, step: Step, y: float) -> None:
    """The verb and who may, left; right the periods it starts and stops, else what the history says of it."""
    picture.append(_text(step.words, 15, MARGIN + 8, y + 5, INK, weight=700))
    groups = list(dict.fromkeys(GROUPS[role][0] for role in GROUPS if role in step.who))
    picture.append(_text("、".join(groups), 14, MARGIN + LEFT - 14, y + 5, _colour(step), anchor="end"))
    starts, stops = ("、".join(_short(kind) for kind in kinds) for kinds in (step.starts, step.stops))
    words = [f"起 {starts}" if starts else "", f"止 {stops}" if stops else ""]
    said = "　".join(part for part in words if part) or step.event
    picture.append(_text(said, 13, WIDTH - MARGIN - 8, y + 5, QUIET, anchor="end"))


def _short(kind: str) -> str:
    """承诺 for 承诺期限."""
    return PERIODS[kind].words.removesuffix("期限").removesuffix("补齐")


def _arrow(picture: drawsvg.Drawing, sheet: Sheet, step: Step, y: float) -> None:
    colour = _colour(step)
    starts = [sheet.at(state) for state in sheet.states if state in step.start]
    if step.end is None:
        for x in starts:
            picture.append(drawsvg.Circle(x, y, 5.5, fill=PAPER, stroke=colour, stroke_width=2))
        return
    end = sheet.at(step.end)
    if not starts:
        starts = [MARGIN + LEFT + 4]
    for side in (1, -1):
        group = [x for x in starts if (end - x) * side > 0]
        if group:
            far = min(group) if side > 0 else max(group)
            picture.append(drawsvg.Line(far, y, end - side * 10, y, stroke=colour, stroke_width=2))
            picture.append(_head(end - side * 2, y, colour, side))
    for x in starts:
        picture.append(drawsvg.Circle(x, y, 5, fill=colour))


def _head(x: float, y: float, colour: str, side: int) -> drawsvg.Lines:
    return drawsvg.Lines(x, y, x - side * 11, y - 6, x - side * 11, y + 6, close=True, fill=colour)


def _colour(step: Step) -> str:
    return next(LEGEND[group] for role, (_, group) in GROUPS.items() if role in step.who)


def _text(
    words: str, size: float, x: float, y: float, colour: str, *, weight: int = 400, anchor: str = "start"
) -> drawsvg.Text:
    return drawsvg.Text(words, size, x, y, fill=colour, font_weight=weight, text_anchor=anchor)
