"""How often the intervals of a run hold the truth: 10,000 simulated studies in every cell of a grid.

    python benchmarks/coverage.py [STUDIES]        prints the table of docs/reference/statistics.md

The intervals of ``affectlab.stats`` are computed for all studies of a cell at once; ``tests/stats/test_grid.py`` holds
these computations against the library's own, study by study, and repeats the grid with fewer studies. The rate of
errors of the first kind is one minus the coverage, as a test rejects where its interval does not hold zero.
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from scipy import special

Rng = np.random.Generator
Values = np.ndarray[Any, np.dtype[np.float64]]
STUDIES = 10_000
SPREADS = (0.0, 0.5, 1.0)
"""Standard deviations of texts and items, beside one of 1 of a single answer."""

SAMPLES = ((3, 3), (4, 4), (8, 8), (16, 16), (4, 8))
"""Texts under two conditions."""


class Part(NamedTuple):
    """A variance of the mean in each study, and its degrees of freedom."""

    variance: Values
    df: Values


class Intervals(NamedTuple):
    """The middle and half the width of an interval in each study."""

    middle: Values
    half: Values

    def coverage(self, truth: float) -> float:
        """The share of studies whose interval holds the truth."""
        return float(np.mean(np.abs(self.middle - truth) <= self.half))


class Cell(NamedTuple):
    """One setting of one interval."""

    interval: str
    setting: str
    draw: Callable[[Rng, int], Intervals]
    """The intervals of so many studies, in which the truth is zero."""


def halved(part: Part) -> Values:
    """Half the width of the 95 % interval."""
    return np.asarray(special.stdtrit(part.df, 0.975) * np.sqrt(part.variance))


def added(parts: Sequence[Part], least: float | Values) -> Part:
    """The sum of variances with Satterthwaite's degrees of freedom."""
    total = sum(part.variance for part in parts)
    below = sum(part.variance**2 / part.df for part in parts)
    positive = np.asarray(total) > 0
    df = np.divide(np.asarray(total) ** 2, below, out=np.ones_like(np.asarray(total)), where=positive)
    return Part(np.where(positive, total, 0.0), np.maximum(df, least))


def squares(tables: Values) -> tuple[Part, Part, Part]:
    """The mean squares of rows, columns and the residual of tables of shape (studies, n, m)."""
    count, n, m = tables.shape
    rows, columns = tables.mean(axis=2), tables.mean(axis=1)
    rest = tables - rows[:, :, None] - columns[:, None, :] + tables.mean(axis=(1, 2))[:, None, None]
    df = float((n - 1) * (m - 1))

    def part(variance: Values, freedom: float) -> Part:
        return Part(variance, np.full(count, freedom))

    return (
        part(rows.var(axis=1, ddof=1) / n, n - 1.0),
        part(columns.var(axis=1, ddof=1) / m, m - 1.0),
        part((rest**2).sum(axis=(1, 2)) / df / (n * m), df),
    )


def widest(middle: Values, units: Sequence[Part], item: Part, rests: Sequence[Part]) -> Intervals:
    """As ``stats.crossed`` has it: over units, over items, and over both where both exceed the residual."""
    least = min(float(part.df[0]) for part in (*units, item))
    alone, below = added(units, 0.0), sum(rest.variance for rest in rests)
    minus = [Part(-rest.variance, rest.df) for rest in rests]
    both = halved(added([*units, item, *minus], least))
    there = np.minimum(alone.variance, item.variance) > below
    return Intervals(middle, np.maximum(np.maximum(halved(alone), halved(item)), np.where(there, both, 0.0)))


def one(tables: Values) -> Intervals:
    """``stats.crossed_t`` of tables of units by items."""
    unit, item, rest = squares(tables)
    return widest(tables.mean(axis=(1, 2)), [unit], item, [rest])


def two(first: Values, second: Values) -> Intervals:
    """``stats.crossed_welch`` of two of them."""
    (unit_1, _, rest_1), (unit_2, _, rest_2) = squares(first), squares(second)
    apart = first.mean(axis=1) - second.mean(axis=1)
    m = apart.shape[1]
    item = Part(apart.var(axis=1, ddof=1) / m, np.full(len(apart), m - 1.0))
    return widest(apart.mean(axis=1), [unit_1, unit_2], item, [rest_1, rest_2])


def welch(first: Values, second: Values) -> Intervals:
    """Welch's t interval of samples of shape (studies, n)."""
    parts = [
        Part(each.var(axis=1, ddof=1) / each.shape[1], np.full(len(each), each.shape[1] - 1.0))
        for each in (first, second)
    ]
    return Intervals(first.mean(axis=1) - second.mean(axis=1), halved(added(parts, 0.0)))


def cautious(first: Values, second: Values) -> Intervals:
    """The same with the degrees of freedom of the smaller, as ``effects.estimate`` has it of three against more."""
    count, least = len(first), min(first.shape[1], second.shape[1]) - 1.0
    variance = sum(each.var(axis=1, ddof=1) / each.shape[1] for each in (first, second))
    return Intervals(first.mean(axis=1) - second.mean(axis=1), halved(Part(variance, np.full(count, least))))


def student(sample: Values) -> Intervals:
    """The t interval of a sample, or of differences."""
    count, n = sample.shape
    return Intervals(sample.mean(axis=1), halved(Part(sample.var(axis=1, ddof=1) / n, np.full(count, n - 1.0))))


def shared(states: Values, neutral: Values) -> Intervals:
    """``stats.with_shared`` of k states against the same neutral texts: shapes (studies, k) and (studies, n, k)."""
    count, k = states.shape
    apart = states - neutral.mean(axis=1)
    own = Part(apart.var(axis=1, ddof=1) / k, np.full(count, k - 1.0))
    unit, _, rest = squares(neutral)
    joined = added([own, unit, Part(-rest.variance, rest.df)], min(k - 1.0, float(unit.df[0])))
    common = unit.variance > rest.variance
    wide = np.maximum(np.maximum(halved(joined), halved(own)), halved(unit))
    return Intervals(apart.mean(axis=1), np.where(common, wide, halved(own)))


def answers(rng: Rng, count: int, n: int, m: int, text: float, item: Values | float, answer: float = 1.0) -> Values:
    """Changes of texts by items, with the items' own effects given or drawn."""
    items = item if isinstance(item, np.ndarray) else item * rng.standard_normal((count, 1, m))
    noise = answer * rng.standard_normal((count, n, m))
    return np.asarray(text * rng.standard_normal((count, n, 1)) + items + noise)


THREE = "three texts against more"


def is_three_against_more(sizes: tuple[int, int]) -> bool:
    """Whether Welch's degrees of freedom are too many."""
    return min(sizes) == 3 < max(sizes)


def cells() -> Iterator[Cell]:
    """The grid."""
    for n, m, text, item in itertools.product((3, 4, 8, 16), (2, 4, 8), SPREADS, SPREADS):
        setting = f"{n} texts, {m} items, SD of texts {text:g}, of items {item:g}"
        yield Cell(
            "texts and items, change or pairs", setting,
            lambda g, r, n=n, m=m, text=text, item=item: one(answers(g, r, n, m, text, item)),
        )  # fmt: skip
    for sizes, m, text, item in itertools.product(SAMPLES, (2, 4, 8), SPREADS, SPREADS):
        setting = f"{sizes[0]} and {sizes[1]} texts, {m} items, SD of texts {text:g}, of items {item:g}"
        yield Cell("texts and items, two samples", setting, _two(sizes, m, text, item))
    for sizes, ratio in itertools.product((*SAMPLES, (5, 16), (3, 8)), (0.1, 0.5, 1, 2, 10)):
        name = THREE if is_three_against_more(sizes) else "these items, two samples"
        yield Cell(name, f"{sizes[0]} and {sizes[1]} texts, SD ratio {ratio:g}", _ratio(sizes, ratio))
    for n in (3, 4, 8, 16):
        yield Cell("these items, change or pairs", f"{n} texts", lambda g, r, n=n: student(g.standard_normal((r, n))))
    for k, state in itertools.product((6, 7, 10), (0.0, 0.4, 1.0)):
        yield Cell(
            "over states, pairs", f"{k} states, 4 texts, SD of states {state:g}",
            lambda g, r, k=k, state=state: student(state * g.standard_normal((r, k)) + 0.5 * g.standard_normal((r, k))),
        )  # fmt: skip
    for k, n, common in itertools.product((6, 7, 10), (3, 4, 8), (0.0, 0.4, 1.0)):
        yield Cell(
            "over states, against neutral texts",
            f"{k} states, {n} neutral texts, SD of what these do to all alike {common:g}",
            lambda g, r, k=k, n=n, c=common: shared(
                0.4 * g.standard_normal((r, k)) + 0.25 * g.standard_normal((r, k)),
                c * g.standard_normal((r, n, 1)) + 0.5 * g.standard_normal((r, n, k)),
            ),
        )
    for n, m, text, model in itertools.product((3, 4, 8), (6, 10), SPREADS, SPREADS):
        yield Cell("over models", f"{n} texts, {m} models, SD of texts {text:g}, of models {model:g}",
                   _two((n, n), m, text, model))  # fmt: skip
    for sizes, m, text, item in itertools.product(((3, 4), (3, 8)), (2, 4, 8), SPREADS, SPREADS):
        setting = f"{sizes[0]} and {sizes[1]} texts, {m} items, SD of texts {text:g}, of items {item:g}"
        yield Cell(f"{THREE}, texts and items", setting, _two(sizes, m, text, item))


def _two(sizes: tuple[int, int], m: int, text: float, item: float) -> Callable[[Rng, int], Intervals]:
    def draw(rng: Rng, count: int) -> Intervals:
        moved = item * rng.standard_normal((count, 1, m))
        pair = answers(rng, count, sizes[0], m, text, moved), answers(rng, count, sizes[1], m, text, 0.0)
        found = two(*pair)
        if not is_three_against_more(sizes):
            return found
        return found._replace(half=np.maximum(found.half, cautious(*(one.mean(axis=2) for one in pair)).half))

    return draw


def _ratio(sizes: tuple[int, int], ratio: float) -> Callable[[Rng, int], Intervals]:
    interval = cautious if is_three_against_more(sizes) else welch

    def draw(rng: Rng, count: int) -> Intervals:
        return interval(ratio * rng.standard_normal((count, sizes[0])), rng.standard_normal((count, sizes[1])))

    return draw


def rates(studies: int, seed: int = 18) -> dict[str, list[tuple[float, str]]]:
    """Per interval, the coverage of every cell, and the cell."""
    found: dict[str, list[tuple[float, str]]] = {}
    for place, cell in enumerate(cells()):
        rng = np.random.default_rng([seed, place])
        found.setdefault(cell.interval, []).append((cell.draw(rng, studies).coverage(0.0), cell.setting))
    return found


def main(studies: int = STUDIES) -> None:
    """Print the table."""
    print("| 95 % interval | cells | mean | lowest | highest | lowest at | highest at |")
    print("|---|--:|--:|--:|--:|---|---|")
    for name, of in rates(studies).items():
        (low, where), (high, there) = min(of), max(of)
        mean = sum(rate for rate, _ in of) / len(of)
        print(f"| {name} | {len(of)} | {mean:.3f} | {low:.3f} | {high:.3f} | {where} | {there} |")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
