"""Pages of the desk: one Jinja environment, one set of headers, the words of numbers and dates."""

import re
from datetime import date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import segno
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from api.desk import ruler, tabs
from api.paper_words import REASON_HERE
from models.actions.staff import Seated
from models.base import local, now, today
from models.reads import desk
from models.rules.dates import say, weekday

HERE = Path(__file__).parent
HAN = "[\u4e00-\u9fff]"
SPACE = re.compile(f"(?<={HAN})(?=[0-9])|(?<=[0-9])(?={HAN})")
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' blob:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def number_parts(number: str) -> Markup:
    """A whole case number in groups, day and sequence bold: 440229 0001 **20261013 00037** 2 (R10)."""
    if len(number) != 24:
        return escape(number)
    return Markup("{} {} <b>{} {}</b> {}").format(
        number[:6], number[6:10], number[10:18], number[18:23], number[23:]
    )  # fmt: skip


def number_tail(number: str) -> Markup:
    """A case number in a table: 1013 **00037**2."""
    if len(number) != 24:
        return escape(number)
    return Markup("{} <b>{}</b>{}").format(number[14:18], number[18:23], number[23:])


def _wall(moment: datetime | str) -> datetime:
    return local(datetime.fromisoformat(moment) if isinstance(moment, str) else moment)


def month_day(moment: datetime | date | str) -> str:
    """10-13."""
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment) if "T" in moment else date.fromisoformat(moment)
    return f"{(local(moment) if isinstance(moment, datetime) and moment.tzinfo else moment):%m-%d}"


def stamp(moment: datetime | str) -> str:
    """10-13 08:30 on the county's wall clock."""
    return f"{_wall(moment):%m-%d %H:%M}"


def spoken(day: date | str) -> str:
    """12月8日."""
    return say(date.fromisoformat(day) if isinstance(day, str) else day, today())


def in_full(day: date | str) -> str:
    """2026年12月8日."""
    found = date.fromisoformat(day) if isinstance(day, str) else day
    return f"{found.year}年{found.month}月{found.day}日"


def icon(name: str) -> Markup:
    return Markup('<svg class="i" aria-hidden="true"><use href="#i-{}"/></svg>').format(name)


def spaced(words: str) -> str:
    """剩 5 日: digits stand free among Chinese characters, as the desk writes them."""
    return SPACE.sub(" ", words)


def light(colour: str, word: str, pill: bool = False) -> Markup:
    """A light: a shape, a word, then the colour. A done thing has a tick, never a green dot."""
    if (colour, word) == ("green", "办结"):
        return Markup('<span class="{} ok">{}{}</span>').format("pill" if pill else "state", icon("check"), word)
    return Markup(
        '<span class="light light-{0}{1}"><svg viewBox="0 0 12 12" aria-hidden="true"><use href="#l-{0}"/></svg>'
        "{2}</span>"
    ).format(colour, " pill" if pill else "", spaced(word))


def bold(text: str) -> Markup:
    """`**bold**` marks as <b>, everything else escaped."""
    parts = text.split("**")
    return Markup("").join(
        Markup("<b>{}</b>").format(part) if place % 2 else escape(part) for place, part in enumerate(parts)
    )


def code(link: str) -> Markup:
    """A QR code as SVG, 33 mm with its white margin (error correction M)."""
    return Markup(segno.make(link, error="m").svg_inline(border=4, omitsize=True, svgclass="qr"))


def _environment() -> Environment:
    env = Environment(
        loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, enable_async=False,
    )  # fmt: skip
    env.filters |= {
        "number": number_parts, "tail": number_tail, "md": month_day, "stamp": stamp, "say": spoken, "full": in_full,
        "spaced": spaced,
    }  # fmt: skip
    env.globals |= {
        "icon": icon, "light": light, "ruler": ruler, "bold": bold, "code": code, "reason_here": REASON_HERE,
    }  # fmt: skip
    return env


_env = _environment()


def render(template: str, **values: Any) -> str:
    wall = local(now())
    values.setdefault("today", wall.date())
    values["wall"] = f"{wall:%H:%M} {weekday(wall.date())}"
    return _env.get_template(template).render(values)


def bare(template: str, status: int = 200, **values: Any) -> Response:
    """A page without the bar: sign-in, lock, papers."""
    return HTMLResponse(render(template, **values), status, HEADERS)


def came_from(request: Request) -> str:
    """The page to come back to after a lock: this one, or for a posted form the page it was on."""
    if request.method == "GET":
        return request.url.path + (f"?{request.url.query}" if request.url.query else "")
    parts = urlsplit(request.headers.get("referer", ""))
    if parts.netloc != request.headers.get("host") or not parts.path.startswith("/desk"):
        return "/desk"
    return parts.path + (f"?{parts.query}" if parts.query else "")


async def page(request: Request, me: Seated, template: str, status: int = 200, **values: Any) -> Response:
    """A page of the desk with its bar: tabs with their counts, the seat, the CSRF token of its forms."""
    counts = await desk.counts(me.actor)
    place = await desk.place_words(me.actor, me.section)
    html = render(
        template, me=me, tabs=tabs.of(me.actor, counts), place=place, csrf=me.csrf, back=came_from(request),
        **values,
    )  # fmt: skip
    return HTMLResponse(html, status, HEADERS)
