"""What is made of a run is made once, and is never that of another state of the run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from affectlab.experiment import Results
from affectlab.page import opening, whole_run
from affectlab.page.opening import OPENINGS, keep_opening
from affectlab.page.remembered import Remembered
from tests.conftest import Lab
from tests.records.conftest import copied, finished, mood

__all__ = ["copied", "finished"]


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("AFFECTLAB_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


class Sums:
    """The sum of a run's numbers, and how often it was made."""

    def __init__(self) -> None:
        self.made = 0

    def __call__(self, directory: Path) -> dict[str, Any]:
        self.made += 1
        scores = Results.open(directory).scores()
        return {"sum": round(float(scores["value"].sum()), 9), "rows": len(scores)}


def test_what_is_kept_of_a_run_is_that_of_its_content(copied: Lab, cache: Path) -> None:
    run, make = copied.folder / "run", Sums()
    first = Remembered("sums", make).of(run)
    assert Remembered("sums", make).of(run) == first == Sums()(run)
    assert make.made == 1
    # wherever it lies, and whatever its files' times are
    moved = run.rename(copied.folder / "elsewhere")
    (moved / "answers.sqlite").touch()
    assert Remembered("sums", make).of(moved) == first
    assert make.made == 1
    # a file that is no JSON is made again
    (kept,) = cache.glob("page/sums/*.json")
    kept.write_text("{", "utf-8")
    assert Remembered("sums", make).of(moved) == first
    assert make.made == 2


def test_a_run_that_is_scored_anew_or_loses_a_session_shows_its_new_numbers(copied: Lab) -> None:
    run, make = copied.folder / "run", Sums()
    kept = Remembered("sums", make)
    own = kept.of(run)
    mood(copied, items=[{"id": "afraid", "text": "My fear is strong", "scale": "fear", "foil": False}, SAD])
    Results.open(run).score(copied.folder / "materials")
    scored = kept.of(run)
    assert scored == Sums()(run)
    assert scored["sum"] != own["sum"]
    Results.open(run).delete(0)
    less = kept.of(run)
    assert less == Sums()(run)
    assert less["rows"] < scored["rows"]
    assert make.made == 3


SAD = {"id": "sad", "text": "My sadness is strong", "scale": "sadness", "foil": False}


def test_what_a_large_run_opens_with_is_there_when_it_ends(copied: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    content = {"verdicts": [], "sentence": "Found.", "notices": [], "sections": []}
    monkeypatch.setattr(opening, "_opening", lambda results: made.append(results) or content)
    run = copied.folder / "run"
    keep_opening(Results.open(run), run)
    assert made == []
    monkeypatch.setattr(whole_run, "LARGE", 1)
    keep_opening(Results.open(run), run)
    assert OPENINGS.of(run).sentence == "Found."
    assert len(made) == 1
    # a cache that cannot be written ends no run
    (copied.folder / "file").write_text("", "utf-8")
    monkeypatch.setenv("AFFECTLAB_CACHE", str(copied.folder / "file"))
    keep_opening(Results.open(run), run)
    assert len(made) == 2
