"""A live line on standard error: how far, answers per second, time left."""

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


@contextmanager
def live(remark: Callable[[], str] = lambda: "") -> Iterator[Callable[[Event], None]]:
    """Show progress while the block runs, with a remark; silent where standard error is no terminal."""
    if not sys.stderr.isatty():
        yield lambda _: None
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
