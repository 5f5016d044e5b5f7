"""企业投资项目: asked before it was filed, two prerequisites first, the rest at once, one code from first to last."""

import random
from pathlib import Path
from typing import Any

import httpx
from stdnum.cn import uscc as uscc_rule

from tests.walks.office import Say, Walk
from tests.walks.people import expect

FIRST = ["ZR01", "FG02"]  # 选址、用地预审, then 核准: the two that everything else waits for
SKIPPED = ["SL01", "SL02", "ZJ02"]


def new_code() -> str:
    """A project code nobody else in this house has; its check character cannot be checked (R7)."""
    return f"2609-440229-04-01-{random.randrange(100000):05d}X"


def new_uscc() -> str:
    body = f"91440229MA{random.randrange(10**6):06d}"
    organisation = f"{body[8:]}"
    whole = f"{body}{_organisation_check(organisation)}"
    return whole + uscc_rule.calc_check_digit(whole)


def _organisation_check(eight: str) -> str:
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    value = sum(w * int(c, 36) for w, c in zip(weights, eight, strict=True))
    return "0123456789X0"[(11 - value % 11) % 11]


def walk(run: dict[str, Any], folder: Path, say: Say) -> dict[str, Any]:
    """Returns the project after registering, after its prerequisites and at the end, and what the code alone tells."""
    w = Walk(run, folder, say)
    code = new_code()
    company = w.citizen.post(
        "/me/organisations", {"uscc": new_uscc(), "name": f"翁源兰香农业{code[-5:]}公司", "role": "legal"}
    )
    about = {"code": code, "name": "兰花冷链分拣中心", "kind": "approval", "skipped": SKIPPED}
    project = w.citizen.post("/projects", {**about, "organisation_id": company["id"]})
    say(f"登记项目 {code}：{project['all']} 件要办")
    ask(w, code)
    first = file(w, code, FIRST, company["id"])
    rest = [
        row["item"] for stage in project["stages"] for row in stage["rows"] if row["item"] not in (*FIRST, *SKIPPED)
    ]
    second = file(w, code, rest, company["id"])
    begun = w.citizen.get(f"/projects/{code}")
    say("先办两件，其余等着：" + "、".join(t["item_name"] for t in w.case(second)["tasks"] if t["state"] == "waiting"))
    for item in FIRST:
        w.decide(first, item)
    opened = w.citizen.get(f"/projects/{code}")
    finish(w, second)
    for id_ in (first, second):
        w.hand_out(id_)
    whole = w.citizen.get(f"/projects/{code}")
    key = whole["query_key"]
    with httpx.Client(base_url=f"{run['citizen']}/api/v1", params={"key": key}) as nobody:
        alone = expect(nobody.get(f"/projects/{code}")).json()
        picture = expect(nobody.get(f"/projects/{code}/map.svg"))
    say(f"凭项目代码和密码查：{alone['all']} 件办好 {alone['done']} 件")
    return {
        "project": project, "begun": begun, "opened": opened, "end": whole, "alone": alone, "map": picture.text,
        "cases": [w.case(first), w.case(second)],
    }  # fmt: skip


def ask(w: Walk, code: str) -> None:
    """一站咨询: a question before any case, answered by the counter; no clock runs for it."""
    w.citizen.post(f"/projects/{code}/guidance", {"question": "冷库用电和消防要先问哪个部门？"})
    wang, page = w.staff.desk("王芳"), f"/desk/projects/{code}"
    asked = w.citizen.get(f"/projects/{code}")["guidance"][0]
    wang.press(
        f"{page}?answer={asked['id']}",
        f"{page}/guidance/{asked['id']}",
        words="先办选址和用地预审，消防在施工图阶段一起问。",
    )
    answer = w.citizen.get(f"/projects/{code}")["guidance"][0]["answer"]
    w.say(f"咨询有答复：{answer}")


def file(w: Walk, code: str, items: list[str], company: str) -> str:
    """One intake for several items of the project."""
    applicant = {"kind": "organisation", "id": company}
    case = w.draft({"project_code": code, "item_codes": items, "applicant": applicant})
    w.citizen.post(f"/cases/{case['id']}/submit")
    w.receive_and_accept(case["id"])
    w.say(f"一门受理 {len(items)} 件")
    return str(case["id"])


def finish(w: Walk, id_: str) -> None:
    """Decide whatever is open until the last one is done."""
    for _ in range(12):
        free = [task for task in w.case(id_)["tasks"] if task["state"] == "assigned"]
        if not free:
            return
        for task in free:
            w.decide(id_, task["item"])
