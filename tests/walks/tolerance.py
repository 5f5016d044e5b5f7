"""容缺受理: a paper is promised, the decision waits, it comes blurred, then whole, and the result is out that day."""

from pathlib import Path
from typing import Any

from tests.walks.office import Say, Walk

ITEM, LATE = "SJ03", "T14"


def walk(run: dict[str, Any], folder: Path, say: Say) -> dict[str, Any]:
    """Returns what was seen on the way: the case while it waited, and at the end."""
    w = Walk(run, folder, say)
    case = w.draft({"item_codes": [ITEM]}, without=(LATE,))
    id_ = case["id"]
    offer = next(offer for offer in case["offers"] if offer["kind"] == "tolerance")
    say(f"还差{offer['materials'][0]['name']}，可以先承诺：{offer['words']}")
    w.citizen.post(f"/cases/{id_}/promise", {"kind": "tolerance", "item": ITEM})
    w.citizen.post(f"/cases/{id_}/submit")
    w.receive_and_accept(id_)
    accepted = w.case(id_)
    say(f"王芳容缺受理：{accepted['timeline'][-2]['words']}")
    w.nobody_else(id_)
    w.decide(id_, ITEM)
    waiting = w.case(id_)
    say(f"决定作好了，结果等材料：{waiting['next']['words']}")
    supply(w, id_)
    wang, page = w.staff.desk("王芳"), f"/desk/cases/{id_}"
    wang.press(
        f"{page}?m={LATE}&not={LATE}.1&do=reject_supply", f"{page}/reject_supply", words="第二页拍糊了，看不清落款"
    )
    rejected = w.case(id_)
    say(f"王芳退回重补：{rejected['next']['words']}")
    supply(w, id_)
    wang.press(f"{page}?m={LATE}&not={LATE}", f"{page}/confirm_supply")
    done = w.case(id_)
    say(f"补齐了，当天办结：{done['state_words']}")
    w.hand_out(id_)
    return {"accepted": accepted, "waiting": waiting, "rejected": rejected, "done": done, "end": w.case(id_)}


def supply(w: Walk, id_: str) -> None:
    """The promised paper is photographed and handed in later."""
    w.photograph(id_, LATE)
    w.citizen.post(f"/cases/{id_}/supply")
    w.say("李秀英补交了容缺的材料")
