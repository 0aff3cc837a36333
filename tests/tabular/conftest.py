"""Tables that the tests of ``affectlab analyse`` share."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from typer.testing import CliRunner

from affectlab.cli import app
from affectlab.errors import AffectlabError

#: Negative completions by rater, sad runs then neutral runs, as the published repository has them.
COUNTS = {
    1: ([18, 13, 16, 17, 22], [10, 10, 14, 10, 11]),
    2: ([15, 10, 16, 17, 22], [8, 8, 9, 9, 11]),
    3: ([14, 6, 12, 11, 16], [4, 4, 9, 7, 6]),
}

Command = Callable[..., dict[str, Any]]
Summarised = Callable[..., dict[str, Any]]


@pytest.fixture
def published() -> pd.DataFrame:
    """The published counts: a row for each rater and run; runs are numbered from 1 in both conditions."""
    return pd.DataFrame(
        [
            {"rater": rater, "mood": mood, "run": run, "negative": count}
            for rater, both in COUNTS.items()
            for mood, counts in zip(("sad", "neutral"), both, strict=True)
            for run, count in enumerate(counts, start=1)
        ]
    )


@pytest.fixture
def command(tmp_path: Path) -> Command:
    """Run ``affectlab analyse --json`` on a table or on a file's text, and return what it says."""

    return partial(_said, tmp_path / "data.csv")


@pytest.fixture
def summarised(tmp_path: Path) -> Summarised:
    """Run ``affectlab analyse --from-summary --json`` on a table or on a file's text, and return what it says."""
    return partial(_said, tmp_path / "summary.csv", before=("--from-summary",))


def _said(path: Path, data: pd.DataFrame | str | bytes, *options: str, before: tuple[str, ...] = ()) -> dict[str, Any]:
    if isinstance(data, pd.DataFrame):
        data.to_csv(path, index=False)
    else:
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
    result = CliRunner().invoke(app, ["analyse", *before, str(path), *shlex.split(" ".join(options)), "--json"])
    if isinstance(result.exception, AffectlabError):
        raise result.exception
    assert result.exit_code == 0, result.output
    said: dict[str, Any] = json.loads(result.stdout)
    return said
