"""The rush for places: 200 clients, 5,000 requests, 100 places, beside pgbench with the same SQL (issue 4, R54).

A PostgreSQL of its own with the settings of `make run` (fsync on), thrown away afterwards. Every client is an asyncio
task that books again as soon as it is answered, every request another citizen, all for one slot: the hardest case. The
pool is the API's (DB_POOL). Exactly 100 must be booked and all others refused `slot_full`, else the run breaks off.

How to read it. "requests" are all 5,000; "bookings" are the 100, over the seconds until the last place was gone. The
latency counts the line before the pool, so with 200 clients it is about 200 / (requests a second). Who stood in that
line for 3 s is told 503 by the API and asks again at once: one request, its latency to the last answer.

The peer is pgbench with as many connections as the pool: the guarded UPDATE, and where it took a place the very rows of
one real booking in the same transaction. It asks no rule, reads nothing, seals nothing and has no Python: its figure is
what the database could do at most here, and the ratio (ours / pgbench, both of the same run) says how much of that a
booking gets. Only the ratio may be compared between machines. pgbench's bookings are a run of their own in which every
request finds room; its latency has no line before a pool.
"""

import asyncio
import base64
import secrets
import shutil
import tempfile
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from datetime import time as clock_time
from pathlib import Path
from statistics import median
from uuid import UUID

from stdnum.iso7064 import mod_11_2

from bench import pgbench
from bench.figures import Figure, middle, percentile
from bench.machine import machine
from local.postgres import Postgres
from models import base, schema, seal
from models.actions import appointments, load
from models.actions.appointments import Wish
from models.appointment import Slot
from models.base import SHANGHAI, Refusal, new_id, today
from models.people import Account
from models.reads import calendar
from models.reads.bookable import find_line
from models.rules.permits import Actor
from settings import read

COUNTY = Path(__file__).parent.parent / "county"
HALL, ITEM = "0001", "RS01"
CLIENTS, REQUESTS, PLACES = 200, 5000, 100
TABLES = ("appointment", "place", "hall_event", "notification", "outbox", "alarm")  # in the order they are written
EMPTY = f"TRUNCATE {', '.join(TABLES)}, line, slot CASCADE"


@dataclass(frozen=True)
class Rush:
    """One round of ours: seconds of each request, of the whole, and until the last place was gone; how often
    the pool had no connection in time."""

    each: list[float]
    whole: float
    full: float
    busy: int


def _ring() -> seal.Keyring:
    def secret() -> str:
        return base64.b64encode(secrets.token_bytes(32)).decode()

    kinds = {name: secret() for name in ("index", "audit", "token", "link")}
    return seal.keyring({"current": "b1", "keys": {"b1": {"alg": "aes", "secret": secret()}}, **kinds})


def _id_number(n: int) -> str:
    body = f"440229{1960 + n // 500}0315{n % 500 * 2:03d}"
    return body + str(mod_11_2.calc_check_digit(body))


async def _citizens(count: int) -> list[Actor]:
    """Citizens with checked names, no two the same person."""
    made = []
    for n in range(count):
        id_, own, phone = new_id(), _id_number(n), f"138{n:08d}"
        made.append(
            Account(
                id=id_, assurance="name", name_sealed=Account.NAME.seal(id_, "李秀英"),
                id_number_sealed=Account.ID_NUMBER.seal(id_, own), id_number_index=Account.ID_NUMBER.blind(own),
                phone_sealed=Account.PHONE.seal(id_, phone), phone_index=Account.PHONE.blind(phone),
            )
        )  # fmt: skip
    await Account.bulk_create(made, batch_size=500)
    return [Actor("citizen", id=row.id, assurance="name") for row in made]


async def _slot() -> Slot:
    """An empty calendar but for one slot with every place, two working days ahead."""
    await base.script(EMPTY)
    line = await find_line(HALL, ITEM, "hall")
    if line is None:
        raise SystemExit(f"the county's hall {HALL} has no line for {ITEM}")
    day = (await calendar.clock()).calendar.add_working(today(), 2)
    begins = datetime.combine(day, clock_time(9), SHANGHAI)
    return await Slot.create(
        hall_id=HALL, kind="hall", group_code=line.group, day=day, starts_at=begins,
        ends_at=begins + timedelta(minutes=line.minutes), capacity=PLACES,
    )  # fmt: skip


async def _ask(actor: Actor, slot_id: UUID) -> bool | None:
    """Booked, or refused because the slot is full; None: the pool had nothing in time, which the API answers as 503."""
    try:
        await appointments.book(actor, Wish(slot_id, ITEM))
    except TimeoutError:
        return None
    except Refusal as refusal:
        if refusal.code != "slot_full":
            raise
        return False
    return True


async def _rush(citizens: list[Actor], slot_id: UUID) -> Rush:
    each: list[float] = []
    booked: list[float] = []
    busy: list[Actor] = []
    waiting = iter(citizens)
    began = time.perf_counter()

    async def client() -> None:
        for actor in waiting:
            asked = time.perf_counter()
            while (got := await _ask(actor, slot_id)) is None:
                busy.append(actor)
            if got:
                booked.append(time.perf_counter() - began)
            each.append(time.perf_counter() - asked)

    await asyncio.gather(*(client() for _ in range(CLIENTS)))
    whole = time.perf_counter() - began
    await _counted(slot_id, len(booked))
    if len(each) != len(citizens):
        raise SystemExit(f"{len(each)} of {len(citizens)} requests were answered")
    return Rush(each, whole, max(booked), len(busy))


async def _counted(slot_id: UUID, booked: int) -> None:
    """Every place is sold once: the answers, the counter and the rows agree."""
    found = await base.rows(
        "SELECT used, (SELECT count(*) FROM place WHERE slot_id = $1) AS places, "
        "(SELECT count(*) FROM appointment WHERE state = 'booked') AS people FROM slot WHERE id = $1",
        slot_id,
    )
    if {booked, *found[0].values()} != {PLACES}:
        raise SystemExit(f"{PLACES} places: {booked} were told so, {found[0]}")


async def _script(citizen: Actor) -> str:
    """The rows one real booking writes, as text for pgbench; the booking is undone by the next `_slot`."""
    slot = await _slot()
    await appointments.book(citizen, Wish(slot.id, ITEM))
    return "".join([await pgbench.copies(table) for table in TABLES])


async def _peer(url: str, rows: str, pool: int, requests: int) -> pgbench.Peer:
    slot = await _slot()
    written = rows.format(slot=slot.id)
    script = pgbench.TAKE.format(slot=slot.id, hall=HALL, day=slot.day, rows=written)
    ran = await asyncio.to_thread(pgbench.run, url, script, pool, requests)
    await _counted(slot.id, PLACES)
    return ran


async def _work(url: str, pool: int, rounds: int) -> list[Figure]:
    seal.use(_ring())
    await schema.migrate(url)
    await base.connect(url, pool=pool, name="yimen-bench")
    try:
        await load.load(COUNTY, lambda _: None, False)
        calendar.forget()
        citizens = await _citizens(REQUESTS)
        rows = await _script(citizens[0])  # caches are warm afterwards
        ours, peers, sold = [], [], []
        for _ in range(rounds):  # turn by turn: a busy minute of the machine meets both
            ours.append(await _rush(citizens, (await _slot()).id))
            peers.append(await _peer(url, rows, pool, REQUESTS))
            sold.append(await _peer(url, rows, pool, PLACES))
            print(f"  a round took {ours[-1].whole:.0f} s, pgbench {peers[-1].speed:.0f} /s", flush=True)
    finally:
        await base.disconnect()
    return figures(ours, peers, sold, pool)


def figures(ours: list[Rush], peers: list[pgbench.Peer], sold: list[pgbench.Peer], pool: int) -> list[Figure]:
    """The lines of the table; rounds are compared one by one."""
    requests, bookings = [REQUESTS / one.whole for one in ours], [PLACES / one.full for one in ours]
    limit, top = [one.speed for one in peers], [one.speed for one in sold]
    each, theirs = [s for one in ours for s in one.each], [s for one in peers for s in one.each]

    def rate(name: str, found: list[float], unit: str = "/s") -> Figure:
        return Figure(f"{name}, median", median(found), unit, None, len(found))

    def ratio(name: str, own: list[float], other: list[float]) -> Figure:
        return rate(name, [a / b * 100 for a, b in zip(own, other, strict=True)], "%")

    who, peer = f"{CLIENTS} clients, {PLACES} places", f"pgbench, {pool} connections"
    busy = [float(one.busy) for one in ours]
    return [
        rate(f"{who}: requests", requests), rate("  bookings until full", bookings),
        rate("  asked again after 503, in a round", busy, ""),
        middle("  a request, its line before the pool counted", each),
        percentile("  a request, its line before the pool counted", each, 0.99),
        rate(f"{peer}: requests", limit), rate("  bookings", top),
        middle("  a transaction", theirs), percentile("  a transaction", theirs, 0.99),
        ratio("ours of pgbench's, requests", requests, limit), ratio("ours of pgbench's, bookings", bookings, top),
    ]  # fmt: skip


def measure(rounds: int) -> list[Figure]:
    """The figures, from a server and a folder of their own."""
    pool = read({}).db_pool
    folder = Path(tempfile.mkdtemp(prefix="yimen-booking-"))
    postgres = Postgres(folder / "pg")
    try:
        postgres.start()
        print(f"{machine()}\n  {rounds} rounds of {REQUESTS:,} requests, pool {pool} …", flush=True)
        return asyncio.run(_work(postgres.url, pool, rounds))
    finally:
        postgres.stop()
        shutil.rmtree(folder, ignore_errors=True)
