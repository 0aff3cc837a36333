"""What a report of many answers costs: seconds and peak memory, for the page and for the other forms.

A simulated run of a shipped study is made and multiplied inside its store, replicate by replicate, with noise on
every number, until it holds the answers that are wanted. Run it as ``python benchmarks/report.py [ANSWERS] [STUDY]``;
it prints one JSON object. Each step is done in a process of its own, so that its peak memory is its own.
"""

from __future__ import annotations

import json
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from affectlab.design.load import load_study
from affectlab.experiment import Experiment
from affectlab.participants.registry import participant
from affectlab.report.write import report
from affectlab.results.summary import summarise
from affectlab.run import STORE, Run
from affectlab.store.store import Store

RESPONSES = (
    "key || '-' || :copy, participant, conversation, opening, kind, options, logprobs, coverage, entropy, refused, "
    "bounds, text, finish, tokens, seed, obtained, requested, honoured, block, attempt, limits, seconds"
)
COLUMNS = RESPONSES.replace("key || '-' || :copy", "key")
NOISE = "0.05 * random() / 9223372036854775807"

COPY = (
    f"INSERT INTO responses (id, {COLUMNS}) SELECT id + :first, {RESPONSES} FROM responses WHERE id <= :last",
    "INSERT INTO sessions SELECT id + :sessions, json_set(cell, '$.replicate', :copy, '$.index', id + :sessions), "
    "conversation FROM sessions WHERE id < :all",
    "INSERT INTO observations (session, probe, response) SELECT session + :sessions, probe, response + :first "
    "FROM observations WHERE session >= 0 AND session < :all",
    "INSERT INTO scores SELECT scoring, session + :sessions, place, response + :first, "
    f"value + {NOISE} FROM scores WHERE session >= 0 AND session < :all",
)


def build(directory: Path, answers: int, name: str) -> None:
    """A run of a study with at least so many answers."""
    study = load_study(name)
    model = participant("simulated", study.catalogue, seed=1, threads=None, weights=None)
    for _ in Experiment(study, models=[model], out=directory).run():
        pass
    store = Store(directory / STORE)
    first = _number(store, "SELECT max(id) FROM responses")
    sessions, count = (_number(store, f"SELECT count(*) FROM {table}") for table in ("sessions", "responses"))
    copies = max(0, -(-answers // count) - 1)
    for copy in range(1, copies + 1):
        at = {"copy": copy, "first": first * copy, "sessions": sessions * copy, "last": first, "all": sessions}
        for statement in COPY:
            store.change(statement, [at])
    store.describe("sessions", sessions * (copies + 1))
    store.describe("replicates", copies + 1)
    store.close()


def _number(store: Store, query: str) -> int:
    return int(store.query(query)[1][0][0])


def tables(directory: Path) -> None:
    """The tables of the findings."""
    summarise(Run.open(directory))


def html(directory: Path) -> None:
    """The page."""
    report(Run.open(directory))


def markdown(directory: Path) -> None:
    """The words and tables."""
    report(Run.open(directory), form="md")


def _timed(step: Callable[[Path], None], directory: Path) -> dict[str, float]:
    """Seconds and peak memory of a step in a process of its own."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_measure, (step, directory))


def _measure(step: Callable[[Path], None], directory: Path) -> dict[str, float]:
    start = time.perf_counter()
    step(directory)
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": round(seconds, 1), "cpu_seconds": round(time.process_time(), 1), "peak_memory_mb": round(peak)}


def main() -> None:
    """Build the run, measure, print."""
    answers = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    name = sys.argv[2] if len(sys.argv) > 2 else "dresden"
    with tempfile.TemporaryDirectory() as temporary:
        directory = Path(temporary)
        build(directory, answers, name)
        made = Run.open(directory)
        _, ((rows,),) = made.store.query("SELECT count(*) FROM score_rows")
        found: dict[str, object] = {"study": name, "answers": made.store.count(), "rows": rows}
        made.store.close()
        found |= {step.__name__: _timed(step, directory) for step in (tables, html, markdown)}
        found["page_mb"] = round((directory / "report.html").stat().st_size / 1e6, 2)
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
