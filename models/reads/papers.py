"""What the papers of a case say beside the case itself: one entry for each paper that was given out (R22, R37, R42)."""

import re
from datetime import date
from typing import Any
from uuid import UUID

from models.catalogue import Department
from models.reads import at_desk, consultations
from models.rules.permits import Actor

KINDS = frozenset(
    {"notice", "decision", "suspension", "extension", "promise", "letter", "reply", "revocation", "fallen"}
)
TASK_VERBS = {"suspend": "suspension", "extend": "extension", "revoke": "revocation", "fall": "fallen"}
Facts = dict[str, Any]


async def facts(actor: Actor, case: dict[str, Any], kind: str, task: str = "", ref: str = "") -> Facts | None:
    """What the paper `kind` says; of several the last, or the one `task` or `ref` names. None: not given out."""
    found = [
        one["facts"] for one in await given(actor, case)
        if one["kind"] == kind and task in ("", one["task"]) and ref in ("", one["ref"])
    ]  # fmt: skip
    return found[-1] if found else None


async def given(actor: Actor, case: dict[str, Any]) -> list[dict[str, Any]]:
    """Every paper of this case that speaks of one notice, task, promise or letter, oldest first of its kind:
    [{kind, task, ref, whose, facts}]. `facts["on"]` is the day it was given out."""
    found = await _notices(actor, case) + await _decisions(actor, case) + await _of_tasks(actor, case)
    found += [
        _entry("promise", "", one["id"], one["item_name"],
               {"promise": one, "on": date.fromisoformat(one["signed_at"][:10]), "name": case["applicant"]["name"]})
        for one in case["promises"]
    ]  # fmt: skip
    if actor.kind != "citizen":
        found += await _letters(actor, case)
    return found


def _entry(kind: str, task: str, ref: str, whose: str, facts: Facts) -> dict[str, Any]:
    return {"kind": kind, "task": task, "ref": ref, "whose": whose, "facts": facts}


async def _notices(actor: Actor, case: dict[str, Any]) -> list[dict[str, Any]]:
    notice = case["notice"]
    if notice is None:
        return []
    more: Facts = {"on": date.fromisoformat(notice["issued_on"])}
    if notice["round"] > 1:
        first, why = (
            await at_desk.first_notice(actor, UUID(case["id"])),
            await at_desk.second_notice(actor, UUID(case["id"])),
        )
        more["again"] = {**(first or {}), "reason": (why or {}).get("asked", "")}
    return [_entry("notice", "", notice["id"], "", more)]


async def _decisions(actor: Actor, case: dict[str, Any]) -> list[dict[str, Any]]:
    decided = [task for task in case["tasks"] if task["decided_at"]]
    delegations = await at_desk.delegations_of(actor, UUID(case["id"])) if any(t["at_window"] for t in decided) else {}
    at_window = (
        {e["task"] for e in await at_desk.trail(actor, UUID(case["id"]), "decide_at_window")} if delegations else ()
    )
    return [
        _entry("decision", task["id"], "", task["department"]["short"],
               {"task": task, "on": date.fromisoformat(task["decided_at"][:10]),
                "delegation": delegations.get(task["id"]) if task["id"] in at_window else None})
        for task in decided
    ]  # fmt: skip


async def _of_tasks(actor: Actor, case: dict[str, Any]) -> list[dict[str, Any]]:
    """特别程序, 延期, 撤销, 不再办理: what their events say."""
    events = await at_desk.trail(actor, UUID(case["id"]), *TASK_VERBS)
    if not events:
        return []
    tasks = {task["id"]: task for task in case["tasks"]}
    found = []
    for event in events:
        task = tasks.get(event["task"])
        kind, more = TASK_VERBS[event["verb"]], {"on": event["on"], "task": task, "reason": event["note"]}
        if kind == "suspension":
            more["told"] = event["note"]
        elif kind == "extension":
            more |= _longer(event["words"])
        elif kind == "fallen":
            more["reason"] = event["words"]
        whose = task["department"]["short"] if task else "整件"
        found.append(_entry(kind, event["task"], event["id"], whose, more))
    return found


def _longer(words: str) -> Facts:
    """经负责人批准，延长10个工作日，最晚12月8日办结: {longer, until} as the event says it."""
    longer, until = re.search("延长([^，]+)", words), re.search("最晚([^，]+?)办结", words)
    return {"longer": longer[1] if longer else "", "until": until[1] if until else ""}


async def _letters(actor: Actor, case: dict[str, Any]) -> list[dict[str, Any]]:
    """函询函 and 复函. Letters and their events were written in one order, so each finds its own."""
    case_id = UUID(case["id"])
    letters = await consultations.of_case(actor, case_id)
    if not letters:
        return []
    asks, answers = await at_desk.trail(actor, case_id, "ask"), await at_desk.trail(actor, case_id, "answer")
    names = {one.short: one.name for one in await Department.all()}
    found = []
    for letter, ask in zip(letters, asks, strict=False):
        said = next((one for one in answers if one["at"] == letter["answered_at"]), None)
        told = {
            **letter, "department": names.get(letter["department"]["short"], letter["department"]["short"]),
            "from": names.get(letter["asker_words"], letter["asker_words"]), "asker": ask["who"],
            "answered_by": said["who"] if said else "",
        }  # fmt: skip
        more, whose = {"letter": told, "name": case["applicant"]["name"]}, letter["department"]["short"]
        found.append(_entry("letter", "", letter["id"], whose, {**more, "on": ask["on"]}))
        if letter["answered_at"]:
            answered = date.fromisoformat(letter["answered_at"][:10])
            found.append(_entry("reply", "", letter["id"], whose, {**more, "on": answered}))
    return found
