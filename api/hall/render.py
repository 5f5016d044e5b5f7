"""Pages of a hall: their Jinja environment, headers, and how names and times are written there."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, Response

from api.desk.render import HEADERS, code
from models.base import local, now
from models.rules.dates import weekday

HERE = Path(__file__).parent
OPEN_BRACKET, CLOSE_BRACKET = "（", "）"


def spoken_name(name: str) -> str:
    """The name of a line as it is called out: 综合窗口（民生） -> 综合窗口."""
    return name.partition(OPEN_BRACKET)[0]


def short_names(names: Sequence[str]) -> list[str]:
    """Names without their brackets; where that makes two alike, what stands in the brackets tells them apart."""
    seen = Counter(map(spoken_name, names))
    short = []
    for name in names:
        base, _, inside = name.partition(OPEN_BRACKET)
        short.append(inside.rstrip(CLOSE_BRACKET) if inside and seen[base] > 1 else base)
    return short


def clock(moment: datetime) -> str:
    """9:05 on the county's wall clock."""
    wall = local(moment)
    return f"{wall.hour}:{wall:%M}"


_env = Environment(
    loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
    lstrip_blocks=True,
)  # fmt: skip
_env.filters |= {"clock": clock, "spoken": spoken_name}
_env.globals |= {"code": code}


def page(template: str, status: int = 200, **values: Any) -> Response:
    wall = local(now())
    values["day_words"] = f"{wall.month}月{wall.day}日 星期{weekday(wall.date())[-1]}"
    values["wall"] = wall
    return HTMLResponse(_env.get_template(template).render(values), status, HEADERS)
