"""Licences: what a person holds, and what the law makes of a renewal on its way (行政许可法 art. 50)."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from tortoise.expressions import Q

from models.base import local, now, rows, today
from models.case import Case, CaseItem, Event, Task
from models.catalogue import Department, Item
from models.licence import Licence
from models.people import Mandate, Membership
from models.rules import renewal
from models.rules.dates import say
from models.rules.flow import CASE, OPEN_TASKS, TASK, WORDS
from models.rules.periods import RENEWAL_REMINDERS
from models.rules.permits import Actor, require_citizen

SOON = max(RENEWAL_REMINDERS)  # natural days: from the first reminder on the light is amber and renewing is offered
MOST = 200
ON_ITS_WAY = ["draft", "submitted", "received", "correcting", "accepted"]


async def mine(actor: Actor) -> dict[str, Any]:
    """{items: [LicenceOut]}: one's own, one's companies', and those one filed for another under a mandate in force."""
    account_id = require_citizen(actor)
    companies = await Membership.filter(
        Q(until=None) | Q(until__gte=today()), account_id=account_id
    ).values_list("organisation_id", flat=True)  # fmt: skip
    principals = await Mandate.filter(
        helper_id=account_id, revoked_at=None, until__gte=today()
    ).values_list("principal_id", flat=True)  # fmt: skip
    whose = {account_id: "self"} | dict.fromkeys(companies, "organisation")
    held = Q(subject_id__in=list(whose)) | Q(account_id=account_id, subject_id__in=list(principals))
    found = await Licence.filter(held).order_by("-id").limit(MOST)
    renewing = {row.renews_id: row for row in await _asked([row.id for row in found])}
    items = await Item.filter(code__in=[row.item_code for row in found], state="published")
    departments = {row.code: row.name for row in await Department.all()} if found else {}
    offered = {item.code for item in items}
    return {
        "items": [
            {
                **_out(row, renewing.get(row.id), row.item_code in offered),
                "department": departments[row.department_id],
                "holder": _holder(row, whose.get(row.subject_id, "mandate")),
            }
            for row in sorted(found, key=lambda row: row.state != "valid")
        ]
    }


def _holder(row: Licence, kind: str) -> dict[str, Any]:
    return {"kind": kind, "id": str(row.subject_id), "name": Licence.HOLDER.open(row.id, row.holder_sealed)}


async def _asked(licence_ids: list[UUID]) -> list[Case]:
    return await Case.filter(renews_id__in=licence_ids, state__in=ON_ITS_WAY).order_by("created_at")


def _out(row: Licence, asked: Case | None, offered: bool) -> dict[str, Any]:
    left = (row.valid_until - today()).days if row.valid_until else None
    soon = row.state == "valid" and left is not None and left <= SOON
    return {
        "id": str(row.id),
        "name": row.name,
        "number": row.number,
        "item_code": row.item_code,
        "issued_on": row.issued_on.isoformat(),
        "valid_from": row.valid_from.isoformat(),
        "valid_until": row.valid_until.isoformat() if row.valid_until else None,
        "state": row.state,
        "state_words": WORDS["licence"][row.state],
        "light": _light(row, left, soon),
        "words": _words(row, asked, soon),
        "deemed": row.deemed,
        "renewal_case_id": str(asked.id) if asked else None,
        "can": ["renew"] if soon and offered and not asked else [],
    }


def _light(row: Licence, left: int | None, soon: bool) -> dict[str, str]:
    word = WORDS["licence"][row.state]
    if row.state != "valid":
        colour = "grey" if row.state == "renewed" else "red"
        return {"colour": colour, "word": word, "short": word}
    if soon:
        return {"colour": "amber", "word": "快到期", "short": f"剩{max(0, left or 0)}日"}
    return {"colour": "green", "word": word, "short": word}


def _words(row: Licence, asked: Case | None, soon: bool) -> str:
    """One sentence: until when it holds, how it came to be renewed, what to do about it."""
    if row.state != "valid":
        return {"expired": "到期了，不能再用", "renewed": "已经换了新证", "revoked": "决定撤销了，作废"}[row.state]
    if row.valid_until is None:
        return "长期有效"
    parts = [f"有效期到{_full(row.valid_until)}"]
    if row.deemed:
        parts.append("上一期到期前没有决定，依法视为准予延续")
    if asked is not None and asked.submitted_at:
        parts.append(renewal.asked(_handed_in(asked), row.valid_until))
    elif asked is not None:
        parts.append("延续申请还没有交")
    elif soon:
        parts.append(renewal.advice(row.valid_until, today()))
    return "。".join(parts)


def _full(day: date) -> str:
    return f"{day.year}年{say(day)}"


# ------------------------------------------------------------------ renewals


async def of_case(case: Case) -> dict[str, Any] | None:
    """What a renewal case says of the licence it renews: {licence_id, number, valid_until, timely, words}, or None."""
    row = await Licence.filter(id=case.renews_id).first() if case.renews_id else None
    if row is None or row.valid_until is None:
        return None
    return {
        "licence_id": str(row.id),
        "number": row.number,
        "valid_until": row.valid_until.isoformat(),
        "timely": renewal.timely(_handed_in(case), row.valid_until),
        "words": await _of_case_words(case, row),
    }


async def _of_case_words(case: Case, row: Licence) -> str:
    if row.state != "valid":
        return _words(row, None, False)
    if await deemed_by(case.id):
        return f"{say(row.valid_from, _handed_in(case))}前没有决定，依法视为准予延续到{_full(row.valid_until)}"
    if case.submitted_at is None:
        return renewal.advice(row.valid_until, today())
    return renewal.asked(_handed_in(case), row.valid_until)


def _handed_in(case: Case) -> date:
    """The day it was first handed in, a draft today: the act that counts is the applicant's, not the office's hours."""
    return local(case.submitted_at or now()).date()


async def renewals(licence_id: UUID) -> list[Case]:
    """The cases handed in to renew a licence, in the order in which they are locked."""
    return await Case.filter(renews_id=licence_id, submitted_at__isnull=False).order_by("id")


async def deemed_by(case_id: UUID) -> bool:
    """Whether silence on this case has renewed a licence."""
    return await Event.filter(case_id=case_id, verb="deem_renewed").exists()


async def waiting(row: Licence, moment: datetime) -> Case | None:
    """The timely renewal of a licence that lay undecided with the office at `moment`; what came later does not count.

    While the applicant corrects it, it does not lie with the office.
    """
    for case in await renewals(row.id):
        if not renewal.timely(_handed_in(case), row.valid_until):
            continue
        if await _state_at(case, None, list(CASE), moment) not in ("submitted", "received", "accepted"):
            continue
        task = await task_of(case, row)
        if task is None or await _state_at(case, task, list(TASK), moment) in ("", "waiting", *OPEN_TASKS):
            return case
    return None


async def task_of(case: Case, row: Licence) -> Task | None:
    """The task of a renewal case that decides on the licence; None before acceptance."""
    item = await CaseItem.filter(case_id=case.id, code=row.item_code).first()
    return await Task.filter(case_id=case.id, case_item_id=item.id).first() if item else None


async def _state_at(case: Case, task: Task | None, verbs: list[str], moment: datetime) -> str:
    """The state of a case or a task as its history tells it for a moment; empty before it began."""
    found = await rows(
        "SELECT after FROM event WHERE case_id = $1 AND task_id IS NOT DISTINCT FROM $2 AND verb = ANY($3) AND at < $4 "
        "ORDER BY at DESC, id DESC LIMIT 1",
        case.id, task.id if task else None, verbs, moment,
    )  # fmt: skip
    return str(found[0]["after"]) if found else ""
