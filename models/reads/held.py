"""Everything held about one person, in plain, found by following the keys of every table (promises P25).

A new table with a foreign key to an account, a case or anything below is found by itself; nothing has to be listed.
"""

import json
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from tortoise.models import Model

from models import appointment, audit, case, licence, outbox, paper, people, project, promise, supervision, ticket
from models.base import local
from models.people import Account
from models.seal import Cell, ring

# nobody's data: look-up keys, hashes of secrets, places in the store, who of the staff did it
HIDDEN = {
    "hash", "who", "mac", "seq", "fence", "leased_until", "dedupe_key", "body_hash", "key", "openid_index",
    "id_number_index", "phone_index", "successor_sealed", "answer_sealed", "openid_sealed", "original_key",
    "archive_key", "thumbnail_key", "opinion_sealed", "handler_id", "approver_id", "checked_by", "issued_by",
    "staff_id", "actor", "actor_name", "owner", "by_id", "by_name", "asked_by", "asker", "answered_by", "allowed_by",
    "inspected_by", "repaired_by", "seed_sealed", "draw", "rate", "findings_sealed", "person_key", "person_no",
}  # fmt: skip
LEFT_OUT = [
    "部门审查过程中的内部意见、函询、催办和抽查",
    "登录和短信验证码（只存散列，无法还原）",
    "照片原件（在“办件”里逐张查看）",
]


MODULES = (people, paper, case, promise, project, supervision, licence, appointment, ticket, outbox, audit)
INNER = (
    supervision.Consultation, supervision.Urge, supervision.Inspection, supervision.InspectionSeed,
    appointment.Slot, appointment.OpeningException, ticket.Line, ticket.Device,
)  # fmt: skip


def _tables() -> list[type[Model]]:
    return [
        found
        for module in MODULES
        for found in vars(module).values()
        if isinstance(found, type)
        and issubclass(found, Model)
        and found.__module__ == module.__name__
        and found not in INNER
    ]


def _links(table: type[Model]) -> dict[str, type[Model]]:
    """Foreign key column -> the table it points to."""
    return {f"{name}_id": table._meta.fields_map[name].related_model for name in table._meta.fk_fields}  # type: ignore[attr-defined]


async def everything(account_id: UUID) -> dict[str, Any]:
    """{account, tables: {name: [rows]}, left_out: [words]} for one account. The caller has audited the view."""
    account = await Account.get(id=account_id)
    found: dict[type[Model], dict[Any, Model]] = {Account: {account.id: account}}
    for table, filters in _by_name(account).items():
        for each in filters:
            _add(found, await table.filter(**each))
    await _follow(found)
    await _follow_up(found)
    tables = {table._meta.db_table: [plain(row) for row in rows.values()] for table, rows in found.items() if rows}
    return {"account": tables.pop("account")[0], "tables": tables, "left_out": LEFT_OUT}


def _by_name(account: Account) -> dict[type[Model], list[dict[str, Any]]]:
    """Rows that name the person without a foreign key."""
    key = f"citizen:{account.id}"
    named: dict[type[Model], list[dict[str, Any]]] = {
        audit.Audit: [{"actor": key}, {"subject": f"account:{account.id}"}],
        outbox.Outbox: [{"audience": key}],
        outbox.Idempotency: [{"principal": key}],
        people.Attempt: [{"who": ring().blind("attempt:who", str(account.id))}],
    }
    if account.phone_index:
        named[people.SmsCode] = [{"phone_index": account.phone_index}]
    return named


def _add(found: dict[type[Model], dict[Any, Model]], rows: Iterable[Model]) -> None:
    for row in rows:
        found.setdefault(type(row), {})[row.pk] = row


async def _follow(found: dict[type[Model], dict[Any, Model]]) -> None:
    """Down: rows whose foreign key points at what is found, until nothing new comes."""
    while True:
        before = sum(len(rows) for rows in found.values())
        for table in _tables():
            for column, target in _links(table).items():
                if target in found and table is not Account and target in OWNED:
                    _add(found, await table.filter(**{f"{column}__in": list(found[target])}))
        if sum(len(rows) for rows in found.values()) == before:
            return


OWNED: set[type[Model]] = {
    Account, case.Case, case.CaseItem, case.Task, case.Clock, case.Notice, paper.CaseMaterial, paper.Upload,
    promise.Promise, project.Project, appointment.Appointment,
}  # fmt: skip
UP = ((people.Membership, "organisation_id", people.Organisation), (paper.Page, "upload_id", paper.Upload))


async def _follow_up(found: dict[type[Model], dict[Any, Model]]) -> None:
    """Up: what a found row points at and that is about the person too."""
    for table, column, target in UP:
        ids = [getattr(row, column) for row in found.get(table, {}).values()]
        _add(found, await target.filter(id__in=ids))


def plain(row: Model) -> dict[str, Any]:
    """A row's columns with sealed cells opened; events that are not for the public lose their inner words."""
    cells = {f"{c.place.split(':')[1]}_sealed": c for c in vars(type(row)).values() if isinstance(c, Cell)}
    inner = isinstance(row, case.Event) and row.audience != "public"
    values: dict[str, Any] = {}
    for name, column in row._meta.fields_db_projection.items():
        if column in HIDDEN or (inner and column in ("words", "detail_sealed")):
            continue
        value = getattr(row, name)
        if column in cells:
            values[column.removesuffix("_sealed")] = _parsed(cells[column].open(row.pk, value))
        else:
            values[column] = _said(value)
    return values


def _parsed(text: str | None) -> Any:
    return json.loads(text) if text and text[0] in "{[" else text


def _said(value: Any) -> Any:
    if isinstance(value, datetime):
        return local(value).isoformat()
    if isinstance(value, (UUID, date)):
        return str(value)
    return value
