"""Write and verify the audit chain (promises 3.5): mac_n = HMAC(key, mac_{n-1} | canonical row_n)."""

import hashlib
import hmac
import json
from typing import Any

from models.audit import Audit
from models.base import execute, now, rows
from models.rules.permits import Actor
from models.seal import ring

CHAIN_LOCK = 7_201_440_229  # one writer at a time appends


def _mac(previous: str, row: dict[str, Any]) -> str:
    canonical = json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hmac.new(ring().audit_key, f"{previous}|{canonical}".encode(), hashlib.sha256).hexdigest()


def _canonical(row: Any) -> dict[str, Any]:
    return {
        "seq": row.seq,
        "at": row.at.isoformat(timespec="microseconds"),
        "actor": row.actor,
        "act": row.act,
        "subject": row.subject,
        "purpose": row.purpose,
        "detail": row.detail,
    }


async def record(actor: Actor, act: str, subject: str, purpose: str = "", **detail: Any) -> None:
    """Append one row in the open unit, so that there is no view of plain data without its row."""
    await execute("SELECT pg_advisory_xact_lock($1)", CHAIN_LOCK)
    last = await rows("SELECT seq, mac FROM audit ORDER BY seq DESC LIMIT 1")
    seq, previous = (last[0]["seq"] + 1, last[0]["mac"]) if last else (1, "")
    row = Audit(seq=seq, at=now(), actor=actor.key, act=act, subject=subject, purpose=purpose, detail=detail, mac="")
    row.mac = _mac(previous, _canonical(row))
    await row.save(force_create=True)


async def verify() -> tuple[int, int | None]:
    """Walk the chain: how many rows hold, and the first seq that does not (None when all hold)."""
    previous, held = "", 0
    while True:
        part = await Audit.filter(seq__gt=held).order_by("seq").limit(2000)
        for row in part:
            if row.seq != held + 1 or not hmac.compare_digest(row.mac, _mac(previous, _canonical(row))):
                return held, held + 1
            previous, held = row.mac, row.seq
        if len(part) < 2000:
            return held, None
