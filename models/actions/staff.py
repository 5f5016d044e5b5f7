"""Staff identity (R72; promises 3.7): argon2id and TOTP, a lock after five failures, one session per account.

The answer to a failed sign-in is the same in words, in work done and in rows written, whatever failed: an unknown
login runs argon2 and the TOTP against a decoy.
"""

import asyncio
import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from models.actions import audit
from models.base import Refusal, new_id, now, unit
from models.catalogue import Department
from models.hall import Hall
from models.people import ROLES, Staff, StaffSession
from models.rules.permits import SYSTEM, Actor

FAILURES = 5
LOCKED = timedelta(minutes=30)
IDLE = timedelta(minutes=15)
WHOLE = timedelta(hours=8)
PASSWORD_AGE = timedelta(days=90)
TOTP_SECONDS = 30
LEAST_PASSWORD, MOST_PASSWORD = 12, 200
AT_ONCE, WAITING = 2, 20  # argon2 takes 64 MiB and a core each: two run, twenty may wait
SEEN_EVERY = timedelta(seconds=20)  # how exactly idle time is kept; saves a write on every request
COUNTER, DECIDING = {"clerk"}, {"delegate", "handler", "section_head", "approver", "county_head"}
T = TypeVar("T")

_hasher = PasswordHasher()
_decoy = _hasher.hash(secrets.token_urlsafe(24))
_decoy_secret = pyotp.random_base32()
_turn = asyncio.Semaphore(AT_ONCE)
_waiting = 0

WRONG_WORDS = "没有登录：工号、密码或动态口令不对，或者账号锁着。口令每个只能用一次；连错 5 次，账号锁 30 分钟"


@dataclass(frozen=True)
class LastVisit:
    """When and where this account signed in before; told only after the password was right."""

    at: datetime
    place: str
    address: str


@dataclass(frozen=True)
class Seated:
    """A signed-in desk: who, the CSRF token of its forms and its session row."""

    actor: Actor
    login: str
    csrf: str
    session: StaffSession
    section: str = ""


@dataclass(frozen=True)
class Signed:
    """A fresh sign-in: `token` goes into the cookie and is kept nowhere else."""

    token: str
    seated: Seated


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


async def hash_password(password: str) -> str:
    """argon2id of a new password; refusal `password_weak` under 12 characters."""
    if not LEAST_PASSWORD <= len(password) <= MOST_PASSWORD:
        raise Refusal("password_weak", 422, f"密码要 {LEAST_PASSWORD} 位以上，{MOST_PASSWORD} 位以下")
    return await _in_turn(_hasher.hash, password)


async def hire(
    login: str,
    name: str,
    roles: list[str],
    password: str,
    *,
    totp: str | None = None,
    department: str | None = None,
    hall: str | None = None,
    section: str = "",
) -> tuple[Staff, str]:
    """A new account and its TOTP secret (base32). Receiving and deciding are never one account (R50)."""
    chosen = set(roles)
    if not chosen or chosen - set(ROLES):
        raise Refusal("role_unknown", 422, "没有这个岗位，请从岗位表里选")
    if chosen & COUNTER and chosen & DECIDING:
        raise Refusal("roles_clash", 422, "收件和审批不能用同一个账号，请分开建")
    if department and not await Department.filter(code=department).exists():
        raise Refusal("department_unknown", 422, f"没有部门代码 {department}，请照 county/departments.yaml 写")
    if hall and not await Hall.filter(code=hall).exists():
        raise Refusal("hall_unknown", 422, f"没有大厅代码 {hall}，请照 county/halls.yaml 写")
    if await Staff.filter(login=login).exists():
        raise Refusal("login_taken", 409, f"工号 {login} 已经有人用了，请换一个")
    secret = totp or pyotp.random_base32()
    if not strong(secret):
        raise Refusal("totp_weak", 422, "动态口令的密钥太短，要 112 位以上，用 base32 写")
    id_ = new_id()
    row = Staff(
        id=id_, login=login, name=name, roles=sorted(chosen), department_id=department, hall_id=hall, section=section,
        password_hash=await hash_password(password), password_changed_at=now(),
        totp_sealed=Staff.TOTP.seal(id_, secret),
    )  # fmt: skip
    await row.save(force_create=True)
    return row, secret


async def disable(login: str) -> None:
    """Close an account; its session is refused from the next request on. Refusal `staff_unknown`."""

    async def body() -> None:
        row = await _known(login)
        await Staff.filter(id=row.id).update(disabled_at=now())
        await StaffSession.filter(staff_id=row.id, ended_at=None).update(ended_at=now())
        await audit.record(SYSTEM, "staff.disabled", f"staff:{row.id}")

    await unit(body)


async def renew(login: str, password: str) -> str:
    """A new password and TOTP secret (base32, returned); an account that was closed is opened again."""
    hashed, secret = await hash_password(password), pyotp.random_base32()

    async def body() -> None:
        row = await _known(login)
        await Staff.filter(id=row.id).update(
            password_hash=hashed, password_changed_at=now(), totp_sealed=Staff.TOTP.seal(row.id, secret), totp_step=0,
            failures=0, locked_until=None, disabled_at=None,
        )  # fmt: skip
        await StaffSession.filter(staff_id=row.id, ended_at=None).update(ended_at=now())
        await audit.record(SYSTEM, "staff.renewed", f"staff:{row.id}")

    await unit(body)
    return secret


async def _known(login: str) -> Staff:
    row = await Staff.filter(login=login).select_for_update().first()
    if row is None:
        raise Refusal("staff_unknown", 404, f"没有工号 {login}，请核对")
    return row


async def sign_in(
    login: str, password: str, code: str, *, hall: str = "", window: str = "", address: str = ""
) -> Signed:
    """Open the desk. Ends the account's earlier session. Refusals: `sign_in_failed`, `seat_not_yours`, `busy`."""
    found = await Staff.get_or_none(login=login[:40])
    right = await _password_right(found.password_hash if found else _decoy, password)
    secret = (Staff.TOTP.open(found.id, found.totp_sealed) if found else None) or _decoy_secret
    step = totp_step(secret, code, now())

    async def body() -> Signed | None:
        staff = await Staff.filter(login=login[:40]).select_for_update().first()
        if not _opens(staff, right, step):
            await _count_failure(staff, address)
            return None
        assert staff is not None and step is not None
        seat_hall = await _seat(staff, hall)
        staff.failures, staff.locked_until, staff.totp_step = 0, None, step
        await staff.save(update_fields=["failures", "locked_until", "totp_step"])
        return await _open_session(staff, seat_hall, window[:40] if seat_hall else "", address)

    signed = await unit(body)
    if signed is None:
        raise Refusal("sign_in_failed", 401, WRONG_WORDS)
    return signed


def strong(secret: str) -> bool:
    """Whether this is a base32 secret of 112 bits or more (RFC 4226 4 R6)."""
    try:
        pyotp.TOTP(secret).byte_secret()
    except ValueError:
        return False
    return True


def totp_step(secret: str, code: str, at: datetime) -> int | None:
    """The time step whose code this is: this one or a neighbour (RFC 6238 5.2); None when none."""
    totp = pyotp.TOTP(secret)
    present = int(at.timestamp()) // TOTP_SECONDS
    matched = None
    for step in (present - 1, present, present + 1):
        if hmac.compare_digest(totp.generate_otp(step).encode(), code.encode("utf-8", "replace")):
            matched = step
    return matched


def _opens(staff: Staff | None, right: bool, step: int | None) -> bool:
    if staff is None or staff.disabled_at is not None or not right or step is None:
        return False
    return step > staff.totp_step and not _locked(staff)


def _locked(staff: Staff) -> bool:
    return staff.locked_until is not None and staff.locked_until > now()


async def _count_failure(staff: Staff | None, address: str) -> None:
    """One failure more. A locked account is not locked for longer, so that nobody can be kept out for ever."""
    failures = 0
    until: datetime | None = None
    if staff is not None:
        failures = 0 if _locked(staff) else staff.failures + 1
        until = staff.locked_until if _locked(staff) else now() + LOCKED if failures >= FAILURES else None
        failures = 0 if until else failures
    await Staff.filter(id=staff.id if staff else new_id()).update(failures=failures, locked_until=until)
    subject = f"staff:{staff.id}" if staff else "staff:unknown"
    await audit.record(Actor("anonymous"), "staff.sign_in_failed", subject, "登录", address=address, locked=bool(until))


async def _seat(staff: Staff, hall: str) -> Hall | None:
    """Where one sits today: one's own hall or a station under it. Department people sit in no hall."""
    if staff.hall_id is None:
        return None
    chosen = await Hall.get_or_none(code=hall or staff.hall_id)
    if chosen is None or staff.hall_id not in (chosen.code, chosen.parent_id):
        raise Refusal("seat_not_yours", 403, "这个窗口不在您的大厅，请改选今天值守的窗口")
    return chosen


async def _open_session(staff: Staff, hall: Hall | None, window: str, address: str) -> Signed:
    moment = now()
    await StaffSession.filter(staff_id=staff.id, ended_at=None).update(ended_at=moment)
    token = secrets.token_urlsafe(32)
    session = StaffSession(
        staff_id=staff.id, hash=digest(token), csrf=secrets.token_urlsafe(32), hall_id=hall.code if hall else None,
        window=window, address=address[:64], seen_at=moment, expires_at=moment + WHOLE,
    )  # fmt: skip
    await session.save(force_create=True)
    seated = Seated(_actor(staff, session, hall), staff.login, session.csrf, session, staff.section)
    await audit.record(seated.actor, "staff.signed_in", f"staff:{staff.id}", "登录", address=address, window=window)
    return Signed(token, seated)


def _actor(staff: Staff, session: StaffSession, hall: Hall | None) -> Actor:
    return Actor(
        "staff", id=staff.id, name=staff.name, roles=frozenset(staff.roles), department=staff.department_id or "",
        hall=hall.code if hall else "", tier=hall.tier if hall else "", seat=session.window, session=session.id,
    )  # fmt: skip


async def seated(token: str, *, touch: bool = True) -> Seated:
    """The desk behind a cookie; roles are read anew each time.

    Refusals: `sign_in_needed` (401: unknown, ended, over 8 h), `desk_locked` (401: locked, or idle for 15 minutes).
    """
    session, staff = await _live(token)
    if session.seen_at <= now() - IDLE:
        raise Refusal("desk_locked", 401, "屏幕锁着，输密码接着办")
    if touch and session.seen_at < now() - SEEN_EVERY:
        await StaffSession.filter(id=session.id).update(seen_at=now())
    hall = await Hall.get_or_none(code=session.hall_id) if session.hall_id else None
    return Seated(_actor(staff, session, hall), staff.login, session.csrf, session, staff.section)


async def _live(token: str) -> tuple[StaffSession, Staff]:
    needed = Refusal("sign_in_needed", 401, "请先登录")
    session = await StaffSession.get_or_none(hash=digest(token), ended_at=None).select_related("staff")
    if session is None or session.expires_at <= now() or session.staff.disabled_at is not None:
        raise needed
    return session, session.staff


async def lock(token: str) -> None:
    """Lock the screen: the session rests as if idle, and its password wakes it."""
    session, staff = await _live(token)

    async def body() -> None:
        await StaffSession.filter(id=session.id).update(seen_at=now() - IDLE)
        await audit.record(_actor(staff, session, None), "staff.locked", f"staff:{staff.id}", "锁屏")

    await unit(body)


async def resting(token: str) -> str:
    """Whose locked desk this is: the name for the lock page."""
    _, staff = await _live(token)
    return str(staff.name)


async def unlock(token: str, password: str, address: str = "") -> None:
    """Wake a locked desk by its password; failures count towards the account's lock, which ends the session."""
    session, found = await _live(token)
    right = await _password_right(found.password_hash, password)

    async def body() -> bool:
        staff = await Staff.filter(id=found.id).select_for_update().get()
        if right and not _locked(staff):
            await Staff.filter(id=staff.id).update(failures=0)
            await StaffSession.filter(id=session.id, ended_at=None).update(seen_at=now())
            await audit.record(_actor(staff, session, None), "staff.unlocked", f"staff:{staff.id}", "解锁")
            return True
        await _count_failure(staff, address)
        if _locked(await Staff.get(id=staff.id)):
            await StaffSession.filter(id=session.id).update(ended_at=now())
        return False

    if not await unit(body):
        raise Refusal("unlock_failed", 401, "密码不对，还锁着。连错 5 次，账号锁 30 分钟")


async def sign_out(token: str) -> None:
    """End the session behind the cookie; nothing happens when it is over already."""

    async def body() -> None:
        session = await StaffSession.get_or_none(hash=digest(token), ended_at=None).select_related("staff")
        if session is not None:
            await StaffSession.filter(id=session.id).update(ended_at=now())
            actor = _actor(session.staff, session, None)
            await audit.record(actor, "staff.signed_out", f"staff:{session.staff.id}", "退出")

    await unit(body)


async def password_old(actor: Actor) -> bool:
    """Whether the password is older than 90 days and should be changed."""
    row = await Staff.get(id=actor.id)
    return bool(row.password_changed_at < now() - PASSWORD_AGE)


async def last_visit(actor: Actor) -> LastVisit | None:
    """The sign-in before this one, None for the first."""
    visits = StaffSession.filter(staff_id=actor.id).exclude(id=actor.session)
    before = await visits.order_by("-created_at").first()
    if before is None:
        return None
    hall = await Hall.get_or_none(code=before.hall_id) if before.hall_id else None
    return LastVisit(before.created_at, f"{hall.name} {before.window}".strip() if hall else "部门", before.address)


async def _password_right(hashed: str, password: str) -> bool:
    def verify(given: str) -> bool:
        try:
            return _hasher.verify(hashed, given)
        except (VerificationError, InvalidHashError):
            return False

    return await _in_turn(verify, password[:MOST_PASSWORD])


async def _in_turn(work: Callable[[str], T], password: str) -> T:
    """Run argon2 in a thread, two at a time; refuse when too many wait rather than let the loop starve."""
    global _waiting
    if _waiting >= WAITING:
        raise Refusal("busy", 503, "登录的人太多，请过几秒再试", retry_after=3)
    _waiting += 1
    try:
        async with _turn:
            return await asyncio.to_thread(work, password)
    finally:
        _waiting -= 1
