"""`main.py staff`: who works at the counters and in the departments; secrets are shown once and kept nowhere."""

from collections.abc import Awaitable, Callable

from local.show import Show
from models.actions import staff
from models.base import Refusal
from models.rules.secrets import token


async def perform(act: str, login: str, name: str, roles: list[str], department: str | None, hall: str | None) -> int:
    """add | disable | renew; returns the exit status."""
    if act == "add":
        return await add(login, name, roles, department, hall)
    if act in ("disable", "renew"):
        return await (disable if act == "disable" else renew)(login)
    Show().say("要做什么？请写 add、disable 或 renew", "bold red")
    return 2


async def add(login: str, name: str, roles: list[str], department: str | None, hall: str | None) -> int:
    """A new account; prints its first password and the secret for an authenticator."""
    password = token(12)

    async def act() -> str:
        _, secret = await staff.hire(login, name, roles, password, department=department, hall=hall)
        return f"{name}（{login}）可以登录了。{_once(password, secret)}"

    return await _say(act)


async def disable(login: str) -> int:
    """Close an account: its session ends with the next request."""

    async def act() -> str:
        await staff.disable(login)
        return f"{login} 已停用，下一次点击就会退出。"

    return await _say(act)


async def renew(login: str) -> int:
    """A new password and a new secret, when either was lost or seen."""
    password = token(12)

    async def act() -> str:
        return f"{login} 换好了。{_once(password, await staff.renew(login, password))}"

    return await _say(act)


def _once(password: str, secret: str) -> str:
    return f"下面两样只显示这一次：\n  密码　　　　{password}\n  验证器密钥　{secret}"


async def _say(act: Callable[[], Awaitable[str]]) -> int:
    """Say what was done, or why not; the exit status."""
    show = Show()
    try:
        show.say(await act())
    except Refusal as refusal:
        show.say(refusal.words, "bold red")
        return 1
    return 0
