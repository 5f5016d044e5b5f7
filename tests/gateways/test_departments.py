"""Webhooks to departments: signed, to listed places only (promises 3.8, threat 39)."""

import socket
from typing import Any

import pytest

from gateways.departments import DepartmentClient
from gateways.link import Limits
from tests.sandbox_server import Sandbox

QUICK = Limits(connect=2.0, read=1.5, total=3.0, answer=64 * 1024)


def client_for(sandbox: Sandbox) -> DepartmentClient:
    return DepartmentClient([sandbox.url.removeprefix("http://")], limits=QUICK)


def event(n: int = 1, kind: str = "task.assigned") -> dict[str, Any]:
    return {"event_id": f"e{n}", "event": kind, "task": {"id": f"t{n}"}}


def received(sandbox: Sandbox) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = sandbox.control("GET", "departments/XF/events?direction=in")["items"]
    return items


async def test_a_signed_event_arrives(sandbox: Sandbox) -> None:
    client = client_for(sandbox)
    key = sandbox.settings.departments["XF"].key
    outcome = await client.send(sandbox.department_url(), "xf", key, event(), "r1")
    assert outcome.ok
    (entry,) = received(sandbox)
    assert (entry["event"], entry["task_id"], entry["event_id"]) == ("task.assigned", "t1", "e1")
    assert (await client.send(sandbox.department_url(), "xf", key, event(), "r1")).code == "already_received"
    wrong = await client.send(sandbox.department_url(), "xf", b"another", event(2), "r2")
    assert (wrong.kind, wrong.code, wrong.alarm) == ("ours", "signature_wrong", True)
    await client.close()


@pytest.mark.parametrize(
    ("fault", "kind", "code"),
    [
        ({"status": 500}, "again", "http_500"),
        ({"status": 429}, "again", "http_429"),
        ({"status": 302}, "ours", "redirect"),
        ({"status": 404}, "ours", "http_404"),
        ({"delay_ms": 6000}, "again", "timeout"),
        ({"cut": True}, "again", "cut"),
    ],
)
async def test_each_answer(sandbox: Sandbox, fault: dict[str, Any], kind: str, code: str) -> None:
    client = client_for(sandbox)
    sandbox.fault("/departments/XF/events", **fault)
    key = sandbox.settings.departments["XF"].key
    outcome = await client.send(sandbox.department_url(), "xf", key, event(), "r1")
    assert (outcome.kind, outcome.code) == (kind, code)
    assert (await client.send(sandbox.department_url(), "xf", key, event(), "r2")).ok
    tasks = [e for e in received(sandbox) if e["note"] == "已接收"]
    assert len(tasks) == 1, "the event id makes the second delivery harmless"
    await client.close()


URLS = [
    "http://127.0.0.1:22/",
    "http://localhost/",
    "http://localhost:6379/",
    "http://0.0.0.0/",
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://017700000001/",
    "http://127.1/",
    "http://169.254.169.254/latest/meta-data",
    "http://10.0.0.1/",
    "http://ok.example@127.0.0.1/",
    "http://ok.example:80@evil.example/",
    "http://ok.example.evil.example/",
    "http://evil.example/ok.example",
    "http://evil.example?ok.example",
    "http://evil.example#ok.example",
    "http://ok.example\\@evil.example/",
    "http://ok.example:99999/",
    "http://ok.example:x/",
    "file:///etc/passwd",
    "gopher://ok.example/",
    "ftp://ok.example/",
    "unix:///run/x.sock",
    "//ok.example/",
    "ok.example",
    "",
    "http://",
    "http:///x",
    "http://[::1",
    "http://ok.example%00.evil.example/",
    "http://ok.example%2eevil.example/",
    "https://ok.exаmple/",
    "http://user@ok.example/",
    "http://ok.example.:80/",
    "javascript:alert(1)",
    "http://①②⑦.0.0.1/",
    "http://127.0.0.1%25.ok.example/",
    "HTTP://EVIL.EXAMPLE/",
]


@pytest.mark.parametrize("url", URLS)
async def test_places_not_listed_are_never_called(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def caught(*_: Any, **__: Any) -> Any:
        raise AssertionError("something was connected to or looked up")

    monkeypatch.setattr(socket.socket, "connect", caught)
    monkeypatch.setattr(socket, "getaddrinfo", caught)
    client = DepartmentClient(["ok.example"])
    outcome = await client.send(url, "xf", b"k", event(), "r1")
    assert outcome.kind == "ours" and outcome.code in ("not_listed", "address") and outcome.alarm
    await client.close()


async def test_a_listed_name_may_not_lead_inside(sandbox: Sandbox) -> None:
    """A name that resolves to a private address needs that network to be listed too."""
    port = sandbox.url.rsplit(":", 1)[1]
    url = f"http://localhost:{port}/departments/XF/events"
    key = sandbox.settings.departments["XF"].key
    outside = DepartmentClient([f"localhost:{port}"])
    assert (await outside.send(url, "xf", key, event(), "r1")).code == "private_address"
    inside = DepartmentClient([f"localhost:{port}"], private=["127.0.0.0/8", "::1/128"])
    outcome = await inside.send(url, "xf", key, event(), "r1")
    assert outcome.ok or outcome.code == "connect"  # ::1 first on some machines; the sandbox has 127.0.0.1 alone
    assert received(sandbox) == [] or outcome.ok
    await outside.close()
    await inside.close()


async def test_looked_up_once_and_connected_to_that(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second look-up with another answer (DNS rebinding) cannot happen: there is none."""
    port = int(sandbox.url.rsplit(":", 1)[1])
    asked: list[Any] = []

    def found(host: Any, *rest: Any, **more: Any) -> Any:
        asked.append(host)
        assert host == "xf.example" or host == "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", found)
    client = DepartmentClient([f"xf.example:{port}"], private=["127.0.0.0/8"])
    key = sandbox.settings.departments["XF"].key
    assert (await client.send(f"http://xf.example:{port}/departments/XF/events", "xf", key, event(), "r1")).ok
    assert [h for h in asked if h == "xf.example"] == ["xf.example"]
    await client.close()
