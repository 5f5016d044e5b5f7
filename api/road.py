"""A project's map as drawn (一图指引): ProjectOut's rows become lanes; one drawing for app, desk, print and sharing."""

from datetime import date
from typing import Any

from gateways.press import Lane, Sizes, Stretch, draw_map, draw_road, road_height
from gateways.press.road import LARGE, NORMAL, WIDTH
from models.rules.dates import say_full

LIT = ("filed", "running", "paused", "correcting", "refused")


def plan(project: dict[str, Any], *, large: bool = False) -> dict[str, Any]:
    """{width, height, row_height, head_height, svg}: the road alone. Rows lie as the stages say, from the top."""
    sizes, road = _sizes(large), _stretches(project)
    return {
        "width": WIDTH, "height": road_height(road, sizes), "row_height": sizes.row, "head_height": sizes.head,
        "svg": draw_road(road, sizes),
    }  # fmt: skip


def whole(project: dict[str, Any], *, large: bool = False) -> str:
    """The map with its words, to be read without the page it came from."""
    said = f"{project['all']} 件办好 {project['done']} 件"
    if project["earliest"]:
        said += f"，{project['earliest']['words']}"
    lines = [f"项目代码 {project['code']}", said]
    if project["organisation"]:
        lines.insert(0, project["organisation"]["name"])
    on = date.fromisoformat(project["as_of"])
    foot = f"截至{on.year}年{say_full(on)}"
    return draw_map(project["name"], lines, _stretches(project), foot, _sizes(large))


def _sizes(large: bool) -> Sizes:
    return LARGE if large else NORMAL


def _stretches(project: dict[str, Any]) -> list[Stretch]:
    found = []
    for stage in project["stages"]:
        lanes = [_lane(row) for row in stage["rows"]]
        steps = []
        for count in stage["steps"]:
            steps.append(lanes[:count])
            lanes = lanes[count:]
        found.append(Stretch(f"{stage['n']}　{stage['title']}", steps))
    return found


def _lane(row: dict[str, Any]) -> Lane:
    colour = row["light"]["colour"]
    mark = "tick" if row["state"] == "granted" else colour if row["state"] in LIT else ""
    return Lane(row["everyday"], row["department"], row["words"], colour, mark, row["progress"])
