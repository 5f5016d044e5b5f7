"""Departments' own systems: whose key signed a call, and that each call is taken once."""

from dataclasses import dataclass

from models.base import Refusal, new_id, now, rows
from models.catalogue import Department
from models.people import DepartmentSystem

LONGEST = 100


@dataclass(frozen=True, slots=True)
class System:
    """A department's system and the key it signs with."""

    department: str
    department_name: str
    key_id: str
    key: bytes


async def key(key_id: str) -> System | None:
    """The active system behind a key id; None for unknown and retired ones."""
    if len(key_id) > 40 or "\0" in key_id:
        return None
    row = await DepartmentSystem.get_or_none(key_id=key_id, active=True)
    if row is None:
        return None
    secret = DepartmentSystem.KEY.open(row.id, row.key_sealed) or ""
    department = await Department.get_or_none(code=row.department_id)
    return System(row.department_id, department.name if department else row.department_id, key_id, secret.encode())


async def take_once(system: System, request_id: str) -> None:
    """Take a request id in; refused with `request_replayed` (401) when it was taken before."""
    if len(request_id) > LONGEST or "\0" in request_id:
        raise Refusal("signature_wrong", 401, "请求编号太长")
    taken = await rows(
        "INSERT INTO inbox (id, created_at, source, event_id) VALUES ($1, $2, $3, $4) "
        "ON CONFLICT (source, event_id) DO NOTHING RETURNING id",
        new_id(), now(), f"department:{system.department}"[:40], request_id,
    )  # fmt: skip
    if not taken:
        raise Refusal("request_replayed", 401, "这个请求已经收过了")


async def register(code: str, url: str, key_id: str, key: str) -> None:
    """Write down where a department's system is and the key it signs with; the same key id again updates it."""
    row = await DepartmentSystem.get_or_none(key_id=key_id) or DepartmentSystem(id=new_id(), key_id=key_id)
    fresh = not await DepartmentSystem.filter(id=row.id).exists()
    row.department_id, row.url, row.active = code, url, True
    row.key_sealed = DepartmentSystem.KEY.seal(row.id, key) or ""
    await row.save(force_create=fresh)
