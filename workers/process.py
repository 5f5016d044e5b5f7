"""One worker process: arq's functions and cron lines, and the relay beside them."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, suppress
from typing import Any
from urllib.parse import urlsplit

from gateways.departments import DepartmentClient
from gateways.sms import Sms
from gateways.staging import Staging
from models import seal
from models.base import credentials
from settings import Settings
from workers import jobs, senders
from workers.darkroom.pool import Darkroom
from workers.relay import Relay

Clients = Callable[[AsyncExitStack, Settings, str], Awaitable[dict[str, Any]]]


async def work(settings: Settings, clients: Clients) -> None:
    """The worker's half of the composition; `clients` opens what both halves reach out with."""
    async with AsyncExitStack() as stack:
        state = await clients(stack, settings, "yimen-worker")
        sms = Sms(settings.sms_base_url, settings.sms_key)
        stack.push_async_callback(sms.close)
        hosts = {urlsplit(link.url).netloc for link in settings.departments}
        departments = DepartmentClient(hosts, settings.department_networks)
        stack.push_async_callback(departments.close)
        darkroom = await stack.enter_async_context(Darkroom(children=2))
        listen = credentials(settings.database_url or "")
        staging = Staging(settings.var / "staging", seal.ring())
        own = {"sms": sms, "departments": departments, "darkroom": darkroom, "staging": staging}
        await serve({**state, **own}, listen)


async def serve(state: dict[str, Any], listen: dict[str, Any]) -> None:
    """Work until a signal or until Redis is gone (a supervisor starts the process again).

    state: redis, wechat, sms, departments, store, staging, darkroom. listen: connection arguments for LISTEN.
    """
    relay = Relay(
        listen,
        {
            "desk": senders.desk(state["redis"]),
            "wechat": senders.wechat(state["wechat"]),
            "sms": senders.sms(state["sms"]),
            "department": senders.department(state["departments"]),
        },
        {"wechat": senders.note_push, "sms": senders.note_text},
    )
    carrying = asyncio.create_task(relay.run())

    async def begin(context: dict[str, Any]) -> None:
        context.update({name: state[name] for name in ("store", "darkroom", "staging")})

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
