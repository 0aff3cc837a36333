"""A large run is read in a process of its own, which says what ours would have said."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from affectlab.errors import DataError
from affectlab.page.apart import is_large, read_apart
from tests.records.conftest import finished

__all__ = ["finished"]


def described(directory: Path) -> dict[str, object]:
    """What a run is called, and by which process it was read."""
    if not directory.exists():
        raise DataError("there is no run", hint="make one")
    return {"name": directory.name, "process": os.getpid()}


def broken(directory: Path) -> None:
    """Something that nobody foresaw."""
    raise ZeroDivisionError(directory.name)


def test_a_run_is_read_in_another_process(finished: Path) -> None:
    found = read_apart("tests.page.test_apart:described", finished / "run")
    assert found["name"] == "run"
    assert found["process"] != os.getpid()


def test_what_is_wrong_with_a_run_is_said_as_it_is_said_there(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="there is no run") as raised:
        read_apart("tests.page.test_apart:described", tmp_path / "none")
    assert raised.value.hint == "make one"
    with pytest.raises(DataError, match="run could not be read: ZeroDivisionError"):
        read_apart("tests.page.test_apart:broken", tmp_path / "run")


def test_a_run_is_large_by_its_answers(finished: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not is_large(finished / "run")
    monkeypatch.setattr("affectlab.page.apart.LARGE", 2)
    assert is_large(finished / "run")
