"""`python -m sandbox`: starts, refuses bad settings in words, says nothing secret, forgets all but the phones."""

import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.sandbox_server import free_port

HOME = Path(__file__).parent.parent.parent
ENV = {
    "WECHAT_APPID": "wx5a4db0c5a4db0c01",
    "WECHAT_SECRET": secrets.token_hex(16),
    "WECHAT_PUSH_TOKEN": secrets.token_hex(8),
    "WECHAT_PUSH_AES_KEY": secrets.token_hex(22)[:43],
    "SMS_KEY": secrets.token_hex(16),
    "DEPARTMENT_XF_KEY": secrets.token_hex(16),
}


def start(*flags: str, **env: str) -> subprocess.Popen[str]:
    base = {k: v for k, v in os.environ.items() if k not in ENV}
    return subprocess.Popen(
        [sys.executable, "-m", "sandbox", *flags],
        cwd=HOME, env=base | env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip


def ready(port: int) -> httpx.Client:
    client = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=5, trust_env=False)
    end = time.monotonic() + 15
    while time.monotonic() < end:
        try:
            if client.get("/healthz").is_success:
                return client
        except httpx.HTTPError:
            time.sleep(0.05)
    raise AssertionError("the sandbox did not start")


def written_down(file: Path, words: str) -> None:
    """Wait until the file holds the words: phones are kept a moment after they change."""
    end = time.monotonic() + 10
    while not (file.exists() and words in file.read_text(encoding="utf-8")):
        assert time.monotonic() < end, f"{words} was not written down"
        time.sleep(0.02)


@pytest.fixture
def port() -> Iterator[int]:
    yield free_port()


def test_phones_survive_a_restart(port: int, tmp_path: Path) -> None:
    flags = ("--port", str(port), "--department", "XF", "--state", str(tmp_path / "phones.json"))
    kept: list[list[dict[str, str]]] = []
    for turn in range(2):
        process = start(*flags, **ENV)
        client = ready(port)
        if turn == 0:
            demo = client.get("/_control/phones").json()["items"]
            assert [(p["phone"], p["name"], p["consents"]) for p in demo] == [("13800000001", "李秀英", {"*": -1})]
            client.post("/_control/phones", json={"name": "陈志明"})
        kept.append(client.get("/_control/phones").json()["items"])
        with client.stream("GET", "/_control/stream") as stream:
            next(stream.iter_lines())
            written_down(tmp_path / "phones.json", "陈志明")
            process.send_signal(signal.SIGTERM if turn else signal.SIGKILL)
            said, _ = process.communicate(timeout=10)  # an open page holds up no end
        assert not any(secret in said for secret in ENV.values()), "a secret was printed"
    assert kept[0] == kept[1] and len(kept[0]) == 2


@pytest.mark.parametrize("content", ["", "{", '{"phones": [{"x": 1}]}', '{"phones": []}', "[]", "null"])
def test_a_spoilt_file_is_a_fresh_start(port: int, tmp_path: Path, content: str) -> None:
    file = tmp_path / "phones.json"
    file.write_text(content)
    process = start("--port", str(port), "--state", str(file), **ENV)
    try:
        assert [p["name"] for p in ready(port).get("/_control/phones").json()["items"]] == ["李秀英"]
    finally:
        process.terminate()
        process.communicate(timeout=10)


@pytest.mark.parametrize(
    "missing", ["WECHAT_APPID", "WECHAT_SECRET", "SMS_KEY", "WECHAT_PUSH_AES_KEY", "DEPARTMENT_XF_KEY"]
)
def test_what_is_missing_is_named(missing: str) -> None:
    env = {k: v for k, v in ENV.items() if k != missing}
    process = start("--push-url", "http://127.0.0.1:1/wechat/push", "--department", "XF", **env)
    said, _ = process.communicate(timeout=20)
    assert process.returncode == 2 and missing in said and "Traceback" not in said


def test_a_bad_address_is_named() -> None:
    process = start("--department-api", "127.0.0.1:8000", **ENV)
    said, _ = process.communicate(timeout=20)
    assert process.returncode == 2 and "127.0.0.1:8000" in said and "Traceback" not in said
