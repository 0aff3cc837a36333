"""Whether answers respond at all: coverage, entropy, range, variance, the mode against the mean, refusals."""

from __future__ import annotations

import json
import math
from array import array

import numpy as np
import pandas as pd

from affectlab.errors import DataError
from affectlab.materials.checks import Check
from affectlab.materials.schema import NEUTRAL, Instrument
from affectlab.stats.missing import Bounds, worst_case_difference, worst_case_mean
from affectlab.validity.ground import Ground, Reading, counted, share
from affectlab.validity.verdict import Outcome, Unmeasured

NO_RATING = Unmeasured("the model can use no rating")
MOST = 4000
"""Answers that are read for the comparison of mode and mean: spread over the run, and enough for two decimals."""
_ANSWERS = """
SELECT logprobs FROM responses WHERE options IS NOT NULL AND id IN (SELECT value FROM json_each(?)) ORDER BY id"""


def coverage_met(ground: Ground, check: Check) -> Outcome | Unmeasured:
    """Share of measures whose median coverage is what they need."""
    met = {id: one.coverage >= one.minimum for id, one in ground.usability.items()}
    missed = [id for id, holds in met.items() if not holds]
    told = [f"{ground.probes[id].title} {share(ground.usability[id].coverage)}" for id in missed]
    says = f"{len(met) - len(missed)} of {counted(len(met), 'measure')} reached the coverage that they need"
    return Outcome(
        1.0 - len(missed) / len(met), says + (f"; not: {', '.join(told)}." if told else "."), n=len(met), unit="measure"
    )


def coverage_spread(ground: Ground, check: Check) -> Outcome | Unmeasured:
    """Largest distance of a state's mean coverage of a rating from the mean over states, after the induction."""
    ratings = [one.id for one in ground.instruments if one.values]
    rows = ground.trials[ground.trials["measure"].isin(ratings) & (ground.trials["point"] == ground.after)]
    if rows.empty:
        return NO_RATING
    means = rows.groupby(["measure", "state"], observed=True, sort=False)["coverage"].mean()
    off = (means - means.groupby("measure", observed=True).transform("mean")).abs()
    measure, state = map(str, off.index[int(off.argmax())])
    says = (
        f"After texts of {state}, {share(float(means[measure, state]))} of an answer to {ground.probes[measure].title} "
        f"fell on its options, after those of all states {share(float(means[measure].mean()))}."
    )
    return Outcome(float(off.max()), says, n=len(means), unit="state and rating")


def entropy_share(ground: Ground, check: Check) -> Outcome | Unmeasured:
    """Highest median entropy of a rating's answers, as a share of that of an even distribution."""
    answers = ground.trials.drop_duplicates("response").groupby("measure", observed=True)["entropy"].median()
    shares = {one.title: float(answers[one.id]) / math.log2(len(_values(one))) for one in ground.ratings}
    if not shares:
        return NO_RATING
    most = max(shares, key=lambda one: shares[one])
    says = f"The answers to {most} are the most spread out, at {share(shares[most])} of an even spread."
    return Outcome(shares[most], says, n=len(shares), unit="rating")


def range_share(ground: Ground, check: Check) -> Outcome | Unmeasured:
    """Distance of the 5th and 95th percentile of a rating's scores, as a share of the scale; lowest of the ratings."""
    shares = {}
    for one in ground.ratings:
        values = ground.trials.loc[ground.trials["measure"] == one.id, "value"].dropna().to_numpy(float)
        if len(values):
            low, high = np.quantile(values, [0.05, 0.95])
            shares[one.id] = (float(high - low) / span(one), float(low), float(high))
    if not shares:
        return NO_RATING
    least = min(shares, key=lambda one: shares[one][0])
    value, low, high = shares[least]
    first, *_, last = _values(next(one for one in ground.ratings if one.id == least))
    about = ground.probes[least].title
    says = f"Nine in ten scores of {about} lie from {low:.1f} to {high:.1f}; it runs from {first} to {last}."
    return Outcome(value, says, n=len(shares), unit="rating")


def varying_scales(ground: Ground, check: Check) -> Outcome | Unmeasured:
    """Share of scales of usable instruments whose shifts differ between vignettes."""
    usable = [one.id for one in ground.usable]
    shifts = ground.shifts[ground.shifts["measure"].isin(usable)]
    if shifts.empty:
        return Unmeasured("no usable instrument was asked before and after the induction")
    spread = shifts.groupby(["measure", "scale"], observed=True)["value"].agg(lambda one: float(np.ptp(one.dropna())))
    moving = int((spread > 1e-12).sum())
    says = f"{moving} of {counted(len(spread), 'scale')} gave different scores to different vignettes."
    return Outcome(moving / len(spread), says, n=len(spread), unit="scale")


def mode_distance(ground: Ground, check: Check) -> Outcome | Unmeasured:
    """Mean distance of the most probable from the expected rating, as a share of the scale."""
    found = {one.title: _distances(ground, one) for one in ground.ratings}
    means = {title: float(values.mean()) for title, values in found.items() if len(values)}
    if not means:
        return NO_RATING
    most = max(means, key=lambda one: means[one])
    says = (
        f"The most probable step of {most} lies {share(means[most])} of the scale from the expected value, on average."
    )
    return Outcome(means[most], says, n=sum(map(len, found.values())), unit="answer")


def _distances(ground: Ground, instrument: Instrument) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    every = max(1, ground.usability[instrument.id].answers // MOST)
    asked = ground.trials.loc[ground.trials["measure"] == instrument.id, "response"].unique()
    _, rows = ground.run.store.query(_ANSWERS, (json.dumps(asked[asked % every == 0].tolist()),))
    values = np.array(_values(instrument), float)
    answers = [array("d", blob) for (blob,) in rows]
    shares = np.exp(np.array([one for one in answers if len(one) == len(values)]).reshape(-1, len(values)))
    legal = shares[shares.sum(axis=1) > 0.0]
    expected = legal @ values / legal.sum(axis=1)
    distances: np.ndarray[tuple[int], np.dtype[np.float64]] = np.abs(values[legal.argmax(axis=1)] - expected)
    return distances / span(instrument)


def refused_share(ground: Ground, check: Check) -> Outcome | Unmeasured:
    """Highest share of refused answers in a cell, and how many effects of states that could have decided."""
    asked = sum(one.answers for one in ground.usability.values())
    if not any(one.refused for one in ground.usability.values()):
        return Outcome(0.0, f"None of {counted(asked, 'answer')} was refused.", n=asked, unit="answer")
    answers = ground.trials.drop_duplicates(["response", "state", "regulation", "arm", "measure"])
    refused = answers.assign(refused=answers["coverage"] <= 0.0)
    cells = refused.groupby(["measure", "state", "arm", "regulation"], observed=True, sort=False)["refused"].mean()
    value = float(cells.max())
    measure, state, _, regulation = map(str, cells.index[int(cells.argmax())])
    says = f"At most {share(value)} were refused: {measure} after {state}, regulation {regulation}"
    return Outcome(value, f"{says}{_kept(ground)}.", n=asked, unit="answer")


def _kept(ground: Ground) -> str:
    """How many differences from the neutral condition keep their sign, whatever the refused answers would have been."""
    rows = ground.trials[(ground.trials["point"] == ground.after) & (ground.trials["arm"] == "text")]
    bounds = [
        bound
        for one in ground.ratings
        for scale in one.scales
        if scale in ground.study.states
        for bound in _bounds(rows[(rows["measure"] == one.id) & (rows["scale"] == scale)], one, scale)
    ]
    if not bounds:
        return ""
    kept = sum(bound.low > 0.0 or bound.high < 0.0 for bound in bounds)
    return f"; {kept} of {counted(len(bounds), 'difference')} between a state and neutral keep their sign at worst"


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


def span(instrument: Instrument) -> float:
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
