"""Whether answers respond at all: coverage, entropy, range, variance, the mode against the mean, refusals."""

from __future__ import annotations

import json
import math
from array import array

import numpy as np
import pandas as pd

from affectlab.errors import DataError
from affectlab.materials.checks import Check
from affectlab.materials.instrument import Instrument
from affectlab.materials.schema import NEUTRAL
from affectlab.stats.missing import Bounds, worst_case_difference, worst_case_mean
from affectlab.validity.check_context import CheckContext, Reading, count_of, share
from affectlab.validity.verdict import CheckValue, Unmeasured

NO_RATING = Unmeasured("the model can use no rating")
MOST = 4000
"""Answers that are read for the comparison of mode and mean: spread over the run, and enough for two decimals."""
_ANSWERS = """
SELECT logprobs FROM responses WHERE options IS NOT NULL AND id IN (SELECT value FROM json_each(?)) ORDER BY id"""


def coverage_met(basis: CheckContext, check: Check) -> CheckValue | Unmeasured:
    """Share of measures whose median coverage is what they need."""
    met = {id: one.coverage >= one.minimum for id, one in basis.usability.items()}
    missed = [id for id, holds in met.items() if not holds]
    told = [f"{basis.probes[id].title} {share(basis.usability[id].coverage)}" for id in missed]
    reached = f"{len(met) - len(missed)} of {len(met)} measures reached the coverage that each needs"
    if len(met) == 1:
        reached = f"The one measure {'missed' if missed else 'reached'} the coverage that it needs"
    return CheckValue(
        1.0 - len(missed) / len(met),
        reached + (f"; not: {', '.join(told)}." if told else "."),
        n=len(met),
        unit="measure",
    )


def coverage_spread(basis: CheckContext, check: Check) -> CheckValue | Unmeasured:
    """Largest distance of a state's mean coverage of a rating from the mean over states, after the induction."""
    ratings = [one.id for one in basis.instruments if one.values]
    rows = basis.scores[basis.scores["measure"].isin(ratings) & (basis.scores["point"] == basis.after)]
    if rows.empty:
        return NO_RATING
    means = rows.groupby(["measure", "state"], observed=True, sort=False)["coverage"].mean()
    off = (means - means.groupby("measure", observed=True).transform("mean")).abs()
    measure, state = map(str, off.index[int(off.argmax())])
    says = (
        f"After texts of {state}, {share(float(means[measure, state]))} of an answer to {basis.probes[measure].title} "
        f"fell on its options, after those of all states {share(float(means[measure].mean()))}."
    )
    return CheckValue(float(off.max()), says, n=len(means), unit="state and rating")


def entropy_share(basis: CheckContext, check: Check) -> CheckValue | Unmeasured:
    """Highest median entropy of a rating's answers, as a share of that of an even distribution."""
    answers = basis.scores.drop_duplicates("response").groupby("measure", observed=True)["entropy"].median()
    shares = {one.title: float(answers[one.id]) / math.log2(len(_values(one))) for one in basis.ratings}
    if not shares:
        return NO_RATING
    most = max(shares, key=lambda one: shares[one])
    says = f"The answers to {most} are the most spread out, at {share(shares[most])} of an even spread."
    return CheckValue(shares[most], says, n=len(shares), unit="rating")


def range_share(basis: CheckContext, check: Check) -> CheckValue | Unmeasured:
    """Distance of the 5th and 95th percentile of a rating's scores, as a share of the scale; lowest of the ratings."""
    shares = {}
    for one in basis.ratings:
        values = basis.scores.loc[basis.scores["measure"] == one.id, "value"].dropna().to_numpy(float)
        if len(values):
            low, high = np.quantile(values, [0.05, 0.95])
            shares[one.id] = (float(high - low) / scale_span(one), float(low), float(high))
    if not shares:
        return NO_RATING
    least = min(shares, key=lambda one: shares[one][0])
    value, low, high = shares[least]
    first, *_, last = _values(next(one for one in basis.ratings if one.id == least))
    about = basis.probes[least].title
    says = f"Nine in ten scores of {about} lie from {low:.1f} to {high:.1f}; it runs from {first} to {last}."
    return CheckValue(value, says, n=len(shares), unit="rating")


def varying_scales(basis: CheckContext, check: Check) -> CheckValue | Unmeasured:
    """Share of scales of usable instruments whose shifts differ between vignettes."""
    usable = [one.id for one in basis.usable]
    shifts = basis.shifts[basis.shifts["measure"].isin(usable)]
    if shifts.empty:
        return Unmeasured("no usable instrument was asked before and after the induction")
    spread = shifts.groupby(["measure", "scale"], observed=True)["value"].agg(lambda one: float(np.ptp(one.dropna())))
    moving = int((spread > 1e-12).sum())
    says = f"{moving} of {count_of(len(spread), 'scale')} gave different scores to different vignettes."
    return CheckValue(moving / len(spread), says, n=len(spread), unit="scale")


def mode_distance(basis: CheckContext, check: Check) -> CheckValue | Unmeasured:
    """Mean distance of the most probable from the expected rating, as a share of the scale."""
    found = {one.title: _distances(basis, one) for one in basis.ratings}
    means = {title: float(values.mean()) for title, values in found.items() if len(values)}
    if not means:
        return NO_RATING
    most = max(means, key=lambda one: means[one])
    says = (
        f"The most probable step of {most} lies {share(means[most])} of the scale from the expected value, on average."
    )
    return CheckValue(means[most], says, n=sum(map(len, found.values())), unit="answer")


def _distances(basis: CheckContext, instrument: Instrument) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    every = max(1, basis.usability[instrument.id].answers // MOST)
    asked = basis.scores.loc[basis.scores["measure"] == instrument.id, "response"].unique()
    _, rows = basis.run.store.query(_ANSWERS, (json.dumps(asked[asked % every == 0].tolist()),))
    values = np.array(_values(instrument), float)
    answers = [array("d", blob) for (blob,) in rows]
    shares = np.exp(np.array([one for one in answers if len(one) == len(values)]).reshape(-1, len(values)))
    legal = shares[shares.sum(axis=1) > 0.0]
    expected = legal @ values / legal.sum(axis=1)
    distances: np.ndarray[tuple[int], np.dtype[np.float64]] = np.abs(values[legal.argmax(axis=1)] - expected)
    return distances / scale_span(instrument)


def refused_share(basis: CheckContext, check: Check) -> CheckValue | Unmeasured:
    """Highest share of refused answers in a cell, and how many effects of states that could have decided."""
    asked = sum(one.answers for one in basis.usability.values())
    if not any(one.refused for one in basis.usability.values()):
        return CheckValue(0.0, f"None of {count_of(asked, 'answer')} was refused.", n=asked, unit="answer")
    answers = basis.scores.drop_duplicates(["response", "state", "regulation", "arm", "measure"])
    refused = answers.assign(refused=answers["coverage"] <= 0.0)
    cells = refused.groupby(["measure", "state", "arm", "regulation"], observed=True, sort=False)["refused"].mean()
    value = float(cells.max())
    measure, state, _, regulation = map(str, cells.index[int(cells.argmax())])
    says = f"At most {share(value)} were refused: {measure} after {state}, regulation {regulation}"
    return CheckValue(value, f"{says}{_kept(basis)}.", n=asked, unit="answer")


def _kept(basis: CheckContext) -> str:
    """How many differences from the neutral condition keep their sign, whatever the refused answers would have been."""
    rows = basis.scores[(basis.scores["point"] == basis.after) & (basis.scores["arm"] == "induction-text")]
    bounds = [
        bound
        for one in basis.ratings
        for scale in one.scales
        if scale in basis.study.states
        for bound in _bounds(rows[(rows["measure"] == one.id) & (rows["scale"] == scale)], one, scale)
    ]
    if not bounds:
        return ""
    kept = sum(bound.low > 0.0 or bound.high < 0.0 for bound in bounds)
    return f"; {kept} of {count_of(len(bounds), 'difference')} between a state and neutral keep their sign at worst"


def _bounds(rows: pd.DataFrame, instrument: Instrument, scale: str) -> list[Bounds]:
    lowest, highest = _values(instrument)[0], _values(instrument)[-1]
    arms = []
    for state in (scale, NEUTRAL):
        values = rows.loc[rows["state"] == state].drop_duplicates("response")["value"]
        try:
            known = values.dropna()
            missing = int(values.isna().sum())
            arms.append(worst_case_mean(known, missing=missing, lowest=lowest, highest=highest))
        except DataError:
            return []
    return [worst_case_difference(*arms)]


def scale_span(instrument: Instrument) -> float:
    """The distance of the ends of a rating's scale, in points."""
    values = _values(instrument)
    return float(values[-1] - values[0])


def _values(instrument: Instrument) -> tuple[int, ...]:
    return instrument.values or (0, 1)


READ: dict[str, Reading] = {
    "coverage-met": coverage_met,
    "coverage-spread": coverage_spread,
    "entropy-share": entropy_share,
    "range-share": range_share,
    "varying-scales": varying_scales,
    "mode-distance": mode_distance,
    "refused-share": refused_share,
}
