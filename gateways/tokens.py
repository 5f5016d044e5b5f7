"""One refresher for the WeChat access token (R64): renewed five minutes early, never refreshed in a storm."""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Awaitable, Callable

from gateways.outcome import Outcome
from gateways.tokenstore import Token, TokenStore

log = logging.getLogger("yimen.gateways.tokens")

EARLY = 300.0
LEASE = 8.0
APART = 30.0
FORCED_A_DAY = 20

Fetch = Callable[[bool], Awaitable[Token | Outcome]]


class TokenKeeper:
    """Hands out the token in force; `fetch(force)` asks the platform for one."""

    def __init__(self, store: TokenStore, fetch: Fetch, clock: Callable[[], float] = time.time) -> None:
        self._store, self._fetch, self._clock = store, fetch, clock

    async def get(self) -> Token | Outcome:
        """A token good for five minutes more; an older one only while no newer one can be had."""
        token = await self._store.read()
        if token is not None and self._fresh(token):
            return token
        async with self._store.lease(LEASE) as mine:
            token = await self._store.read()  # somebody may have fetched it while we waited
            if token is not None and self._fresh(token):
                return token
            got = await self._refresh(force=False) if mine else _nobody()
        if isinstance(got, Outcome) and token is not None and token.expires_at > self._clock():
            return token
        return got

    async def renew(self, refused: Token) -> Token | Outcome:
        """After the platform refused this token: another one, or the Outcome that ends the attempt.

        One refresh a refusal, refreshes 30 s apart. The platform is first asked for the token in force; only when it
        vouches for the very token that it refuses is a forced refresh spent (20 a day).
        """
        async with self._store.lease(LEASE) as mine:
            token = await self._store.read()
            if token is not None and token.value != refused.value:
                return token
            if not mine:
                return _nobody()
            if not await self._store.first("refreshed", APART):
                return Outcome("token", "token_refused", "微信不认访问凭证，且刚刷新过", after=APART, alarm=True)
            await self._store.drop(refused.value)
            return await self._refresh(force=await self._must_force(refused))

    async def _must_force(self, refused: Token) -> bool:
        mark = "refused:" + hashlib.sha256(refused.value.encode()).hexdigest()[:16]
        if await self._store.first(mark, 7200):
            return False
        if await self._store.count("forced", 86400) > FORCED_A_DAY:
            log.error("the access token is refused and today's forced refreshes are used up")
            return False
        log.warning("the access token is refused again: forced refresh")
        return True

    async def _refresh(self, force: bool) -> Token | Outcome:
        got = await self._fetch(force)
        if isinstance(got, Token):
            await self._store.write(got)
        return got

    def _fresh(self, token: Token) -> bool:
        return token.expires_at - self._clock() > EARLY


def _nobody() -> Outcome:
    return Outcome("again", "token_awaited", "另一个进程正在更新访问凭证，稍后再试", after=2.0)
