"""Runs to be reported: a planted one, one in which nothing has an effect, and one with a measure of no use."""

from __future__ import annotations

import math
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from affectlab.participants.simulated import Simulated
from affectlab.report.evidence import Evidence
from affectlab.report.section import Section
from affectlab.requests import Answer, Ask, Request, Response
from affectlab.run import Run
from tests.conftest import Lab, run
from tests.conftest import planted as truth_of

TRUTH: dict[str, Any] = {
    "shifts": {"fear": {"fear": 2.0, "sadness": -0.4}, "sadness": {"sadness": 1.6}},
    "removes": {"breathing": 0.6, "reading": 0.1},
    "tasks": {"endings": {"sadness": 1.2}},
    "noise": {"text": 0.2, "regulation": 0.1, "task": 0.1, "item": 0.05},
}
NOISE = {"noise": TRUTH["noise"]}


def numbers(section: Section, begins: str) -> pd.DataFrame:
    """The numbers behind the table of a section, or of a part of it, whose caption begins so."""
    tables = [table for one in section.whole() for table in one.tables if table.caption.startswith(begins)]
    (found,) = (table.data for table in tables)
    assert found is not None
    return found


class Mumbling(Simulated):
    """Its ratings fall almost wholly beside the scale."""

    def respond(self, requests: Sequence[Request]) -> Iterator[tuple[int, Response]]:
        for position, response in super().respond(requests):
            request = requests[position]
            if isinstance(request, Ask) and isinstance(response, Answer) and len(request.options) == 11:
                faint = tuple(logprob + math.log(0.03) for logprob in response.logprobs)
                response = replace(response, logprobs=faint)
            yield position, response


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Keep the directory of each run, by what it is of: many tests report the same one."""
    folder, runs = tmp_path_factory.mktemp("reported"), dict[str, Path]()

    def directory(made: Callable[[Path], Run], *of: object) -> Path:
        key = repr(of)
        if key not in runs:
            runs[key] = folder / str(len(runs))
            made(runs[key]).store.close()
        return runs[key]

    return directory


@pytest.fixture
def reported(lab: Lab, tmp_path: Path, kept: Callable[..., Path]) -> Callable[..., Run]:
    """Run the small study, with ratings besides, on a participant with a truth; each run is the test's own copy."""

    def make(
        truth: dict[str, Any] | None = None, kind: type[Simulated] = Simulated, name: str = "run", **changes: Any
    ) -> Run:
        study = lab.load(**{"measures": ["words", "ratings"], **changes})
        planted = truth_of(**(TRUTH if truth is None else truth))
        written = {one.relative_to(lab.folder): one.read_bytes() for one in sorted(lab.folder.rglob("*.yaml"))}
        directory = kept(
            lambda folder: run(study, kind(planted, study.catalogue, seed=3), folder), kind, planted, written
        )
        return Run.open(shutil.copytree(directory, tmp_path / name))

    return make


@pytest.fixture
def evidence(reported: Callable[..., Run]) -> Evidence:
    """The evidence of the planted run."""
    return Evidence.of(reported())
