"""The map of a project: one road winding down, parallel approvals as lanes that leave and join it (look/app-14).

Content comes in as words; what is done is dark, what is to come pale, and the head of each lane is its light. The
drawing is SVG by drawsvg: with `words` it stands alone (desk, print, share), without, the app lays its rows over it.
"""

from dataclasses import dataclass, field

import drawsvg

WIDTH = 390
LEFT, RIGHT, BEND = 26.0, 364.0, 12.0
ROAD, HALO = 9.0, 11.0
# values of tokens.css; an image cannot read the style sheet of the page it stands on
INK, INK_2, INK_3, BRAND, PALE, PAPER = "#1B2430", "#4A5564", "#5F6A78", "#14645A", "#9FC2B9", "#FFFFFF"
LIGHTS = {"green": "#27704A", "amber": "#8F5A08", "red": "#C43A2B", "grey": "#5F6A78"}
MARKS = {
    "green": "M-6 0A6 6 0 1 0 6 0A6 6 0 1 0-6 0z", "amber": "M0-6.4 7.3 6.4H-7.3z",
    "red": "M-5.5-5.5H5.5V5.5H-5.5z", "grey": "M-5-6H-1.4V6H-5zM1.4-6H5V6H1.4z",
}  # fmt: skip
TICK = "M-4 .4l3 3 5.4-6.2"
SANS = "PingFang SC, HarmonyOS Sans SC, MiSans, Noto Sans CJK SC, Noto Sans SC, Microsoft YaHei, sans-serif"
SERIF = "Songti SC, STSong, Noto Serif CJK SC, Noto Serif SC, serif"
ROOM = 310.0  # between the rails, for the words of a row


@dataclass(frozen=True)
class Lane:
    """One item: what is written over its lane, and how far the dark goes (`progress` 0 to 1).

    mark: tick (granted), a colour of LIGHTS, or empty for no head. `colour` is that of the words.
    """

    name: str
    office: str
    words: str
    colour: str
    mark: str = ""
    progress: float = 0.0


@dataclass(frozen=True)
class Stretch:
    """A stage: its title and its steps, each the lanes that run side by side."""

    title: str
    steps: list[list[Lane]]


@dataclass(frozen=True)
class Sizes:
    """Heights of a row and of a stage's head, and of their words; the large ones are those of 大字版."""

    row: int = 44
    head: int = 34
    words: float = 15
    title: float = 17


NORMAL, LARGE = Sizes(), Sizes(row=62, head=46, words=20, title=24)


@dataclass
class _Step:
    """A step while it is drawn: its lanes at their heights, and the side it is entered from."""

    lanes: list[tuple[Lane, float]]
    enters: float
    leaves: float = field(init=False)

    def __post_init__(self) -> None:
        self.leaves = RIGHT if self.enters == LEFT else LEFT

    @property
    def way(self) -> float:
        return 1.0 if self.enters == LEFT else -1.0

    @property
    def done(self) -> bool:
        return all(lane.mark == "tick" for lane, _ in self.lanes)


def height(stretches: list[Stretch], sizes: Sizes = NORMAL) -> int:
    """How high the road is: a head for each stage and a row for each item."""
    return sum(sizes.head + sizes.row * sum(map(len, each.steps)) for each in stretches) + 8


def draw_road(stretches: list[Stretch], sizes: Sizes = NORMAL) -> str:
    """The road alone, as an SVG without words."""
    picture = drawsvg.Drawing(WIDTH, height(stretches, sizes), id_prefix="road", aria_hidden="true")
    _road(picture, _steps(stretches, sizes, 0.0))
    return str(picture.as_svg(header=""))


def draw_map(title: str, lines: list[str], stretches: list[Stretch], foot: str, sizes: Sizes = NORMAL) -> str:
    """The road with its words: a title, lines under it, each item over its lane, and a foot. Read out as a list."""
    top = 24 + sizes.title * 1.4 + len(lines) * sizes.words * 1.5
    whole = top + height(stretches, sizes) + 2.6 * sizes.words
    picture = drawsvg.Drawing(WIDTH, round(whole), id_prefix="map", role="img", aria_labelledby="map-title map-desc")
    picture.append_title(title, id="map-title")
    picture.append(drawsvg.Raw(f'<desc id="map-desc">{_plain(_told(lines, stretches))}</desc>'))
    picture.append(drawsvg.Rectangle(0, 0, WIDTH, round(whole), fill=PAPER))
    size = _fit(title, sizes.title + 4, WIDTH - 40)
    _text(picture, title, 20, 24 + sizes.title * 0.6, size=size, face=SERIF, weight=700)
    for place, line in enumerate(lines):
        at = 24 + sizes.title * 1.4 + (place + 0.55) * sizes.words * 1.5
        _text(picture, line, 20, at, size=_fit(line, sizes.words, WIDTH - 40), fill=INK_2)
    _road(picture, _steps(stretches, sizes, top))
    _rows(picture, stretches, sizes, top)
    _text(picture, foot, 20, whole - sizes.words, size=sizes.words - 2, fill=INK_3)
    return str(picture.as_svg(header=""))


def _told(lines: list[str], stretches: list[Stretch]) -> str:
    said = []
    for each in stretches:
        rows = [f"{lane.name}，{lane.office}，{lane.words}" for step in each.steps for lane in step]
        said.append(f"{each.title}：{'；'.join(rows)}")
    return "。".join([*lines, *said])


def _plain(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _steps(stretches: list[Stretch], sizes: Sizes, top: float) -> list[_Step]:
    found: list[_Step] = []
    y, side = top, LEFT
    for stretch in stretches:
        y += sizes.head
        for lanes in stretch.steps:
            placed = []
            for lane in lanes:
                placed.append((lane, y + sizes.row - 8.0))
                y += sizes.row
            found.append(_Step(placed, side))
            side = found[-1].leaves
    return found


def _road(picture: drawsvg.Drawing, steps: list[_Step]) -> None:
    """All that is to come, then what is done over it, the white line, and the heads on top."""
    whole, done = _courses(steps), _courses(steps, done=True)
    for courses, colour in ((whole, PALE), (done, BRAND)):
        ways = drawsvg.Group(fill="none", stroke=colour, stroke_width=ROAD, stroke_linecap="round")
        for course in courses:
            ways.append(drawsvg.Path(course))
        picture.append(ways)
    line = drawsvg.Group(fill="none", stroke=PAPER, stroke_width=1.2, stroke_dasharray="7 7")
    for course in whole:
        line.append(drawsvg.Path(course))
    picture.append(line)
    for step in steps:
        for lane, y in step.lanes:
            _head(picture, step, lane, y)


def _courses(steps: list[_Step], *, done: bool = False) -> list[str]:
    """The pieces of road: the rail into a step, each lane with its bends, the rail out of it. `done`: the dark part."""
    found = []
    for place, step in enumerate(steps):
        after = steps[place + 1] if place + 1 < len(steps) else None
        moved = [y for lane, y in step.lanes if lane.progress > 0]
        if place and (moved or not done):
            joint = step.lanes[0][1] - BEND
            last = (moved[-1] if done else step.lanes[-1][1]) - BEND
            found += [f"M{step.enters:g} {joint:g}V{last:g}"] if last > joint else []
        for lane, y in step.lanes:
            if done and lane.progress <= 0:
                continue
            found.append(_lane(step, lane, y, first=not place, last=after is None, part=done and not step.done))
        if after and (step.done or not done):
            first, joint = step.lanes[0][1] + BEND, after.lanes[0][1] - BEND
            found += [f"M{step.leaves:g} {first:g}V{joint:g}"] if joint > first else []
    return found


def _lane(step: _Step, lane: Lane, y: float, *, first: bool, last: bool, part: bool) -> str:
    """One lane: bend in, straight, bend out; `part` ends at its head."""
    turn = 0 if step.way > 0 else 1
    if first:
        begun = f"M{step.enters:g} {y:g}"
    else:
        begun = f"M{step.enters:g} {y - BEND:g}A{BEND:g} {BEND:g} 0 0 {turn} {step.enters + step.way * BEND:g} {y:g}"
    if part:
        return f"{begun}H{_reach(step, lane):g}"
    if last:
        return f"{begun}H{step.leaves:g}"
    end = step.leaves - step.way * BEND
    return f"{begun}H{end:g}A{BEND:g} {BEND:g} 0 0 {1 - turn} {step.leaves:g} {y + BEND:g}"


def _reach(step: _Step, lane: Lane) -> float:
    """Where the head of a lane stands: never on a bend, so that a lane not granted is never seen to join."""
    start, end = step.enters + step.way * BEND, step.leaves - step.way * BEND
    if lane.mark == "tick":
        return end
    return start + min(0.9, max(0.06, lane.progress)) * (end - start)


def _head(picture: drawsvg.Drawing, step: _Step, lane: Lane, y: float) -> None:
    if not lane.mark:
        return
    head = drawsvg.Group(transform=f"translate({_reach(step, lane):.1f} {y:g})")
    if lane.mark == "tick":
        head.append(drawsvg.Circle(0, 0, 9.5, fill=BRAND, stroke=PAPER, stroke_width=2))
        head.append(drawsvg.Path(TICK, fill="none", stroke=PAPER, stroke_width=2, stroke_linecap="round"))
    else:
        head.append(drawsvg.Circle(0, 0, HALO, fill=PAPER))
        head.append(drawsvg.Path(MARKS[lane.mark], fill=LIGHTS[lane.mark]))
    picture.append(head)


def _rows(picture: drawsvg.Drawing, stretches: list[Stretch], sizes: Sizes, top: float) -> None:
    y = top
    for stretch in stretches:
        _text(picture, stretch.title, 40, y + sizes.head - sizes.title * 0.55, size=sizes.title, face=SERIF,
              weight=700, fill=BRAND)  # fmt: skip
        y += sizes.head
        for lane in (lane for step in stretch.steps for lane in step):
            base = y + (sizes.row - 14) / 2 + sizes.words * 0.36
            beside = ROOM - _wide(lane.words, sizes.words) - sizes.words * 1.6
            _text(picture, lane.name, 40, base, size=_fit(lane.name, sizes.words, beside), weight=600)
            at = _wide(lane.name, sizes.words) + sizes.words * 0.6
            if at + _wide(lane.office, sizes.words) < beside:
                _text(picture, lane.office, 40 + at, base, size=sizes.words, fill=INK_3)
            _words(picture, lane, base, sizes)
            y += sizes.row


def _words(picture: drawsvg.Drawing, lane: Lane, base: float, sizes: Sizes) -> None:
    """The words at the right with their light before them; plain and grey where nothing is under way."""
    lit = bool(lane.mark)
    fill = LIGHTS[lane.colour] if lit else INK_2
    _text(picture, lane.words, 350, base, size=sizes.words, weight=600 if lit else 400, fill=fill, anchor="end")
    if lit:
        mark = "green" if lane.mark == "tick" else lane.mark
        left = 350 - _wide(lane.words, sizes.words) - sizes.words * 0.8
        place = f"translate({left:.1f} {base - sizes.words * 0.36:.1f}) scale(.75)"
        picture.append(drawsvg.Group([drawsvg.Path(MARKS[mark], fill=LIGHTS[mark])], transform=place))


def _wide(said: str, size: float) -> float:
    """About how wide words are, on the wide side: which fonts a reader has is not known."""
    return sum(0.33 if one == " " else 0.6 if one.isascii() else 1.0 for one in said) * size


def _fit(said: str, size: float, room: float) -> float:
    return round(min(size, size * room / max(1.0, _wide(said, size))), 1)


def _text(
    picture: drawsvg.Drawing, said: str, x: float, y: float, *, size: float, face: str = SANS, weight: int = 400,
    fill: str = INK, anchor: str = "start",
) -> None:  # fmt: skip
    picture.append(
        drawsvg.Text(
            said, size, round(x, 1), round(y, 1), font_family=face, font_weight=weight, fill=fill, text_anchor=anchor
        )
    )
