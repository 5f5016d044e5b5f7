"""Due alarms: found by a partial index, performed once, kept as history."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from models.base import execute, now, rows, unit

WAIT = timedelta(minutes=5)
PERSON = """SELECT pg_advisory_xact_lock(p.person_no) FROM appointment p JOIN alarm a ON a.subject_id = p.id
    AND a.machine = 'appointment' WHERE a.id = $1"""


@dataclass(frozen=True)
class Due:
    """An alarm whose time has come: a verb of a sheet, about a case or something of it, or about a hall's day."""

    id: UUID
    of_case: UUID | None
    machine: str
    subject_id: UUID | None
    clock_id: UUID | None
    verb: str

    @property
    def case_id(self) -> UUID:
        """The case, of an alarm that is about one."""
        if self.of_case is None:
            raise ValueError(f"{self.machine}.{self.verb} is not of a case")
        return self.of_case


async def due(most: int) -> list[Due]:
    """What is due now, oldest first; by our clock, which tests may turn."""
    found = await rows(
        "SELECT id, case_id AS of_case, machine, subject_id, clock_id, verb FROM alarm "
        "WHERE done_at IS NULL AND due_at <= $1 ORDER BY due_at, id LIMIT $2",
        now(), most,
    )  # fmt: skip
    return [Due(**row) for row in found]


async def perform(alarm: UUID, act: Callable[[], Awaitable[None]]) -> None:
    """Take the alarm and act in one transaction; a second worker finds it taken and does nothing.

    The case, or the person of an appointment, is locked first, as every verb does: whoever acts this second is waited
    for.
    """

    async def body() -> None:
        await rows("SELECT c.id FROM cases c JOIN alarm a ON a.case_id = c.id WHERE a.id = $1 FOR UPDATE OF c", alarm)
        await rows(PERSON, alarm)
        taken = await rows("SELECT id FROM alarm WHERE id = $1 AND done_at IS NULL FOR UPDATE SKIP LOCKED", alarm)
        if taken:
            await spent(alarm)
            await act()

    await unit(body)


async def spent(alarm: UUID, why: str = "") -> None:
    """The alarm has been acted on, or is no longer needed."""
    await execute("UPDATE alarm SET done_at = $2, last_error = $3 WHERE id = $1 AND done_at IS NULL", alarm, now(), why)


async def failed(alarm: UUID, why: str) -> None:
    """Something of ours went wrong: tried again in five minutes."""
    await execute(
        "UPDATE alarm SET due_at = $2, attempts = attempts + 1, last_error = $3 WHERE id = $1", alarm, now() + WAIT, why
    )
