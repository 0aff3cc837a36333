"""What executors bring: seconds and tokens of the same run by each, side by side, on the machine that this is run on.

    python benchmarks/executors.py waiting      # eight workers against one, of a participant that waits 20 ms an answer
    python benchmarks/executors.py computing    # two processes against one, of a participant that computes
    python benchmarks/executors.py embedded     # dresden --quick: two threads here against two processes of one thread
    python benchmarks/executors.py shards       # dresden --quick in 1 and 4 shards: tokens evaluated, and as planned

Every comparison is made in one process, each way in turn, and the tables are held against each other. Seconds mean
something on an idle machine alone.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from threading import Event

from affectlab.design.load import load_study
from affectlab.design.shard import WHOLE, Shard
from affectlab.experiment import Experiment, Settings
from affectlab.materials.truth import Truth
from affectlab.participants.base import Participant
from affectlab.participants.simulated import Simulated
from affectlab.requests import Request, Response
from affectlab.run import Run

REPEATS = 5
PAUSE = 0.02


class Waiting(Simulated):
    """Waits before each answer, as for somebody else."""

    def respond(self, requests: Sequence[Request]) -> Iterator[tuple[int, Response]]:
        for answer in super().respond(requests):
            Event().wait(PAUSE)
            yield answer


class Computing(Simulated):
    """Computes before each answer, as an engine does."""

    def respond(self, requests: Sequence[Request]) -> Iterator[tuple[int, Response]]:
        for answer in super().respond(requests):
            sum(number * number for number in range(200_000))
            yield answer


def simulated(kind: type[Simulated]) -> Participant:
    catalogue = load_study("regulation-screen", quick=True).catalogue
    return kind(catalogue.get(Truth, "sensible"), catalogue)


def seconds(experiment: Experiment, on: str) -> tuple[float, str]:
    """How long the blocks take, without starting and ending, and the table."""
    first = last = None
    for event in experiment.run(on):
        if event.kind == "progress" and first is None:
            first = time.perf_counter()
        if event.kind == "block":
            last = time.perf_counter()
    run = Run.open(experiment.directory)
    table = run.scores().to_csv()
    run.store.close()
    assert first is not None
    assert last is not None
    return last - first, table


def compare(
    ways: Sequence[str], study: str, replicates: int | None, kind: type[Simulated] | None, repeats: int
) -> None:
    """Each way in turn, as often as is said; medians."""
    taken: dict[str, list[float]] = {way: [] for way in ways}
    tables = set()
    with tempfile.TemporaryDirectory() as folder:
        for repeat in range(repeats):
            for number, way in enumerate(ways):
                on, _, threads = way.partition(" threads=")
                models: list[str | Participant] = ["smollm2"] if kind is None else [simulated(kind)]
                made = Experiment.load(
                    study,
                    quick=True,
                    models=models,
                    replicates=replicates,
                    out=Path(folder, f"{repeat}-{number}"),
                    settings=Settings(threads=int(threads) if threads else None),
                )
                took, table = seconds(made, on)
                taken[way].append(took)
                tables.add(table)
    base = median(taken[ways[0]])
    for way, each in taken.items():
        every = ", ".join(f"{one:.2f}" for one in each)
        print(f"{way}: median {median(each):.2f} s of {every}; {base / median(each):.2f} times as fast as the first")
    print(f"tables {'identical' if len(tables) == 1 else 'NOT identical'}")


def shards() -> None:
    """Tokens that the engine evaluates in so many shards, and what the plan says of them."""
    from affectlab.participants.embedded import EmbeddedParticipant

    engine = EmbeddedParticipant()
    base = None
    with tempfile.TemporaryDirectory() as folder:
        for of in (1, 4):
            before = engine.counts.evaluated
            for number in range(1, of + 1):
                shard = Shard(number, of) if of > 1 else WHOLE
                out = Path(folder, f"{number}-{of}")
                for _ in Experiment.load("dresden", quick=True, models=[engine], out=out, shard=shard).run():
                    pass
            evaluated = engine.counts.evaluated - before
            base = base or evaluated
            planned = Experiment.load("dresden", quick=True, models=["smollm2"]).planned().evaluated(of)
            times = f"{evaluated / base:.3f} times one run"
            print(f"{of} shards: {evaluated:,} tokens, {times}; planned {planned:,}, {planned / evaluated:.4f} of that")


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["waiting"]:
            compare(["processes:1", "processes:8"], "regulation-screen", 4, Waiting, 3)
        case ["computing"]:
            compare(["processes:1", "processes:2"], "regulation-screen", 2, Computing, 3)
        case ["embedded"]:
            compare(["here threads=2", "processes:2 threads=1"], "dresden", None, None, REPEATS)
        case ["shards"]:
            shards()
        case _:
            raise SystemExit(__doc__)
