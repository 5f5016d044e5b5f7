"""The two lists one works from: the clerk's queue 收件受理 and the department's inbox 待办."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from api.desk import layout, sign_in
from api.desk.door import go
from api.desk.render import page
from models.actions.staff import Seated
from models.base import Refusal, not_found
from models.reads import cases, desk
from models.rules.flow import TASK_WORDS
from models.rules.permits import WITHIN

Row = dict[str, Any]
Test = Callable[[Row], bool]
Group = tuple[str, str, Test]
Tests = list[tuple[str, list[tuple[str, str, str, Test]]]]
COLOURS = (("red", "已超期"), ("amber", "快到期"), ("green", "正常"), ("grey", "暂停"))
EVENTS_SHOWN = 6


async def home(request: Request, me: Seated) -> Response:
    """/desk leads to one's own work; a role without a room is told so."""
    target = sign_in.home(me)
    if target == "/desk/nothing":
        raise Refusal("no_room", 403, "您的岗位在这个版本里还没有页面，请找值班长")
    welcome = "?welcome=1" if request.query_params.get("welcome") else ""
    return go(target + welcome)


async def nowhere(request: Request, me: Seated) -> Response:
    """An address the desk does not know."""
    raise not_found("工作台没有这一页，可能写错了地址")


async def back(request: Request, me: Seated) -> Response:
    """The address of a form opened as a page (a reload, a bookmark): back to its case, nothing is done."""
    case = request.path_params.get("case")
    return go(f"/desk/cases/{case}" if case else "/desk")


async def beside(request: Request, me: Seated) -> Response:
    """The case before or after this one in one's own list; at its end, back to the list."""
    at, back = request.query_params.get("at", ""), request.query_params.get("by") == "-1"
    found = await _own(me)
    ids = list(dict.fromkeys(row["id"] for row in found))
    place = (ids.index(at) + (-1 if back else 1)) if at in ids else 0
    if not 0 <= place < len(ids):
        return go(sign_in.home(me))
    return go(f"/desk/cases/{ids[place]}")


async def _own(me: Seated) -> list[Row]:
    """The list one works from."""
    if me.actor.department and me.actor.roles & WITHIN:
        return await desk.inbox(me.actor)
    if me.actor.roles & {"clerk", "supervisor"}:
        return await desk.queue(me.actor)
    return await desk.window(me.actor) if "delegate" in me.actor.roles else []


QUEUE: tuple[Group, ...] = (
    ("容缺补来，今天核对", "核对了才出结果", lambda r: r["state"] == "accepted"),
    ("已超期", "依法视为受理，马上补办手续", lambda r: r["state"] != "correcting" and r["light"]["colour"] == "red"),
    ("今天到期", "今天不告知，就视为受理", lambda r: r["state"] != "correcting" and r["light"]["word"] == "今天到期"),
    ("快到期", "", lambda r: r["state"] != "correcting" and r["light"]["colour"] == "amber"),
    ("补正回来", "补齐的当日受理", lambda r: r["state"] != "correcting" and "补正回来" in r["tags"]),
    ("新到", "", lambda r: r["state"] == "submitted"),
    ("已收件", "等受理或告知", lambda r: r["state"] == "received"),
    ("等申请人补正", "不用您做什么", lambda r: True),
)
INBOX: tuple[Group, ...] = (
    ("催办", "督办等着答复", lambda r: "催办，请答复" in r["tags"]),
    ("已超期", "今天必须有结果或写明原因", lambda r: r["mine"] and r["light"]["colour"] == "red"),
    ("今天到期", "", lambda r: r["mine"] and r["light"]["word"] == "今天到期"),
    ("快到期", "", lambda r: r["mine"] and r["light"]["colour"] == "amber"),
    ("新到和退回", "", lambda r: r["mine"] and (r["task_state"] == "assigned" or "退回重审" in r["tags"])),
    ("不用急", "", lambda r: r["mine"]),
    ("暂停", "特别程序中，这几天不算时间", lambda r: r["task_state"] == "suspended"),
    ("等别人", "在本部门别人手里", lambda r: True),
)


async def queue(request: Request, me: Seated) -> Response:
    """收件受理: what the counter must receive, accept or notify, most urgent first."""
    found = await desk.queue(me.actor)
    at_counter = [row for row in found if row["state"] != "correcting"]
    tests: Tests = [
        ("我的活", [("first", "先办这些", "", _urgent), ("all", "全部在队", "", lambda r: r["state"] != "correcting"),
                   ("wait", "等申请人", "", lambda r: r["state"] == "correcting")]),
        ("灯", _lights()),
        ("环节", [("submitted", "待收件", "", lambda r: r["state"] == "submitted"),
                 ("received", "待受理", "", lambda r: r["state"] == "received"),
                 ("supplied", "容缺补来", "", lambda r: r["state"] == "accepted"),
                 ("back", "补正回来", "", lambda r: "补正回来" in r["tags"] and r["state"] != "correcting")]),
        ("从哪来", by("hall", found)),
    ]  # fmt: skip
    first = sum(1 for row in at_counter if _urgent(row))
    heading = f"先办这 {first} 件" if first else f"在队 {len(at_counter)} 件"
    return await draw(
        request, me, "queue", "收件受理", found, QUEUE, tests, heading,
        f"全部 {len(at_counter)} 件，按还剩的工作日排",
        {"title": "今天的都收完了", "words": "申请人一交上来就排在这里，不用刷新。",
         "ways": [("/desk/output", "去出件"), ("/desk/find", "查办件")]},
    )  # fmt: skip


async def inbox(request: Request, me: Seated) -> Response:
    """待办: the department's tasks, mine first."""
    found = await desk.inbox(me.actor)
    mine = [row for row in found if row["mine"]]
    tests: Tests = [
        ("我的活", [("first", "先办这些", "", lambda r: r["mine"] and (_urgent(r) or r["task_state"] == "assigned")),
                   ("all", "全部待办", "", lambda r: r["mine"]), ("wait", "等别人", "", lambda r: not r["mine"])]),
        ("灯", _lights()),
        ("环节", [(state, TASK_WORDS[state], "", in_state(state)) for state in desk.OPEN_TASKS]),
        ("从哪来", by("hall", found)),
    ]  # fmt: skip
    first = sum(1 for row in mine if _urgent(row))
    heading = f"先办这 {first} 件" if first else f"待办 {len(mine)} 件"
    return await draw(
        request, me, "inbox", "待办", found, INBOX, tests, heading, f"全部 {len(mine)} 件，按还剩的工作日排",
        {"title": "今天的都办完了", "words": "新件一到就排在这里，不用刷新。",
         "ways": [("/desk/find", "查办件")]},
    )  # fmt: skip


def _urgent(row: Row) -> bool:
    pressing = (
        row["light"]["colour"] in ("red", "amber") or desk.SUPPLIED in row["tags"] or "催办，请答复" in row["tags"]
    )
    return pressing and row["state"] != "correcting"


def in_state(state: str) -> Callable[[Row], bool]:
    return lambda row: bool(row["task_state"] == state)


def _lights() -> list[tuple[str, str, str, Callable[[Row], bool]]]:
    def test(colour: str) -> Callable[[Row], bool]:
        return lambda row: bool(row["light"]["colour"] == colour)

    return [(colour, words, colour, test(colour)) for colour, words in COLOURS]


def by(field: str, found: list[Row]) -> list[tuple[str, str, str, Test]]:
    """One filter for each value of a field: halls, departments."""

    def test(value: str) -> Test:
        return lambda row: bool(row[field] == value)

    return [(f"{field[0]}-{value}", value, "", test(value)) for value in dict.fromkeys(row[field] for row in found)]


async def draw(
    request: Request, me: Seated, room: str, title: str, found: list[Row], groups: tuple[Group, ...],
    tests: Tests, heading: str, under: str,
    empty: dict[str, Any],
) -> Response:  # fmt: skip
    chosen, pick = request.query_params.get("f", ""), request.query_params.get("pick", "")
    base = f"/desk/{room}"
    known = {key: test for _, items in tests for key, _, _, test in items}
    shown = [row for row in found if known[chosen](row)] if chosen in known else found
    here = base + (f"?{urlencode({'f': chosen})}" if chosen in known else "")
    filters = [
        {"words": words, "rows": [
            {"words": said, "colour": colour, "n": sum(1 for row in found if test(row)), "on": key == chosen,
             "href": base if key == chosen else f"{base}?{urlencode({'f': key})}"}
            for key, said, colour, test in items]}
        for words, items in tests if items
    ]  # fmt: skip
    for row in shown:
        row["pick"] = f"{base}?{urlencode({**({'f': chosen} if chosen else {}), 'pick': row.get('task', row['id'])})}"
    picked = next((row for row in shown if row.get("task", row["id"]) == pick), None)
    welcome = await sign_in.last_words(me) if request.query_params.get("welcome") else ""
    return await page(
        request, me, "list.html", title=title, room_name=room, heading=heading, under=under, filters=filters,
        groups=_grouped(shown, groups), here=here, here_all=here, empty=empty, welcome=welcome,
        picked=await _picked(me, picked) if picked else None,
    )  # fmt: skip


def _grouped(found: list[Row], groups: tuple[Group, ...]) -> list[dict[str, Any]]:
    """Each row in the first group that takes it; empty groups are left out."""
    left, out = list(found), []
    for words, note, test in groups:
        taken = [row for row in left if test(row)]
        left = [row for row in left if not test(row)]
        if taken:
            out.append({"words": words, "note": note, "rows": taken})
    return out


async def _picked(me: Seated, row: Row) -> dict[str, Any]:
    """The drawer: where it is stuck, what is missing, what comes next, the last events."""
    case = await cases.case(me.actor, UUID(row["id"]))
    lacking = [m["name"] for m in case["materials"] if m["state"] in ("missing", "defect", "refused")]
    facts = [
        ("卡在哪", row["stage"]),
        ("差什么", f"{'、'.join(lacking[:4])}" if lacking else f"材料 {len(case['materials'])} 份都在"),
        ("下一步", _next_step(row)),
        ("从哪来", f"{row['hall']} · {row['channel']}"),
    ]
    if row.get("handler"):
        facts.append(("承办", row["handler"]))
    return {"row": row, "facts": facts, "events": layout.events(case)[:EVENTS_SHOWN]}


def _next_step(row: Row) -> str:
    steps = {
        "submitted": "看材料，收件；齐了就受理", "received": "齐了受理，不齐一次性告知", "correcting": "等申请人补正",
        "assigned": "接收，开始审查", "examining": "写审查意见，报审核", "advised": "负责人决定",
        "suspended": "等特别程序结束", "accepted": "核对补来的，确认补齐或退回重补",
    }  # fmt: skip
    return steps.get(str(row.get("task_state", row["state"])), "")
