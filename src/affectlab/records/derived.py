"""The numbers of a run, derived again from what was observed, and held against those that it holds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from affectlab.materials.catalogue import Catalogue
from affectlab.run import Run
from affectlab.scoring.trials import Beside, beside, score
from affectlab.store.observations import Order
from affectlab.trial import Trial

Number = tuple[Any, ...]
"""Session, point, measure, item, scale, the check's three names, the response, and the value (None: missing)."""


class Derived(NamedTuple):
    """A session's numbers, each with the row of the response by which it is found."""

    session: int
    trials: list[tuple[Trial, int]]
    asides: list[tuple[Beside, int]]

    def numbers(self) -> Iterator[Number]:
        """As they are compared."""
        for trial, at in self.trials:
            yield _number(self.session, trial, ("", "", ""), at)
        for one, at in self.asides:
            yield _number(self.session, one.trial, (one.check, one.subject, one.variant), at)


class Compared(NamedTuple):
    """How many observations and numbers there are, and how many numbers are not those that the run holds."""

    observations: int
    numbers: int
    differing: int


def derive(run: Run, catalogue: Catalogue, order: Order | None = None) -> Iterator[Derived]:
    """The numbers of every session, from what was observed and the materials of a catalogue, and from nothing else.

    Args:
        order: in which order a corrected material has the options of some questions.
    """
    for observed in run.store.reader(catalogue, order).sessions():
        rows = dict(zip(observed.keys, observed.rows, strict=True))
        yield Derived(
            observed.session,
            [(trial, rows[trial.key]) for trial in score(observed.observations, observed.keys)],
            [(one, rows[one.trial.key]) for one in beside(observed.observations, observed.keys)],
        )


def compare(run: Run) -> Compared:
    """Derive the numbers of the scoring in use once more, and hold them against those that are stored."""
    stored: dict[Number, int] = {}
    lacking = run.store.without_material()
    for number in run.store.numbers():
        if (number[0], number[-2]) not in lacking:
            stored[number] = stored.get(number, 0) + 1
    numbers = found = 0
    for derived in derive(run, run.study.catalogue):
        for number in derived.numbers():
            numbers += 1
            if stored.get(number, 0):
                stored[number] -= 1
                found += 1
    left = sum(stored.values())
    return Compared(run.store.observed(), numbers, max(numbers - found, left))


def _number(session: int, trial: Trial, about: tuple[str, str, str], at: int) -> Number:
    value = None if trial.value != trial.value else trial.value
    return (session, trial.point, trial.measure, trial.item, trial.scale, *about, at, value)
