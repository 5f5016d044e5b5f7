"""What the walks do over and over: file, take in, examine and decide, each by its own people over real HTTP."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from models.rules.yamlfile import parse
from tests.walks.journey import filled, new_id_number
from tests.walks.people import Citizen, Desk, expect
from tests.walks.pictures import Pictures

ACCOUNTS = Path(__file__).parents[2] / "county" / "accounts.yaml"
Say = Callable[[str], None]


@dataclass
class Staff:
    """Everybody who works in the house of one run, seated when they are first needed."""

    run: dict[str, Any]
    seated: dict[str, Desk] = field(default_factory=dict)

    def desk(self, name: str) -> Desk:
        if name not in self.seated:
            account = next(account for account in self.run["accounts"] if account["name"] == name)
            self.seated[name] = Desk.sign_in(self.run["citizen"], account)
        return self.seated[name]

    def of(self, department: str, role: str) -> Desk:
        """The first of a department with a role."""
        known = parse("accounts.yaml", ACCOUNTS.read_text()).data["accounts"]
        found = next(one for one in known if one["department"] == department and role in one["roles"])
        return self.desk(found["name"])


@dataclass
class Walk:
    """One citizen's walk: the phone, the staff, a folder for photographs, and somebody to tell it to."""

    run: dict[str, Any]
    folder: Path
    say: Say
    name: str = "李秀英"
    citizen: Citizen = field(init=False)
    staff: Staff = field(init=False)
    shots: int = 0

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.citizen = Citizen.sign_in(self.run["citizen"], self.run["sandbox"], self.name)
        self.staff = Staff(self.run)
        self.citizen.post("/auth/real-name", {"name": self.name, "id_number": new_id_number()})

    def case(self, id_: str) -> dict[str, Any]:
        return self.citizen.get(f"/cases/{id_}")

    def photograph(self, id_: str, code: str) -> None:
        """One page of a material, a fresh photograph each time."""
        self.shots += 1
        upload = self.citizen.photograph(Pictures(self.folder).sideways(self.shots))
        self.citizen.put(f"/cases/{id_}/materials/{code}", {"pages": [upload]})

    def draft(self, body: dict[str, Any], *, without: tuple[str, ...] = ()) -> dict[str, Any]:
        """A draft with its form filled in and every photograph laid but those of `without`."""
        case = self.citizen.post("/cases", {"hall": "0001", "answers": {}, **body})
        id_ = case["id"]
        case = self.citizen.put(f"/cases/{id_}/form", {"values": filled(case["form"]["fields"])})
        for material in case["materials"]:
            if material["photo"] and not material["form"] and not material["free"] and material["code"] not in without:
                self.photograph(id_, material["code"])
        return self.case(id_)

    def receive_and_accept(self, id_: str) -> None:
        wang, page = self.staff.desk("王芳"), f"/desk/cases/{id_}"
        wang.press(f"{page}?paper=receive", f"{page}/receive")
        wang.press(f"{page}?paper=accept", f"{page}/accept")

    def task(self, id_: str, item: str) -> dict[str, Any]:
        found: dict[str, Any] = next(task for task in self.case(id_)["tasks"] if task["item"] == item)
        return found

    def decide(self, id_: str, item: str, outcome: str = "granted", reason: str = "") -> None:
        """A department examines and its head decides."""
        task = self.task(id_, item)
        handler, head = (self.staff.of(task["department"]["code"], role) for role in ("handler", "approver"))
        at, page = f"/desk/tasks/{task['id']}", f"/desk/cases/{id_}?task={task['id']}"
        handler.press(page, f"{at}/acknowledge")
        opinion = "经审查，符合条件，建议准予" if outcome == "granted" else "经审查，不符合条件，建议不予许可"
        handler.press(f"{page}&do=advise", f"{at}/advise", outcome=outcome, opinion=opinion)
        head.press(f"{page}&do=decide&outcome={outcome}", f"{at}/decide", outcome=outcome, reason=reason)
        said = "准予" if outcome == "granted" else f"不予许可：{reason}"
        self.say(f"{task['department']['short']}{said}——{task['item_name']}")

    def hand_out(self, id_: str) -> None:
        """王芳 puts every result on a shelf and gives them out together (one delivery)."""
        wang, results = self.staff.desk("王芳"), self.case(id_)["results"]
        for place, result in enumerate(results, 1):
            wang.press(
                f"/desk/output?case={id_}", f"/desk/cases/{id_}/shelve", result=result["id"], place=f"C-{place:02d}"
            )
        query = "".join(f"&result={result['id']}" for result in results)
        wang.press(
            f"/desk/output?case={id_}&paper=deliver&method=window{query}", f"/desk/cases/{id_}/deliver", method="window"
        )
        self.say("王芳一次发放：" + "、".join(result["name"] for result in results))

    def nobody_else(self, id_: str) -> None:
        """孙伟 of another department opens neither the case nor its papers."""
        expect(self.staff.desk("孙伟").http.get(f"/desk/cases/{id_}"), 404)
        self.say("孙伟打不开这一件")
