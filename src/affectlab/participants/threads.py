"""How many threads the engine uses: measured, because two can be slower than one, and remembered per machine."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import time
from statistics import median

from affectlab.participants.model import Context
from affectlab.participants.weights import cache_folder

LENGTH = 256
"""Tokens of the text with which it is measured."""
REPEATS = 3


def threads(context: Context, build: str, weights: str) -> int:
    """The number of threads with which this machine evaluates these weights fastest.

    A choice that was measured before holds: the same machine, engine and weights give the same answers again.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if cores == 1:
        return 1
    machine = json.dumps([platform.machine(), platform.processor(), platform.node(), cores, build, weights])
    record = cache_folder() / "threads" / hashlib.sha256(machine.encode()).hexdigest()
    try:
        return int(record.read_text())
    except (OSError, ValueError):
        pass
    best = min(_candidates(cores), key=lambda count: _seconds(context, count))
    record.parent.mkdir(parents=True, exist_ok=True)
    record.write_text(str(best))
    return best


def _candidates(cores: int) -> list[int]:
    counts = [1]
    while counts[-1] * 2 < cores:
        counts.append(counts[-1] * 2)
    return [*counts, cores]


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
