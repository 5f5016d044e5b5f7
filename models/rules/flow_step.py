"""One verb of a state sheet; the sheets themselves are flow.py and, of a hall's day, flow_hall.py."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """One verb. `end` None keeps the state, no start is nothing yet. `words`: the button, `event`: the timeline's line.

    `owner` says who must act next: citizen, hall, departments or nobody. `audience` public is for the citizen too.
    `legal` marks what changes a right: the desk shows the paper before it is given out.
    """

    start: frozenset[str]
    end: str | None
    who: frozenset[str]
    words: str
    event: str
    owner: str | None = None
    starts: tuple[str, ...] = ()
    stops: tuple[str, ...] = ()
    tell: tuple[str, ...] = ()
    audience: str = "public"
    legal: bool = False


def step(start: str, end: str | None, who: str, words: str, event: str, **rest: object) -> Step:
    return Step(frozenset(start.split()), end, frozenset(who.split()), words, event, **rest)  # type: ignore[arg-type]
