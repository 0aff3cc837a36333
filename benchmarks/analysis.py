"""Time and memory of the analysis tables on a million answers.

    python benchmarks/analysis.py [ROWS]

Makes the trials of a study as large as ROWS (models × states × vignettes × arms × points × items × scales), with a
planted effect, and the same as a CSV file; prints one JSON object. Each part runs in a process of its own, so that
the memory of one is not counted for the other.
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

STATES = ("fear", "anxiety", "anger", "sadness", "disgust", "worry", "stress", "neutral")
POINTS = ("baseline", "induced", "stabilised", "regulated")
ARMS = ("text", "sham", "scrambled", "no-text")
REGULATIONS = ("mindfulness-breathing", "neutral-reading", "none")
ITEMS, VIGNETTES = 5, 8


def trials(rows: int) -> pd.DataFrame:
    """Trials as ``Run.trials()`` gives them, cut to a number of rows."""
    per_session = len(POINTS) * ITEMS * 7
    sessions = rows // per_session + 1
    session = np.arange(sessions)
    state, rest = session % 8, session // 8
    vignette, rest = rest % VIGNETTES, rest // VIGNETTES
    arm, rest = rest % 4, rest // 4
    regulation, rest = rest % 3, rest // 3
    model, replicate = rest % 4, rest // 4
    cells = pd.DataFrame(
        {
            "session": session,
            "model": np.array([f"model-{i}" for i in range(4)], dtype=object)[model],
            "frame": "human-participant",
            "state": np.array(STATES, dtype=object)[state],
            "technique": "imagery",
            "grade": "moderate",
            "arm": np.array(ARMS, dtype=object)[arm],
            "delivery": "user",
            "vignette": [f"{STATES[s]}-{v}" for s, v in zip(state, vignette, strict=True)],
            "context": "forked",
            "regulation": np.array(REGULATIONS, dtype=object)[regulation],
            "guidance": "scripted",
            "order": "after",
            "replicate": replicate,
        }
    )
    point, item, scale = (part.ravel() for part in np.meshgrid(range(4), range(ITEMS), range(7), indexing="ij"))
    every = np.repeat(session, per_session)
    place = np.tile(np.arange(per_session), sessions)
    rng = np.random.default_rng(1)
    own = (state[every] == scale[place]) & (arm[every] == 0) & (point[place] > 0)
    by_vignette = rng.normal(0, 0.5, (8, VIGNETTES))[state[every], vignette[every]]
    value = own * 2.0 + by_vignette * (point[place] > 0) + rng.normal(0, 0.3, every.size)
    value[rng.random(every.size) < 0.01] = np.nan
    answer = (every * len(POINTS) + point[place]) * ITEMS + item[place]
    table = cells.iloc[every].reset_index(drop=True)
    return table.assign(
        point=np.array(POINTS, dtype=object)[point[place]],
        measure="affect-cloze",
        item=np.array([f"item-{i}" for i in range(ITEMS)], dtype=object)[item[place]],
        scale=np.array(STATES, dtype=object)[scale[place]],
        value=value,
        coverage=np.where(np.isnan(value), 0.0, 0.7),
        key=[f"{number:064x}" for number in answer],
    ).iloc[:rows]


def timed(work: Callable[[], object]) -> dict[str, float]:
    """Seconds, and the growth of the peak memory in MB."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    work()
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {"seconds": round(seconds, 2), "peak_mb": round(peak / 1024), "of_which_data_mb": round(before / 1024)}


def run_tables(rows: int) -> dict[str, float]:
    """Everything that ``affectlab run`` prints."""
    from affectlab.analysis.findings import findings
    from affectlab.analysis.usability import usability

    table = trials(rows)

    def work() -> None:
        findings(table, {"affect-cloze": "nats"}, ("neutral-reading", "none"), {})
        usability(table, {"affect-cloze": 0.01})

    return timed(work)


def analysed(rows: int, folder: Path) -> dict[str, float]:
    """``affectlab analyse`` on a file, from reading to the contrasts."""
    from affectlab.analysis.analyse import analyse
    from affectlab.analysis.delimited import read_table
    from affectlab.analysis.design import Design

    return timed(
        lambda: analyse(
            read_table(folder / "trials.csv"),
            Design("value", "state", unit="vignette", average=True),
            control="neutral",
        )
    )


def crossed(rows: int, folder: Path) -> dict[str, float]:
    """The same by a mixed model with vignettes, items and models crossed."""
    from affectlab.analysis.analyse import analyse
    from affectlab.analysis.delimited import read_table
    from affectlab.analysis.design import Design

    design = Design("value", "state", unit="vignette", item="item", average=True)
    return timed(lambda: analyse(read_table(folder / "trials.csv"), design, control="neutral"))


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    if len(sys.argv) > 2:
        folder = Path(sys.argv[3])
        parts = {"run_tables": lambda: run_tables(rows), "analyse": lambda: analysed(rows, folder)}
        parts["analyse_crossed"] = lambda: crossed(rows, folder)
        print(json.dumps(parts[sys.argv[2]]()))
        return
    with tempfile.TemporaryDirectory() as folder:
        trials(rows).drop(columns="key").to_csv(Path(folder) / "trials.csv", index=False)
        found: dict[str, object] = {"rows": rows}
        for part in ("run_tables", "analyse", "analyse_crossed"):
            command = [sys.executable, __file__, str(rows), part, folder]
            found[part] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
