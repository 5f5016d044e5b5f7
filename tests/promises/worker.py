"""A real worker process with its leases shortened, and with one promise broken where a test asks for it.

python -m tests.promises.worker --lease 1.5 --sabotage redis_only
"""

import argparse
import asyncio

import settings as environment
from local import logs
from main import clients
from models.actions import outbox, uploads
from models.actions.outbox import Owed
from workers import alarms, jobs, photos, process


def break_(sabotage: str) -> None:
    """Break one promise in this process, so that its test can be seen to fail."""
    if sabotage == "redis_only":  # work that only the queue knows of is lost with the queue

        async def nothing(topics: list[str], most: int = 1) -> list[Owed]:
            return []

        outbox.claim = nothing
        jobs.CRON = tuple(line for line in jobs.CRON if line[0] not in (photos.sweep_photos, alarms.perform_due))
    elif sabotage:
        raise SystemExit(f"no sabotage {sabotage}")


def main() -> None:
    ask = argparse.ArgumentParser()
    ask.add_argument("--lease", type=float, default=15.0)
    ask.add_argument("--sabotage", default="")
    given = ask.parse_args()
    outbox.LEASE_SECONDS = uploads.LEASE_SECONDS = given.lease
    break_(given.sabotage)
    logs.configure()
    asyncio.run(process.work(environment.here(), clients))


if __name__ == "__main__":
    main()
