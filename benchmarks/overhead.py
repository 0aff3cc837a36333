"""What store and runner cost beside the engine.

    python benchmarks/overhead.py [ANSWERS]

Prints one JSON object: microseconds for each answer written, in a file, the median of repeats; seconds in which a
finished run of so many answers (a million) is found to be finished; and the seconds of processor time that a run of
``dresden`` takes outside the participant, with the memory of one replicate and of ten.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from affectlab.conversation import Conversation
from affectlab.design.plan import Plan
from affectlab.design.study import Study
from affectlab.participants.roster import participant
from affectlab.requests import Answer, Ask, Request, Response
from affectlab.run import STORE, Run, run
from affectlab.store.store import Store
from report import build

REPEATS = 5
WRITTEN = 5000


def writing() -> dict[str, float]:
    """Microseconds for each answer that is kept, every one on disk before the next."""
    options = tuple(f" {number}" for number in range(11))
    answer = Answer(tuple(-2.0 - 0.1 * number for number in range(11)))
    taken = []
    for _ in range(REPEATS):
        with tempfile.TemporaryDirectory() as folder:
            store = Store(Path(folder) / STORE)
            asks = [Ask(Conversation.begin().user(f"Question {at}?"), "- fear:", options) for at in range(WRITTEN)]
            start = time.perf_counter()
            for at, ask in enumerate(asks):
                store.keep(f"key {at}", "somebody", ask, answer, 0)
            taken.append((time.perf_counter() - start) / WRITTEN * 1e6)
            store.close()
    return {"microseconds_per_answer_written": median(taken)}


def resuming(answers: int) -> dict[str, float]:
    """Seconds until a finished run has been found to be finished, plan and hash included."""
    with tempfile.TemporaryDirectory() as folder:
        build(Path(folder), answers, "dresden")
        store = Store(Path(folder) / STORE)
        study, replicates = Run(store).study, int(store.described("replicates"))
        store.describe("plan_hash", Plan.of(study, replicates=replicates, models=("simulated",)).hash)
        count = store.count()
        store.close()
        model = participant("simulated", study.catalogue, seed=1, threads=None, weights=None)
        start = time.perf_counter()
        run(study, model, folder, replicates=replicates)
        return {"answers_of_finished_run": count, "seconds_to_resume_it": time.perf_counter() - start}


class Timed:
    """A participant whose own processor time is counted apart."""

    def __init__(self, whole: Any) -> None:
        self._whole = whole
        self.seconds = 0.0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._whole, name)

    def respond(self, requests: Sequence[Request]) -> Iterator[tuple[int, Response]]:
        """Answer, and note how long that took."""
        start = time.process_time()
        responses = list(self._whole.respond(requests))
        self.seconds += time.process_time() - start
        yield from responses


def running(replicates: int) -> dict[str, float]:
    """Processor time outside the participant, and peak memory, of a simulated run."""
    study = Study.load("dresden")
    model = Timed(participant("simulated", study.catalogue, seed=1, threads=None, weights=None))
    with tempfile.TemporaryDirectory() as folder:
        start = time.process_time()
        made = run(study, model, folder, replicates=replicates)
        outside = time.process_time() - start - model.seconds
        answers = made.store.count()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"answers": answers, "seconds_outside": outside, "peak_memory_mb": peak}


def main() -> None:
    if sys.argv[1:2] == ["replicates"]:
        print(json.dumps(running(int(sys.argv[2]))))
        return
    found: dict[str, Any] = {}
    for replicates in (1, 10):
        # first, and in processes of their own: a process begins with the peak memory of the one that started it
        command = [sys.executable, __file__, "replicates", str(replicates)]
        found[f"dresden, replicates: {replicates}"] = json.loads(subprocess.check_output(command))
    found |= {**writing(), **resuming(int(sys.argv[1]) if sys.argv[1:] else 1_000_000)}
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
