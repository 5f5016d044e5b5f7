"""出生一件事 over four departments: prerequisites first, one refuses, what stood behind falls, one delivery."""

from pathlib import Path
from typing import Any

from models.rules.flow import OUTCOME_WORDS
from tests.walks.office import Say, Walk

WHY = "父母双方的户口都不在本县，不归本所登记"


def walk(run: dict[str, Any], folder: Path, say: Say) -> dict[str, Any]:
    """Returns the case after acceptance, after the refusal and at the end."""
    w = Walk(run, folder, say)
    case = w.draft({"bundle_code": "B01"})
    id_ = case["id"]
    say(f"{case['title']}：一张表，{len(case['materials'])} 样材料，{len(case['items'])} 件事")
    w.citizen.post(f"/cases/{id_}/submit")
    w.receive_and_accept(id_)
    accepted = w.case(id_)
    say("受理，先办：" + "、".join(t["item_name"] for t in accepted["tasks"] if t["state"] != "waiting"))
    at_window(w, id_, "WJ01")
    w.decide(id_, "WJ02")
    released = w.case(id_)
    w.decide(id_, "GA02", "refused", WHY)
    refused = w.case(id_)
    fallen = [task["item_name"] for task in refused["tasks"] if task["state"] == "cancelled"]
    say(f"公安局没有同意，跟着不办的：{'、'.join(fallen)}；别的照常办")
    w.decide(id_, "WJ03")
    done = w.case(id_)
    say(f"{done['state_words']}：{OUTCOME_WORDS[done['outcome']]}")
    w.nobody_else(id_)
    w.hand_out(id_)
    return {"draft": case, "accepted": accepted, "released": released, "refused": refused, "end": w.case(id_)}


def at_window(w: Walk, id_: str, item: str) -> None:
    """梁敏 decides an instant item on the spot, in the name of the department that delegated it."""
    task = w.task(id_, item)
    page = f"/desk/cases/{id_}?task={task['id']}"
    w.staff.desk("梁敏").press(
        f"{page}&do=decide_at_window&outcome=granted", f"/desk/tasks/{task['id']}/decide_at_window", outcome="granted"
    )
    w.say(f"梁敏受委托当场决定：{task['item_name']}")
