"""What became of one attempt to reach somebody outside: the one vocabulary of all gateways (promises 3.6, R69)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal["sent", "again", "token", "unknown", "final", "user", "ours", "pause"]
Until = Literal["minute", "tomorrow"]

#: Waits between attempts in seconds: 1 s, 10 s, 1 min, then every 5 min (promises 3.6).
WAITS: Final = (1.0, 10.0, 60.0, 300.0)
#: A message that could not be handed over for this long is dead and goes to the visible list (4 h).
GIVE_UP_AFTER: Final = 4 * 3600.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """The end of one attempt. `words` is Chinese for staff; nothing in here is secret or personal.

    kind: sent     handed over
          again    surely or probably not handed over: try again after `after` seconds, or as `wait_before` says
          token    our access token was refused twice: try again after `after` seconds, alarm
          unknown  may have been handed over (read time-out, cut answer): never resend a one-time message
          final    will never arrive this way: use the fallback (in-app list, call list)
          user     the receiver's address is wrong: flag the binding
          ours     our mistake or a missing right: fix and alarm
          pause    a quota is used up: the whole topic rests until the next `minute` or `tomorrow`
    """

    kind: Kind
    code: str
    words: str
    after: float | None = None
    until: Until | None = None
    alarm: bool = False
    errcode: int | None = None
    reference: str = ""

    @property
    def ok(self) -> bool:
        """True when the other side has it."""
        return self.kind == "sent"


class GatewayError(Exception):
    """A call whose answer the caller needs has failed; carries the Outcome, never an address or a secret."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(f"{outcome.code}: {outcome.words}")
        self.outcome = outcome


def wait_before(attempt: int) -> float:
    """Seconds to wait before attempt number `attempt` + 1, where `attempt` (>= 1) has just ended with `again`."""
    return WAITS[min(max(attempt, 1), len(WAITS)) - 1]
