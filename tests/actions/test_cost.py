"""What handing a case in costs in statements, counted and never timed; and that what saves them is true."""

import asyncio
import logging
from copy import deepcopy

import pytest

from gateways.wake import Listener
from models.actions import acceptance, cases, outbox
from models.base import credentials, new_id, unit
from models.case import CaseItem, Clock
from models.catalogue import Item
from models.outbox import Notification
from models.reads import cases as reads
from models.reads import versions
from models.rules.dates import say
from tests import people

pytestmark = pytest.mark.database


class Counted(logging.Handler):
    """The statements Tortoise sends while it is open."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.statements: list[str] = []
        self._log = logging.getLogger("tortoise.db_client")

    def emit(self, record: logging.LogRecord) -> None:
        self.statements.append(record.getMessage()[:90])

    def __enter__(self) -> "Counted":
        self._log.addHandler(self)
        self._level = self._log.level
        self._log.setLevel(logging.DEBUG)
        return self

    def __exit__(self, *_: object) -> None:
        self._log.setLevel(self._level)
        self._log.removeHandler(self)


async def test_a_submit_takes_few_statements(db: str) -> None:
    li = await people.citizen()
    await people.submitted(li, "SJ01")  # the calendar and the versions are held afterwards
    id_ = await people.draft(li, "SJ03")
    with Counted() as verb:
        await cases.submit(li, id_)
    with Counted() as read:
        await reads.case(li, id_)
    assert 5 < len(verb.statements) <= 13, verb.statements
    assert 5 < len(read.statements) <= 9, read.statements


async def test_what_is_owed_is_heard_after_its_commit(db: str) -> None:
    """One statement writes the row and wakes the relay; a row that is rolled back wakes nobody."""

    async def owe(key: str, fails: bool) -> None:
        await outbox.put("desk", new_id(), "hall:0001", {"kind": "x"}, key)
        if fails:
            raise LookupError

    async with Listener(credentials(db), [outbox.WAKE]) as listener:
        heard = aiter(listener)
        with pytest.raises(LookupError):
            await unit(lambda: owe("lost", True))
        await unit(lambda: owe("kept", False))
        async with asyncio.timeout(5):
            assert await anext(heard) == (outbox.WAKE, "desk")
        assert len(await outbox.claim(["desk"], 10)) == 1


async def test_a_held_version_is_the_row_and_stays_as_it_is(db: str) -> None:
    li, wang = await people.citizen(), await people.clerk()
    id_ = await people.accepted(li, wang, "SJ03", "XF01")
    lines = await CaseItem.filter(case_id=id_).order_by("position")
    first = deepcopy(await versions.record(lines[:1]))
    assert first == (await Item.get(id=lines[0].item_id)).record
    whole = deepcopy(await versions.record(lines))
    await people.submitted(await people.citizen("样本", people.SUN_ID, "13800000002"), "SJ03", "XF01")
    await reads.case(wang, id_)
    assert await versions.record(lines) == whole and await versions.record(lines[:1]) == first


async def test_a_notice_says_the_day_of_the_clock_it_began(db: str) -> None:
    li, wang = await people.citizen(), await people.clerk()
    id_ = await people.submitted(li, "SJ03")
    answer = await Clock.get(case_id=id_, kind="acceptance")
    await cases.receive(wang, id_)
    await acceptance.accept(wang, id_)
    promise = await Clock.get(case_id=id_, kind="promise", task_id=None)
    due = {"case.submitted": answer, "case.received": answer, "case.accepted": promise}
    for row in await Notification.filter(case_id=id_):
        if "最晚" in (words := Notification.WORDS.open(row.id, row.words_sealed) or ""):
            assert say(due[row.kind].due_on) in words
