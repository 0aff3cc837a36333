"""A model of what large runs cost, fitted to smaller ones, and held against a larger one.

    python benchmarks/scale.py runs 2000 5000 10000 20000 100000    # simulated answers; the last is predicted
    python benchmarks/scale.py merge 2000 5000 10000 20000 100000   # the same runs in eight shards, merged
    python benchmarks/scale.py report 100000 200000 400000 10000000 # numbers of a store that is written directly

For each size: processor seconds, peak memory and bytes of the store, each step in a process of its own. A straight line
through all but the last size predicts the last; what is printed beside it is the error of the prediction, and what the
line says of 10^7, 10^8 and 10^9 answers (or numbers), with the standard error of a prediction. Lines that are fitted to
few sizes say little far beyond them: that error is the least that is to be reckoned with.
"""

from __future__ import annotations

import json
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from affectlab.design.shard import Shard
from affectlab.experiment import Experiment
from affectlab.records.merging import merge
from affectlab.report import report
from affectlab.run import STORE, Run
from report import build

STUDY = "dresden"
SHARDS = 8
FAR = (10**7, 10**8, 10**9)
Measured = dict[str, float]


def experiment(answers: int, out: Path, shard: Shard | None = None) -> Experiment:
    """A run of about so many answers."""
    one = Experiment.load(STUDY, models=["simulated"])
    replicates = max(1, round(answers / one.planned().count.distinct_asks))
    more: dict[str, Any] = {} if shard is None else {"shard": shard}
    return Experiment.load(STUDY, models=["simulated"], replicates=replicates, out=out, large=True, **more)


def run(folder: Path, answers: int) -> Measured:
    """The driver of a run: sessions, scoring, storing, and a participant that takes next to no time."""
    for _ in experiment(answers, folder / "run").run():
        pass
    return {"size": _answers(folder / "run"), "bytes": (folder / "run" / STORE).stat().st_size}


def shards(folder: Path, answers: int) -> Measured:
    """The shards that are to be merged."""
    for number in range(1, SHARDS + 1):
        for _ in experiment(answers, folder / f"shard-{number}", Shard(number, SHARDS)).run():
            pass
    return {}


def merged(folder: Path, answers: int) -> Measured:
    """The merge alone."""
    merge(sorted(folder.glob("shard-*")), folder / "run")
    return {"size": _answers(folder / "run"), "bytes": (folder / "run" / STORE).stat().st_size}


def written(folder: Path, numbers: int) -> Measured:
    """A store that is multiplied inside itself; about six numbers an answer."""
    build(folder, numbers // 6, STUDY)
    return {}


def reported(folder: Path, numbers: int) -> Measured:
    """Analysis and page of all numbers."""
    made = Run.open(folder)
    (_, ((rows,),)) = made.store.query("SELECT count(*) FROM score_rows")
    report(made)
    return {"size": rows, "bytes": (folder / STORE).stat().st_size}


STEPS: dict[str, tuple[Callable[[Path, int], Measured], ...]] = {
    "runs": (run,),
    "merge": (shards, merged),
    "report": (written, reported),
}


def _answers(folder: Path) -> int:
    opened = Run.open(folder)
    count = opened.store.count()
    opened.store.close()
    return count


def _measure(step: Callable[[Path, int], Measured], folder: Path, size: int) -> Measured:
    start = time.process_time()
    found = step(folder, size)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return {**found, "cpu_seconds": time.process_time() - start, "peak_bytes": peak}


def measured(steps: Sequence[Callable[[Path, int], Measured]], size: int) -> Measured:
    """The last of some steps, each in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        found: Measured = {}
        for step in steps:
            with multiprocessing.get_context("spawn").Pool(1) as pool:
                found = pool.apply(_measure, (step, Path(folder), size))
    print(json.dumps(found), flush=True)
    return found


def line(sizes: Sequence[float], values: Sequence[float], at: float) -> tuple[float, float]:
    """What a straight line through values says at another size, and the standard error of a single value there."""
    x, y = np.asarray(sizes), np.asarray(values)
    slope, intercept = np.polyfit(x, y, 1)
    rest = y - (slope * x + intercept)
    spread = float(np.sqrt((rest**2).sum() / (len(x) - 2)))
    leverage = 1 + 1 / len(x) + (at - x.mean()) ** 2 / ((x - x.mean()) ** 2).sum()
    return float(slope * at + intercept), spread * float(np.sqrt(leverage))


def main(what: str, sizes: Sequence[int]) -> None:
    """Measure, fit, predict."""
    found = [measured(STEPS[what], size) for size in sizes]
    fitted, last = found[:-1], found[-1]
    at = [one["size"] for one in fitted]
    for name in ("cpu_seconds", "peak_bytes", "bytes"):
        values = [one[name] for one in fitted]
        said, error = line(at, values, last["size"])
        print(f"{name}: {said:.4g} ± {error:.2g} predicted, {last[name]:.4g} measured: {said / last[name] - 1:+.1%}")
        for far in FAR:
            there, off = line(at, values, far)
            print(f"  at {far:.0e}: {there:.3g} ± {off:.2g}")


if __name__ == "__main__":
    match sys.argv[1:]:
        case [what, *sizes] if what in STEPS and len(sizes) >= 4:
            main(what, [int(size) for size in sizes])
        case _:
            raise SystemExit(__doc__)
