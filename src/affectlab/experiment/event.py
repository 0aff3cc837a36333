"""What happens while a run goes on: the terminal's bar, a page and a notebook show the same events."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal

from affectlab.session.work import Happened, Progress

Kind = Happened | Literal["paused", "ended"]


@dataclass(frozen=True)
class Event:
    """One thing that happened, and how far the run is."""

    kind: Kind
    """``progress`` after each answer, ``block`` after each block of sessions; ``paused`` and ``ended`` come last."""
    done: float
    """Sessions done, those that go on by the share of their requests that is answered."""
    total: int
    """Sessions of the plan."""
    answers: int = 0
    """Answers that came from participants since the run was started, or gone on with."""
    seconds_left: float | None = None
    """As long as it still takes at the pace so far; None where nothing has been done yet."""
    tokens: int = 0
    """That were paid for since then."""
    money: float = 0.0
    """In the currency of the prices, where they were given."""
    message: str = ""


def event(step: Progress, pace: Pace, spent: Iterable[Any] = ()) -> Event:
    """A step of a run, as it is told to whoever watches.

    Args:
        spent: what each model whose answers cost something has spent so far.
    """
    paid = list(spent)
    return Event(
        step.kind,
        step.sessions,
        step.total,
        step.answers,
        pace.seconds_left(step),
        sum(one.tokens for one in paid),
        sum(one.money or 0.0 for one in paid),
        step.message,
    )


class Pace:
    """How fast a run is."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._start: tuple[float, float] | None = None

    def seconds_left(self, step: Progress) -> float | None:
        """As long as what is left takes, if it goes on as it went since the first step.

        >>> ticks = iter([0.0, 10.0])
        >>> pace = Pace(lambda: next(ticks))
        >>> pace.seconds_left(Progress(4.0, 12, 0)), pace.seconds_left(Progress(8.0, 12, 9))
        (None, 10.0)
        """
        now = self._clock()
        if self._start is None:
            self._start = (now, step.sessions)
            return None
        since, before = self._start
        done = step.sessions - before
        return (now - since) / done * (step.total - step.sessions) if done > 0.0 else None
