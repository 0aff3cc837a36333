"""Derives the numbers of a run again from what was observed, and lists those that its store has otherwise."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from itertools import zip_longest
from typing import Any, NamedTuple

from affectlab.materials.catalogue import Catalogue
from affectlab.run import Run
from affectlab.score import Score
from affectlab.scoring.scores import ProbeScore, probe_scores, score_observations
from affectlab.store.observations import Order

Number = tuple[Any, ...]
"""Session, point, measure, item, scale, the check's three names, the response, and the value (None: missing)."""


class Derived(NamedTuple):
    """A session's numbers, each with the row of the response by which it is found."""

    session: int
    scores: list[tuple[Score, int]]
    probe_scores: list[tuple[ProbeScore, int]]

    def numbers(self) -> Iterator[Number]:
        """As they are compared."""
        for score, at in self.scores:
            yield _number(self.session, score, ("", "", ""), at)
        for one, at in self.probe_scores:
            yield _number(self.session, one.score, (one.check, one.subject, one.variant), at)


class RederivedNumbers(NamedTuple):
    """How many observations and numbers there are, and how many numbers are not those that the run holds."""

    observations: int
    numbers: int
    differing: int
    rounded: int = 0
    """Of those, how many differ by less than one part in ten thousand."""


def derive_scores(run: Run, catalogue: Catalogue, order: Order | None = None) -> Iterator[Derived]:
    """The numbers of every session, from what was observed and the materials of a catalogue, and from nothing else.

    Args:
        order: in which order a corrected material has the options of some questions.
    """
    for observed in run.store.reader(catalogue, order).sessions():
        rows = dict(zip(observed.keys, observed.rows, strict=True))
        yield Derived(
            observed.session,
            [(score, rows[score.key]) for score in score_observations(observed.observations, observed.keys)],
            [(one, rows[one.score.key]) for one in probe_scores(observed.observations, observed.keys)],
        )


def compare_with_stored(run: Run) -> RederivedNumbers:
    """Derive the numbers of the scoring in use once more, and hold them against those that are stored.

    Numbers that are fitted to answers differ in their last digits between processors; that is no difference.
    """
    stored: dict[Number, list[float | None]] = {}
    lacking = run.store.without_material()
    for *place, value in run.store.numbers():
        if (place[0], place[-1]) not in lacking:
            stored.setdefault(tuple(place), []).append(value)
    unmatched: list[tuple[Number, float | None]] = []
    numbers = found = 0
    for derived in derive_scores(run, run.study.catalogue):
        for *place, value in derived.numbers():
            numbers += 1
            there = stored.get(tuple(place), [])
            same = next((at for at, one in enumerate(there) if alike(one, value)), None)
            if same is not None:
                del there[same]
                found += 1
            else:
                unmatched.append((tuple(place), value))
    left = sum(map(len, stored.values()))
    rounded = sum(any(alike(one, value, _FITTED) for one in stored.get(place, [])) for place, value in unmatched)
    return RederivedNumbers(run.store.observed(), numbers, max(numbers - found, left), rounded)


def unlike(run: Run, again: Run) -> list[dict[str, Any]]:
    """The numbers of two runs, each as its own scoring made them of its answers, that are not the same."""
    gone = run.store.deleted()
    first, second = _by_place(run.store.scored()), _by_place(one for one in again.store.scored() if one[0] not in gone)
    found = []
    for place in dict.fromkeys((*first, *second)):
        here, there = first.get(place, []), second.get(place, [])
        named = dict(zip(_PLACE, place, strict=True))
        pairs = zip_longest(here, there, fillvalue="none")
        found += [{**named, "first": one, "second": other} for one, other in pairs if not alike(one, other)]
    return found


_PLACE = ("session", "point", "measure", "item", "scale", "check", "subject", "variant", "key")


def _by_place(numbers: Iterable[Number]) -> dict[Number, list[float | None]]:
    found: dict[Number, list[float | None]] = {}
    for *place, value in numbers:
        found.setdefault(tuple(place), []).append(value)
    return found


_FITTED = 1e-4
"""By so much of itself a fitted number may differ where another processor, or library, rounds otherwise."""


def alike(first: object, second: object, within: float = 1e-9) -> bool:
    """Whether two numbers are the same, or differ by rounding alone: by less than ``within`` of themselves.

    >>> alike(-0.5, -0.49999999999999983), alike(-0.5, -0.4999999), alike(None, 0.0), alike(None, None)
    (True, False, False, True)
    """
    if not isinstance(first, float) or not isinstance(second, float):
        return first is second
    return math.isclose(first, second, rel_tol=within, abs_tol=within / 1000)


def _number(session: int, score: Score, about: tuple[str, str, str], at: int) -> Number:
    value = None if score.value != score.value else score.value
    return (session, score.point, score.measure, score.item, score.scale, *about, at, value)
