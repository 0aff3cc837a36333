"""What an independent computation gives for golden values: R on the export's tables, plain formulas on its scores."""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from unittest import mock

import numpy as np
import pandas as pd
from scipy import optimize, special

from affectlab.report.export.layout import write_table
from affectlab.report.export.modelling import contrast_table, items, script, units
from affectlab.results.summary import summarise
from affectlab.run import Run
from affectlab.tasks import models
from tests.golden.values import simulated

if TYPE_CHECKING:
    from tests.golden.changed import Difference

FloatArray = np.ndarray[Any, np.dtype[np.float64]]
DISCOUNTING = models.discounting
LOG_K, LOG_SLOPE = models.LOG_K, (float(np.log(models.SLOPE[0])), float(np.log(models.SLOPE[1])))
"""Bounds of the logarithms of the rate and of the slope."""
STARTS = [(log_k, log_slope) for log_k in (-7.0, -5.0, -3.0, -1.0) for log_slope in (0.5, 1.5)]
EQUALLY = 1e-12
"""Nats by which two places are equally likely."""
SAID = re.compile(r"^(\S+) .*, (\S+) \[(\S+), (\S+)\], df \S+, p \S+; for these items \[(\S+), (\S+)\]$")


class ByR(NamedTuple):
    """What models.R prints of a contrast, and the units that units.csv has of it."""

    estimate: float
    interval: tuple[float, float]
    these: tuple[float, float]
    units: int
    """Of the first condition."""
    least: int
    """Of the condition that has fewer."""


def computed(name: str, found: Sequence[Difference]) -> list[str]:
    """A line for each difference of a golden file; "R:" by models.R of the export, "table:" from its scores."""
    done = simulated(name)
    said = by_r(done, {one.what for one in found if not isinstance(one.what, int)})
    table = done.scores()
    again = fitted(name) if any(isinstance(one.what, int) for one in found) else None
    return [_line(one, said, table, again) for one in found]


def _line(one: Difference, said: Mapping[Any, ByR], table: pd.DataFrame, again: pd.Series[float] | None) -> str:
    if isinstance(one.what, int):
        assert again is not None
        return f"scipy: {again.iloc[one.what]:.10g}"
    if one.quantity == "largest":
        return f"table: {largest(table, one.what)}"
    if one.quantity == "population":
        return f"table: {readings(table, one.what)}"
    if one.what not in said:
        return f"table: {unmoved(table, one.what)}"
    of = said[one.what]
    if one.quantity in ("note", "method") or (one.new == [None, None] and of.least == 2):
        return f"table: {of.least} texts"
    return f"R: {_by_r(one.quantity, of)}"


def _by_r(quantity: str, of: ByR) -> str:
    match quantity:
        case "estimate":
            return number(of.estimate)
        case "n":
            return str(of.units)
        case "interval, these items":
            return numbers(of.these)
        case "row":
            return f"{number(of.estimate)} {numbers(of.interval)}, n = {of.units}"
        case "both intervals" if of.interval != of.these:
            return f"{numbers(of.interval)}; {numbers(of.these)}"
    return numbers(of.interval)


def number(value: float) -> str:
    """A number to ten digits."""
    return f"{value:.10g}"


def numbers(pair: Sequence[float]) -> str:
    """An interval to ten digits."""
    return f"[{', '.join(map(number, pair))}]"


# --- R


def by_r(done: Run, wanted: set[Any]) -> dict[Any, ByR]:
    """The contrasts of findings by models.R, from the tables that an export has of them."""
    from tests.golden.changed import contrast

    summary = summarise(done)
    ids = {one.contrast: contrast(one.row()) for one in summary.findings if contrast(one.row()) in wanted}
    effects = [one for one in summary.effects if one.contrast.id in ids]
    if not effects:
        return {}
    scores = units(effects)
    with tempfile.TemporaryDirectory() as folder:
        for table, file in ((contrast_table(effects), "contrasts"), (scores, "units"), (items(effects), "items")):
            write_table(table, Path(folder, f"{file}.csv"))
        Path(folder, "models.R").write_text(script(), "utf-8")
        lines = subprocess.run(
            ["Rscript", "models.R"], cwd=folder, capture_output=True, text=True, check=True
        ).stdout.splitlines()
    counts = scores.groupby("contrast")["condition"].value_counts().unstack("condition")
    return {ids[one[0]]: _parsed(one, counts.loc[one[0]].dropna()) for one in map(_groups, lines)}


def _groups(line: str) -> tuple[str, ...]:
    found = SAID.match(line)
    assert found is not None, line
    return found.groups()


def _parsed(groups: tuple[str, ...], counts: pd.Series[float]) -> ByR:
    estimate, low, high, low_these, high_these = (np.nan if one == "NA" else float(one) for one in groups[1:])
    return ByR(estimate, (low, high), (low_these, high_these), int(counts["first"]), int(counts.min()))


# --- plain formulas on the score table


def shifts(table: pd.DataFrame, measure: str, levels: Mapping[str, Any]) -> pd.DataFrame:
    """How far each session's texts moved each scale: the mean over items of induced minus baseline."""
    part = table[(table["measure"] == measure) & table["scale"].ne("reply")]
    for factor, level in levels.items():
        part = part[part[factor].eq(level)] if level is not None else part
    keys = ["session", "vignette", "state", "arm", "scale", "item"]
    wide = part.pivot_table(index=keys, columns="point", values="value", aggfunc="mean")
    return (wide["induced"] - wide["baseline"]).groupby(keys[:-1]).mean().rename("shift").reset_index()


def unmoved(table: pd.DataFrame, what: Sequence[Any]) -> str:
    """How far scales move where nothing is said."""
    _, measure, _, against, *_ = what
    moved = shifts(table, measure, {"arm": against})["shift"].abs().max()
    return f"the largest shift under {against} is {number(moved)}"


def largest(table: pd.DataFrame, what: Sequence[Any]) -> str:
    """The mean of a state on its own scale less that of neutral texts, beside the others of its row and column."""
    _, measure, state, _, _, technique, grade, context, delivery, *_ = what
    if set(table["state"]) == {state, "neutral"}:
        return "1 state beside neutral"
    levels = {"technique": technique, "grade": grade, "context": context, "delivery": delivery}
    found = shifts(table, measure, {**levels, "arm": "induction-text"})
    means = found.groupby(["state", "scale"])["shift"].mean().unstack("scale")
    means = means.drop(index="neutral") - means.loc["neutral"]
    row = means.loc[state, [one for one in means.index if one in means.columns]].drop(state)
    column = means[state].drop(state)
    return (
        f"{number(means.loc[state, state])}; in its row at most {number(row.max())} ({row.idxmax()}), "
        f"in its column {number(column.max())} ({column.idxmax()})"
    )


def readings(table: pd.DataFrame, what: Sequence[Any]) -> str:
    """How many items a measure has, and how many answers the texts were held against."""
    _, measure, state, _, _, _, _, context, *_ = what
    part = table[
        table["measure"].eq(measure)
        & table["scale"].eq(state)
        & table["state"].eq(state)
        & table["context"].eq(context)
    ]
    before = part[part["point"] == "baseline"]
    return f"items: {part['item'].nunique()}; texts: {len(before)}; answers at baseline: {before['key'].nunique()}"


# --- fitted scores


def fitted(name: str) -> pd.Series[float]:
    """The values of the score table of a study whose models of choice are fitted by other methods."""
    with (
        mock.patch.object(models, "discounting", discounting),
        mock.patch.object(models, "logistic_regression", logistic_regression),
    ):
        return simulated.__wrapped__(name).scores()["value"]


def logistic_regression(design: Any, p: Any) -> FloatArray:
    """Where the gradient of the expected likelihood with a ridge of 1e-6 is zero, by Powell's hybrid method."""
    x, target = np.asarray(design, float), np.asarray(p, float)

    def gradient(beta: FloatArray) -> FloatArray:
        return np.asarray(x.T @ (special.expit(x @ beta) - target) + 2e-6 * beta)

    def curvature(beta: FloatArray) -> FloatArray:
        likely = special.expit(x @ beta)
        return np.asarray((x.T * (likely * (1.0 - likely))) @ x + 2e-6 * np.eye(x.shape[1]))

    start = optimize.minimize(
        lambda beta: _cross_entropy(x @ beta, target) + 1e-6 * float(beta @ beta),
        np.zeros(x.shape[1]),
        method="BFGS",
        jac=gradient,
    ).x
    return np.asarray(optimize.root(gradient, start, jac=curvature, tol=1e-14).x)


def discounting(sooner: Any, later: Any, wait: Any, delay: Any, chosen: Any) -> models.Discount | None:
    """The most likely of quasi-hyperbolic discounting: simplexes from a grid, then the root of the gradient.

    Two items do not tell three parameters: where what is told is as likely as any, the root is the one beside it.
    """
    told = DISCOUNTING(sooner, later, wait, delay, chosen)
    small, large, soon, late, p = (np.asarray(one, float) for one in (sooner, later, wait, delay, chosen))
    now = ((soon == 0.0) & (late > 0.0)).astype(float)

    def logits(at: FloatArray) -> FloatArray:
        rate, slope = np.exp(at[0]), np.exp(at[2])
        worth = np.log(small) - np.log1p(rate * soon) - np.log(large) + np.log1p(rate * late) + at[1] * now
        return np.asarray(slope * worth)

    def gradient(at: FloatArray) -> FloatArray:
        rate, slope = np.exp(at[0]), np.exp(at[2])
        by_rate = slope * rate * (late / (1.0 + rate * late) - soon / (1.0 + rate * soon))
        parts = np.stack([by_rate, slope * now, logits(at)])
        return np.asarray(parts @ (special.expit(logits(at)) - p))

    def loss(at: FloatArray) -> float:
        return _cross_entropy(logits(at), p)

    biased = bool(now.any()) and not bool(now.all())
    bounds = [LOG_K, (-2.0, 3.0) if biased else (0.0, 0.0), LOG_SLOPE]
    exact = {"xatol": 1e-10, "fatol": 1e-14, "maxiter": 4000, "maxfev": 4000}
    simplexes = (
        optimize.minimize(loss, start, method="Nelder-Mead", bounds=bounds, options=exact)
        for start in ((log_k, 0.1 if biased else 0.0, log_slope) for log_k, log_slope in STARTS)
    )
    lowest = min(simplexes, key=lambda fit: float(fit.fun))
    best = np.asarray(lowest.x)
    if told is not None:
        near = np.asarray([told.log_k, told.present_bias if biased else 0.0, np.log(told.slope)])
        best = near if loss(near) <= lowest.fun + EQUALLY else best
    free = [0, 1, 2] if biased else [0, 2]

    def of_free(part: FloatArray) -> FloatArray:
        at = best.copy()
        at[free] = part
        return gradient(at)[free]

    root = optimize.root(of_free, best[free], tol=1e-14).x
    # the root of the gradient near the lowest place, not one that the search leapt to
    if np.allclose(root, best[free], atol=1e-3):
        best[free] = root
    log_k, bias, log_slope = best
    inside = LOG_K[0] + 0.01 < log_k < LOG_K[1] - 0.01 and log_slope > LOG_SLOPE[0] + 0.01
    return (
        models.Discount(float(log_k), float(bias) if biased else np.nan, float(np.exp(log_slope))) if inside else None
    )


def _cross_entropy(logits: FloatArray, p: FloatArray) -> float:
    return float(-(p * special.log_expit(logits) + (1.0 - p) * special.log_expit(-logits)).sum())
