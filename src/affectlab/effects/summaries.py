"""Conditions of which a mean, a standard deviation and a number of units were published, compared."""

from __future__ import annotations

from affectlab.effects.analyse import Analysis, pairs_of_conditions, refuse_gaps
from affectlab.effects.contrast import Contrast, ContrastOutcome, OmnibusContrast, Random
from affectlab.effects.groups import GroupTerms, adjusted, independent
from affectlab.effects.omnibus import between
from affectlab.effects.parts import RAW
from affectlab.stats.moments import Moments
from affectlab.tabular.cells import ConditionSummary, mean_limits
from affectlab.tabular.design import Design, Gaps
from affectlab.tabular.summary import Summaries

UNIT = "unit"
NOTES = (
    "conditions are taken as different units: means and SDs do not say how scores of the same units go together",
    "numbers are right to about as many digits as the means and SDs have",
)


def compare_summaries(
    found: Summaries,
    *,
    control: str | None = None,
    smallest: float | None = None,
    test: str | None = None,
    level: float = 0.95,
) -> Analysis:
    """Compare conditions by their means, standard deviations and numbers of units, as their scores would be.

    Args:
        found: the samples of the conditions.
        control: the condition that every other is compared with; without it all pairs are.
        smallest: the smallest effect of interest, in raw units, for tests of equivalence.
        test: ``welch``, which is taken if none is named, or ``student``.
        level: of the intervals.

    Raises:
        DataError: no contrast can be made.

    >>> from affectlab.stats.moments import moments_of_sd
    >>> samples = {"sad": moments_of_sd(13.8, 3.79, 5), "neutral": moments_of_sd(8.66, 1.44, 5)}
    >>> (contrast,) = compare_summaries(Summaries("mood", "mean", samples)).contrasts
    >>> contrast.method, round(contrast.t, 2), round(contrast.df, 2), round(contrast.further["g"], 2)
    ('Welch', 2.83, 5.13, 1.62)
    """
    terms, levels = GroupTerms(level, smallest, test or "welch"), list(found.samples)
    asked = [
        Contrast(
            "condition",
            ContrastOutcome(found.mean, "", RAW),
            {found.condition: first},
            {found.condition: second},
            {},
            None,
            paired=False,
            random=(Random(UNIT),),
        )
        for first, second in pairs_of_conditions(levels, control, found.condition)
    ]
    samples = [(one.first[found.condition], one.against) for one in asked]
    contrasts = adjusted(
        [
            independent(one, found.samples[first], found.samples[second], terms)
            for one, (first, second) in zip(asked, samples, strict=True)
        ]
    )
    refuse_gaps(contrasts)
    return Analysis(
        design=Design(found.mean, found.condition),
        unit=UNIT,
        conditions=tuple(_summary(name, sample, level) for name, sample in found.samples.items()),
        contrasts=tuple(contrasts),
        omnibus=(between(OmnibusContrast(tuple(asked)), found.samples, terms),) if len(levels) > 2 else (),
        gaps=Gaps(dict.fromkeys(levels, 0)),
        notes=(*found.remarks, *NOTES),
        readers={},
        model=None,
        level=level,
    )


def _summary(condition: str, sample: Moments, level: float) -> ConditionSummary:
    return ConditionSummary(condition, sample.n, sample.n, 0, sample.mean, sample.sd, *mean_limits(sample, level))
