"""The lots of a month drawn again (S6): the secret is shown once the month is over, and every decision compared."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from models.actions import audit
from models.audit import Audit
from models.base import SHANGHAI, Refusal, local, now, today, unit
from models.case import Event
from models.rules import inspection as rules
from models.rules.inspection import Decision, Wrong
from models.rules.permits import Actor
from models.supervision import Inspection, InspectionSeed


@dataclass(frozen=True)
class Redraw:
    """What a month's lots come to. `faults`: what is wrong with the secret or the chain; `wrong`: with single draws."""

    month: str
    seed: str
    digest: str
    decisions: int
    due: int
    inspected: int
    faults: list[str]
    wrong: list[Wrong]

    @property
    def holds(self) -> bool:
        return not self.faults and not self.wrong


async def redraw(actor: Actor, month: str) -> Redraw:
    """Show the secret of a past month, on record, and draw every decision at the window again.

    Refusals: bad_month (422), month_not_over (409: the secret of a running month would tell what will be drawn),
    no_seed (404).
    """
    if not re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", month):
        raise Refusal("bad_month", 422, "月份要写成 2026-11 这样")
    if month >= rules.month_of(today()):
        raise Refusal("month_not_over", 409, f"{month} 还没有过完，种子现在公开，就能算出会抽中谁。下个月再查")

    async def body() -> Redraw:
        row = await InspectionSeed.filter(month=month).select_for_update().first()
        if row is None:
            raise Refusal("no_seed", 404, f"{month} 没有抽查的种子：那时还没有用上，或已经丢失")
        seed = InspectionSeed.SEED.open(row.id, row.seed_sealed) or ""
        if row.revealed_at is None:
            await InspectionSeed.filter(id=row.id).update(revealed_at=now())
        await audit.record(actor, "inspection.revealed", f"month:{month}", "公开种子，重抽核对")
        return await _compared(month, seed, row.digest)

    return await unit(body)


async def _compared(month: str, seed: str, digest: str) -> Redraw:
    secret, draws = bytes.fromhex(seed), await _draws(month)
    decisions = await _decisions(month, draws)
    spots = await _spots(month, draws, {one.task_id for one in decisions})
    due = [one for one in decisions if one.rate is not None and rules.drawn(rules.draw(secret, one.task_id), one.rate)]
    return Redraw(
        month, seed, digest, len(decisions), len(due), len(spots),
        await _faults(month, seed, digest, draws.values()), rules.again(secret, decisions, spots),
    )  # fmt: skip


async def _draws(month: str) -> dict[UUID, Audit]:
    """Every draw of a month on record: task -> its row of the chain. The first counts, a second changes nothing."""
    first, last = _span(month)
    found: dict[UUID, Audit] = {}
    for row in await Audit.filter(act="inspection.draw", at__gte=first, at__lt=last + LATE).order_by("seq"):
        found.setdefault(UUID(row.subject.removeprefix("task:")), row)
    return found


LATE = timedelta(minutes=10)  # a draw stands in the chain moments after its decision


def _span(month: str) -> tuple[datetime, datetime]:
    """The first moment of a month in the county, and that of the next."""
    first = datetime.fromisoformat(f"{month}-01").replace(tzinfo=SHANGHAI)
    return first, (first + timedelta(days=32)).replace(day=1)


async def _decisions(month: str, draws: dict[UUID, Audit]) -> list[Decision]:
    """The decisions at the window of a month, as the history tells them, with the draw the chain has of each."""
    first, last = _span(month)
    found = []
    for event in await Event.filter(verb="decide_at_window", at__gte=first, at__lt=last + LATE).order_by("id"):
        row = draws.get(event.task_id) if event.task_id else None
        if event.task_id is None or (row.detail["month"] if row else rules.month_of(local(event.at).date())) != month:
            continue
        detail = row.detail if row else {}
        found.append(Decision(event.task_id, detail.get("rate"), detail.get("number")))
    return found


async def _spots(month: str, draws: dict[UUID, Audit], decided: set[UUID]) -> dict[UUID, tuple[int, int]]:
    """The drawn inspections of these decisions, and those begun in the month for which nothing was drawn."""
    first, last = _span(month)
    spots = Inspection.filter(kind="spot")
    found = {row.task_id: (row.rate, row.draw) for row in await spots.filter(task_id__in=list(decided))}
    for row in await spots.filter(created_at__gte=first, created_at__lt=last):
        if row.task_id not in draws:
            found[row.task_id] = (row.rate, row.draw)
    return found


async def _faults(month: str, seed: str, digest: str, draws: Iterable[Audit]) -> list[str]:
    """Whether the secret is the one promised beforehand, and the chain that says so is whole."""
    faults = []
    if hashlib.sha256(bytes.fromhex(seed)).hexdigest() != digest:
        faults.append("种子和它的摘要对不上")
    promised = await Audit.filter(act="inspection.seed", subject=f"month:{month}").order_by("seq").first()
    if promised is None or promised.detail.get("digest") != digest:
        faults.append("审计里事先写下的摘要不是这个种子的")
    elif any(row.seq < promised.seq for row in draws if row.detail["month"] == month):
        faults.append("先抽了签，才写下种子的摘要")
    if (await audit.verify())[1] is not None:
        faults.append("审计记录断了，上面写的不能作数")
    return faults
