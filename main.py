"""一门: composition root and command line. Each command reads in its own half of the house, so that none is heavy."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer

from gateways import queue
from gateways.store import Store
from gateways.tokenstore import RedisTokens
from gateways.wechat import WeChat
from local import keyfile, logs, outside
from local.process import LocalError
from local.servers import servers
from models import base, schema, seal
from settings import SettingError, Settings, here

LOCAL = ("clock", "county", "flow", "inspection", "run", "staff", "sweep")
HALVES = {"api": "api.serve", "worker": "workers.process", **{name: f"local.{name}" for name in LOCAL}}
cli = typer.Typer(add_completion=False, no_args_is_help=True, help="一门：一县一门一网")


def half(name: str) -> Any:
    """The module of HALVES that a command is about, read in when the command is given."""
    return import_module(HALVES[name])


async def clients(stack: AsyncExitStack, settings: Settings, name: str) -> dict[str, Any]:
    """What both halves reach out with, closed in reverse order."""
    seal.use(seal.keyring(keyfile.ensure(settings)))
    await base.connect(settings.database_url or "", pool=settings.db_pool, name=name)
    stack.push_async_callback(base.disconnect)
    redis = queue.connect(settings.redis_url or "", settings.redis_pool)
    stack.push_async_callback(redis.aclose)
    tokens = RedisTokens(redis, settings.wechat_appid, settings.wechat_secret)
    wechat = WeChat(settings.wechat_base_url, settings.wechat_appid, settings.wechat_secret, tokens)
    stack.push_async_callback(wechat.close)
    held = {"redis": redis, "jobs": redis, "wechat": wechat, "store": Store(settings.store_url, seal.ring())}
    return {"settings": settings, **held}


def _inside(body: Callable[[Settings], int | None]) -> None:
    """Run one command with its servers and end with its status (None: all is well)."""
    try:
        with servers(outside.with_departments(here())) as settings:
            sys.exit(body(settings))
    except (SettingError, LocalError) as error:
        sys.exit(str(error))


@cli.command()
def run() -> None:
    """在这台机器上启动整个一门。"""
    try:
        sys.exit(half("run").run(outside.with_departments(here())))
    except SettingError as error:
        sys.exit(str(error))


@cli.command()
def api() -> None:
    """只启动接口和工作台。"""
    web = half("api")  # read in before the servers are waited for
    logs.configure()
    _inside(lambda settings: web.serve(web.application(settings, clients), settings))


@cli.command()
def worker() -> None:
    """只启动后台（投递、照片、时限）。"""
    back = half("worker")
    logs.configure()
    _inside(lambda settings: asyncio.run(back.work(settings, clients)))


@cli.command()
def migrate() -> None:
    """把数据库改到现在的结构。"""
    _inside(lambda settings: asyncio.run(schema.migrate(settings.database_url or "", lambda n: typer.echo(f"  {n}"))))


def _reach(name: str, body: Callable[[Settings, dict[str, Any]], Awaitable[int]]) -> None:
    """Run a command that reaches out with `clients`."""

    async def whole(settings: Settings) -> int:
        async with AsyncExitStack() as stack:
            return await body(settings, await clients(stack, settings, f"yimen-{name}"))

    _inside(lambda settings: asyncio.run(whole(settings)))


@cli.command()
def load(
    folder: Annotated[Path | None, typer.Argument(help="县的数据目录，不写就用 county/")] = None,
    if_changed: Annotated[bool, typer.Option(help="没有变化就跳过")] = False,
) -> None:
    """载入县的数据；有错的逐行指出，一行也不载入。"""
    _reach("load", lambda settings, _: half("county").load(settings, folder or settings.county, if_changed))


@cli.command()
def staff(
    act: Annotated[str, typer.Argument(help="add 新增 | disable 停用 | renew 换密码和密钥")],
    login: str,
    name: str = "",
    role: Annotated[list[str] | None, typer.Option(help="clerk handler approver supervisor，可写几次")] = None,
    department: Annotated[str | None, typer.Option(help="部门代码，如 SJ")] = None,
    hall: Annotated[str | None, typer.Option(help="大厅代码，如 0001")] = None,
) -> None:
    """工作人员的账号：新增、停用、换密码。"""
    _reach("staff", lambda *_: half("staff").perform(act, login, name, role or [], department, hall))


@cli.command(add_help_option=False, context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def clock(rest: typer.Context) -> None:
    """一个时限怎么算、到哪天为止：clock explain --received 2026-02-13T16:30 --limit 20wd。"""
    sys.exit(half("clock").perform(rest.args))


@cli.command()
def flow(svg: Annotated[Path | None, typer.Option(help="画成图存到这里，旁边存同名的 .md")] = None) -> None:
    """状态表：每一步从哪到哪、谁能办、哪些期限、告诉谁。"""
    half("flow").show(svg)


@cli.command()
def inspections(month: str) -> None:
    """某个月的随机抽查重抽一遍，看是不是抽中的都查了：inspections 2026-11。"""
    _reach("inspections", lambda *_: half("inspection").perform(month))


@cli.command()
def sweep() -> None:
    """有没有没人接、或没有下一个期限的办件；有就逐件列出。"""
    _reach("sweep", lambda *_: half("sweep").perform())


@cli.command()
def check() -> None:
    """检查设置、服务器、密钥和审计记录。"""
    _reach("check", lambda _, state: half("county").check(state["redis"]))


if __name__ == "__main__":
    cli()
