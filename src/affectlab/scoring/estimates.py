"""What is estimated over all items of a task, from the items' outcomes."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from affectlab.materials.estimates import Contrast, Detecting, Discounting, Estimate, LossAversion
from affectlab.materials.tasks import Item
from affectlab.scoring.models import discounting, loss_aversion

if TYPE_CHECKING:
    from affectlab.stats.detection import Detection

ALL = "all"
"""The item of an outcome that is estimated over all items."""


class Scored(NamedTuple):
    """An item and what it gave: its outcomes, nan where there was no legal answer."""

    item: Item
    outcomes: Mapping[str, float]
    key: str


Row = tuple[str, str, float, str]
"""Item, outcome, value, and the key of the response from which it comes."""


def estimated(estimate: Estimate, scored: Sequence[Scored]) -> Iterator[Row]:
    """The rows of an estimate; none where the items lack what it needs, nan where the answers do."""
    match estimate:
        case Contrast():
            yield from _contrast(estimate, scored)
        case Detecting():
            yield from _detected(estimate, scored)
        case Discounting():
            yield from _discounted(estimate, scored)
        case LossAversion():
            yield from _averse(estimate, scored)


def _contrast(estimate: Contrast, scored: Sequence[Scored]) -> Iterator[Row]:
    """Pair by pair; or the means of the conditions, where the items stand for themselves."""
    plus = [one for one in scored if one.item.condition == estimate.plus]
    minus = [one for one in scored if one.item.condition == estimate.minus]
    partners = {one.item.pair: one for one in minus if one.item.pair}
    paired = [(one, partners[one.item.pair]) for one in plus if one.item.pair in partners]
    for first, second in paired:
        value = first.outcomes[estimate.of] - second.outcomes[estimate.of]
        yield first.item.pair, estimate.name, value, first.key
    if plus and minus and not paired:
        yield ALL, estimate.name, _mean(estimate.of, plus) - _mean(estimate.of, minus), plus[0].key


def _mean(outcome: str, scored: Sequence[Scored]) -> float:
    return math.fsum(one.outcomes[outcome] for one in scored) / len(scored)


def _detected(estimate: Detecting, scored: Sequence[Scored]) -> Iterator[Row]:
    """From summed probabilities, which are what counts are expected to be; answers that are missing count as none."""
    sums = {}
    for condition in (estimate.signal, estimate.noise):
        yes = [one.outcomes[estimate.of] for one in scored if one.item.condition == condition]
        yes = [one for one in yes if not math.isnan(one)]
        sums[condition] = (math.fsum(yes), math.fsum(1.0 - one for one in yes))
    if not any(one.item.condition == estimate.signal for one in scored):
        return
    key = next(one.key for one in scored if one.item.condition == estimate.signal)
    values = (math.nan, math.nan)
    if all(sum(pair) > 0.0 for pair in sums.values()):
        found = sensitivity(*sums[estimate.signal], *sums[estimate.noise])
        values = (found.d_prime, found.criterion)
    for name, value in zip(estimate.names, values, strict=True):
        yield ALL, name, value, key


def sensitivity(hits: float, misses: float, false_alarms: float, correct_rejections: float) -> Detection:
    """Detection from summed probabilities: exact where the rates are neither 0 nor 1, else log-linear.

    The correction is for counts, of which few are at hand; a probability that was read is not one of few.
    """
    from affectlab.stats.detection import detection

    rates = (hits / (hits + misses), false_alarms / (false_alarms + correct_rejections))
    inside = all(1e-6 < rate < 1.0 - 1e-6 for rate in rates)
    return detection(hits, misses, false_alarms, correct_rejections, correction="none" if inside else "log-linear")


def _discounted(estimate: Discounting, scored: Sequence[Scored]) -> Iterator[Row]:
    offers = [one for one in scored if {"sooner", "later", "wait", "delay"} <= set(one.item.fields)]
    if not offers:
        return
    names = ("sooner", "later", "wait", "delay")
    sooner, later, wait, delay = ([float(one.item.fields[name]) for one in offers] for name in names)
    chosen = [one.outcomes[estimate.of] for one in offers]
    found = discounting(sooner, later, wait, delay, chosen) if not any(map(math.isnan, chosen)) else None
    values = (found.log_k, found.present_bias) if found is not None else (math.nan, math.nan)
    for name, value in zip(estimate.names, values, strict=True):
        yield ALL, name, value, offers[0].key


def _averse(estimate: LossAversion, scored: Sequence[Scored]) -> Iterator[Row]:
    offers = [one for one in scored if one.item.condition == estimate.condition]
    if not offers:
        return
    taken = [one.outcomes[estimate.of] for one in offers]
    gains, losses = ([float(one.item.fields[name]) for one in offers] for name in ("gain", "loss"))
    value = loss_aversion(gains, losses, taken) if not any(map(math.isnan, taken)) else math.nan
    yield ALL, estimate.names[0], value, offers[0].key
