"""Every arq function and cron line in one table. Jobs carry ids, are JSON, may run twice; the rows are the truth."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta, timezone
from typing import Any, cast

from arq import Worker, func
from arq.connections import ArqRedis
from arq.cron import cron
from arq.typing import StartupShutdown, WorkerCoroutine
from arq.worker import Function

from gateways.queue import decode as decode
from gateways.queue import encode as encode
from models.actions import attempts, codes, idempotency, inspections, outbox, sessions
from workers import alarms, hall_day, photos, slots, sweep

Startup = Callable[[dict[str, Any]], Awaitable[None]]


@dataclass(frozen=True)
class Job:
    """An arq function: `seconds` is its limit, `times` how often it is tried."""

    run: Callable[..., Awaitable[Any]]
    seconds: float
    times: int = 1


async def forget_keys(_: dict[str, Any]) -> int:
    """Drop what is kept for a time only: idempotency keys, tries, codes, refresh tokens, delivered messages."""
    return sum([await subject.forget_old() for subject in (idempotency, attempts, codes, sessions, outbox)])


JOBS = (Job(photos.check_photo, 20, 2),)
COUNTY_TIME = timezone(timedelta(hours=8))  # the hours of the lines below, wherever the machine stands
EVERY_5_SECONDS = set(range(0, 60, 5))
EVERY_LINE: dict[str, Any] = {"run_at_startup": True, "unique": True, "keep_result": 0, "timeout": 30}
CRON: tuple[tuple[Callable[[dict[str, Any]], Awaitable[Any]], dict[str, Any]], ...] = (
    (alarms.perform_due, {"second": EVERY_5_SECONDS}),
    (photos.sweep_photos, {"second": EVERY_5_SECONDS}),
    (photos.drop_deleted, {"minute": {10, 40}, "second": {0}}),
    (forget_keys, {"minute": {20}, "second": {0}}),
    (sweep.sweep_cases, {"hour": {2}, "minute": {30}, "second": {0}, "timeout": 300}),
    (slots.generate_slots, {"minute": {10}, "second": {0}, "timeout": 300}),  # hourly: seen soon after a county load
    (slots.offer_places, {"second": {30}}),
    (hall_day.close_day, {"hour": {20}, "minute": {0}, "second": {0}, "timeout": 300}),
    (inspections.prepare, {"minute": {5}, "second": {0}}),  # the secret of a new month, before its first draw
)


def functions() -> list[Function]:
    return [func(_coroutine(job.run), timeout=job.seconds, max_tries=job.times, keep_result=0) for job in JOBS]


def _coroutine(run: Callable[..., Awaitable[Any]]) -> WorkerCoroutine:
    return cast(WorkerCoroutine, run)


def worker(redis: ArqRedis, startup: Startup, shutdown: Startup) -> Worker:
    """The arq worker of this process. It ends when Redis goes away; the supervisor starts it again."""
    return Worker(
        functions(),
        redis_pool=redis,
        cron_jobs=[cron(_coroutine(run), **{**EVERY_LINE, **when}) for run, when in CRON],
        timezone=COUNTY_TIME,
        on_startup=cast(StartupShutdown, startup),
        on_shutdown=cast(StartupShutdown, shutdown),
        max_jobs=8,
        poll_delay=0.05,
        keep_result=0,
        job_timeout=30,
        health_check_interval=15,
        job_serializer=encode,
        job_deserializer=decode,
        handle_signals=True,
        log_results=False,
    )
