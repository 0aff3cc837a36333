"""Outcomes that are no amounts: an order of steps, or counts; how they are compared, and what looks like one."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from affectlab.effects.contrast import Contrast, OmnibusContrast
from affectlab.effects.estimate import Estimate, few_in
from affectlab.effects.groups import D_PER_LOGIT, GroupTerms, Values, condition, described, untested
from affectlab.effects.omnibus import OmnibusEstimate
from affectlab.errors import DataError
from affectlab.stats.counts import CountModel, count_model
from affectlab.stats.ordinal import LogRatio, ProportionalOdds, proportional_odds

ORDINAL, COUNT = "ordinal", "count"
MODELLED = (ORDINAL, COUNT)
"""The tests that are of a model of the outcome, and not of means."""
FEWEST_COUNTS, SKEWED = 5, 1.0
"""Different values from which on whole numbers may be counts, and how skewed they are then."""
_WITHIN: Mapping[str, str] = {
    ORDINAL: "ordinal::clmm(factor(score) ~ {} + (1 | unit))",
    COUNT: "lme4::glmer.nb(score ~ {} + (1 | unit))",
}
_BETWEEN: Mapping[str, str] = {
    ORDINAL: "MASS::polr(factor(score) ~ {})",
    COUNT: "MASS::glm.nb(score ~ {})",
}


def modelled_contrasts(
    asked: Sequence[Contrast], samples: Mapping[str, Values], terms: GroupTerms
) -> tuple[list[Estimate], list[str]]:
    """Contrasts of one model of all conditions, with what is to be known of it.

    Raises:
        DataError: the outcome is none of this kind, or conditions lie apart.
    """
    model = _model(samples, terms)
    return [_contrast(one, samples, model, terms) for one in asked], list(_remarks(model))


def modelled_omnibus(asked: OmnibusContrast, samples: Mapping[str, Values], terms: GroupTerms) -> OmnibusEstimate:
    """The test of all conditions by the same model."""
    n = sum(map(len, samples.values()))
    if few := few_in({name: len(one) for name, one in samples.items()}):
        return OmnibusEstimate(asked, None, n, gap=few)
    return OmnibusEstimate(asked, _model(samples, terms).omnibus(), n)


def refuse_within(test: str | None) -> None:
    """Refuse a model of independent units for scores that are repeated within them.

    Raises:
        DataError: with the call of R that does it.
    """
    if test in MODELLED:
        msg = f"--test {test} is of one score of each unit, under one condition each"
        raise DataError(msg, hint=f"in R: {_WITHIN[str(test)].format('condition')}; or compare means, without --test")


def kind_remark(scores: Values, outcome: str, factors: Sequence[str], *, labelled: bool, within: bool) -> str:
    """What is to be thought of where an outcome looks like an order of steps, or like counts; empty where like neither.

    Args:
        scores: one of each unit.
        outcome: its column.
        factors: what is compared.
        labelled: whether its values have labels.
        within: whether units have several.

    >>> kind_remark(np.array([1.0, 2, 3, 2, 1]), "stress", ["film"], labelled=True, within=False).split(":")[0]
    '`stress` has 3 labelled steps, and their means are compared as if steps were equally far apart'
    """
    kinds = np.unique(scores)
    whole = bool(np.all(kinds == np.round(kinds)))
    if labelled and whole and 2 < kinds.size <= 10:
        apart = "their means are compared as if steps were equally far apart"
        said = f"`{outcome}` has {kinds.size} labelled steps, and {apart}"
        return f"{said}: {_advice(ORDINAL, 'they are an order alone', factors, within=within)}"
    spread = float(scores.std())
    counts = whole and kinds[0] == 0 and kinds.size >= FEWEST_COUNTS and spread > 0
    skew = float(np.mean(((scores - scores.mean()) / spread) ** 3)) if counts else 0.0
    if counts and skew > SKEWED and spread**2 > scores.mean():
        said = f"`{outcome}` is whole numbers from 0 on, skewed to the right ({skew:.1f}), and means are compared"
        return f"{said}: {_advice(COUNT, 'they are counts', factors, within=within)}"
    return ""


def _advice(kind: str, when: str, factors: Sequence[str], *, within: bool) -> str:
    call = (_WITHIN if within else _BETWEEN)[kind].format(" * ".join(factors))
    if within or len(factors) > 1:
        return f"if {when}, the better model is, in R, {call}"
    return f"if {when}, say --test {kind} (in R {call})"


def _model(samples: Mapping[str, Values], terms: GroupTerms) -> ProportionalOdds | CountModel:
    return (proportional_odds if terms.test == ORDINAL else count_model)(samples, level=terms.level)


def _contrast(
    asked: Contrast, samples: Mapping[str, Values], model: ProportionalOdds | CountModel, terms: GroupTerms
) -> Estimate:
    names = condition(asked.first), condition(asked.second)
    first, second = (samples[name] for name in names)
    place = untested(asked, described(first, second), {"first": first.size, "second": second.size})
    if few := few_in({name: len(samples[name]) for name in names}):
        return replace(place, gap=few)
    try:
        found = model.contrast(*names)
    except DataError as error:
        return replace(place, gap=error.message)
    ordinal = isinstance(model, ProportionalOdds)
    further = {**place.further, **_ratio(found), **(_size(found) if ordinal else {})}
    method = "proportional odds" if isinstance(model, ProportionalOdds) else model.method
    place = replace(place, method=method, further=further, difference=found.value, level=terms.level)
    return replace(place, low=found.low, high=found.high, p=found.p)


def _ratio(found: LogRatio) -> dict[str, float]:
    ratios = zip(("ratio", "ratio_low", "ratio_high"), (found.value, found.low, found.high), strict=True)
    return {"z": found.z, **{name: math.exp(value) for name, value in ratios}}


def _size(found: LogRatio) -> dict[str, float]:
    ends = zip(("d", "d_low", "d_high"), (found.value, found.low, found.high), strict=True)
    return {name: value * D_PER_LOGIT for name, value in ends}


def _remarks(model: ProportionalOdds | CountModel) -> Iterator[str]:
    if isinstance(model, CountModel):
        beyond = "vary no more than Poisson's" if math.isinf(model.dispersion) else f"have θ = {model.dispersion:.3g}"
        yield f"ratios of means, by a {model.method} model of all conditions: counts {beyond}"
        return
    steps = ", ".join(f"{step:g}" for step in model.steps)
    for name, counts in zip(model.conditions, model.counts, strict=True):
        yield f"units of `{name}` on the steps {steps}: {', '.join(f'{n:g}' for n in counts)}"
    chi2, df, p = model.proportionality()
    if df:
        said = "is violated: a condition does not shift all steps alike" if p < 0.05 else "is not shown to be violated"
        yield f"proportionality of the odds {said} (χ²({df}) = {chi2:.2f}, p = {p:.3g})"
