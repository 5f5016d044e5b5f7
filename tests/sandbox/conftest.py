"""The sandbox fixture, and an open HTTP client to it."""

from collections.abc import Iterator

import httpx
import pytest

from tests.sandbox_server import Sandbox, sandbox

__all__ = ["sandbox"]


@pytest.fixture
def http(sandbox: Sandbox) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=sandbox.url, timeout=5, trust_env=False) as client:
        yield client
