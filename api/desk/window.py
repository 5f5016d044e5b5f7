"""当场决定: what the window may decide on the spot, under which delegation, in whose name (R50, S6)."""

from starlette.requests import Request
from starlette.responses import Response

from api.desk import lists
from models.actions.staff import Seated
from models.reads import desk
from models.rules.flow import TASK_WORDS

WINDOW: tuple[lists.Group, ...] = (
    ("已超期", "今天必须有结果或写明原因", lambda r: r["light"]["colour"] == "red"),
    ("今天到期", "", lambda r: r["light"]["word"] == "今天到期"),
    ("等着决定", "申请人在窗口，当场办完", lambda r: True),
)


async def show(request: Request, me: Seated) -> Response:
    """The tasks a delegate may decide, most urgent first."""
    found = await desk.window(me.actor)
    tests: lists.Tests = [
        ("我的活", [("all", "全部", "", lambda r: True)]),
        ("环节", [(state, TASK_WORDS[state], "", lists.in_state(state)) for state in desk.AT_WINDOW]),
        ("哪个部门", lists.by("department", found)),
        ("从哪来", lists.by("hall", found)),
    ]  # fmt: skip
    return await lists.draw(
        request, me, "window", "当场决定", found, WINDOW, tests, f"当场决定 {len(found)} 件",
        "受部门委托，以它的名义决定；事后抽查",
        {"title": "没有等着当场决定的", "words": "即办的一受理就排在这里。", "ways": [("/desk/queue", "去收件受理")]},
    )  # fmt: skip
