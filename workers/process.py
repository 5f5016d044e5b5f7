"""One worker process: arq's functions and cron lines, and the relay beside them."""

import asyncio
from contextlib import suppress
from typing import Any

from workers import jobs, senders
from workers.relay import Relay


async def serve(state: dict[str, Any], listen: dict[str, Any]) -> None:
    """Work until a signal or until Redis is gone (a supervisor starts the process again).

    state: redis, wechat, sms, departments, store, darkroom. listen: connection arguments for LISTEN.
    """
    relay = Relay(
        listen,
        {
            "desk": senders.desk(state["redis"]),
            "wechat": senders.wechat(state["wechat"]),
            "sms": senders.sms(state["sms"]),
            "department": senders.department(state["departments"]),
        },
        {"wechat": senders.note_push},
    )
    carrying = asyncio.create_task(relay.run())

    async def begin(context: dict[str, Any]) -> None:
        context.update(store=state["store"], darkroom=state["darkroom"])

    async def end(_: dict[str, Any]) -> None:
        await relay.stop()

    worker = jobs.worker(state["redis"], begin, end)
    working = asyncio.create_task(worker.async_run())
    try:
        done, _ = await asyncio.wait({carrying, working}, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        carrying.cancel()
        with suppress(asyncio.CancelledError):
            await carrying
        with suppress(Exception):
            await worker.close()
