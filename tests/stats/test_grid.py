"""The grid of `benchmarks/coverage.py`: it computes what the library does, and keeps its bounds with fewer studies."""

from __future__ import annotations

import numpy as np
import pytest
from benchmarks import coverage as grid

from affectlab.stats.crossed import crossed_t, crossed_welch, with_shared
from affectlab.stats.ttest import TTest, one_sample_t, welch_t

STUDIES = 400
EXPECTED = {
    "texts and items, change or pairs": (0.94, 0.985),
    "texts and items, two samples": (0.94, 0.985),
    "these items, change or pairs": (0.94, 0.96),
    "these items, two samples": (0.94, 0.96),
    "three texts against more": (0.94, 0.985),
    "three texts against more, texts and items": (0.97, 0.998),
    "over states, pairs": (0.94, 0.96),
    "over states, against neutral texts": (0.94, 0.97),
    "over models": (0.94, 0.98),
}
"""Per interval, between what its mean coverage over the grid lies; above 0.96 where the docs call it conservative."""


def test_the_grid_s_intervals_are_those_of_the_library() -> None:
    rng = np.random.default_rng(7)
    tables, others = (0.7 * rng.normal(size=(40, n, 1)) + rng.normal(size=(40, n, 5)) for n in (4, 6))
    states, neutral = rng.normal(size=(40, 6)), rng.normal(size=(40, 4, 1)) + rng.normal(size=(40, 4, 6))
    made = [
        (grid.one(tables), [crossed_t(table) for table in tables]),
        (grid.two(tables, others), [crossed_welch(*pair) for pair in zip(tables, others, strict=True)]),
        (grid.student(states), [one_sample_t(sample) for sample in states]),
        (
            grid.welch(states, neutral[:, :, 0]),
            [welch_t(*pair) for pair in zip(states, neutral[:, :, 0], strict=True)],
        ),
        (
            grid.shared(states, neutral),
            [
                with_shared(one_sample_t(state - texts.mean(axis=0)), texts)
                for state, texts in zip(states, neutral, strict=True)
            ],
        ),
    ]
    for intervals, tests in made:
        assert list(intervals.middle) == pytest.approx([test.difference for test in tests])
        assert list(intervals.half) == pytest.approx([half(test) for test in tests])


def half(test: TTest) -> float:
    """Half the width of a test's interval."""
    return (test.high - test.low) / 2


def check(studies: int, least: float) -> None:
    """Hold the mean coverage of every interval to its bounds, and its lowest cell to the least."""
    found = grid.rates(studies)
    assert set(found) == set(EXPECTED)
    for name, of in found.items():
        rates, (low, high) = [rate for rate, _ in of], EXPECTED[name]
        error = 3.3 * (0.05 * 0.95 / (studies * len(rates))) ** 0.5
        assert low - error <= np.mean(rates) <= high + error, name
        assert min(of)[0] >= least, min(of)


def test_a_small_form_of_the_grid_keeps_its_bounds() -> None:
    """400 studies a cell: the lowest of some 430 cells at .94 lies above .895 in 99.9 % (binomial)."""
    check(STUDIES, 0.895)


@pytest.mark.long
def test_the_whole_grid_keeps_its_bounds() -> None:
    """10,000 studies a cell: at .94 the lowest of some 430 cells lies above .930 (binomial)."""
    check(10_000, 0.93)
