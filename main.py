"""一门: composition root and command line. Reads the settings, opens the clients, builds the app and the worker."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import typer
import uvicorn
from arq.connections import ArqRedis
from redis.asyncio import ConnectionPool
from starlette.applications import Starlette

import settings as environment
from api import app as web
from api.live import Live
from gateways.departments import DepartmentClient
from gateways.sms import Sms
from gateways.staging import Staging
from gateways.store import Store
from gateways.tokenstore import RedisTokens
from gateways.verifier import FormVerifier
from gateways.wechat import WeChat
from local import county, keyfile, logs, outside
from local.process import LocalError
from local.run import run as run_house
from local.servers import servers
from models import base, schema, seal
from settings import SettingError, Settings
from workers import jobs, process
from workers.darkroom.pool import Darkroom

cli = typer.Typer(add_completion=False, no_args_is_help=True, help="一门：一县一门一网")


async def clients(stack: AsyncExitStack, settings: Settings, name: str) -> dict[str, Any]:
    """What both processes reach out with, closed in reverse order."""
    seal.use(seal.keyring(keyfile.ensure(settings)))
    await base.connect(settings.database_url or "", pool=settings.db_pool, name=name)
    stack.push_async_callback(base.disconnect)
    pool = ConnectionPool.from_url(settings.redis_url or "", max_connections=settings.redis_pool)
    redis = ArqRedis(pool, job_serializer=jobs.encode, job_deserializer=jobs.decode)
    stack.push_async_callback(redis.aclose)
    tokens = RedisTokens(redis, settings.wechat_appid, settings.wechat_secret)
    wechat = WeChat(settings.wechat_base_url, settings.wechat_appid, settings.wechat_secret, tokens)
    stack.push_async_callback(wechat.close)
    store = Store(settings.store_url, seal.ring())
    return {"settings": settings, "redis": redis, "jobs": redis, "wechat": wechat, "store": store}


def application(settings: Settings) -> Starlette:
    """The web application, its clients opened in the lifespan and handed down."""

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
    return web.build(lifespan, [host for host in hosts if host])


async def work(settings: Settings) -> None:
    """The worker process: arq's functions and cron lines, and the relay beside them."""
    async with AsyncExitStack() as stack:
        state = await clients(stack, settings, "yimen-worker")
        sms = Sms(settings.sms_base_url, settings.sms_key)
        stack.push_async_callback(sms.close)
        departments = DepartmentClient({urlsplit(link.url).netloc for link in settings.departments})
        stack.push_async_callback(departments.close)
        darkroom = await stack.enter_async_context(Darkroom(children=2))
        listen = base.credentials(settings.database_url or "")
        await process.serve({**state, "sms": sms, "departments": departments, "darkroom": darkroom}, listen)


def read_settings() -> Settings:
    return outside.with_departments(environment.here())


def _inside(body: Callable[[Settings], Coroutine[Any, Any, int]]) -> None:
    """Run one command with its servers and end with its status."""
    try:
        with servers(read_settings()) as settings:
            status = asyncio.run(body(settings))
    except (SettingError, LocalError) as error:
        status = _say(error)
    sys.exit(status)


def _say(error: Exception) -> int:
    typer.echo(str(error), err=True)
    return 1


@cli.command()
def run() -> None:
    """在这台机器上启动整个一门。"""
    try:
        status = run_house(read_settings())
    except SettingError as error:
        status = _say(error)
    sys.exit(status)


@cli.command()
def api() -> None:
    """只启动接口和工作台。"""

    async def body(settings: Settings) -> int:
        await uvicorn.Server(logs.uvicorn_config(application(settings), settings)).serve()
        return 0

    _inside(body)


@cli.command()
def worker() -> None:
    """只启动后台（投递、照片、时限）。"""

    async def body(settings: Settings) -> int:
        logs.configure()
        await work(settings)
        return 0

    _inside(body)


@cli.command()
def migrate() -> None:
    """把数据库改到现在的结构。"""

    async def body(settings: Settings) -> int:
        await schema.migrate(settings.database_url or "", lambda name: typer.echo(f"  {name}"))
        return 0

    _inside(body)


@cli.command()
def load(
    folder: Annotated[Path | None, typer.Argument(help="县的数据目录，不写就用 county/")] = None,
    if_changed: Annotated[bool, typer.Option(help="没有变化就跳过")] = False,
) -> None:
    """载入县的数据；有错的逐行指出，一行也不载入。"""

    async def body(settings: Settings) -> int:
        async with AsyncExitStack() as stack:
            await clients(stack, settings, "yimen-load")
            return await county.load(settings, folder or settings.county, if_changed)

    _inside(body)


@cli.command()
def check() -> None:
    """检查设置、服务器、密钥和审计记录。"""

    async def body(settings: Settings) -> int:
        async with AsyncExitStack() as stack:
            state = await clients(stack, settings, "yimen-check")
            return await county.check(state["redis"])

    _inside(body)


if __name__ == "__main__":
    cli()
