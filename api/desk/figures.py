"""责任清单: the month by department and handler, to be read, printed, or taken along as a table (S34)."""

import csv
import io
from collections.abc import Iterator
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from api.desk.render import HEADERS, page
from models.actions.staff import Seated
from models.reads import accountability

BOM = "\ufeff"  # so that a spreadsheet reads the Chinese as such
FORMULA = ("=", "+", "-", "@", "\t", "\r")
FIGURES = (
    ("done", "办结"), ("on_time", "按承诺办结率"), ("late", "超承诺"), ("illegal", "超法定"), ("urged", "被催办"),
    ("unanswered", "催办逾期未答"), *((name, words) for name, (words, _) in accountability.OTHERS.items()),
)  # fmt: skip


async def month(request: Request, me: Seated) -> Response:
    """The page of one month (`m`), or with `as=csv` the same figures as a file."""
    found = await accountability.month(me.actor, request.query_params.get("m", ""))
    if request.query_params.get("as") == "csv":
        head = {**HEADERS, "Content-Disposition": f'attachment; filename="accountability-{found["month"]}.csv"'}
        return Response(BOM + _csv(found), media_type="text/csv; charset=utf-8", headers=head)
    return await page(request, me, "month.html", found=found, figures=FIGURES, share=share)


def share(value: float | None) -> str:
    """98.5%; an en dash where nothing was promised."""
    return "–" if value is None else f"{value * 100:.1f}%"


def _csv(found: dict[str, Any]) -> str:
    out = io.StringIO()
    table = csv.writer(out)
    for line in _lines(found):
        table.writerow([_plain(value) for value in line])
    return out.getvalue()


def _plain(value: Any) -> str:
    """No cell a spreadsheet would take for a formula."""
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA) else text


def _lines(found: dict[str, Any]) -> Iterator[list[Any]]:
    yield ["责任清单", found["words"]]
    yield ["部门", "承办人", *(words for _, words in FIGURES)]
    for department in [*found["departments"], found["total"]]:
        yield [department["name"], "合计", *_figures(department)]
        for handler in department.get("handlers", []):
            yield [department["name"], handler["name"], *_figures(handler)]
    for title, name in (("超承诺", "late"), ("超法定", "illegal")):
        yield []
        yield [title, "办件号", "事项", "部门", "承办人", "应办结", "超了多少", "办结没有"]
        for row in found[name]["rows"]:
            done = "还没有" if row["open"] else "办结了"
            yield [
                "",
                row["number"],
                row["title"],
                row["department"],
                row["handler"],
                row["due_on"],
                row["words"],
                done,
            ]
    yield []
    yield ["视为受理", "大厅", "件数"]
    yield from (["", row["hall"], row["n"]] for row in found["deemed"])
    yield []
    yield ["再次告知", "告知书", "办件", "大厅", "日期", "原因"]
    yield from (["", row["number"], row["title"], row["hall"], row["on"], row["reason"]] for row in found["second"])


def _figures(row: dict[str, Any]) -> list[Any]:
    return [share(row[name]) if name == "on_time" else row[name] for name, _ in FIGURES]
