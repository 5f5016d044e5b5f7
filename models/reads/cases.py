"""A case as its viewer may see it: one shape for app, desk and departments; `can` comes from the flow."""

from typing import Any
from uuid import UUID

from models.base import local, not_found, now, today
from models.case import Case, CaseItem, Clock, Event, Result, Task
from models.catalogue import Department
from models.hall import Hall
from models.paper import CaseMaterial, Page
from models.project import Project
from models.reads import calendar, licences, notices, uploads, versions
from models.reads import clocks as clock_reads
from models.reads import promises as promise_reads
from models.reads.places import places
from models.rules import permits
from models.rules.dates import latest, say_full
from models.rules.flow import OUTCOME_WORDS, STATE_WORDS, TASK_WORDS, verbs
from models.rules.forms import complete
from models.rules.limits import ACCEPTANCE
from models.rules.next_step import answer_by, hand_in_by, next_step
from models.rules.permits import Actor
from models.seal import mask_name

PAGE = 20
PARTICULAR = ("promise", "supply")  # they need to be looked into: the list does not offer them


async def find(actor: Actor, case_id: UUID) -> Case:
    """The case, if the actor's scope holds it."""
    case = await Case.filter(permits.scope(actor)).filter(id=case_id).first()
    if case is None:
        raise not_found()
    return case


async def case(actor: Actor, case_id: UUID) -> dict[str, Any]:
    """Everything `actor` may see of one case."""
    return await whole(actor, await find(actor, case_id))


async def whole(actor: Actor, row: Case) -> dict[str, Any]:
    items = await CaseItem.filter(case_id=row.id).order_by("position")
    known = await places(row.hall_id)
    departments, hall = known.departments, known.halls[row.hall_id]
    clocks = await Clock.filter(case_id=row.id).order_by("created_at")
    explained = await clock_reads.explained([clock for clock in clocks if clock.task_id is None])
    # departments come in with acceptance, results with their decisions: before it there is nothing to look for
    tasks = await _tasks(actor, row, items, departments, clocks) if row.accepted_on else []
    results = await _results(row, hall) if row.accepted_on else []
    notice = await notices.notice(row) if row.state not in ("draft", "submitted") else None
    record = await versions.record(items, row.bundle)
    values = Case.FORM.open_json(row.id, row.form_sealed)
    materials = await _materials(actor, row)
    own = actor.kind == "citizen"
    promised = await promise_reads.of_case(row, items)
    return {
        "id": str(row.id),
        "number": row.number,
        "query_key": Case.QUERY_KEY.open(row.id, row.query_key_sealed) if own else None,
        "state": row.state,
        "state_words": STATE_WORDS[row.state],
        "version": row.version,
        "title": row.title,
        "items": [
            {"code": i.code, "name": i.name, "everyday": i.everyday, "department": _body(departments[i.department_id])}
            for i in items
        ],
        "applicant": _applicant(row, own),
        "hall": {"code": hall.code, "name": hall.name},
        "answers": row.answers,
        "form": {
            "fields": record["form"],
            "values": values,
            "missing": (gaps := complete(record["form"], values)),
            "complete": not gaps,
        },
        "materials": materials,
        "tasks": tasks,
        "clocks": explained,
        "notice": notice,
        **promised,
        "bundle": _bundle(row, departments),
        "project": await _project(row),
        "renewal": await licences.of_case(row),
        "tolerant": row.tolerant,
        "green": row.green,
        "second_notice": row.second_notice,
        "timeline": await timeline(actor, row),
        "results": results,
        "outcome": row.outcome or None,
        "next": next_step(row.state, materials, notice, results, gaps, hall.name, promised["promises"]),
        "answer_by": answer_by(explained) or await _if_handed_in(row),
        "can": _can(actor, row, promised, notice),
        "created_at": _at(row.created_at),
        "submitted_at": _at(row.submitted_at),
    }


def _can(actor: Actor, row: Case, promised: dict[str, Any], notice: dict[str, Any] | None) -> list[str]:
    """The verbs of the sheet that have something to act on: no promise without an offer, no second without a first."""
    found = verbs("case", row.state, permits.case_roles(actor, row))
    states = {promise["state"] for promise in promised["promises"] if promise["kind"] == "tolerance"}
    idle = {
        "promise": not any(not offer["off"] for offer in promised["offers"]),
        "supply": "made" not in states,
        "confirm_supply": "supplied" not in states,
        "reject_supply": "supplied" not in states,
        "ask_second_notice": notice is None or row.second_notice not in ("", "asked"),
        "allow_second_notice": row.second_notice != "asked",
        "extend": not row.bundle_code,
    }
    return [verb for verb in found if not idle.get(verb)]


def _bundle(row: Case, departments: dict[str, Department]) -> dict[str, Any] | None:
    if not row.bundle_code:
        return None
    lead = departments.get(row.lead_id or row.bundle.get("lead", ""))
    return {"code": row.bundle_code, "name": row.bundle["name"], "lead": _body(lead) if lead else None}


async def _project(row: Case) -> dict[str, str] | None:
    if not row.project_id:
        return None
    found = await Project.get(id=row.project_id)
    return {"code": found.code, "name": found.name}


async def _if_handed_in(row: Case) -> dict[str, str] | None:
    """Until when a draft would be told of its acceptance if it were handed in now."""
    if row.state != "draft":
        return None
    clock = await calendar.clock()
    return hand_in_by(clock.due_on(clock.received_on(now()), ACCEPTANCE))


async def cases(actor: Actor, cursor: str | None = None) -> dict[str, Any]:
    """The actor's cases, newest first, as short rows."""
    query = Case.filter(permits.scope(actor)).order_by("-id").limit(PAGE + 1)
    if cursor:
        query = query.filter(id__lt=UUID(cursor))
    found = await query
    clocks = await Clock.filter(case_id__in=[row.id for row in found], task_id=None, stopped_at=None)
    held: dict[UUID, list[Clock]] = {}
    for clock in clocks:
        held.setdefault(clock.case_id, []).append(clock)
    items = [
        {
            "id": str(row.id),
            "number": row.number,
            "title": row.title,
            "state": row.state,
            "state_words": STATE_WORDS[row.state],
            "created_at": _at(row.created_at),
            "submitted_at": _at(row.submitted_at),
            "clocks": await clock_reads.explained(held.get(row.id, [])),
            "can": [v for v in verbs("case", row.state, permits.case_roles(actor, row)) if v not in PARTICULAR],
        }
        for row in found[:PAGE]
    ]
    return {"items": items, "next_cursor": str(found[PAGE - 1].id) if len(found) > PAGE else None}


async def progress(number: str, key: str) -> dict[str, Any] | None:
    """What anybody with the number and its 查询密码 may know: no name, no material (R10)."""
    row = await Case.filter(number=number).first()
    if row is None or (Case.QUERY_KEY.open(row.id, row.query_key_sealed) or "") != key.strip().upper():
        return None
    clocks = await clock_reads.explained(await Clock.filter(case_id=row.id, task_id=None, stopped_at=None))
    events = await timeline(permits.ANONYMOUS, row)
    return {
        "number": row.number,
        "title": row.title,
        "state": row.state,
        "state_words": STATE_WORDS[row.state],
        "clocks": clocks,
        "timeline": [{"at": event["at"], "words": event["words"]} for event in events],
        "next": {"words": f"现在：{STATE_WORDS[row.state]}"},
    }


def _body(department: Department) -> dict[str, str]:
    return {"code": department.code, "name": department.name, "short": department.short}


def _applicant(row: Case, own: bool) -> dict[str, Any]:
    name = Case.APPLICANT.open(row.id, row.applicant_name_sealed)
    return {
        "kind": row.applicant_kind,
        "id": str(row.applicant_id),
        "name": name if own or row.applicant_kind == "organisation" else mask_name(name),
    }


async def _tasks(
    actor: Actor, row: Case, items: list[CaseItem], departments: dict[str, Department], clocks: list[Clock]
) -> list[dict[str, Any]]:
    clock = await calendar.clock()
    names = {item.id: item for item in items}
    by_code = {item.code: item.name for item in items}
    found = []
    for task in await Task.filter(case_id=row.id).order_by("created_at").prefetch_related("handler", "approver"):
        own = [c for c in clocks if c.task_id == task.id]
        promise = next((clock_reads.explain(clock, c) for c in own if c.kind == "promise"), None)
        inside = actor.kind != "citizen"
        opinion = Task.OPINION.open_json(task.id, task.opinion_sealed) if inside else {}
        found.append(
            {
                "id": str(task.id),
                "number": task.number,
                "version": task.version,
                "item": names[task.case_item_id].code,
                "item_name": names[task.case_item_id].name,
                "department": _body(departments[task.department_id]),
                "state": task.state,
                "state_words": OUTCOME_WORDS[task.outcome] if task.state == "decided" else TASK_WORDS[task.state],
                "light": _task_light(task, promise),
                "due_on": promise["due_on"] if promise else None,
                "outcome": task.outcome or None,
                "words": _task_words(task, promise),
                "reason": Task.REASON.open(task.id, task.reason_sealed) if _reasoned(task) else None,
                "after": [by_code[code] for code in names[task.case_item_id].after if code in by_code],
                "at_window": bool(task.delegation),
                "clocks": [clock_reads.explain(clock, c) for c in own],
                "handler": task.handler.name if inside and task.handler else None,
                "approver": task.approver.name if inside and task.approver else None,
                "opinion": opinion or None,
                "decided_at": _at(task.decided_at),
                "can": verbs("task", task.state, permits.task_roles(actor, task)),
            }
        )
    return found


def _reasoned(task: Task) -> bool:
    return task.outcome == "refused" or task.state == "revoked"


def _task_light(task: Task, promise: dict[str, Any] | None) -> dict[str, str]:
    if task.state == "revoked":
        return {"colour": "red", "word": "已撤销"}
    if task.state == "decided":
        return (
            {"colour": "green", "word": "已同意"} if task.outcome == "granted" else {"colour": "red", "word": "没同意"}
        )
    if task.state == "cancelled" or promise is None:
        return {"colour": "grey", "word": TASK_WORDS[task.state]}
    light: dict[str, str] = promise["light"]
    return light


def _task_words(task: Task, promise: dict[str, Any] | None) -> str:
    if task.decided_at:
        return say_full(local(task.decided_at).date())
    return latest(type(today()).fromisoformat(promise["due_on"])) + "办完" if promise else ""


async def _materials(actor: Actor, row: Case) -> list[dict[str, Any]]:
    rows = await CaseMaterial.filter(case_id=row.id).order_by("position")
    pages = await Page.filter(material_id__in=[m.id for m in rows]).order_by("position").select_related("upload")
    held: dict[UUID, list[Page]] = {}
    for page in pages:
        held.setdefault(page.material_id, []).append(page)
    seen = actor.kind != "citizen" or row.state == "correcting" or (row.state == "accepted" and row.tolerant)
    return [_material(actor, material, held.get(material.id, []), seen) for material in rows]


def _material(actor: Actor, row: CaseMaterial, pages: list[Page], seen: bool) -> dict[str, Any]:
    """`seen`: what the counter found is told; the applicant hears of it by the notice, once (R30)."""
    need = row.need
    states = {page.upload.state for page in pages}
    state = row.state if seen or row.state != "defect" else "ready"
    if state == "ready" and states - {"ready"}:
        state = "refused" if "refused" in states else "checking"
    if state == "missing" and not need["photo"]:
        state = "form" if need["form"] else "paper"
    elif state == "missing" and need["form"]:
        state = "form"
    words = {
        "missing": "还没拍", "checking": "在看清不清楚", "ready": f"{len(pages)} 页", "refused": "有一张打不开",
        "free": "系统查到了，不用交", "defect": "要改", "form": "在手机上填", "paper": "带原件到窗口交",
    }  # fmt: skip
    return {
        "code": row.code,
        "name": row.name,
        "need": need["need"],
        "photo": need["photo"],
        "form": need["form"],
        "free": need["free"],
        "source": need["source"],
        "standard": need["standard"],
        "hint": need.get("hint"),
        "items": row.items,
        "state": state,
        "state_words": words[state],
        "note": (CaseMaterial.NOTE.open(row.id, row.note_sealed) or "") if seen else "",
        "trust": row.trust or None,
        "pages": [uploads.shown(actor, page.upload) for page in pages],
    }


async def timeline(actor: Actor, row: Case) -> list[dict[str, Any]]:
    """Every event the actor may read, oldest first. The citizen sees the public ones; names of staff stay inside."""
    inside = actor.kind in ("staff", "department")
    query = Event.filter(case_id=row.id).order_by("at", "id")
    if not inside:
        query = query.filter(audience="public")
    told = inside or actor.id == row.account_id
    return [
        {
            "at": _at(event.at),
            "verb": event.verb,
            "words": event.words,
            "who": event.actor_name if inside else "",
            "place": event.place if inside else "",
            "note": Event.DETAIL.open(event.id, event.detail_sealed) if told else None,
        }
        for event in await query
    ]


async def _results(row: Case, hall: Hall) -> list[dict[str, Any]]:
    """What the case gives. What is void (a grant revoked, or never in force) is not given to anybody."""
    query = Result.filter(case_id=row.id).exclude(state="void").order_by("created_at")
    return [_result(found, hall) for found in await query]


def _result(row: Result, hall: Hall) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "name": row.name,
        "state": row.state,
        "outcome": row.outcome,
        "where": hall.name if row.state == "ready" else None,
        "place": row.place or None,
        "method": row.method or None,
        "at": _at(row.delivered_at or row.shelved_at or row.created_at),
    }


def _at(moment: Any) -> str | None:
    return local(moment).isoformat(timespec="seconds") if moment else None
