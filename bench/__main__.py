"""`make bench`: one table of what is promised about speed and size, measured in a house started for it.

`python -m bench [--messages 120] [--submits 60] [--photographs 20] [--restarts 5]` a running house, then the rush;
`python -m bench million [--cases 1000000]` the supervision board over a million open cases (make bench ARGS=million);
`python -m bench booking [--rushes 3]` only that: 200 clients on 100 places beside pgbench (make bench ARGS=booking).
Medians; the machine is named.
No time passes or fails: a busy machine gives poor figures, and its load is in the first line. A place sold twice does.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path

from bench import booking, rounds, supervision
from bench.figures import HEAD, Figure, middle, percentile
from bench.house import House, house
from bench.machine import children, held, machine, most
from local import keyfile
from local.servers import Servers
from models import base, seal
from tests.walks.journey import pictures

SETTLED = 10.0  # seconds without work until a process counts as idle


def say(words: str) -> None:
    print(words, flush=True)


def memory(made: House, when: str) -> list[Figure]:
    api, worker = made.pid("api"), made.pid("worker")
    (api_rss, api_pss), (worker_rss, worker_pss) = held(api), held(worker)
    room = [held(pid) for pid in children(worker)]
    return [
        Figure(f"idle memory of API + worker, RSS, {when}", api_rss + worker_rss, "MB", 250),
        Figure("  the same as PSS (shared pages counted once)", api_pss + worker_pss, "MB"),
        Figure(f"  the {len(room)} darkroom children beside them, PSS", sum(pss for _, pss in room), "MB"),
    ]


async def work(made: House, ask: argparse.Namespace, folder: Path) -> list[Figure]:
    """All rounds in one running house."""
    settings = made.settings
    seal.use(seal.keyring(keyfile.ensure(settings)))
    await base.connect(Servers(settings).settings.database_url or "", pool=10, name="yimen-bench")
    try:
        version = (await base.rows("SHOW server_version"))[0]["server_version"]
        say(f"{machine()}, PostgreSQL {version}")
        await asyncio.to_thread(rounds.look_around, made.run)
        say("  submits …")
        http, stood, inside = await rounds.submits(made.run, made.pid("api"), ask.submits)
        say("  messages …")
        quiet, burst = await rounds.pushes(made.run, ask.messages)
        say("  photographs …")
        shots = await rounds.photographs(made.run, pictures(folder, 4), ask.photographs)
    finally:
        await base.disconnect()
    room = [most(pid) for pid in children(made.pid("worker"))]
    return [
        middle("commit to push at the phone", quiet, 100),
        percentile("commit to push at the phone", quiet, 0.99, 1000),
        middle("  ten commits at a time", burst),
        percentile("  ten commits at a time", burst, 0.99, 1000),
        middle("submit with 6 ready photographs, over HTTP", http, 15),
        percentile("submit with 6 ready photographs, over HTTP", http, 0.99),
        middle("  of it the API standing in line for a processor", stood),
        middle("  the verb alone, in process", inside, 15),
        middle("12 MP JPEG, last byte to ready", shots, 600),
        percentile("12 MP JPEG, last byte to ready", shots, 0.99),
        Figure("largest darkroom child, RSS at its highest", max(room), "MB", 200, len(room)),
    ]


def main() -> int:
    ask = argparse.ArgumentParser(prog="python -m bench", description="how fast and how small")
    ask.add_argument("what", nargs="?", choices=("house", "million", "booking"), default="house")
    ask.add_argument("--cases", type=int, default=1_000_000)
    for name, count in (("messages", 120), ("submits", 60), ("photographs", 20), ("restarts", 5), ("rushes", 3)):
        ask.add_argument(f"--{name}", type=int, default=count)
    given = ask.parse_args()
    if given.what == "million":
        return show(supervision.measure(given.cases))
    if given.what == "booking":
        return show(booking.measure(given.rushes))
    with house() as made, tempfile.TemporaryDirectory() as folder:
        say("starting a house …")
        first = made.start()
        time.sleep(SETTLED)
        found = memory(made, "after the start")
        found += asyncio.run(work(made, given, Path(folder)))
        time.sleep(SETTLED)
        found += memory(made, "after all this work")
        say("  restarts …")
        again = []
        for _ in range(given.restarts):
            made.stop()
            again.append(made.start())
        found += [middle("restart until ready", again, 5000), middle("  the first start, on an empty folder", [first])]
    return show(found + booking.measure(given.rushes))  # the house is gone: it would share the processors


def show(found: list[Figure]) -> int:
    """The table."""
    say(f"\n{HEAD}")
    for figure in found:
        say(figure.line())
    say(f"\n{machine()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
