"""Projects: registered under the national code, helped early (一站咨询、预介入), let through the green way (R43)."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from models.actions import attempts, audit, codes, outbox
from models.base import Refusal, local, new_id, not_found, now, today, unit
from models.case import Case
from models.catalogue import Bundle, Department
from models.hall import Hall
from models.outbox import Notification
from models.people import Membership
from models.project import Guidance, Project
from models.reads import projects, standings
from models.rules import notices, permits
from models.rules import projects as rules
from models.rules.permits import Actor, require_staff
from models.rules.secrets import query_key

LONGEST_PLAN = timedelta(days=366)


@dataclass(frozen=True)
class NewProject:
    """What is registered. `skipped`: items the project does without; only optional ones may be."""

    code: str
    name: str
    kind: str = "filing"
    organisation_id: UUID | None = None
    skipped: list[str] = field(default_factory=list)


async def register(actor: Actor, new: NewProject) -> str:
    """Register a project under its national code; its owner gets the same project back. Returns the code.

    Refusals: bad_project_code, bad_project_name, unknown_kind, not_optional (422), real_name_needed,
    applicant_not_allowed (403), project_taken (409).
    """
    account_id = codes.require_name(actor)
    code, name = rules.parse_code(new.code), new.name.strip()
    if not 2 <= len(name) <= 60:
        raise _wrong("bad_project_name", "/name", "项目名称写 2 到 60 个字，和备案证上一样")
    if new.kind not in rules.KINDS:
        raise _wrong("unknown_kind", "/kind", "请选备案类或核准类")

    async def body() -> str:
        await attempts.lock(f"project:{code}")
        held = await Project.filter(code=code).first()
        if held is not None:
            if held.account_id != account_id:
                raise Refusal(
                    "project_taken", 409,
                    "这个项目代码已经有人登记了。看进度请用查询密码；是您单位的项目，请到县中心窗口核对",
                )  # fmt: skip
            return code
        bundle = await _road()
        if any(item not in rules.optional(bundle.record) for item in new.skipped):
            raise _wrong("not_optional", "/skipped", "有的事项每个项目都要办，不能跳过")
        if new.organisation_id:
            await _member(account_id, new.organisation_id)
        id_ = new_id()
        await Project.create(
            id=id_, code=code, name=name, kind=new.kind, account_id=account_id, organisation_id=new.organisation_id,
            bundle_code=bundle.code, skipped=sorted(set(new.skipped)),
            query_key_sealed=Project.QUERY_KEY.seal(id_, query_key()),
        )  # fmt: skip
        await audit.record(actor, "project.registered", f"project:{id_}")
        return code

    return await unit(body)


def _wrong(code: str, pointer: str, words: str) -> Refusal:
    return Refusal(code, 422, words, [{"pointer": pointer, "code": code, "detail": words}])


async def _road() -> Bundle:
    """The bundle that has stages is the road projects go."""
    found = next((one for one in await Bundle.filter(active=True).order_by("code") if one.record.get("stages")), None)
    if found is None:
        raise Refusal("no_project_road", 409, "县里还没有公布投资项目的路线图，请到县中心窗口问")
    return found


async def _member(account_id: UUID, organisation_id: UUID) -> None:
    held = await Membership.filter(account_id=account_id, organisation_id=organisation_id).first()
    if held is None or (held.until and held.until < today()):
        raise Refusal("applicant_not_allowed", 403, "您还没有登记替它办事的权限，请先在“我的”里登记")


async def green(actor: Actor, code: str, on: bool, reason: str = "") -> None:
    """绿色通道: a supervisor lets a project and its cases go first, or ends it. A reason is needed either way."""
    require_staff(actor, "supervisor")
    said = reason.strip()
    if not 2 <= len(said) <= 120:
        raise Refusal("reason_needed", 422, "请写明理由（2 到 120 字）")

    async def body() -> None:
        row = (await projects.find(actor, code)).row
        await Project.filter(id=row.id).update(green=on, green_reason=said if on else "")
        await Case.filter(project_id=row.id).update(green=on)
        await audit.record(actor, "project.green" if on else "project.green_ended", f"project:{row.id}", said)

    await unit(body)


# ------------------------------------------------------------------ early guidance: no case, no clock


async def ask(actor: Actor, code: str, question: str, item: str = "") -> UUID:
    """一站咨询: the owner asks before there is a case, about an item or the whole. No period runs (R43).

    It goes to the item's department, without an item to the county's hall. Refusals: question_needed, not_in_bundle.
    """
    said = _words(question, "question_needed", "请写要问什么（2 到 1000 字）")

    async def body() -> UUID:
        seen = await projects.find(actor, code)
        if not seen.own:
            raise not_found()
        department = await _department(seen.row, item) if item else ""
        row = await _guide(seen.row, "question", department, item, said, actor)
        await _news(row, "guidance.asked", seen.row)
        return row.id

    return await unit(body)


async def plan_visit(
    actor: Actor, project_id: UUID, department: str, item: str, planned_on: date, words: str
) -> UUID:  # fmt: skip
    """预介入: the office comes early to look and to advise; the owner is told the day. No period runs (R43).

    A handler plans for the own department, window and supervisor for any. Refusals: not_in_bundle, bad_visit_day,
    unknown_department, words_needed.
    """
    require_staff(actor, "clerk", "handler", "supervisor")
    said = _words(words, "words_needed", "请写去看什么、请对方准备什么（2 到 1000 字）")
    if not today() <= planned_on <= today() + LONGEST_PLAN:
        raise _wrong("bad_visit_day", "/planned_on", "日子要在今天以后、一年以内")

    async def body() -> UUID:
        row = await projects.by_id(actor, project_id)
        place = await _department(row, item) if item else department
        if item and department and place != department:
            raise _wrong("not_in_bundle", "/item", "这个事项不归这个部门")
        if not await Department.filter(code=place, active=True).exists():
            raise _wrong("unknown_department", "/department", "请选部门")
        if not actor.roles & {"clerk", "supervisor"} and place != actor.department:
            raise not_found()
        made = await _guide(row, "visit", place, item, said, actor, planned_on)
        await _news(made, "guidance.planned", row)
        await _tell_owner(made, row, "project.visit", planned=planned_on, department=await _short(place))
        return made.id

    return await unit(body)


async def answer(actor: Actor, guidance_id: UUID, words: str) -> None:
    """Answer a question, or write down what an early visit found; the owner is told. Once: guidance_done (409)."""
    said = _words(words, "answer_needed", "请写答复（2 到 1000 字）")

    async def body() -> None:
        row = await Guidance.filter(permits.guided(actor), id=guidance_id).select_for_update().first()
        if row is None:
            raise not_found()
        if row.state != "open":
            raise Refusal("guidance_done", 409, "这一条已经有人答复了，请刷新看看")
        row.answer_sealed, row.answered_by = Guidance.ANSWER.seal(row.id, said), actor.id
        row.answered_at, row.state = now(), "done"
        await row.save()
        project = await Project.get(id=row.project_id)
        await _tell_owner(row, project, "project.answered", department=await _short(row.department_id))

    await unit(body)


def _words(text: str, code: str, words: str) -> str:
    said = text.strip()
    if not 2 <= len(said) <= 1000:
        raise Refusal(code, 422, words)
    return said


async def _department(row: Project, item: str) -> str:
    bundle = await standings.road_of(row)
    if item not in rules.members(bundle, row.kind):
        raise _wrong("not_in_bundle", "/item_code", "这个事项不在这个项目的路线图里")
    found = await standings.department_of(item)
    if not found:
        raise _wrong("not_in_bundle", "/item_code", "这个事项已经停办，请直接问")
    return found


async def _short(department: str) -> str:
    found = await Department.filter(code=department).first()
    return found.short if found else "县中心"


async def _guide(
    project: Project, kind: str, department: str, item: str, said: str, actor: Actor, planned_on: date | None = None
) -> Guidance:
    id_ = new_id()
    return await Guidance.create(
        id=id_, project_id=project.id, kind=kind, department_id=department, item_code=item, planned_on=planned_on,
        question_sealed=Guidance.QUESTION.seal(id_, said) or "", asked_by=actor.key,
    )  # fmt: skip


async def _news(row: Guidance, kind: str, project: Project) -> None:
    """Tell the desk: the department it is for, or the county's hall."""
    if row.department_id:
        audience = f"department:{row.department_id}"
    else:
        hall = await Hall.filter(tier="county").order_by("code").first()
        audience = f"hall:{hall.code}" if hall else "supervisor"
    payload = {"kind": kind, "case_id": "", "words": notices.words(kind, {"title": project.name})}
    await outbox.put("desk", project.id, audience, payload, f"{row.id}:{kind}", "nice")


async def _tell_owner(row: Guidance, project: Project, name: str, **facts: Any) -> None:
    """A line in the owner's list, and a hint on the phone if one was allowed; it hangs on no case."""
    id_, notice = new_id(), notices.NOTICES[name]
    said = {**facts, "title": project.name}
    await Notification.create(
        id=id_, account_id=project.account_id, event_id=row.id, kind=name, title=notice.title, push="waiting",
        words_sealed=Notification.WORDS.seal(id_, notices.words(name, said)) or "",
    )  # fmt: skip
    payload = {
        "template": notice.template,
        "data": notices.fields_of(
            name, {**said, "number": project.code, "at": local(now()).strftime("%Y-%m-%d %H:%M")}
        ),
        "page": f"pages/project?code={project.code}",
        "notification": str(id_),
    }
    audience = f"citizen:{project.account_id}"
    await outbox.put("wechat", project.id, audience, payload, f"{row.id}:{name}", notice.class_)
