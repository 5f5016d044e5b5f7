"""A draft case: begun, filled in, photographed. Only its owner sees it; nothing here starts a clock."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from models.actions.step import locked_case
from models.base import Refusal, new_id, not_found, today, unit
from models.case import Case, CaseItem
from models.catalogue import Bundle, Item
from models.hall import Hall
from models.licence import Licence
from models.paper import CaseMaterial, Page, Upload
from models.people import Account, Mandate, Membership
from models.project import Project
from models.promise import Promise
from models.reads import notices, standings, versions
from models.rules import graph, intake, permits
from models.rules.flow import FINAL
from models.rules.forms import clean_form
from models.rules.merge import joined
from models.rules.permits import Actor
from models.rules.projects import members

MOST_ITEMS = 12
MOST_PAGES = 40


@dataclass(frozen=True)
class Filing:
    """What is begun: items, or a bundle (all its members, or those named), for a project or as a renewal."""

    items: list[str] = field(default_factory=list)
    bundle: str = ""
    project: str = ""
    renews: UUID | None = None


async def begin(
    actor: Actor,
    filing: Filing,
    *,
    applicant: dict[str, Any],
    answers: dict[str, Any],
    form: dict[str, Any],
    hall: str,
) -> UUID:
    """Begin a case, or go on with the open draft of the same items: a person has one open case per item and subject.

    Refusals: unknown_item, unknown_bundle, not_in_bundle, unknown_project, unknown_hall, project_applicant (422),
    applicant_not_allowed (403), item_on_the_way (409), case_open (409, the case's id in `errors`).
    """
    account_id = permits.require_citizen(actor)

    async def body() -> UUID:
        project = await _project(account_id, filing.project) if filing.project else None
        bundle = await _bundle(filing.bundle or (project.bundle_code if project else ""))
        there = await standings.there(project.id) if project else set()
        items = await _items(_wanted(bundle, filing, project, there))
        if not await Hall.filter(code=hall, active=True).exists():
            raise Refusal("unknown_hall", 422, "没有这个大厅，请重新选一个")
        kind, subject, name = await _applicant(account_id, _for_project(project, applicant), items)
        held = await _open_case(account_id, subject, items)
        if held and held.state != "draft":
            raise Refusal(
                "case_open", 409, "这件事您已经交过一份，正在办。请到“办件”里看",
                [{"pointer": "/item_codes", "code": "case_open", "detail": str(held.id)}],
            )  # fmt: skip
        case = held or await _new(account_id, items, kind, subject, name, hall)
        case.bundle_code = filing.bundle or case.bundle_code
        case.bundle = {**bundle, "elsewhere": sorted(there)} if there else bundle
        case.project_id, case.green = (project.id, project.green) if project else (None, False)
        if project and set(project.skipped) & {item.code for item in items}:  # it needs them after all
            project.skipped = sorted(set(project.skipped) - {item.code for item in items})
            await project.save(update_fields=["skipped"])
        case.renews_id = await _renewed(subject, filing.renews, items)
        if filing.bundle:
            case.title = str(bundle["name"])
        record = joined([_record(item) for item in items], [item.code for item in items], case.bundle)
        case.hall_id, case.answers = hall, intake.clean_answers(record, answers)
        if form:
            case.form_sealed = Case.FORM.seal_json(case.id, clean_form(record["form"], form))
        await case.save()
        await order(case, [item.code for item in items])
        await _sync_materials(case, record, items)
        return case.id

    return await unit(body)


async def _project(account_id: UUID, code: str) -> Project:
    found = await Project.filter(code=code, account_id=account_id).first()
    if found is None:
        raise Refusal("unknown_project", 422, "没有这个项目代码，请先在“项目”里登记")
    return found


async def _bundle(code: str) -> dict[str, Any]:
    if not code:
        return {}
    found = await Bundle.filter(code=code, active=True).first()
    if found is None:
        raise Refusal("unknown_bundle", 422, "没有这个“一件事”，或已经停办。请回到列表重新选")
    return {**found.record, "lead": found.lead_id}


def _wanted(bundle: dict[str, Any], filing: Filing, project: Project | None, there: set[str]) -> list[str]:
    """The items asked for, in the bundle's order; only what belongs to it, and of a project what is not on its way."""
    if not bundle:
        return filing.items
    if project:
        known = members(bundle, project.kind)
        if any(code in there for code in filing.items):
            raise Refusal("item_on_the_way", 409, "有的事项这个项目已经在办或办好了，不用再交。请刷新路线图看看")
        usual = [code for code in members(bundle, project.kind, project.skipped) if code not in there]
    else:
        other = bundle.get("alternatives", {})
        known = [code for member in bundle["members"] for code in (member["item"], other.get(member["item"])) if code]
        usual = members(bundle, "filing")
        if any(one in filing.items and instead in filing.items for one, instead in other.items()):
            raise Refusal("not_in_bundle", 422, "有两项只能选一项办，请回去重新选")
    if any(code not in known for code in filing.items):
        raise Refusal("not_in_bundle", 422, f"有的事项不在“{bundle['name']}”里，请回去重新选")
    return [code for code in known if code in filing.items] if filing.items else usual


def _for_project(project: Project | None, applicant: dict[str, Any]) -> dict[str, Any]:
    """A project registered for an organisation is applied for in its name."""
    if project is None or project.organisation_id is None:
        return applicant
    if applicant.get("kind", "self") == "self":
        return {"kind": "organisation", "id": project.organisation_id}
    if str(applicant.get("id")) != str(project.organisation_id):
        raise Refusal("project_applicant", 422, "这个项目是用别的单位名义登记的，请用登记的单位来办")
    return applicant


async def _renewed(subject: UUID, licence_id: UUID | None, items: list[Item]) -> UUID | None:
    """The licence this case asks to renew: the applicant's own, in force, and of the item applied for (art. 50)."""
    if licence_id is None:
        return None
    held = await Licence.filter(id=licence_id, subject_id=subject, state="valid").first()
    if held is None or held.item_code not in {item.code for item in items}:
        raise Refusal("unknown_licence", 422, "没有这张证，或已经不能延续。请回到“我的证照”重新选")
    return held.id


async def order(case: Case, codes: list[str]) -> None:
    """Write down what each item waits for: members of this case, and what its project has on the way or granted.

    Written when the case is begun, and for a project again when it is accepted: by then other cases have moved.
    """
    if not case.bundle:
        return
    there = await standings.there(case.project_id, case.id) if case.project_id else set()
    whole = graph.road(case.bundle, [*dict.fromkeys([*codes, *sorted(there)])])
    for code in codes:
        await CaseItem.filter(case_id=case.id, code=code).update(after=whole[code])


async def _items(codes: list[str]) -> list[Item]:
    wanted = list(dict.fromkeys(codes))
    if not 1 <= len(wanted) <= MOST_ITEMS:
        raise Refusal("bad_item_count", 422, f"一次可以办 1 到 {MOST_ITEMS} 件事")
    found = {item.code: item for item in await Item.filter(code__in=wanted, state="published")}
    missing = [code for code in wanted if code not in found]
    if missing:
        raise Refusal("unknown_item", 422, "有的事项没有，或已经停办。请回到列表重新选")
    return [found[code] for code in wanted]


async def _applicant(account_id: UUID, given: dict[str, Any], items: list[Item]) -> tuple[str, UUID, str]:
    kind, account = given.get("kind", "self"), await Account.get(id=account_id)
    own = Account.NAME.open(account_id, account.name_sealed) or ""
    no = Refusal("applicant_not_allowed", 403, "您还没有登记替它办事的权限，请先在“我的”里登记")
    if kind == "organisation":
        held = await Membership.filter(account_id=account_id, organisation_id=given.get("id")).first()
        if held is None or (held.until and held.until < today()):
            raise no
        organisation = await held.organisation
        return kind, organisation.id, organisation.name
    if kind == "mandate":
        mandate = await Mandate.filter(
            id=given.get("id"), helper_id=account_id, revoked_at=None, until__gte=today()
        ).first()  # fmt: skip
        if mandate is None:
            raise no
        principal = await mandate.principal
        return kind, principal.id, Account.NAME.open(principal.id, principal.name_sealed) or ""
    if all(item.subjects == ["organisation"] for item in items):
        raise Refusal("for_organisations", 422, "这件事只给单位办。请先在“我的”里登记您的单位")
    return "self", account_id, own


async def _open_case(account_id: UUID, subject: UUID, items: list[Item]) -> Case | None:
    codes = sorted(item.code for item in items)
    cases = await Case.filter(
        account_id=account_id, applicant_id=subject, state__not_in=[*FINAL["case"], "concluded"], items__code=codes[0]
    ).prefetch_related("items")
    return next((case for case in cases if sorted(i.code for i in case.items) == codes), None)


async def _new(account_id: UUID, items: list[Item], kind: str, subject: UUID, name: str, hall: str) -> Case:
    id_ = new_id()
    title = items[0].name if len(items) == 1 else f"{items[0].name}等{len(items)}件事"
    case = await Case.create(
        id=id_, title=title, account_id=account_id, applicant_kind=kind, applicant_id=subject,
        applicant_name_sealed=Case.APPLICANT.seal(id_, name), hall_id=hall,
    )  # fmt: skip
    await CaseItem.bulk_create(
        [
            CaseItem(
                case_id=id_, item_id=item.id, code=item.code, name=item.name, everyday=item.everyday,
                department_id=item.department_id, position=place,
            )
            for place, item in enumerate(items)
        ]
    )  # fmt: skip
    return case


def _record(item: Item) -> dict[str, Any]:
    return dict(item.record)


async def record_of(case: Case) -> dict[str, Any]:
    """The merged record of the item versions this case was filed under (R15)."""
    return await versions.record(await CaseItem.filter(case_id=case.id).order_by("position"), case.bundle)


async def _sync_materials(case: Case, record: dict[str, Any], items: list[Item]) -> None:
    """Material rows follow the answers; pages of a material that is still asked for stay."""
    wanted = intake.checklist(record, case.answers, kind=case.applicant_kind)
    held = {row.code: row for row in await CaseMaterial.filter(case_id=case.id)}
    gone = [row.id for code, row in held.items() if code not in {need["code"] for need in wanted}]
    if gone:
        await Page.filter(material_id__in=gone).delete()
        await CaseMaterial.filter(id__in=gone).delete()
    for place, need in enumerate(wanted):
        row = held.get(need["code"])
        if row is None:
            users = [i.code for i in items if any(m["code"] == need["code"] for m in _record(i)["materials"])]
            users = users or [item.code for item in items]  # the one form of a bundle is everybody's
            row = await CaseMaterial.create(
                case_id=case.id, code=need["code"], name=need["name"], position=place, need=need, items=users,
                state="free" if need["free"] else "missing",
            )  # fmt: skip
            if case.project_id and need["photo"] and not need["free"]:
                await _lay_again(case, row)
        elif row.need != need or row.position != place:
            await CaseMaterial.filter(id=row.id).update(need=need, position=place)


async def _lay_again(case: Case, row: CaseMaterial) -> None:
    """What was handed in for another case of the project is not asked for twice (R16): its pages lie here too."""
    before = (
        await CaseMaterial.filter(case__project_id=case.project_id, code=row.code, state="ready")
        .exclude(case_id=case.id).order_by("-case_id").first()
    )  # fmt: skip
    if before is None:
        return
    pages = await Page.filter(
        material_id=before.id, upload__account_id=case.account_id, upload__state="ready"
    ).order_by("position")
    await Page.bulk_create([Page(material_id=row.id, upload_id=p.upload_id, position=n) for n, p in enumerate(pages)])
    if pages:
        await CaseMaterial.filter(id=row.id).update(state="ready")


async def fill(actor: Actor, case_id: UUID, values: dict[str, Any]) -> None:
    """Save the form as far as it is filled in; a draft may have gaps, a wrong value is told by its field."""

    async def body() -> None:
        case = await _editable(actor, case_id)
        record = await record_of(case)
        form = next((m.code for m in await CaseMaterial.filter(case_id=case.id) if m.need["form"]), "")
        await _may_change(case, form)
        kept = clean_form(record["form"], values)
        await Case.filter(id=case.id).update(form_sealed=Case.FORM.seal_json(case.id, kept))

    await unit(body)


async def lay(actor: Actor, case_id: UUID, code: str, upload_ids: list[UUID]) -> None:
    """Set the pages of one material, in order. A page must be the actor's own upload and not a refused one."""

    async def body() -> None:
        case = await _editable(actor, case_id)
        material = await CaseMaterial.filter(case_id=case.id, code=code).first()
        if material is None:
            raise not_found("这件事不要这样材料")
        await _may_change(case, code)
        wanted = list(dict.fromkeys(upload_ids))
        if len(wanted) > MOST_PAGES:
            raise Refusal("too_many_pages", 422, f"一样材料最多 {MOST_PAGES} 页")
        mine = {u.id: u for u in await Upload.filter(id__in=wanted, account_id=actor.id)}
        if len(mine) != len(wanted):
            raise Refusal("unknown_upload", 404, "有的照片没有找到，请重新拍一张")
        if any(upload.state in ("refused", "deleted") for upload in mine.values()):
            raise Refusal("upload_refused", 422, "有的照片打不开，请换一张再交")
        await Page.filter(material_id=material.id).delete()
        await Page.bulk_create(
            [Page(material_id=material.id, upload_id=upload, position=n) for n, upload in enumerate(wanted)]
        )
        state = "ready" if wanted else ("free" if material.need["free"] else "missing")
        await CaseMaterial.filter(id=material.id).update(state=state)

    await unit(body)


async def _editable(actor: Actor, case_id: UUID) -> Case:
    case = await locked_case(case_id, permits.scope(actor))
    if case.account_id != actor.id:
        raise not_found()
    if case.state not in ("draft", "correcting", "accepted"):
        raise _locked()
    return case


def _locked() -> Refusal:
    return Refusal("case_locked", 409, "已经交上去了，现在不能改。要改请等大厅告诉您，或先撤回")


async def _may_change(case: Case, code: str) -> None:
    """A draft may change wholly, while correcting what the notice names (R30), afterwards papers promised (R40)."""
    if case.state == "correcting" and not await notices.names(case, code):
        raise Refusal("not_in_notice", 409, "告知书没有要改这一样，不用动它")
    if case.state == "accepted":
        promised = await Promise.filter(case_id=case.id, kind="tolerance", state="made")
        if not any(code in promise.materials for promise in promised):
            raise _locked()
