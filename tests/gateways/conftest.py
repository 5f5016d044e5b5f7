"""A sandbox and the three clients pointed at it."""

from collections.abc import AsyncIterator

import pytest_asyncio

from gateways.link import Limits
from gateways.sms import Sms
from gateways.tokenstore import MemoryTokens
from gateways.wechat import WeChat
from tests.sandbox_server import Sandbox, sandbox

__all__ = ["sandbox"]

#: The same shape as in production with less patience: enough for a busy machine, less than a test should wait.
QUICK = Limits(connect=2.0, read=1.5, total=3.0)


@pytest_asyncio.fixture(loop_scope="session")
async def wechat(sandbox: Sandbox) -> AsyncIterator[WeChat]:
    client = WeChat(sandbox.url, sandbox.settings.appid, sandbox.settings.secret, MemoryTokens(), limits=QUICK)
    yield client
    await client.close()


@pytest_asyncio.fixture(loop_scope="session")
async def sms(sandbox: Sandbox) -> AsyncIterator[Sms]:
    client = Sms(sandbox.sms_url, sandbox.settings.sms_key, limits=QUICK)
    yield client
    await client.close()
