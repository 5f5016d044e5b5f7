"""Signed webhooks to departments' own systems (promises 3.8): listed hosts, one resolved address, no redirects."""

from __future__ import annotations

import asyncio
import ipaddress
import json
import logging
import socket
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import SplitResult, urlsplit, urlunsplit

from gateways.link import Answer, Limits, Link
from gateways.outcome import Outcome
from gateways.signature import sign, signed_headers, verify

__all__ = ["DepartmentClient", "sign", "verify"]

log = logging.getLogger("yimen.gateways.departments")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

LIMITS = Limits(connect=2.0, read=5.0, total=5.0, concurrent=8, answer=64 * 1024)


class DepartmentClient:
    """Sends events to departments' systems.

    hosts:   what may be called, `"host"` or `"host:port"`; an address written out here is allowed even when private
    private: networks (`"10.20.0.0/16"`) into which a listed *name* may resolve; without them only public addresses
    """

    def __init__(self, hosts: Collection[str], private: Collection[str] = (), *, limits: Limits = LIMITS) -> None:
        self._hosts = frozenset(h.lower() for h in hosts)
        self._private = tuple(ipaddress.ip_network(n) for n in private)
        self._limits = limits
        self._links: dict[str, Link] = {}

    async def close(self) -> None:
        for link in self._links.values():
            await link.close()

    async def send(self, url: str, key_id: str, key: bytes, event: Mapping[str, Any], request_id: str) -> Outcome:
        """POST one event. `request_id` is new for every attempt; by `event["event_id"]` the receiver knows it again."""
        place = self._listed(url)
        if isinstance(place, Outcome):
            return place
        address = await self._resolve(place)
        if isinstance(address, Outcome):
            return address
        body = json.dumps(event, ensure_ascii=False, default=str).encode()
        host = place.hostname or ""
        headers = signed_headers(key_id, key, request_id, body) | {"host": place.netloc}
        shown = f"[{address}]" if address.version == 6 else str(address)
        target = urlunsplit(place._replace(netloc=f"{shown}:{_port(place)}"))
        link = self._links.get(place.netloc.lower())
        if link is None:
            link = self._links[place.netloc.lower()] = Link("", limits=self._limits, who="部门系统")
        answer = await link.call("POST", target, content=body, headers=headers, extensions={"sni_hostname": host})
        outcome = _judge(answer)
        if outcome.alarm:
            log.error("a department's system at %s refused an event: %s", host, outcome.code)
        return outcome

    def _listed(self, url: str) -> SplitResult | Outcome:
        try:
            place = urlsplit(url)
            host, port = (place.hostname or "").lower(), _port(place)
        except ValueError:
            return _ours("address", "部门系统的网址不对")
        plain = place.scheme in ("http", "https") and host and not place.username and not place.password
        if not plain or not {host, f"{host}:{port}"} & self._hosts:
            return _ours("not_listed", "部门系统的网址不在允许的名单里")
        return place._replace(fragment="")

    async def _resolve(self, place: SplitResult) -> Address | Outcome:
        host = place.hostname or ""
        try:
            return ipaddress.ip_address(host)  # written out in the list: allowed as it stands
        except ValueError:
            pass
        try:
            async with asyncio.timeout(self._limits.connect):
                found = await asyncio.get_running_loop().getaddrinfo(host, _port(place), type=socket.SOCK_STREAM)
        except (OSError, UnicodeError, TimeoutError):
            return Outcome("again", "no_address", "查不到部门系统的地址", after=60.0)
        address: Address = ipaddress.ip_address(found[0][4][0])
        real = getattr(address, "ipv4_mapped", None) or address
        if real.is_global and not real.is_multicast:
            return real
        if any(real.version == net.version and real in net for net in self._private):
            return real
        return _ours("private_address", "部门系统的域名指向内网地址，且未获准")


def _port(place: SplitResult) -> int:
    return place.port or (443 if place.scheme == "https" else 80)


def _ours(code: str, words: str) -> Outcome:
    return Outcome("ours", code, words, alarm=True)


def _judge(answer: Answer | Outcome) -> Outcome:
    if isinstance(answer, Outcome):  # the event_id makes a second delivery harmless
        return replace(answer, kind="again") if answer.kind == "unknown" else answer
    status = answer.status
    if 200 <= status < 300:
        return Outcome("sent", "sent", "部门系统已收到")
    if status == 409:
        return Outcome("sent", "already_received", "部门系统此前已收到")
    if status in (401, 403):
        return _ours("signature_wrong", "部门系统不认我们的签名")
    if status >= 500 or status in (408, 425, 429):
        return Outcome("again", f"http_{status}", "部门系统暂时不能接收", after=answer.retry_after)
    if 300 <= status < 400:
        return _ours("redirect", "部门系统要求改到别的网址，没有照做")
    return _ours(f"http_{status}", "部门系统不接受这份材料")
