"""The API's half of the composition: the application with its clients, and the server it runs in."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import uvicorn
from starlette.applications import Starlette

from api import app
from api.live import Live
from gateways.staging import Staging
from gateways.verifier import FormVerifier
from models import seal
from settings import Settings

Clients = Callable[[AsyncExitStack, Settings, str], Awaitable[dict[str, Any]]]


def application(settings: Settings, clients: Clients) -> Starlette:
    """The web application; `clients` opens what both halves reach out with, in its lifespan."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[dict[str, Any]]:
        async with AsyncExitStack() as stack:
            state = await clients(stack, settings, "yimen-api")
            live = Live(state["redis"])
            listening = asyncio.create_task(live.run())
            stack.callback(listening.cancel)
            staging = Staging(settings.var / "staging", seal.ring())
            yield {**state, "live": live, "staging": staging, "verifier": FormVerifier()}

    hosts = {urlsplit(settings.public_url).hostname, urlsplit(settings.address).hostname, "localhost", "127.0.0.1"}
    return app.build(lifespan, [host for host in hosts if host])


def serve(application: Starlette, settings: Settings) -> None:
    """Answer until a signal comes: no request log of uvicorn's, forwarded headers from listed proxies, 10 s to end.

    uvicorn brings its own event loop, uvloop where there is one: a third of the processor time of a request less.
    """
    config = uvicorn.Config(
        application,
        host=settings.host,
        port=settings.port,
        access_log=False,
        log_level="warning",
        timeout_graceful_shutdown=10,
        proxy_headers=bool(settings.proxies),
        forwarded_allow_ips=list(settings.proxies),
        server_header=False,
    )
    uvicorn.Server(config).run()
