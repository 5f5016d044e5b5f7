"""The guide of an item as people read it: its cost in trips, days and money, where to go, until when (R12). Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from models.rules import intake
from models.rules.clock import Clock
from models.rules.limits import Limit

Record = Mapping[str, Any]
CENTRES = {
    (True, True): "县、镇的服务中心",
    (True, False): "县政务服务中心",
    (False, True): "镇公共服务中心",
    (False, False): "",
}
WEEK = "一二三四五六日"


def limit_of(entry: Record) -> Limit | None:
    """The clock's limit from a record's {days, unit}; none when the law gives none."""
    return None if entry["days"] is None else Limit(entry["days"], entry["unit"])


def brief(record: Record) -> dict[str, Any]:
    """ItemBrief: what a list shows."""
    promised = limit_of(record["limits"]["promised"])
    return {
        "code": record["code"],
        "name": record["name"],
        "everyday": record["everyday"],
        "kind": record["kind"],
        "theme": record["theme"],
        "department": record["department"],
        "subjects": record["subjects"],
        "handling": record["handling"],
        "online": online(record),
        "visits": record["visits"],
        "limit": {
            "days": promised.days if promised else None,
            "unit": promised.unit if promised else None,
            "words": promised.words if promised else "没有规定",
        },
        "fee": record["fee"],
    }


def online(record: Record) -> bool:
    """Whether it can be done from the phone, without a trip."""
    return bool(record["visits"]["times"] == 0)


def full(record: Record, clock: Clock, at: datetime, halls: Iterable[Record]) -> dict[str, Any]:
    """The whole guide. `halls`: hall briefs of the places that may take it (see `takes`)."""
    return {
        **brief(record),
        "who": record["who"],
        "conditions": record["conditions"],
        "materials": intake.guide(record),
        "questions": intake.questions(record),
        "form": record["form"],
        "limits": {**record["limits"], "extension": record["extension"], "answer_by": answer_by(record, clock, at)},
        "places": {"words": places(record), "tiers": record["tiers"], "halls": list(halls)},
        "legal_basis": record["legal_basis"],
        "result": record["result"],
        "special_procedures": record["special_procedures"],
        "quota": record["quota"],
        "promise_instead_of_proof": record["promise_instead_of_proof"],
        "remedy": record["remedy"],
        "complaint_line": record["complaint_line"],
        "home_visit": record["home_visit"],
        "appointment": record["appointment"],
        "tolerance": record["tolerance"],
        "confidence": record["confidence"],
    }


def answer_by(record: Record, clock: Clock, at: datetime) -> dict[str, Any] | None:
    """When the answer comes if everything is handed in now: {on, words, explain}."""
    promised = limit_of(record["limits"]["promised"])
    if promised is None:
        return None
    seen = clock.explain(at, promised, at=at, verb="答复")
    return {"on": seen.due_on.isoformat(), "words": f"{seen.latest}答复", "explain": seen.explain}


def takes(record: Record, tier: str) -> bool:
    """Whether halls of this tier have anything to do with the item (R51)."""
    return bool(record["tiers"][tier] != "不办理")


def places(record: Record) -> str:
    """手机上就能办。也可以到县、镇的服务中心，或者找村里帮办。"""
    centres = CENTRES[takes(record, "county"), takes(record, "town")]
    village = takes(record, "village")
    go = f"到{centres}" if centres else ""
    ask = "找村里帮办" if village else ""
    if online(record):
        also = "，或者".join(part for part in (go, ask) if part)
        return f"手机上就能办。{'也可以' + also + '。' if also else ''}"
    first = f"要{go}办" if go else "要到窗口办"
    return f"{first}。材料可以先在手机上交。{'也可以' + ask + '。' if ask else ''}"


def hours_words(hours: Record) -> str:
    """周一至周五 08:30-12:00、14:30-17:30."""
    days = sorted(hours.get("days") or [])
    if not days:
        return str(hours.get("note") or "")
    if days == list(range(days[0], days[-1] + 1)) and len(days) > 1:
        when = "每天" if len(days) == 7 else f"周{WEEK[days[0] - 1]}至周{WEEK[days[-1] - 1]}"
    else:
        when = "、".join(f"周{WEEK[day - 1]}" for day in days)
    if hours.get("all_day"):
        return f"{when} 24小时"
    return f"{when} " + "、".join(part for part in (hours.get("am"), hours.get("pm")) if part)
