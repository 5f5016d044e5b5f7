"""`main.py load` and `main.py check`: the county's files into the tables, people for a first look, is all in order."""

import json
from pathlib import Path
from typing import Any

from redis.asyncio import Redis

from local.show import Show, write_private
from models.actions import audit, department_systems, staff
from models.actions import load as loading
from models.base import Refusal, rows
from models.people import Staff
from models.rules.secrets import token
from settings import Settings

WORDS = {
    "clerk": "窗口收件", "delegate": "窗口受委托决定", "handler": "部门审查", "section_head": "股室负责人",
    "approver": "部门决定", "supervisor": "督办", "county_head": "县政府负责人",
}  # fmt: skip


async def load(settings: Settings, folder: Path, if_changed: bool) -> int:
    """Load a folder; every problem is said with its file, line and cure. Returns the exit status."""
    show = Show()
    try:
        report = await loading.load(folder, lambda row: show.say(f"  {row.words}"), if_changed, show.say)
    except Refusal as refusal:
        show.say(refusal.words, "bold red")
        for error in refusal.errors:
            show.say(f"  {error['pointer']}  {error['detail']}")
        return 1
    show.say(report.words)
    for warning in report.warnings:
        show.say(warning, "yellow")
    await _people(settings, folder, report.skipped)
    return 0


async def _people(settings: Settings, folder: Path, unchanged: bool) -> None:
    """The demo staff with random secrets, written down once; and the links to departments' own systems."""
    for link in settings.departments:
        await department_systems.register(link.code, link.url, link.key_id, link.key)
    if not settings.demo:
        return
    file = settings.var / "demo-accounts.json"
    known: list[dict[str, Any]] = json.loads(file.read_text()) if file.exists() else []
    there = set(await Staff.all().values_list("login", flat=True)) & {entry["login"] for entry in known}
    if unchanged and known and len(there) == len(known):
        return  # reading the whole folder once more would cost a second
    kept = [entry for entry in known if entry["login"] in there]
    for account in await loading.accounts(folder):
        if account["login"] not in there:
            await Staff.filter(login=account["login"]).delete()
            kept.append(await _hire(account))
    write_private(file, kept)


async def _hire(account: dict[str, Any]) -> dict[str, Any]:
    password = token(9)
    _, secret = await staff.hire(
        account["login"], account["name"], account["roles"], password,
        department=account["department"], hall=account["hall"],
    )  # fmt: skip
    role = "、".join(WORDS.get(role, role) for role in account["roles"])
    return {
        "login": account["login"],
        "password": password,
        "totp_secret": secret,
        "role": role,
        "name": account["name"],
    }


async def check(redis: Redis) -> int:
    """Do the database, Redis and the audit chain answer? Returns the exit status."""
    show = Show()
    await rows("SELECT 1")
    await redis.ping()
    held, broken = await audit.verify()
    if broken is not None:
        show.say(f"审计记录从第 {broken} 条起对不上，请马上报告。", "bold red")
        return 1
    show.say(f"设置、数据库、Redis、密钥都好用。审计记录 {held} 条，完整。")
    return 0
