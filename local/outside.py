"""The sandbox beside the house: what it is told, and the key its department system shares with us."""

import json
import secrets
import sys
from dataclasses import replace

from local.show import write_private
from settings import DepartmentLink, Settings

DEPARTMENTS = ("XF",)  # the fire brigade has a system of its own


def with_departments(settings: Settings) -> Settings:
    """The settings with a link to each department system the sandbox plays; one data folder keeps its keys."""
    if settings.departments or not settings.brings_sandbox:
        return settings
    file = settings.var / "sandbox-keys.json"
    try:
        keys = dict(json.loads(file.read_text()))
    except (OSError, ValueError):
        keys = {}
    if set(keys) != set(DEPARTMENTS):
        keys = {code: secrets.token_hex(32) for code in DEPARTMENTS}
        write_private(file, keys)
    links = (
        DepartmentLink(code, f"{settings.sandbox_url}/departments/{code}/events", f"{code.lower()}-1", keys[code])
        for code in DEPARTMENTS
    )
    return replace(settings, departments=tuple(links))


def command(settings: Settings) -> list[str]:
    """The sandbox's words; its secrets go by the environment."""
    argv = [sys.executable, "-m", "sandbox", "--port", str(settings.sandbox_port)]
    argv += ["--push-url", f"{settings.address}/wechat/push", "--app-url", settings.address]
    argv += ["--department-api", settings.address, "--state", str(settings.var / "sandbox-phones.json")]
    for link in settings.departments:
        argv += ["--department", link.code]
    return argv
