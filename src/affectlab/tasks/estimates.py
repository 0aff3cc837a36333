"""What is estimated over all items of a task: contrasts of conditions, and the parameters of a model of choice.

Each says what it needs, estimates it from the items' outcomes, and moves an agent of known parameters by it.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import Annotated, Literal

from pydantic import Field

from affectlab.materials.form import FormScore
from affectlab.materials.schema import Part
from affectlab.probabilities import logit
from affectlab.tasks.agent import Parameters
from affectlab.tasks.item import ALL, ScoredItem, TaskItem


class Estimating(Part, ABC):
    """Something that is estimated over the items of a task."""

    @property
    @abstractmethod
    def names(self) -> tuple[str, ...]:
        """The outcomes it gives."""

    @abstractmethod
    def scores(self, scored: Sequence[ScoredItem]) -> Iterator[FormScore]:
        """Its rows; none where the items lack what it needs, nan where the answers do."""

    @abstractmethod
    def odds(self, item: TaskItem, primary: str, shift: float, agent: Parameters) -> float | None:
        """The log odds with which an agent whose primary outcome is shifted answers an item; None if it says nothing
        of that item."""

    def weight(self, item: TaskItem, primary: str) -> float:
        """The share of the shift with which an item is rated."""
        return 1.0


class ConditionContrast(Estimating):
    """The difference of two conditions in an item's outcome, pair by pair where items come in pairs."""

    by: Literal["contrast"]
    name: str
    of: str
    """The outcome that is compared."""
    plus: str
    minus: str

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name,)

    def scores(self, scored: Sequence[ScoredItem]) -> Iterator[FormScore]:
        """Pair by pair; or the means of the conditions, where the items stand for themselves."""
        plus = [one for one in scored if one.item.condition == self.plus]
        minus = [one for one in scored if one.item.condition == self.minus]
        partners = {one.item.pair: one for one in minus if one.item.pair}
        paired = [(one, partners[one.item.pair]) for one in plus if one.item.pair in partners]
        for first, second in paired:
            value = first.outcomes[self.of] - second.outcomes[self.of]
            yield FormScore(first.item.pair, self.name, value, first.places + second.places)
        if plus and minus and not paired:
            yield FormScore(ALL, self.name, self._mean(plus) - self._mean(minus), _places([*plus, *minus]))

    def _mean(self, scored: Sequence[ScoredItem]) -> float:
        return math.fsum(one.outcomes[self.of] for one in scored) / len(scored)

    def odds(self, item: TaskItem, primary: str, shift: float, agent: Parameters) -> float | None:
        return agent["base"] + self._sign(item) * shift if primary == self.name else None

    def weight(self, item: TaskItem, primary: str) -> float:
        return self._sign(item) if primary == self.name else 1.0

    def _sign(self, item: TaskItem) -> float:
        return {self.plus: 0.5, self.minus: -0.5}.get(item.condition, 0.0)


class Detecting(Estimating):
    """Signal detection: how well signals are told from noise, and how readily they are called signals."""

    by: Literal["detection"]
    of: str
    """The outcome that is the probability of saying yes."""
    signal: str
    noise: str
    prefix: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        return (f"{self.prefix}d_prime", f"{self.prefix}criterion")

    def scores(self, scored: Sequence[ScoredItem]) -> Iterator[FormScore]:
        """From summed probabilities, which are what counts are expected to be; missing answers count as none."""
        from affectlab.tasks.models import sensitivity

        sums = {}
        for condition in (self.signal, self.noise):
            yes = [one.outcomes[self.of] for one in scored if one.item.condition == condition]
            yes = [one for one in yes if not math.isnan(one)]
            sums[condition] = (math.fsum(yes), math.fsum(1.0 - one for one in yes))
        signals = [one for one in scored if one.item.condition == self.signal]
        if not signals:
            return
        noises = [one for one in scored if one.item.condition == self.noise]
        values = (math.nan, math.nan)
        if all(sum(pair) > 0.0 for pair in sums.values()):
            found = sensitivity(*sums[self.signal], *sums[self.noise])
            values = (found.d_prime, found.criterion)
        for name, value in zip(self.names, values, strict=True):
            yield FormScore(ALL, name, value, _places([*signals, *noises]))

    def odds(self, item: TaskItem, primary: str, shift: float, agent: Parameters) -> float | None:
        from scipy.special import ndtr

        if item.condition not in (self.signal, self.noise):
            return None
        d_prime, criterion = (agent[name] for name in ("d_prime", "criterion"))
        d_prime += shift if primary == self.names[0] else 0.0
        criterion += shift if primary == self.names[1] else 0.0
        side = 0.5 if item.condition == self.signal else -0.5
        return logit(float(ndtr(side * d_prime - criterion)))


OFFERS = ("sooner", "later", "wait", "delay")


class Discounting(Estimating):
    """Quasi-hyperbolic discounting: the rate at which waiting devalues money, and the premium on having it now.

    Every item gives ``sooner``, ``later`` (amounts), ``wait`` and ``delay`` (days until the sooner and the later).
    """

    by: Literal["discounting"]
    of: str
    """The outcome that is the probability of taking the sooner amount."""

    @property
    def names(self) -> tuple[str, ...]:
        return ("log_k", "present_bias")

    def scores(self, scored: Sequence[ScoredItem]) -> Iterator[FormScore]:
        from affectlab.tasks.models import discounting

        offers = [one for one in scored if set(OFFERS) <= set(one.item.fields)]
        if not offers:
            return
        sooner, later, wait, delay = ([float(one.item.fields[name]) for one in offers] for name in OFFERS)
        chosen = [one.outcomes[self.of] for one in offers]
        found = discounting(sooner, later, wait, delay, chosen) if not any(map(math.isnan, chosen)) else None
        values = (found.log_k, found.present_bias) if found is not None else (math.nan, math.nan)
        for name, value in zip(self.names, values, strict=True):
            yield FormScore(ALL, name, value, _places(offers))

    def odds(self, item: TaskItem, primary: str, shift: float, agent: Parameters) -> float | None:
        if "sooner" not in item.fields:
            return None
        sooner, later, wait, delay = (float(item.fields[name]) for name in OFFERS)
        rate = math.exp(agent["log_k"] + (shift if primary == "log_k" else 0.0))
        bias = agent["present_bias"] + (shift if primary != "log_k" else 0.0)
        ratio = math.log(sooner / later)
        ratio += math.log1p(rate * delay) - math.log1p(rate * wait)
        return agent["slope"] * (ratio + (bias if wait == 0.0 else 0.0))


class LossAversion(Estimating):
    """How much more a loss counts than a gain. Every item gives ``gain`` and ``loss``, at even odds."""

    by: Literal["loss-aversion"]
    of: str
    """The outcome that is the probability of taking the gamble."""
    condition: str

    @property
    def names(self) -> tuple[str, ...]:
        return ("loss_aversion",)

    def scores(self, scored: Sequence[ScoredItem]) -> Iterator[FormScore]:
        from affectlab.tasks.models import loss_aversion

        offers = [one for one in scored if one.item.condition == self.condition]
        if not offers:
            return
        taken = [one.outcomes[self.of] for one in offers]
        gains, losses = ([float(one.item.fields[name]) for one in offers] for name in ("gain", "loss"))
        value = loss_aversion(gains, losses, taken) if not any(map(math.isnan, taken)) else math.nan
        yield FormScore(ALL, self.names[0], value, _places(offers))

    def odds(self, item: TaskItem, primary: str, shift: float, agent: Parameters) -> float | None:
        if item.condition != self.condition:
            return None
        aversion = agent["loss_aversion"] + (shift if primary == "loss_aversion" else 0.0)
        worth = float(item.fields["gain"]) - aversion * float(item.fields["loss"])
        return agent["sensitivity"] * worth


Estimate = Annotated[ConditionContrast | Detecting | Discounting | LossAversion, Field(discriminator="by")]


def _places(scored: Sequence[ScoredItem]) -> tuple[int, ...]:
    return tuple(place for one in scored for place in one.places)
