"""What commands print holds what was planted: `benchmarks/coverage_commands.py` with few studies."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from benchmarks import coverage_commands as grid
from scipy.stats import binom

Drawn = Callable[[np.random.Generator], Any]
STUDIES = 400
CONSERVATIVE = ("× 4", "over ", "texts, 4", "texts, regulation, 4", "texts, task, 4")
"""What names designs whose interval is over items or models too, the widest of several: held by more than 95 %."""


@pytest.mark.parametrize(
    ("drawn", "truth", "studies"),
    [(grid.independent, 1.0, 20), (grid.paired, 0.5, 20), (lambda rng: grid.of_items(rng, within=False), 0.5, 8)],
    ids=["independent", "paired", "items"],
)
def test_tables_holds_many_studies_of_one_file(drawn: Drawn, truth: float, studies: int, tmp_path: Path) -> None:
    """Every study is a scale of one table, so that one command answers them all; the limit is the binomial's 0.1 %."""
    rng, path = np.random.default_rng(18), tmp_path / "d.csv"
    made = [drawn(rng) for _ in range(studies)]
    pd.concat([one.data.assign(scale=f"s{n}") for n, one in enumerate(made)]).to_csv(path, index=False)
    words = ("--scale", "scale", "--table", "contrasts", *made[0].options.split())
    said = grid.printed("tables", str(path), *words)["contrasts"]
    assert len(said) == studies
    assert sum(grid.holds(truth)(one) for one in said) >= binom.ppf(0.001, studies, 0.95)
    assert not all(grid.holds(truth + 9)(one) for one in said)


def test_every_design_of_people_is_answered(tmp_path: Path) -> None:
    rng = np.random.default_rng(4)
    right = [grid.held(name.split(" | ")[0], drawn(rng), tmp_path / "d.csv") for name, drawn in grid.PEOPLE.items()]
    assert sum(right) >= binom.ppf(0.001, len(right), 0.95)


def test_every_finding_of_a_run_is_answered(tmp_path: Path) -> None:
    found = dict(grid.one_state(np.random.default_rng(4), tmp_path))
    assert len(found) == 9
    assert sum(found.values()) >= binom.ppf(0.001, len(found), 0.95)


@pytest.mark.long
@pytest.mark.parametrize("design", [*grid.PEOPLE, *grid.RUNS])
def test_hundreds_of_studies_hold_what_was_planted(design: str) -> None:
    for name, right in grid.rates(STUDIES, [design]).items():
        least, most = binom.interval(0.999, STUDIES, 0.95)
        conservative = any(part in name for part in CONSERVATIVE) and not name.endswith("for these items")
        assert least <= sum(right) <= (STUDIES if conservative else most), (name, sum(right) / STUDIES)
