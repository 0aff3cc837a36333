"""What a model knows of the questionnaire, of being tested, and of what is wanted of it."""

from __future__ import annotations

import math

import pandas as pd

from affectlab.design.validity import DEMAND
from affectlab.errors import DataError
from affectlab.materials.checks import NAMED, Check
from affectlab.materials.schema import INDUCTION_TEXT, NEUTRAL
from affectlab.stats.estimate import FEWEST
from affectlab.stats.intervals import mean_interval
from affectlab.validity.check_context import CheckContext, Reading, count_of, share
from affectlab.validity.style import NOT_ASKED, pairs_of
from affectlab.validity.verdict import CheckValue, Unmeasured


def first_option(basis: CheckContext, check: Check) -> CheckValue | Unmeasured:
    """Mean probability of the option that a check names first, the one that is right, with a t interval.

    The interval is over items where a list is recited, and over sessions where a question is asked at their end.
    """
    rows = basis.sampled(check).dropna(subset=["value"])
    if rows.empty:
        return NOT_ASKED
    known = rows[rows["scale"] == rows["scale"].iloc[0]] if not check.questions else _right(rows, check)
    unit = "session" if check.questions else "item"
    chance = 1.0 / rows.groupby(["session", "subject", "item"], observed=True)["scale"].nunique().iloc[0]
    value, low, high = _mean(known["value"])
    about = f"{count_of(len(known), unit)}, the right answer"
    says = f"In {about} had a probability of {share(value)} on average, where chance is {share(chance)}."
    if not check.questions:
        says = f"The item that comes next in print had {share(value)} on average, where chance is {share(chance)}."
    return CheckValue(value, says, low, high, len(known), unit)


def _right(rows: pd.DataFrame, check: Check) -> pd.DataFrame:
    right = {question.id: next(iter(question.options)) for question in check.questions}
    return rows[rows["scale"] == rows["item"].map(right)]


def name_gain(basis: CheckContext, check: Check) -> CheckValue | Unmeasured:
    """Probability of a questionnaire's name after its own items, minus that after other words; largest of several."""
    rows = basis.asked(check).dropna(subset=["value"])
    named = rows[rows["scale"] == rows["subject"].map({id: probe.title for id, probe in basis.probes.items()})]
    table = named.pivot_table(index="subject", columns="item", values="value", observed=True).dropna()
    if table.empty or not set(NAMED) <= set(table):
        return NOT_ASKED
    own, other = NAMED
    gains = table[own] - table[other]
    about = str(gains.idxmax())
    known, blind = float(table[own][about]), float(table[other][about])
    says = (
        f"The name {basis.probes[about].title} had a probability of {share(known)} after its own items and of "
        f"{share(blind)} after other words."
    )
    return CheckValue(float(gains.max()), says, n=len(gains), unit="questionnaire")


def pair_affirmation(basis: CheckContext, check: Check) -> CheckValue | Unmeasured:
    """Probability of affirming a statement, as said and by denying its opposite, with a t interval over sessions."""
    pairs = pairs_of(basis.sampled(check), check)
    if pairs.empty:
        return NOT_ASKED
    affirmed = ((pairs["as-said"] + 1.0 - pairs["reversed"]) / 2.0).groupby("session").mean()
    value, low, high = _mean(affirmed)
    says = (
        f"At the end of {count_of(len(affirmed), 'session')}, being tested was affirmed with a probability of "
        f"{share(value)}, corrected for saying yes to anything."
    )
    return CheckValue(value, says, low, high, len(affirmed), "session")


def demand_left(basis: CheckContext, check: Check) -> CheckValue | Unmeasured:
    """Own shifts where the opposite was asked for, over those under the text itself; lowest of the usable measures."""
    changes = basis.changes
    own = changes[(changes["state"] == changes["scale"]) & (changes["state"] != NEUTRAL)]
    left: dict[str, float] = {}
    for instrument in basis.usable:
        means = own[own["measure"] == instrument.id].groupby("arm", observed=True)["value"].mean()
        if {INDUCTION_TEXT, DEMAND} <= set(means.index) and means[INDUCTION_TEXT] > 0.0:
            left[instrument.title] = float(means[DEMAND] / means[INDUCTION_TEXT])
    if not left:
        return Unmeasured("no usable measure's target scales rose under the texts themselves")
    title = min(left, key=lambda one: left[one])
    says = f"Where the opposite was asked for, {share(left[title])} of the own shifts of {title} were left."
    return CheckValue(left[title], says, n=len(left), unit="measure")


def _mean(values: pd.Series[float]) -> tuple[float, float, float]:
    """The mean of probabilities with its t interval, where they are enough for one."""
    try:
        estimate = mean_interval(values) if len(values) >= FEWEST else None
    except DataError:
        estimate = None
    if estimate is None:
        return float(values.mean()), math.nan, math.nan
    return estimate.value, max(estimate.low, 0.0), min(estimate.high, 1.0)


READ: dict[str, Reading] = {
    "first-option": first_option,
    "name-gain": name_gain,
    "pair-affirmation": pair_affirmation,
    "demand-left": demand_left,
}
