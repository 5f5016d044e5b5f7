"""Access tokens as stable_token makes them: one for two hours, a new one in the last five minutes, forced with care."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass

HANDOVER = 300.0
FORCED_APART = 30.0
FORCED_A_DAY = 20


@dataclass
class Issued:
    value: str
    expires_at: float


class TokenDesk:
    """`check` answers 0, or the errcode with which the platform refuses the token."""

    def __init__(self, clock: Callable[[], float], seconds: int) -> None:
        self._clock, self._seconds = clock, seconds
        self.present: Issued | None = None
        self.before: Issued | None = None
        self._forced: list[float] = []

    def get(self, force: bool) -> Issued | None:
        """The token in force; None when today's forced refreshes are used up."""
        now = self._clock()
        self._forced = [t for t in self._forced if now - t < 86400]
        if force:
            if len(self._forced) >= FORCED_A_DAY:
                return None
            if not self._forced or now - self._forced[-1] >= FORCED_APART:
                self._forced.append(now)
                self.revoke()
        elif self.present and self.present.expires_at - now <= min(HANDOVER, self._seconds / 2):
            self.before, self.present = self.present, None
        if self.present is None:
            self.present = Issued(secrets.token_urlsafe(102), now + self._seconds)
        return self.present

    def revoke(self) -> None:
        """As when somebody else refreshed by force: what was given out so far is refused."""
        self.present = self.before = None

    def check(self, value: str | None) -> int:
        if not value:
            return 41001
        for token in (self.present, self.before):
            if token and token.value == value:
                return 0 if token.expires_at > self._clock() else 42001
        return 40001
