"""Time and memory of the analysis tables on a million answers.

    python benchmarks/results.py [ANSWERS]

Makes a run of ``dresden`` with so many answers, and a CSV file with as many rows; prints one JSON object. Each part
runs in a process of its own, so that the memory of one is not counted for the other.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from report import build

STATES = ("fear", "anxiety", "anger", "sadness", "disgust", "worry", "stress", "neutral")


def table(rows: int) -> pd.DataFrame:
    """Scores by state, vignette, item and repeated read, with a planted effect and one gap in a hundred."""
    place = np.arange(rows)
    state, vignette, item = place % 8, place // 8 % 8, place // 64 % 5
    rng = np.random.default_rng(1)
    value = (state == 0) * 2.0 + rng.normal(0, 0.5, (8, 8))[state, vignette] + rng.normal(0, 0.3, rows)
    value[rng.random(rows) < 0.01] = np.nan
    names = np.array(STATES, dtype=object)
    return pd.DataFrame(
        {
            "state": names[state],
            "vignette": [f"{STATES[s]}-{v}" for s, v in zip(state, vignette, strict=True)],
            "item": [f"item-{i}" for i in item],
            "value": value,
        }
    )


def run_tables(folder: Path) -> None:
    """Everything that ``affectlab run`` prints: findings, and the usability of measures."""
    from affectlab.results.summary import summarise
    from affectlab.run import Run

    summarise(Run.open(folder / "run"))


def analysed(folder: Path) -> None:
    """``affectlab analyse`` on a file, from reading to the contrasts."""
    from affectlab.effects.analyse import analyse
    from affectlab.tabular.design import Design
    from affectlab.tabular.source import read_table

    design = Design("value", "state", unit="vignette", average=True)
    analyse(read_table(folder / "table.csv"), design, control="neutral")


def crossed(folder: Path) -> None:
    """The same by a mixed model with vignettes and items crossed."""
    from affectlab.effects.analyse import analyse
    from affectlab.tabular.design import Design
    from affectlab.tabular.source import read_table

    design = Design("value", "state", unit="vignette", item="item", average=True)
    analyse(read_table(folder / "table.csv"), design, control="neutral")


PARTS: dict[str, Callable[[Path], None]] = {"run_tables": run_tables, "analyse": analysed, "analyse_crossed": crossed}


def main() -> None:
    if len(sys.argv) > 2:
        start = time.perf_counter()
        PARTS[sys.argv[1]](Path(sys.argv[2]))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        spent = {"seconds": time.perf_counter() - start, "cpu_seconds": time.process_time(), "peak_mb": peak / 1024}
        print(json.dumps({name: round(value, 1) for name, value in spent.items()}))
        return
    answers = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as directory:
        folder = Path(directory)
        build(folder / "run", answers, "dresden")
        table(answers).to_csv(folder / "table.csv", index=False)
        found: dict[str, object] = {"answers": answers}
        for part in PARTS:
            command = [sys.executable, __file__, part, directory]
            found[part] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
