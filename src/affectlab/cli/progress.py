"""How far a run is, on standard error: a live line on a terminal, and in a file a line now and then."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from affectlab.experiment import Event

REFRESH = 0.2
"""Seconds between two looks at the clock's hand; a terminal needs no more."""
NOW_AND_THEN = 30.0
"""Seconds between two lines where standard error is no terminal."""


@contextmanager
def live(remark: Callable[[], str] = lambda: "") -> Iterator[Callable[[Event], None]]:
    """Show progress while the block runs, with a remark."""
    if not sys.stderr.isatty():
        yield now_and_then(remark)
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:.0f}/{task.total} sessions"),
        TextColumn("{task.fields[rate]:.0f} answers/s"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[remark]}"),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("running", total=None, rate=0.0, remark="")
        start = shown = time.monotonic()

        def advance(step: Event) -> None:
            nonlocal shown
            now = time.monotonic()
            if now - shown >= REFRESH or step.done >= step.total:
                shown = now
                rate = step.answers / max(now - start, 1e-9)
                bar.update(task, completed=step.done, total=step.total, rate=rate, remark=remark())

        yield advance


def now_and_then(
    remark: Callable[[], str] = lambda: "", clock: Callable[[], float] = time.monotonic
) -> Callable[[Event], None]:
    """What prints a line of progress when some time has gone by since the last; a short run prints none.

    Args:
        remark: what is said behind it.
        clock: seconds.
    """
    last = clock()

    def advance(step: Event) -> None:
        nonlocal last
        now = clock()
        if now - last < NOW_AND_THEN:
            return
        last = now
        left = "" if step.seconds_left is None else f", about {duration(step.seconds_left)} left"
        told = f"{step.done:.0f} of {step.total} sessions, {step.answers:,} answers{left}"
        print("; ".join(filter(None, [told, remark()])), file=sys.stderr, flush=True)

    return advance


def duration(seconds: float) -> str:
    """A time that is not known to the second.

    >>> duration(8.2), duration(90), duration(7300)
    ('8 s', '2 min', '2.0 h')
    """
    if seconds < 60:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 3600 else f"{seconds / 3600:.1f} h"
