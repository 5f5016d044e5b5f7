"""A case as its viewer may see it: one shape for app, desk and departments; `can` comes from the flow."""

from typing import Any
from uuid import UUID

from models.base import local, not_found, today
from models.case import Case, CaseItem, Clock, Event, Notice, NoticeLine, Result, Task
from models.catalogue import Department
from models.hall import Hall
from models.paper import CaseMaterial, Page
from models.reads import calendar, uploads
from models.rules import permits
from models.rules.dates import latest, say_full
from models.rules.flow import FINAL, OUTCOME_WORDS, PERIODS, STATE_WORDS, TASK_WORDS, verbs
from models.rules.forms import complete
from models.rules.limits import UNITS, Limit, Pause
from models.rules.merge import merged
from models.rules.permits import Actor
from models.seal import mask_name

BEGAN = {"acceptance": "收到", "correction": "告知", "promise": "受理", "statutory": "受理", "delivery": "决定"}
DUE = {"acceptance": "答复", "correction": "补正", "promise": "办结", "statutory": "办结", "delivery": "送达"}
SAYS = {"acceptance": "告诉您能不能受理", "promise": "给您结果", "delivery": "把结果交给您", "correction": "补好"}
PAGE = 20


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
    items = await CaseItem.filter(case_id=row.id).order_by("position").prefetch_related("item")
    departments = {d.code: d for d in await Department.all()}
    hall = await Hall.get(code=row.hall_id)
    clocks = await Clock.filter(case_id=row.id).order_by("created_at")
    explained = await _clocks([clock for clock in clocks if clock.task_id is None])
    tasks = await _tasks(actor, row, items, departments, clocks)
    notice = await _notice(row)
    results = [_result(found, hall) for found in await Result.filter(case_id=row.id).order_by("created_at")]
    record = merged([dict(item.item.record) for item in items])
    values = Case.FORM.open_json(row.id, row.form_sealed)
    materials = await _materials(actor, row)
    own = actor.kind == "citizen"
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
        "timeline": await timeline(actor, row),
        "results": results,
        "outcome": row.outcome or None,
        "next": _next(row, materials, notice, results, explained, gaps, hall),
        "answer_by": _answer_by(explained),
        "can": verbs("case", row.state, permits.case_roles(actor, row)),
        "created_at": _at(row.created_at),
        "submitted_at": _at(row.submitted_at),
    }


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
            "clocks": await _clocks(held.get(row.id, [])),
            "can": verbs("case", row.state, permits.case_roles(actor, row)),
        }
        for row in found[:PAGE]
    ]
    return {"items": items, "next_cursor": str(found[PAGE - 1].id) if len(found) > PAGE else None}


async def progress(number: str, key: str) -> dict[str, Any] | None:
    """What anybody with the number and its 查询密码 may know: no name, no material (R10)."""
    row = await Case.filter(number=number).first()
    if row is None or (Case.QUERY_KEY.open(row.id, row.query_key_sealed) or "") != key.strip().upper():
        return None
    clocks = await _clocks(await Clock.filter(case_id=row.id, task_id=None, stopped_at=None))
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


async def _clocks(found: list[Clock]) -> list[dict[str, Any]]:
    clock = await calendar.clock()
    return [_explained(clock, row) for row in found]


def _explained(clock: Any, row: Clock) -> dict[str, Any]:
    at = local(row.stopped_at).date() if row.stopped_at else today()
    held = [Pause(**_pause(pause)) for pause in row.suspensions]
    told = clock.explain(
        row.started_on,
        Limit(row.limit_days, UNITS[row.unit]),
        at=max(at, row.started_on),
        pauses=held,
        began=BEGAN[row.kind],
        verb=DUE[row.kind],
    )
    paused = told.light == "grey"
    return {
        "kind": row.kind,
        "name": PERIODS[row.kind].words,
        "state": "stopped" if row.stopped_at else ("paused" if paused else "running"),
        "unit": row.unit,
        "started_on": row.started_on.isoformat(),
        "due_on": row.due_on.isoformat(),
        "day": told.day,
        "of": told.of,
        "remaining": told.remaining,
        "light": {"colour": told.light, "word": told.word, "short": told.short},
        "words": told.words,
        "explain": told.explain,
        "guessed": told.guessed,
        "days": [{**day, "date": str(day["date"])} for day in told.days],
    }


def _pause(kept: dict[str, Any]) -> dict[str, Any]:
    read = type(today()).fromisoformat
    return {**kept, "first": read(kept["first"]), "last": read(kept["last"])}


async def _tasks(
    actor: Actor, row: Case, items: list[CaseItem], departments: dict[str, Department], clocks: list[Clock]
) -> list[dict[str, Any]]:
    clock = await calendar.clock()
    names = {item.id: item for item in items}
    found = []
    for task in await Task.filter(case_id=row.id).order_by("created_at").prefetch_related("handler", "approver"):
        own = [c for c in clocks if c.task_id == task.id]
        promise = next((_explained(clock, c) for c in own if c.kind == "promise"), None)
        inside = actor.kind != "citizen"
        opinion = Task.OPINION.open_json(task.id, task.opinion_sealed) if inside else {}
        found.append(
            {
                "id": str(task.id),
                "version": task.version,
                "item": names[task.case_item_id].code,
                "item_name": names[task.case_item_id].name,
                "department": _body(departments[task.department_id]),
                "state": task.state,
                "state_words": OUTCOME_WORDS.get(task.outcome) or TASK_WORDS[task.state],
                "light": _task_light(task, promise),
                "due_on": promise["due_on"] if promise else None,
                "outcome": task.outcome or None,
                "words": _task_words(task, promise),
                "reason": Task.REASON.open(task.id, task.reason_sealed) if task.outcome == "refused" else None,
                "clocks": [_explained(clock, c) for c in own],
                "handler": task.handler.name if inside and task.handler else None,
                "approver": task.approver.name if inside and task.approver else None,
                "opinion": opinion or None,
                "decided_at": _at(task.decided_at),
                "can": verbs("task", task.state, permits.task_roles(actor, task)),
            }
        )
    return found


def _task_light(task: Task, promise: dict[str, Any] | None) -> dict[str, str]:
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
    pages = await Page.filter(material_id__in=[m.id for m in rows]).order_by("position").prefetch_related("upload")
    held: dict[UUID, list[Page]] = {}
    for page in pages:
        held.setdefault(page.material_id, []).append(page)
    return [_material(actor, material, held.get(material.id, [])) for material in rows]


def _material(actor: Actor, row: CaseMaterial, pages: list[Page]) -> dict[str, Any]:
    need = row.need
    states = {page.upload.state for page in pages}
    state = row.state
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
        "note": row.note,
        "trust": row.trust or None,
        "pages": [uploads.shown(actor, page.upload) for page in pages],
    }


async def _notice(row: Case) -> dict[str, Any] | None:
    notice = await Notice.filter(case_id=row.id).order_by("-created_at").first()
    if notice is None:
        return None
    held: dict[str, list[str]] = {}
    for page in await Page.filter(material__case_id=row.id).order_by("position").prefetch_related("material"):
        held.setdefault(page.material.code, []).append(str(page.upload_id))
    lines = []
    for line in await NoticeLine.filter(notice_id=notice.id).order_by("position"):
        pages = held.get(line.material_code, [])
        lines.append(
            {
                "n": line.position,
                "material_code": line.material_code,
                "material": line.material,
                "defect": NoticeLine.DEFECT.open(line.id, line.defect_sealed),
                "fix": NoticeLine.FIX.open(line.id, line.fix_sealed),
                "answered": bool(notice.answered_at) or pages not in ([], line.pages_then),
            }
        )
    return {
        "id": str(notice.id),
        "number": notice.number,
        "issued_on": notice.issued_on.isoformat(),
        "due_on": notice.due_on.isoformat(),
        "lines": lines,
        "open": notice.answered_at is None and row.state == "correcting",
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


def _answer_by(clocks: list[dict[str, Any]]) -> dict[str, str] | None:
    for kind in ("correction", "acceptance", "promise", "delivery"):
        for clock in clocks:
            if clock["kind"] == kind and clock["state"] != "stopped":
                day = type(today()).fromisoformat(clock["due_on"])
                return {"on": clock["due_on"], "words": f"{latest(day)}{SAYS[kind]}"}
    return None


def _next(
    row: Case,
    materials: list[dict[str, Any]],
    notice: dict[str, Any] | None,
    results: list[dict[str, Any]],
    clocks: list[dict[str, Any]],
    gaps: list[str],
    hall: Hall,
) -> dict[str, Any]:
    """What the citizen must do now, by when; or that there is nothing to do."""
    if row.state == "draft":
        waiting = [m for m in materials if m["state"] in ("missing", "refused") and m["photo"] and not m["form"]]
        if gaps:
            return _do("fill", "把表填完", f"还有 {len(gaps)} 栏没填")
        if waiting:
            return _do("photograph", f"拍一样：{waiting[0]['name']}", f"还差 {len(waiting)} 样")
        return _do("submit", "看一看，交上去", "材料齐了")
    if row.state == "correcting" and notice:
        waiting = [line for line in notice["lines"] if not line["answered"]]
        words = f"补一样：{waiting[0]['material']}" if waiting else "改好了，交上去"
        done = len(notice["lines"]) - len(waiting)
        return _do("correct", words, f"要改 {len(notice['lines'])} 样，已改 {done} 样", notice["due_on"])
    if row.state == "concluded" and any(result["state"] == "ready" for result in results):
        return _do("collect", "来领结果", f"在{hall.name}，带身份证")
    if row.state in FINAL["case"]:
        return _do("none", "这件办完了" if row.state == "delivered" else "这件结束了", "")
    return _do("wait", "现在不用您做什么", "有变化，我们发消息告诉您")


def _do(action: str, words: str, detail: str, by: str | None = None) -> dict[str, Any]:
    return {"action": action, "words": words, "detail": detail, "by": by}


def _at(moment: Any) -> str | None:
    return local(moment).isoformat(timespec="seconds") if moment else None
