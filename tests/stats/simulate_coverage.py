"""How often the intervals of affectlab.stats cover what they should, and how often its tests err.

    python -m tests.stats.simulate_coverage [REPETITIONS]        prints the tables of docs/reference/statistics.md

Every cell is a function of a random generator that draws one study and says whether the interval covered the population
value (or the test rejected a true null). test_coverage.py runs the same cells with fewer repetitions.
"""

from __future__ import annotations

import itertools
import math
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from affectlab import stats
from affectlab.stats.effects import d_limits

Rng = np.random.Generator
FloatArray = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True, slots=True)
class Cell:
    """One setting of one interval (or test)."""

    name: str
    setting: str
    hit: Callable[[Rng], bool]
    slow: bool = False
    """A bootstrap: fewer repetitions."""

    def rate(self, repetitions: int, seed: int) -> float:
        """The share of hits."""
        rng = np.random.default_rng(seed)
        return float(np.mean([self.hit(rng) for _ in range(repetitions)]))


def related(rng: Rng, n: int, rho: float) -> tuple[np.ndarray, np.ndarray]:  # type: ignore[type-arg]
    """Two standard normal scores that correlate."""
    a = rng.standard_normal(n)
    return a, rho * a + math.sqrt(1 - rho * rho) * rng.standard_normal(n)


def covers(interval: stats.PointEstimate | stats.EffectSize | stats.Correlation, truth: float) -> bool:
    """A perfect correlation has no interval; it counts as covered where none could say otherwise."""
    return math.isnan(interval.low) or interval.low <= truth <= interval.high


# --- means


def mean_cells() -> Iterator[Cell]:
    for n in (3, 5, 10, 30):
        yield Cell(
            "mean_interval", f"normal, n = {n}", lambda g, n=n: covers(stats.mean_interval(g.standard_normal(n)), 0)
        )
    for n, p in itertools.product((5, 10, 20), (0.5, 0.85)):

        def rated(g: Rng, n: int = n, p: float = p) -> bool:
            return covers(
                stats.mean_interval(g.binomial(20, p, (n, 4)).mean(axis=1) + g.uniform(-1, 1, n) * 1e-6), 20 * p
            )

        yield Cell("mean_interval", f"mean of 4 items on 0–20, expected {20 * p:g}, n = {n}", rated)
    for (n, m), ratio in itertools.product(((5, 5), (5, 15), (20, 20), (10, 40)), (1, 4)):

        def welch(g: Rng, n: int = n, m: int = m, ratio: int = ratio) -> bool:
            return covers(stats.raw_difference(g.standard_normal(n) * ratio, g.standard_normal(m)), 0)

        yield Cell("raw_difference", f"n = {n}, {m}, SD ratio {ratio}", welch)
    for n, rho in itertools.product((5, 10, 30), (0.0, 0.5, 0.9)):

        def change(g: Rng, n: int = n, rho: float = rho) -> bool:
            return covers(stats.raw_change(*related(g, n, rho)), 0)

        yield Cell("raw_change", f"n = {n}, ρ = {rho:g}", change)


def clustered_answers(g: Rng, clusters: int, equal: bool, skewed: bool = False) -> tuple[np.ndarray, np.ndarray]:  # type: ignore[type-arg]
    sizes = np.full(clusters, 6) if equal else g.integers(2, 15, clusters)
    label = np.repeat(np.arange(clusters), sizes)
    between = g.exponential(1, clusters) - 1 if skewed else g.standard_normal(clusters)
    return between[label] + g.standard_normal(label.size), label


def cluster_cells() -> Iterator[Cell]:
    for clusters, equal in itertools.product((5, 10, 20), (True, False)):
        setting = f"{clusters} clusters, {'equal' if equal else 'unequal'} sizes"

        def mean(g: Rng, clusters: int = clusters, equal: bool = equal) -> bool:
            return covers(stats.cluster_mean(*clustered_answers(g, clusters, equal)), 0)

        yield Cell("cluster_mean", setting, mean)
        for interval in ("studentized", "expanded", "percentile"):

            def boot(g: Rng, clusters: int = clusters, equal: bool = equal, interval: str = interval) -> bool:
                answers, label = clustered_answers(g, clusters, equal)
                return covers(stats.cluster_bootstrap(answers, label, seed=g, interval=interval, draws=999), 0)  # type: ignore[arg-type]

            yield Cell(f"cluster_bootstrap, {interval}", setting, boot, slow=True)
    for clusters in (5, 10, 20):
        setting = f"{clusters} clusters, skewed"

        def skewed_mean(g: Rng, clusters: int = clusters) -> bool:
            return covers(stats.cluster_mean(*clustered_answers(g, clusters, True, True)), 0)

        def skewed_boot(g: Rng, clusters: int = clusters) -> bool:
            return covers(stats.cluster_bootstrap(*clustered_answers(g, clusters, True, True), seed=g, draws=999), 0)

        yield Cell("cluster_mean", setting, skewed_mean)
        yield Cell("cluster_bootstrap, studentized", setting, skewed_boot, slow=True)
    for clusters in (8, 20):

        def correlation(g: Rng, clusters: int = clusters) -> bool:
            a, b = related(g, clusters, 0.5)
            label = np.repeat(np.arange(clusters), 4)
            rows = np.column_stack([a[label], b[label]])
            found = stats.cluster_bootstrap(
                rows, label, seed=g, draws=999, statistic=lambda x: float(np.corrcoef(x.T)[0, 1])
            )
            return covers(found, 0.5)

        yield Cell("cluster_bootstrap, expanded", f"a correlation of .5, {clusters} clusters", correlation, slow=True)


COMPONENTS = {
    "rows and columns": (1.0, 1.0, 1.0),
    "mostly rows": (1.0, 0.3, 1.0),
    "rows only": (1.0, 0.0, 0.3),
    "neither": (0.0, 0.0, 1.0),
}


def answers(g: Rng, n: int, spread: tuple[float, float], item: FloatArray) -> FloatArray:
    """A table of n texts by items: texts and answers spread, items as they are."""
    text, residual = spread
    return text * g.standard_normal((n, 1)) + item + residual * g.standard_normal((n, item.size))


def item_cells() -> Iterator[Cell]:
    """Texts and items both random: n texts, m items, standard deviations of texts and of items by condition over that
    of an answer. What an item adds in both conditions cancels and is large."""
    spreads = ((0.0, 0.5), (0.5, 0.0), (0.5, 0.5), (1.0, 0.5), (0.5, 1.0))
    for n, m, (text, item) in itertools.product((3, 4, 8, 16), (2, 4, 10), spreads):
        setting = f"{n} texts, {m} items, SD of texts {text:g}, of items {item:g}"

        def one(g: Rng, n: int = n, m: int = m, text: float = text, item: float = item) -> bool:
            return covers(stats.crossed_t(answers(g, n, (text, 1.0), item * g.standard_normal(m))).estimate, 0)

        def two(g: Rng, n: int = n, m: int = m, text: float = text, item: float = item) -> bool:
            shared = 3 * g.standard_normal(m)
            first = answers(g, n, (text, 1.0), shared + item * g.standard_normal(m))
            second = answers(g, n, (text / 2, 0.5), shared)
            return covers(stats.crossed_welch(first, second).estimate, 0)

        yield Cell("crossed_t", setting, one)
        yield Cell("crossed_welch", setting, two)
    for n, m, (text, item) in itertools.product((4, 8), (4,), spreads[1:3]):
        setting = f"{n} texts, {m} items, SD of texts {text:g}, of items {item:g}, a tenth missing"

        def gaps(g: Rng, n: int = n, m: int = m, text: float = text, item: float = item) -> bool:
            shared = 3 * g.standard_normal(m)
            first = answers(g, n, (text, 1.0), shared + item * g.standard_normal(m))
            second = answers(g, n, (text, 1.0), shared)
            for table in (first, second):
                missing = g.random(table.shape) < 0.1
                table[missing & (np.cumsum(missing, axis=1) < m - 1)] = np.nan
            return covers(stats.crossed_incomplete(first, second).estimate, 0)

        yield Cell("crossed_incomplete", setting, gaps, slow=True)
    for n, m, delta in itertools.product((5, 8, 16), (4, 10), (0.0, 1.0, 2.0)):
        setting = f"{n} texts, {m} items, δ = {delta:g}"

        def standardised(g: Rng, n: int = n, m: int = m, delta: float = delta) -> bool:
            sd = math.sqrt(1 + 1 / m)
            first = delta * sd + answers(g, n, (1.0, 1.0), 0.5 * g.standard_normal(m))
            second = answers(g, n, (1.0, 1.0), np.zeros(m))
            test = stats.crossed_welch(first, second)
            size = stats.hedges_g(first.mean(axis=1), second.mean(axis=1))
            low, high = d_limits(test.t, test.df, test.se / size.sd)
            return low <= delta <= high

        yield Cell("d_limits", setting, standardised)


def crossed_cells() -> Iterator[Cell]:
    for (rows, columns), (kind, (a, b, e)) in itertools.product(
        ((5, 5), (5, 20), (10, 10), (20, 20)), COMPONENTS.items()
    ):
        setting = f"{rows} × {columns}, {kind}"

        def table(g: Rng, rows: int = rows, columns: int = columns, a: float = a, b: float = b, e: float = e):  # type: ignore[no-untyped-def]
            return stats.crossed_scores(0, {"r": a * a, "c": b * b, "residual": e * e}, {"r": rows, "c": columns}, g)

        for interval in ("studentized", "expanded"):

            def boot(g: Rng, table=table, rows: int = rows, columns: int = columns, interval: str = interval) -> bool:  # type: ignore[no-untyped-def]
                first, second = np.repeat(np.arange(rows), columns), np.tile(np.arange(columns), rows)
                found = stats.crossed_bootstrap(table(g).ravel(), first, second, seed=g, interval=interval, draws=999)  # type: ignore[arg-type]
                return covers(found, 0)

            yield Cell(f"crossed_bootstrap, {interval}", setting, boot, slow=True)


# --- standardised effects


def effect_cells() -> Iterator[Cell]:
    for (n, m), delta in itertools.product(((5, 5), (5, 15), (20, 20), (50, 50)), (0.0, 0.8, 3.0)):
        setting = f"n = {n}, {m}, δ = {delta:g}"

        def g_(g: Rng, n: int = n, m: int = m, delta: float = delta) -> bool:
            return covers(stats.hedges_g(g.standard_normal(n) + delta, g.standard_normal(m)), delta)

        def unequal(g: Rng, n: int = n, m: int = m, delta: float = delta) -> bool:
            a, b = g.standard_normal(n) * 3 + delta * math.sqrt(5), g.standard_normal(m)
            return covers(stats.d_av_independent(a, b), delta)

        yield Cell("hedges_g", setting, g_)
        yield Cell("d_av_independent", f"{setting}, SD ratio 3", unequal)
    for n, rho, delta in itertools.product((5, 10, 20, 50), (0.0, 0.5, 0.9), (0.0, 0.8, 3.0)):

        def change(g: Rng, n: int = n, rho: float = rho, delta: float = delta) -> bool:
            a, b = related(g, n, rho)
            return covers(stats.d_av(a + delta, b), delta)

        yield Cell("d_av", f"n = {n}, ρ = {rho:g}, δ = {delta:g}", change)
        if rho == 0.5:

            def standardised(g: Rng, n: int = n, delta: float = delta) -> bool:
                return covers(stats.d_z(*(x + s for x, s in zip(related(g, n, 0.5), (delta, 0), strict=True))), delta)

            yield Cell("d_z", f"n = {n}, δ_z = {delta:g}", standardised)
    for (n, m), shape in itertools.product(((8, 8), (10, 40), (30, 100)), ("normal", "bounded", "skewed")):

        def ratio(g: Rng, n: int = n, m: int = m, shape: str = shape) -> bool:
            draw = {"normal": g.standard_normal, "bounded": g.random, "skewed": lambda k: g.gamma(4, 1, k)}[shape]
            return covers(stats.sd_ratio(draw(n), 3 * draw(m)), 1 / 3)

        yield Cell("sd_ratio", f"n = {n}, {m}, {shape}", ratio)


# --- several conditions


def spread_samples(g: Rng, sizes: tuple[int, ...], sds: tuple[float, ...], delta: float) -> list[np.ndarray]:  # type: ignore[type-arg]
    """Independent samples with means δ, 0 and −δ/2."""
    return [g.standard_normal(n) * sd + mean for n, sd, mean in zip(sizes, sds, (delta, 0, -delta / 2), strict=True)]


def ramp(g: Rng, n: int, k: int, rho: float, delta: float) -> np.ndarray:  # type: ignore[type-arg]
    """Repeated scores that rise by δ from first to last; neighbours correlate by ρ, others by powers of it."""
    chain = rho ** np.abs(np.subtract.outer(range(k), range(k)))
    return g.standard_normal((n, k)) @ np.linalg.cholesky(chain).T + delta * np.linspace(0, 1, k)  # type: ignore[no-any-return]


SAMPLES = tuple(itertools.product(((5, 5, 5), (10, 10, 10), (8, 16, 24)), ((1, 1, 1), (3, 1, 1), (1, 1, 3))))
REPEATED = tuple(itertools.product((6, 12, 30), (3, 5), (0.0, 0.8)))


def omnibus_cells() -> Iterator[Cell]:
    for (sizes, sds), delta in itertools.product(SAMPLES, (0.0, 0.8)):
        weights = np.array(sizes) / np.square(sds)
        means = np.array([delta, 0, -delta / 2])
        apart = float(weights @ (means - weights @ means / weights.sum()) ** 2)
        share = apart / (apart + sum(sizes))
        for name in ("welch_anova", "anova") if sds == (1, 1, 1) else ("welch_anova",):

            def between(g: Rng, name=name, at=(sizes, sds, delta), truth=share) -> bool:  # type: ignore[no-untyped-def]
                found = getattr(stats, name)(spread_samples(g, *at))
                return bool(found.low <= truth <= found.high)

            yield Cell(name, f"n = {sizes}, SD = {sds}, δ = {delta:g}", between)
    for (n, k, rho), delta in itertools.product(REPEATED, (0.0, 0.6)):
        means = delta * np.linspace(0, 1, k)
        chain = rho ** np.abs(np.subtract.outer(range(k), range(k)))
        noise = float(np.trace(chain) - chain.mean() * k)
        apart = float(np.sum((means - means.mean()) ** 2))

        def within(g: Rng, at=(n, k, rho, delta), truth=apart / (apart + noise)) -> bool:  # type: ignore[no-untyped-def]
            found = stats.repeated_anova(ramp(g, *at))
            return found.low <= truth <= found.high

        yield Cell("repeated_anova", f"n = {n}, {k} conditions, ρ = {rho:g}, δ = {delta:g}", within)


def omnibus_errors() -> Iterator[Cell]:
    for sizes, sds in SAMPLES:
        yield Cell(
            "welch_anova",
            f"n = {sizes}, SD = {sds}",
            lambda g, at=(sizes, sds, 0.0): stats.welch_anova(spread_samples(g, *at)).p < 0.05,
        )
    for n, k, rho in REPEATED:
        yield Cell(
            "repeated_anova",
            f"n = {n}, {k} conditions, ρ = {rho:g}",
            lambda g, at=(n, k, rho, 0.0): stats.repeated_anova(ramp(g, *at)).p < 0.05,
        )


# --- yes or no


def binary_cells() -> Iterator[Cell]:
    for n, p in itertools.product((10, 30, 100), (0.1, 0.3, 0.5)):
        yield Cell(
            "proportion", f"n = {n}, p = {p:g}", lambda g, n=n, p=p: covers(stats.proportion(g.binomial(n, p), n), p)
        )
    for n, (p, q) in itertools.product((10, 30, 100), ((0.5, 0.5), (0.7, 0.4), (0.9, 0.6))):

        def difference(g: Rng, n: int = n, p: float = p, q: float = q) -> bool:
            return covers(stats.proportion_difference(g.binomial(n, p), n, g.binomial(n, q), n), p - q)

        def odds(g: Rng, n: int = n, p: float = p, q: float = q) -> bool:
            x, y = g.binomial(n, p), g.binomial(n, q)
            truth = math.log(p / (1 - p) * (1 - q) / q)
            return x + y in (0, 2 * n) or covers(stats.log_odds_ratio(x, n, y, n), truth)

        yield Cell("proportion_difference", f"n = {n}, {n}, p = {p:g}, {q:g}", difference)
        yield Cell("log_odds_ratio", f"n = {n}, {n}, p = {p:g}, {q:g}", odds)


# --- correlations and reliability


def correlation_cells() -> Iterator[Cell]:
    for n, rho in itertools.product((8, 10, 20, 50), (0.0, 0.5, 0.8, 0.95)):
        truths = {"pearson": rho, "spearman": 6 / math.pi * math.asin(rho / 2), "kendall": 2 / math.pi * math.asin(rho)}
        for name, truth in truths.items():

            def hit(g: Rng, n: int = n, rho: float = rho, name: str = name, truth: float = truth) -> bool:
                return covers(getattr(stats, name)(*related(g, n, rho)), truth)

            yield Cell(name, f"n = {n}, ρ = {rho:g}", hit)


def reliability_cells() -> Iterator[Cell]:
    for n, k in itertools.product((10, 30, 100), (3, 8)):

        def alpha(g: Rng, n: int = n, k: int = k) -> bool:
            items = g.standard_normal((n, 1)) + g.standard_normal((n, k))
            return covers(stats.cronbach_alpha(items), k / (k + 1))

        yield Cell("cronbach_alpha", f"n = {n}, {k} items", alpha)
    for n, k in itertools.product((50, 100, 200), (4, 8)):
        loadings = np.linspace(0.5, 1.0, k)
        truth = loadings.sum() ** 2 / (loadings.sum() ** 2 + k * 0.49)

        def omega(g: Rng, n: int = n, k: int = k, loadings=loadings, truth: float = truth) -> bool:  # type: ignore[no-untyped-def]
            return covers(
                stats.omega_total(g.standard_normal((n, 1)) * loadings + 0.7 * g.standard_normal((n, k))), truth
            )

        yield Cell("omega_total", f"n = {n}, {k} items", omega, slow=True)
    for n, k in itertools.product((6, 15, 40), (3, 5)):

        def table(g: Rng, n: int = n, k: int = k):  # type: ignore[no-untyped-def]
            return 1.5 * g.standard_normal((n, 1)), 0.5 * g.standard_normal((1, k)), g.standard_normal((n, k))

        def one_way(g: Rng, table=table) -> bool:  # type: ignore[no-untyped-def]
            unit, _, rest = table(g)
            return covers(stats.icc(unit + rest, "1"), 2.25 / 3.25)

        def consistency(g: Rng, table=table) -> bool:  # type: ignore[no-untyped-def]
            return covers(stats.icc(sum(table(g)), "C,1"), 2.25 / 3.25)

        def agreement(g: Rng, table=table) -> bool:  # type: ignore[no-untyped-def]
            return covers(stats.icc(sum(table(g)), "A,1"), 2.25 / 3.5)

        yield Cell("icc, 1", f"n = {n}, k = {k}", one_way)
        yield Cell("icc, C,1", f"n = {n}, k = {k}", consistency)
        yield Cell("icc, A,1", f"n = {n}, k = {k}", agreement)
    for n in (10, 20, 50, 200):

        def kripp(g: Rng, n: int = n) -> bool:
            codes = 1.5 * g.standard_normal((n, 1)) + g.standard_normal((n, 3))
            rounded = np.clip(np.round(codes * 2), -9, 9)
            return covers(stats.krippendorff_alpha(rounded, "interval"), KRIPPENDORFF)

        yield Cell("krippendorff_alpha, interval", f"{n} units, 3 coders", kripp, slow=n > 50)


#: α of the codes drawn above: the variance of the unit over that of a code, rounding to half points included.
KRIPPENDORFF = 2.25 / (3.25 + 1 / 48)

# --- errors of the first kind


def error_cells() -> Iterator[Cell]:
    for n in (5, 10, 30):
        yield Cell("paired_t", f"n = {n}", lambda g, n=n: stats.paired_t(*related(g, n, 0.5)).p < 0.05)
        yield Cell(
            "welch_t",
            f"n = {n}, {2 * n}, SD ratio 3",
            lambda g, n=n: stats.welch_t(g.standard_normal(n) * 3, g.standard_normal(2 * n)).p < 0.05,
        )

        def tost(g: Rng, n: int = n) -> bool:
            a, b = related(g, n, 0.5)
            return stats.tost_paired(a + 2, b, lower=-2, upper=2).p < 0.05

        yield Cell("tost_paired", f"n = {n}, true difference at the bound", tost)
    for n in (8, 15, 40):
        for name in ("pearson", "spearman", "kendall"):
            yield Cell(name, f"n = {n}", lambda g, n=n, name=name: getattr(stats, name)(*related(g, n, 0)).p < 0.05)
    for n, k in itertools.product((5, 10, 20), (3, 5)):

        def page(g: Rng, n: int = n, k: int = k) -> bool:
            return stats.page_trend(g.integers(1, 8, (n, k)) + np.arange(n)[:, None] % 2).p < 0.05

        def jonckheere(g: Rng, n: int = n, k: int = k) -> bool:
            return stats.jonckheere(list(g.integers(1, 8, (k, n)))).p < 0.05

        yield Cell("page", f"{n} units, {k} levels, ties", page)
        yield Cell("jonckheere", f"{n} units a level, {k} levels, ties", jonckheere)


COVERAGE = [
    *mean_cells(),
    *cluster_cells(),
    *crossed_cells(),
    *item_cells(),
    *effect_cells(),
    *omnibus_cells(),
    *binary_cells(),
    *correlation_cells(),
    *reliability_cells(),
]
ERRORS = [*error_cells(), *omnibus_errors()]


def report(title: str, cells: list[Cell], repetitions: int) -> None:
    print(f"\n| {title} | setting | share |\n|---|---|---|")
    for i, cell in enumerate(sorted(cells, key=lambda c: c.name)):
        share = cell.rate(repetitions // 5 if cell.slow else repetitions, seed=i)
        print(f"| `{cell.name}` | {cell.setting} | {share:.3f} |", flush=True)


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    report("95 % interval", COVERAGE, count)
    report("test at 5 %", ERRORS, count)
