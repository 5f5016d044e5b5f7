"""The journey of one case: two things on one form, a notice answered, two departments, a result in the hand."""

import json
import random
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from stdnum.iso7064 import mod_11_2

from tests.walks.people import Citizen, Desk, expect, until
from tests.walks.pictures import Pictures

ITEMS = ["SJ03", "XF01"]
TEMPLATES = ("yimen-tpl-progress-0001", "yimen-tpl-correction-0001", "yimen-tpl-collect-0001")
WORDS: dict[str, Any] = {"text": "示例内容", "textarea": "示例内容，写清楚", "number": 86, "date": "2026-11-20"}
Say = Callable[[str], None]


def new_id_number() -> str:
    """A well-formed ID number of a woman over 60, out of 1.2 million: nobody else in this house has it."""
    born = date(1956, 1, 1) + timedelta(days=random.randrange(7 * 365))
    body = f"440229{born:%Y%m%d}{random.randrange(0, 500) * 2:03d}"
    return body + mod_11_2.calc_check_digit(body)


def pictures(folder: Path, count: int) -> list[Path]:
    """Photographs of certificates, held sideways: EXIF orientation 6 and a GPS position inside. The first is 12 MP."""
    made = Pictures(folder)
    return [made.whole(0), *(made.sideways(n) for n in range(1, count))]


def filled(fields: list[dict[str, Any]]) -> dict[str, Any]:
    return {f["key"]: f["options"][0] if f["kind"] == "choice" else WORDS[f["kind"]] for f in fields if f["required"]}


def file_case(citizen: Citizen, folder: Path, say: Say) -> str:
    """李秀英 finds what she wants, photographs her papers and hands them in. Returns the case's id."""
    account = citizen.post("/auth/real-name", {"name": "李秀英", "id_number": new_id_number()})
    say(f"李秀英实名认证：{account.get('assurance') or account['account']['assurance']}")
    found = citizen.get("/items?q=开饭店")
    say(f"她说“开饭店”，找到 {found['total']} 件事，第一件：{found['items'][0]['everyday']}")
    case = citizen.post("/cases", {"item_codes": ITEMS, "hall": "0001", "answers": {}})
    id_ = case["id"]
    case = citizen.put(f"/cases/{id_}/form", {"values": filled(case["form"]["fields"])})
    wanted = [m for m in case["materials"] if m["photo"] and not m["form"] and not m["free"]]
    shots = pictures(folder, len(wanted) + 1)
    for material, shot in zip(wanted, shots, strict=False):
        upload = citizen.photograph(shot)
        citizen.put(f"/cases/{id_}/materials/{material['code']}", {"pages": [upload]})
        say(f"拍好了：{material['name']}")
    citizen.phone.allow(*TEMPLATES)
    for _ in range(3):  # at three taps on the way the app asked, and she said yes
        citizen.post("/consents", {"results": dict.fromkeys(("progress", "correction", "collect"), "accept")})
    key = {"idempotency-key": "walk-" + id_}
    first = citizen.post(f"/cases/{id_}/submit", **key)
    again = citizen.post(f"/cases/{id_}/submit", **key)
    if first != again:
        raise AssertionError("handing in twice with one key answered differently")
    say(f"交上去了：{first['number']}，{first['answer_by']['words']}")
    return str(id_)


def notice_and_answer(citizen: Citizen, wang: Desk, id_: str, folder: Path, say: Say) -> None:
    """王芳 takes the case in and finds one thing wrong; 李秀英 mends just that."""
    page = f"/desk/cases/{id_}"
    wang.press(f"{page}?paper=receive", f"{page}/receive")
    case = citizen.get(f"/cases/{id_}")
    material = next(m for m in case["materials"] if m["state"] == "ready")
    wang.press(
        f"{page}?m={material['code']}", f"{page}/materials/{material['code']}",
        set="own", defect="右下角拍糊了，看不清日期", fix="把日期拍清楚，再交一张",
    )  # fmt: skip
    wang.press(f"{page}?paper=notify", f"{page}/notify")
    case = citizen.get(f"/cases/{id_}")
    line = case["notice"]["lines"][0]
    say(f"王芳出具一次性告知书 {case['notice']['number']}：{line['material']}——{line['defect']}")
    upload = citizen.photograph(pictures(folder, len(case["materials"]) + 2)[-1])
    citizen.put(f"/cases/{id_}/materials/{line['material_code']}", {"pages": [upload]})
    citizen.post(f"/cases/{id_}/correct")
    say("李秀英补好了，又交上去")


def decide(zhao: Desk, chen: Desk, citizen: Citizen, id_: str, say: Say) -> None:
    """赵强 examines, 陈静 decides; the fire brigade's own system answers by itself."""
    case = citizen.get(f"/cases/{id_}")
    task = next(t for t in case["tasks"] if t["department"]["code"] == "SJ")
    page, at = f"/desk/cases/{id_}", f"/desk/tasks/{task['id']}"
    zhao.press(f"{page}?task={task['id']}", f"{at}/acknowledge")
    zhao.press(
        f"{page}?task={task['id']}&do=advise", f"{at}/advise", outcome="granted", opinion="经审查，符合条件，建议准予"
    )
    say("赵强审查，报陈静决定")
    chen.press(f"{page}?task={task['id']}&do=decide", f"{at}/decide", outcome="granted", reason="")
    say("陈静准予")
    until(lambda: citizen.get(f"/cases/{id_}")["state"] == "concluded", "the fire brigade's system to decide", 30)
    say("消防大队的系统也办好了，这件办结")


def hand_out(wang: Desk, citizen: Citizen, id_: str, say: Say) -> None:
    """王芳 puts the results on a shelf and gives them out."""
    case = citizen.get(f"/cases/{id_}")
    for place, result in enumerate(case["results"], 7):
        wang.press(f"/desk/output?case={id_}", f"/desk/cases/{id_}/shelve", result=result["id"], place=f"B-{place:02d}")
    ids = [result["id"] for result in case["results"]]
    query = "".join(f"&result={one}" for one in ids)
    wang.press(
        f"/desk/output?case={id_}&paper=deliver&method=window{query}", f"/desk/cases/{id_}/deliver", method="window"
    )
    case = citizen.get(f"/cases/{id_}")
    if case["state"] != "delivered":
        raise AssertionError(f"not delivered: {case['state']}, {case['results']}")
    say("王芳发放：" + "、".join(result["name"] for result in case["results"]))


def walk(run: dict[str, Any], folder: Path, say: Say) -> dict[str, Any]:
    """Walk the whole journey in the house of `run` (its run.json). Returns what everybody saw."""
    folder.mkdir(parents=True, exist_ok=True)
    staff = {account["name"]: account for account in run["accounts"]}
    citizen = Citizen.sign_in(run["citizen"], run["sandbox"], "李秀英")
    wang, zhao, chen = (Desk.sign_in(run["citizen"], staff[name]) for name in ("王芳", "赵强", "陈静"))
    sun = Desk.sign_in(run["citizen"], staff["孙伟"])
    id_ = file_case(citizen, folder, say)
    notice_and_answer(citizen, wang, id_, folder, say)
    page = f"/desk/cases/{id_}"
    wang.press(f"{page}?paper=accept", f"{page}/accept")
    say("王芳受理，分送两个部门")
    expect(sun.http.get(page), 404)
    say("孙伟打不开这一件")
    decide(zhao, chen, citizen, id_, say)
    hand_out(wang, citizen, id_, say)
    case = citizen.get(f"/cases/{id_}")
    pushed = until(
        lambda: [m for m in citizen.phone.messages() if _says(m, "已办结")] and citizen.phone.messages(),
        "the last push",
    )
    control = "/_control/departments/XF/events"
    return {
        "case": case,
        "messages": pushed,
        "department": expect(citizen.phone.sandbox.get(control)).json(),
        "progress": expect(
            citizen.http.get(
                f"/progress/{case['number']}", params={"key": case["query_key"]}, headers={"authorization": ""}
            )
        ).json(),
    }


def _says(message: dict[str, Any], words: str) -> bool:
    return words in json.dumps(message, ensure_ascii=False)
