"""What the staff desk lists: the clerk's queue, the department's inbox, the output counter, the find page, lanes.

Every function takes the actor first and starts from `permits.scope`. Names of persons leave here masked; an
organisation's name is public. Rows are plain dicts for the pages.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from tortoise.expressions import Q, Subquery

from models.base import local, not_found, rows
from models.case import Case, Clock, Event, Result, Task
from models.catalogue import Department
from models.hall import Hall
from models.paper import CaseMaterial
from models.people import Account, Staff
from models.project import Guidance
from models.promise import Breach, Promise
from models.reads import calendar, clocks, sweep
from models.rules import permits
from models.rules.flow import STATE_WORDS, TASK_WORDS
from models.rules.permits import Actor
from models.rules.taken import PROJECT, project_code, taken_for
from models.seal import mask_id, mask_name, mask_phone
from models.supervision import Consultation, Inspection, Urge

MOST = 300  # rows of one list; more are counted and found by search
NAME_SCAN = 500  # names are sealed: a name is looked for in the newest cases only
AT_COUNTER = ("submitted", "received")
OPEN_TASKS = ("assigned", "examining", "suspended", "advised")
AT_WINDOW = ("assigned", "examining")  # what a delegate may decide on the spot
SECOND = {"asked": "请示再次告知", "allowed": "同意再次告知"}
SUPPLIED = "容缺补来"
OPEN_CASES = ("submitted", "received", "correcting", "accepted")
ASSURED = {"phone": "手机号", "name": "姓名和证件号", "face": "人脸核验", "window": "窗口核验"}
CHANNELS = {"app": "网上", "window": "窗口", "town": "镇村"}


async def clock_view(row: Clock) -> dict[str, Any]:
    """One clock as the desk draws it: with the desk's own word beside the light, and the day it stopped."""
    told = clocks.explain(await calendar.clock(), row)
    colour, word = told["light"]["colour"], told["light"]["short"]
    if row.stopped_at:
        colour, word = ("red", "超期办结") if colour == "red" else ("green", "办结")
    stopped = local(row.stopped_at).date().isoformat() if row.stopped_at else ""
    paused = next((held for held in row.suspensions if held.get("open")), None)
    return {**told, "light": {"colour": colour, "word": word}, "stopped_on": stopped, "paused": paused}


def shown_name(case: Case) -> str:
    """The applicant as a list shows it: a person masked, an organisation whole."""
    name = Case.APPLICANT.open(case.id, case.applicant_name_sealed) or ""
    return name if case.applicant_kind == "organisation" else mask_name(name) or ""


async def counts(actor: Actor) -> dict[str, int]:
    """The numbers on the tabs; 0 where the actor has no such room."""
    rooms = "queue output inbox window letters inspections breaches projects board"
    found = dict.fromkeys(rooms.split(), 0)
    if "clerk" in actor.roles:
        seen = Case.filter(permits.scope(actor))
        found["queue"] = await seen.filter(_at_counter(await supplied())).distinct().count()
        found["output"] = await seen.filter(state="concluded").distinct().count()
        found["projects"] = await Guidance.filter(state="open", department_id="").count()
    if "delegate" in actor.roles:
        found["window"] = await _at_window(actor).count()
    if actor.department and actor.roles & permits.WITHIN:
        found["inbox"] = await _mine(actor).count()
        found["letters"] = await Consultation.filter(permits.letters(actor), state__in=["open", "silent"]).count()
        found["projects"] = await Guidance.filter(state="open", department_id=actor.department).count()
    if actor.department and actor.roles & {"handler", "approver"}:
        found["inspections"] = await Inspection.filter(department_id=actor.department, state="open").count()
    if actor.roles & permits.OVERSEERS:
        found["board"] = await sweep.late_tasks()
    if "supervisor" in actor.roles:
        found["breaches"] = await Breach.filter(repaired_at=None).count()
    return found


async def supplied() -> list[UUID]:
    """Cases whose promised papers came and wait for the counter's look (R40)."""
    found = await Promise.filter(kind="tolerance", state="supplied").distinct().values_list("case_id", flat=True)
    return list(found)  # type: ignore[arg-type]


def _at_counter(came: list[UUID]) -> Q:
    return Q(state__in=AT_COUNTER) | Q(state="accepted", id__in=came)


def _mine(actor: Actor) -> Any:
    """The open tasks one is to act on: a handler's before the opinion, an approver's after it, an urged one."""
    states = []
    if "handler" in actor.roles:
        states += ["assigned", "examining"]
    if "approver" in actor.roles:
        states += ["advised"]
    urged = Q(state__in=OPEN_TASKS, urges__level="manual", urges__answered_at=None, urges__lapsed_at=None)
    return Task.filter(Q(state__in=states) | urged, department_id=actor.department).distinct()


def _at_window(actor: Actor) -> Any:
    """The tasks a delegate may decide on the spot: of a case their hall reaches, under a delegation (R50)."""
    seen = Case.filter(permits.scope(actor), state="accepted").distinct().values("id")
    return Task.filter(state__in=AT_WINDOW, case_id__in=Subquery(seen)).exclude(delegation="")


# ------------------------------------------------------------------ the clerk's queue


async def queue(actor: Actor) -> list[dict[str, Any]]:
    """Cases at the counter, those whose promised papers came, those waiting for their applicant; most urgent first."""
    permits.require_staff(actor, "clerk", "supervisor")
    came = await supplied()
    query = Case.filter(_at_counter(came) | Q(state="correcting")).filter(permits.scope(actor))
    cases = await query.distinct().order_by("id").limit(MOST)
    clocks = await _clocks(cases, ("acceptance", "correction", "tolerance"))
    halls = await _halls(cases)
    parts = await _counts_of([case.id for case in cases])
    found = [_case_row(case, clocks.get(case.id), halls, parts.get(case.id, {})) for case in cases]
    for row in found:
        if row["state"] == "accepted":
            row |= {"stage": "容缺补来", "tags": [SUPPLIED, *row["tags"]]}
    return sorted(found, key=_urgency)


def _case_row(case: Case, clock: dict[str, Any] | None, halls: dict[str, str], part: dict[str, Any]) -> dict[str, Any]:
    tags = []
    if part.get("corrected") and case.state in (*AT_COUNTER, "correcting"):
        tags.append("补正回来")
    if case.second_notice in SECOND and case.state in AT_COUNTER:
        tags.append(SECOND[case.second_notice])
    if case.green:
        tags.append("绿色通道")
    if case.tolerant and case.state == "accepted":
        tags.append("容缺")
    if part.get("departments", 0) > 1:
        tags.append(f"联办 {part['departments']} 部门")
    return {
        "id": str(case.id), "number": case.number or "", "title": case.title, "applicant": shown_name(case),
        "hall": halls.get(case.hall_id, case.hall_id), "hall_code": case.hall_id, "state": case.state,
        "stage": STATE_WORDS[case.state], "channel": CHANNELS.get(case.channel, case.channel), "clock": clock,
        "light": (clock or {}).get("light", {"colour": "green", "word": "不计时"}), "tags": tags,
        "version": case.version, "at": local(case.submitted_at) if case.submitted_at else None,
        "materials": part.get("materials", 0), "pages": part.get("pages", 0),
    }  # fmt: skip


def _urgency(row: dict[str, Any]) -> tuple[Any, ...]:
    order = {"red": 0, "amber": 1, "green": 2, "grey": 3}
    due = (row["clock"] or {}).get("due_on", "9999")
    return (row["state"] == "correcting", order[row["light"]["colour"]], due, row["number"])


async def _clocks(cases: Iterable[Case], kinds: tuple[str, ...]) -> dict[UUID, dict[str, Any]]:
    """The running clock of each case, the first of `kinds` that runs."""
    ids = [case.id for case in cases]
    found = await Clock.filter(case_id__in=ids, task_id=None, stopped_at=None, kind__in=kinds) if ids else []
    best: dict[UUID, Clock] = {}
    for row in found:
        held = best.get(row.case_id)
        if held is None or kinds.index(row.kind) < kinds.index(held.kind):
            best[row.case_id] = row
    return {case_id: await clock_view(row) for case_id, row in best.items()}


async def _halls(cases: Iterable[Case]) -> dict[str, str]:
    codes = {case.hall_id for case in cases}
    return {hall.code: short_hall(hall.name, hall.tier) for hall in await Hall.filter(code__in=codes)}


def short_hall(name: str, tier: str) -> str:
    """县中心, 坝仔镇: a hall as a table says it."""
    return "县中心" if tier == "county" else name.replace("公共服务中心", "")


async def _counts_of(ids: list[UUID]) -> dict[UUID, dict[str, Any]]:
    found = await rows(
        "SELECT c.id, (SELECT count(*) FROM case_material m WHERE m.case_id = c.id) AS materials, "
        "(SELECT count(*) FROM page p JOIN case_material m ON m.id = p.material_id WHERE m.case_id = c.id) AS pages, "
        "(SELECT count(DISTINCT department_id) FROM case_item i WHERE i.case_id = c.id) AS departments, "
        "EXISTS (SELECT 1 FROM notice n WHERE n.case_id = c.id AND n.answered_at IS NOT NULL) AS corrected "
        "FROM cases c WHERE c.id = ANY($1)",
        ids,
    )
    return {row["id"]: row for row in found}


# ------------------------------------------------------------------ the department's inbox


async def inbox(actor: Actor) -> list[dict[str, Any]]:
    """The department's open tasks, most urgent first; ties by the sequence of acceptance."""
    permits.require_staff(actor, *permits.WITHIN)
    query = Task.filter(department_id=actor.department, state__in=OPEN_TASKS)
    found = await _task_rows(query, {task.id for task in await _mine(actor)})
    return sorted(found, key=lambda row: (not row["mine"], _urgency(row)[1:3], row["sequence"]))


async def window(actor: Actor) -> list[dict[str, Any]]:
    """What a delegate may decide on the spot, most urgent first."""
    permits.require_staff(actor, "delegate")
    query = _at_window(actor)
    found = await _task_rows(query, {task.id for task in await query})
    return sorted(found, key=lambda row: (_urgency(row)[1:3], row["sequence"]))


async def _task_rows(query: Any, mine: set[UUID]) -> list[dict[str, Any]]:
    """Rows of a list of tasks. `mine`: those one is to act on."""
    tasks = await query.prefetch_related("case", "case_item", "handler").order_by("id").limit(MOST)
    clocks = await task_clocks([task.id for task in tasks])
    halls = await _halls([task.case for task in tasks])
    parts = await _counts_of([task.case_id for task in tasks])
    departments = {one.code: one.short for one in await Department.filter(code__in={t.department_id for t in tasks})}
    returned = await _returned([task.id for task in tasks if task.state == "examining"])
    urged = await _urged([task.id for task in tasks])
    found = []
    for task in tasks:
        clock = clocks.get(task.id, {}).get("promise")
        row = _case_row(task.case, clock, halls, parts.get(task.case_id, {}))
        found.append(
            row | {
                "task": str(task.id), "title": task.case_item.name, "stage": TASK_WORDS[task.state],
                "tags": _task_tags(task, clock, urged=task.id in urged, returned=task.id in returned) + row["tags"],
                "task_state": task.state, "task_version": task.version, "mine": task.id in mine,
                "handler": task.handler.name if task.handler else "", "case_title": task.case.title,
                "sequence": task.case.acceptance_sequence or 0, "department": departments[task.department_id],
            }
        )  # fmt: skip
    return found


def _task_tags(task: Task, clock: dict[str, Any] | None, *, urged: bool, returned: bool) -> list[str]:
    """What one must know of a task before opening it, the most pressing first."""
    tags = ["催办，请答复"] if urged else []
    if returned:
        tags.append("退回重审")
    if task.state == "suspended" and clock and clock["paused"]:
        tags.append(f"{clock['paused']['reason'][:6]}至 {clock['paused']['last'][5:]}")
    if task.delegation:
        tags.append("即办")
    return tags


async def _urged(ids: list[UUID]) -> set[UUID]:
    """Tasks whose supervisor waits for an answer to an urging."""
    query = Urge.filter(task_id__in=ids, level="manual", answered_at=None, lapsed_at=None)
    return set(await query.values_list("task_id", flat=True)) if ids else set()  # type: ignore[arg-type]


async def _returned(ids: list[UUID]) -> set[UUID]:
    found = await Event.filter(task_id__in=ids, verb="return").values_list("task_id", flat=True) if ids else []
    return set(found)  # type: ignore[arg-type]


async def task_clocks(ids: list[UUID]) -> dict[UUID, dict[str, dict[str, Any]]]:
    """The clocks of tasks: {task id: {promise: clock, statutory: clock}}."""
    found: dict[UUID, dict[str, dict[str, Any]]] = {}
    for row in await Clock.filter(task_id__in=ids).order_by("id") if ids else []:
        view = await clock_view(row)
        found.setdefault(row.task_id or row.id, {})[row.kind] = view
    for own in found.values():
        own.setdefault("promise", next(iter(own.values())))
    return found


async def checks(actor: Actor, case_id: UUID) -> dict[str, dict[str, str]]:
    """Who at the counter looked at each material: {code: {who, at}}; materials nobody looked at are absent."""
    if not await Case.filter(permits.scope(actor), id=case_id).exists():
        return {}
    looked = await CaseMaterial.filter(case_id=case_id, checked_at__not_isnull=True)
    names = {row.id: row.name for row in await Staff.filter(id__in=[row.checked_by for row in looked])}
    return {
        row.code: {"who": names.get(row.checked_by, ""), "at": local(row.checked_at).isoformat(timespec="seconds")}
        for row in looked
    }


async def person(actor: Actor, case_id: UUID) -> dict[str, Any]:
    """The account behind a case, masked: {name, id_number, phone, assurance, open_cases, collectable}."""
    case = await Case.filter(permits.scope(actor), id=case_id).prefetch_related("account").first()
    if case is None:
        raise not_found()
    account = case.account
    seen = Case.filter(permits.scope(actor), account_id=account.id)
    return {
        "name": shown_name(case), "kind": case.applicant_kind, "assurance": ASSURED.get(account.assurance, "未实名"),
        "id_number": mask_id(Account.ID_NUMBER.open(account.id, account.id_number_sealed)) or "没有登记",
        "phone": mask_phone(Account.PHONE.open(account.id, account.phone_sealed)) or "没有登记",
        "handler": mask_name(Account.NAME.open(account.id, account.name_sealed)) or "",
        "open_cases": await seen.filter(state__in=OPEN_CASES).distinct().count(),
        "collectable": await seen.filter(state="concluded").distinct().count(),
    }  # fmt: skip


# ------------------------------------------------------------------ output and find


async def output(actor: Actor) -> list[dict[str, Any]]:
    """Cases whose results wait to be given out, those not yet on a shelf first."""
    permits.require_staff(actor, "clerk", "supervisor")
    cases = await Case.filter(permits.scope(actor), state="concluded").distinct().order_by("concluded_at").limit(MOST)
    clocks = await _clocks(cases, ("delivery",))
    halls = await _halls(cases)
    waiting = await _results([case.id for case in cases])
    found = [_case_row(case, clocks.get(case.id), halls, {}) | {"results": waiting.get(case.id, [])} for case in cases]
    return sorted(found, key=lambda row: (any(r["place"] for r in row["results"]), _urgency(row)))


async def _results(ids: list[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    found: dict[UUID, list[dict[str, Any]]] = {}
    for row in await Result.filter(case_id__in=ids).exclude(state="void").order_by("id") if ids else []:
        found.setdefault(row.case_id, []).append(
            {
                "id": str(row.id), "name": row.name, "outcome": row.outcome, "state": row.state, "place": row.place,
                "shelved_at": local(row.shelved_at) if row.shelved_at else None,
                "delivered_at": local(row.delivered_at) if row.delivered_at else None, "method": row.method,
            }
        )  # fmt: skip
    return found


async def find(actor: Actor, text: str) -> tuple[str, list[dict[str, Any]]]:
    """Cases by number (or its tail), ID number, phone or name: (what it was taken for, rows)."""
    permits.require_staff(actor, "clerk", "delegate", *permits.WITHIN, *permits.OVERSEERS)
    asked, kind = "".join(text.split()).upper(), taken_for(text)
    seen = Case.filter(permits.scope(actor)).exclude(state="draft")
    if not kind:
        return "", []
    if kind == "证件号":
        return kind, await _rows(await _of_account(seen, Q(id_number_index=Account.ID_NUMBER.blind(asked))))
    if kind == "手机号":
        return kind, await _rows(await _of_account(seen, Q(phone_index=Account.PHONE.blind(asked))))
    if kind == PROJECT:
        seen = seen.filter(project__code=project_code(text))
        return kind, await _rows(await seen.distinct().order_by("-id").limit(50))
    if kind == "办件号":
        return kind, await _rows(await seen.filter(number__icontains=asked).distinct().order_by("-id").limit(50))
    newest = await seen.distinct().order_by("-id").limit(NAME_SCAN)
    named = [case for case in newest if asked in (Case.APPLICANT.open(case.id, case.applicant_name_sealed) or "")]
    return kind, await _rows(named[:50])


async def _of_account(seen: Any, who: Q) -> list[Case]:
    accounts = await Account.filter(who).values_list("id", flat=True)
    found: list[Case] = await seen.filter(account_id__in=list(accounts)).distinct().order_by("-id").limit(50)
    return found


async def _rows(cases: list[Case]) -> list[dict[str, Any]]:
    clocks = await _clocks(cases, ("acceptance", "correction", "promise", "delivery"))
    halls = await _halls(cases)
    waiting = await _results([case.id for case in cases])
    return [_case_row(case, clocks.get(case.id), halls, {}) | {"results": waiting.get(case.id, [])} for case in cases]


async def seats() -> list[dict[str, Any]]:
    """Halls with their windows for the sign-in page: [{code, name, windows: [words]}]."""
    found = await rows(
        "SELECT h.code, h.name, g.name AS kind, g.code AS letter, g.windows FROM hall h "
        "JOIN window_group g ON g.hall_id = h.code WHERE h.active AND g.kind <> 'convenience' ORDER BY h.code, g.code"
    )
    halls: dict[str, dict[str, Any]] = {}
    for row in found:
        hall = halls.setdefault(row["code"], {"code": row["code"], "name": row["name"], "windows": []})
        kind = row["kind"].split("（")[0]
        hall["windows"] += [f"{kind} {row['letter']}{n:02d} 号窗口" for n in range(1, row["windows"] + 1)]
    return list(halls.values())


async def place_words(actor: Actor, section: str) -> str:
    """Where one works today, as the bar says it: 县中心 · 综合窗口 B06 号窗口; 市场监管局 · 食品股."""
    if actor.hall:
        hall = await Hall.get(code=actor.hall)
        return " · ".join(part for part in (short_hall(hall.name, hall.tier), actor.seat) if part)
    department = await Department.get_or_none(code=actor.department)
    return " · ".join(part for part in (department.short if department else "", section) if part)
