"""What a run gives, in a form that two versions can be compared by: findings, scores, and hashes of all else."""

from __future__ import annotations

import hashlib
import json
import lzma
import math
import re
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from benchmarks.two_texts import STUDIES, two_texts

from affectlab import renamed
from affectlab.design.load import load_study, shipped
from affectlab.participants.registry import participant
from affectlab.report.export import export
from affectlab.report.write import FORMS, report
from affectlab.results.summary import summarise
from affectlab.run import Run
from tests.conftest import run

HERE = Path(__file__).parent
RUNS = HERE / "runs"
"""One run of version 0.1.0 for each shipped study, as `affectlab run STUDY --quick --model simulated` left it."""
EMBEDDED = HERE / "dresden-embedded.json.xz"
HASHES = HERE / "hashes.json"
BENCHMARK = "-two-texts"
"""After the name of a study, its short form with two texts (`benchmarks/two_texts.py`)."""
GOLDEN = (*sorted(shipped()), *(f"{name}{BENCHMARK}" for name in STUDIES))
"""The short forms and the benchmark studies, of which the values are kept."""


@cache
def simulated(name: str) -> Run:
    """The short form of a shipped study, or a benchmark study, on the simulated participant."""
    study = two_texts(name.removesuffix(BENCHMARK)) if name.endswith(BENCHMARK) else load_study(name, quick=True)
    return run(study, participant("simulated", study.catalogue, seed=study.seed))


def values(done: Run) -> dict[str, Any]:
    """The findings and the score table of a run, numbers in full."""
    rows, found = done.scores(), summarise(done).findings
    rows = rows.drop(columns=[name for name in ("attempt", "seed") if name in rows])
    return {
        "findings": [{name: of for name, of in one.row().items() if name != "contrast"} for one in found],
        "scores": {
            "columns": list(rows.columns),
            "rows": json.loads(rows.to_json(orient="values", double_precision=15)),
        },
    }


def hashes(done: Run, folder: Path) -> dict[str, str]:
    """SHA-256 of every file of the export and of every form of the report but the page, whose figures hold the measures
    of the fonts that a machine has. Long numbers count to nine digits: the last ones differ between processors."""
    forms = [form for form in FORMS if form != "html"]
    found = {f"report.{form}": report(done, folder / f"report.{form}", form=form) for form in forms}
    exported = export(done, folder / "export")
    files = {str(path.relative_to(folder)): path for path in sorted(exported.rglob("*")) if path.is_file()}
    return {
        name: hashlib.sha256(_shortened(path.read_bytes())).hexdigest() for name, path in {**found, **files}.items()
    }


_LONG = re.compile(rb"-?\d+\.\d{9,}(?:e[+-]?\d+)?")


def _shortened(content: bytes) -> bytes:
    """A file with its long numbers to nine digits, and as zero below 1e-11."""

    def short(found: re.Match[bytes]) -> bytes:
        number = float(found[0])
        return b"0" if abs(number) < 1e-11 else f"{number:.9g}".encode()

    return _LONG.sub(short, content)


def pack(path: Path, content: Mapping[str, Any]) -> None:
    """Write values compressed."""
    path.write_bytes(lzma.compress(json.dumps(content, sort_keys=True).encode(), preset=9 | lzma.PRESET_EXTREME))


def unpack(path: Path) -> dict[str, Any]:
    """Values as they were written, the levels by the names that they have now (`docs/reference/renamed.md`)."""
    content: dict[str, Any] = json.loads(lzma.decompress(path.read_bytes()))
    names = content["scores"]["columns"]
    content["scores"]["rows"] = [
        [renamed.level_now(name, value) for name, value in zip(names, row, strict=True)]
        for row in content["scores"]["rows"]
    ]
    content["findings"] = [renamed.levels_now(row) for row in content["findings"]]
    return content


def same(now: Any, before: Any) -> bool:
    """Whether two values are equal but for the last digits, which differ between processors: a fitted score by 4e-9."""
    match now, before:
        case float() | int(), float() | int():
            return math.isclose(now, before, rel_tol=1e-8, abs_tol=1e-11)
        case list(), list():
            return len(now) == len(before) and all(map(same, now, before))
        case dict(), dict():
            return now.keys() == before.keys() and all(same(now[key], before[key]) for key in now)
    return bool(now == before)


def golden(name: str) -> Path:
    """The file with the values of a study."""
    return HERE / f"{name}.json.xz"


def opened(name: str, folder: Path) -> Path:
    """The directory of an old run, unpacked into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "answers.sqlite").write_bytes(lzma.decompress((RUNS / f"{name}.sqlite.xz").read_bytes()))
    return folder


def write() -> None:
    """Write the hashes anew: only with an entry in `docs/reference/changed-values.md` that says what is otherwise.

    One of the findings and scores that is to move is written by `tests.golden.former.replace`, which keeps the old one.
    """
    kept = {}
    for name in shipped():
        with tempfile.TemporaryDirectory() as folder:
            kept[name] = hashes(simulated(name), Path(folder))
    HASHES.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n", "utf-8")


if __name__ == "__main__":
    write()
