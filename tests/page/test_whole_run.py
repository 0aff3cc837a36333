"""A large run is read in a process of its own, which says what ours would have said."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from affectlab.errors import DataError
from affectlab.page.whole_run import is_large, read_whole
from tests.records.conftest import finished

__all__ = ["finished"]


def described(directory: Path) -> dict[str, object]:
    """What a run is called, and by which process it was read."""
    return {"name": directory.name, "process": os.getpid()}


def refusing(directory: Path) -> None:
    """Something that is said of a run."""
    raise DataError(f"nothing in {directory.name}", hint="look again")


def broken(directory: Path) -> None:
    """Something that nobody foresaw."""
    raise ZeroDivisionError(directory.name)


def test_a_large_run_is_read_in_another_process_and_a_small_one_here(
    finished: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = finished / "run"
    assert read_whole("tests.page.test_whole_run:described", run) == {"name": "run", "process": os.getpid()}
    monkeypatch.setattr("affectlab.page.whole_run.LARGE", 2)
    found = read_whole("tests.page.test_whole_run:described", run)
    assert found["name"] == "run"
    assert found["process"] != os.getpid()


def test_what_is_wrong_with_a_run_is_said_as_it_is_said_there(finished: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("affectlab.page.whole_run.LARGE", 2)
    run = finished / "run"
    with pytest.raises(DataError, match="nothing in run") as raised:
        read_whole("tests.page.test_whole_run:refusing", run)
    assert raised.value.hint == "look again"
    with pytest.raises(DataError, match="run could not be read: ZeroDivisionError"):
        read_whole("tests.page.test_whole_run:broken", run)


def test_a_run_is_large_by_its_answers(finished: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not is_large(finished / "run")
    monkeypatch.setattr("affectlab.page.whole_run.LARGE", 2)
    assert is_large(finished / "run")
