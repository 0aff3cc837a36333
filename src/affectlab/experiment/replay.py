"""A run done again in the same way, and every answer and every number made of them compared."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from typing import Any, NamedTuple

from affectlab.errors import CapabilityError, StoreError
from affectlab.experiment.event import Event, Pace, event
from affectlab.participants.base import Participant
from affectlab.participants.roster import again
from affectlab.records.derived import unlike
from affectlab.requests import Answer, Reply, Response, Seat
from affectlab.run import Run, carry_out, differences


class Replayed(NamedTuple):
    """What a comparison gave."""

    answers: int
    """Of the run."""
    differences: list[dict[str, Any]]
    """The key of each answer that is not bit-identical, and what it was the first and the second time."""
    numbers: int
    """How many numbers the run has that its own scoring made of its answers."""
    unlike: list[dict[str, Any]]
    """Each number that is another, and what it was the first and the second time; rounding is no difference."""

    @property
    def identical(self) -> bool:
        """Whether every answer is the same, bit for bit, and every number that was made of them."""
        return not self.differences and not self.unlike

    def record(self) -> dict[str, Any]:
        """The comparison as plain values."""
        return {"identical": self.identical, **self._asdict()}


def replay(first: Run, watch: Callable[[Event], None] = lambda _: None) -> Replayed:
    """Do a run again, into a directory of no further use.

    Raises:
        StoreError: the run is not complete, is a copy without all its texts, or does not say who took part.
        CapabilityError: somebody who took part does not promise the same answer twice.
    """
    _require_whole(first)
    _require_identical(first)
    cast, others, pace = _same(first), _beside(first), Pace()
    with tempfile.TemporaryDirectory() as folder:
        try:
            second = carry_out(first.plan, cast, folder, others=others, progress=lambda step: watch(event(step, pace)))
            changed, numbers = differences(first, second), unlike(first, second)
            second.store.close()
        finally:
            for one in (*cast.values(), *others.values()):
                one.close()
    rows = [{"key": key, "first": _shown(here), "second": _shown(there)} for key, here, there in changed]
    return Replayed(first.store.count(), rows, sum(1 for _ in first.store.scored()), numbers)


def _require_whole(run: Run) -> None:
    where = run.store.path
    if not run.complete:
        raise StoreError(f"{where} is not complete", hint="finish it first with the same `affectlab run`")
    if run.plan.hash != run.plan_hash:
        hint = "replay the run itself, not a copy made to be shared"
        raise StoreError(f"{where} lacks texts that were said", hint=hint)


def _require_identical(run: Run) -> None:
    """Nothing is spent on a comparison that can only fail."""
    cards = {**run.participants, **(run.store.described("cards_of_others") or {})}
    for name, card in cards.items():
        if not card["capabilities"]["identical"]:
            hint = "run the study again into another --out, and compare the reports"
            raise CapabilityError(f"{name} does not promise the same answer twice, so it is not replayed", hint=hint)


def _same(run: Run) -> dict[str, Participant]:
    """The participants of a run, set up as they were."""
    seats = run.store.described("seats") or {}
    if unknown := [model for model in run.plan.models if model not in seats]:
        message = f"{run.store.path} does not say by which name `{unknown[0]}` is had again"
        raise StoreError(message, hint="name models to an Experiment rather than making them, and their runs replay")
    catalogue, seed = run.plan.study.catalogue, run.plan.seed
    return {
        label: again(
            run.participants[label],
            seat["name"],
            catalogue,
            seed=seed,
            threads=seat["threads"],
            weights=seat["weights"],
        )
        for label, seat in seats.items()
    }


def _beside(run: Run) -> dict[Seat, Participant]:
    """Those on the seats beside the client's."""
    named: dict[Seat, str] = run.store.described("seats_of_others") or {}
    cards, catalogue = run.store.described("cards_of_others") or {}, run.plan.study.catalogue
    return {seat: again(cards[seat], name, catalogue, seed=run.plan.seed) for seat, name in named.items()}


def _shown(response: Response | None) -> object:
    if response is None:
        return None
    if isinstance(response, Answer):
        return list(response.probabilities)
    return response.text if isinstance(response, Reply) else list(response.values)
