"""How many threads the engine uses: measured, because two can be slower than one, and remembered per machine."""

from __future__ import annotations

import time
from statistics import median

from affectlab.participants.machine import cores, remembered
from affectlab.participants.model import Context

LENGTH = 256
"""Tokens of the text with which it is measured."""
REPEATS = 3


def threads(context: Context, *of: object) -> int:
    """The number of threads with which this machine evaluates fastest; ``of``: the engine and the weights.

    A choice that was measured before holds: the same machine, engine and weights give the same answers again.
    """
    counts = _candidates(cores())
    if len(counts) == 1:
        return counts[0]
    return int(remembered("threads", *of, measure=lambda: min(counts, key=lambda count: _seconds(context, count))))


def _candidates(cores: int) -> list[int]:
    counts = [1]
    while counts[-1] * 2 < cores:
        counts.append(counts[-1] * 2)
    return [*counts, cores] if cores > 1 else counts


def _seconds(context: Context, count: int) -> float:
    context.use_threads(count)
    taken = []
    for _ in range(REPEATS):
        context.clear()
        length = min(LENGTH, context.size)
        start = time.perf_counter()
        context.decode([1] * length, range(length), [[0]] * length, [False] * (length - 1) + [True])
        context.logits(length - 1)
        taken.append(time.perf_counter() - start)
    context.clear()
    return median(taken)
