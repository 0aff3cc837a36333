"""Asks everything that a run asked once more, and compares every answer and every score with those in its store."""

from __future__ import annotations

import json
import math
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from typing import Any, NamedTuple

from affectlab.errors import CapabilityError, StoreError
from affectlab.execution.stream import prepared, stream
from affectlab.experiment.event import Event, Pace, event
from affectlab.participants.base import Participant
from affectlab.participants.registry import again
from affectlab.records.derived import unlike
from affectlab.requests import Answer, Reply, Response, SessionRole
from affectlab.run import Run, differing_responses, store_made

NAMED = "name models to an Experiment rather than making them, and their runs replay"
_PLACES = """
SELECT responses.key, session, point, measure, item, min(observations.id) FROM observations
JOIN probes ON probes.id = observations.probe JOIN responses ON responses.id = observations.response
GROUP BY responses.id"""
"""Where each answer was first observed."""


class Replayed(NamedTuple):
    """What a comparison gave."""

    answers: int
    """Of the run."""
    differences: list[dict[str, Any]]
    """The key of each answer that is not bit-identical, where it was first given (session, state, regulation, point,
    measure, item), what it was the first and the second time, and the largest difference between the two."""
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
    participants, others, pace = _same(first), _beside(first), Pace()
    with tempfile.TemporaryDirectory() as folder:
        try:
            ready = prepared(first.plan, participants, others)
            with closing(store_made(folder)) as store:
                for step in stream(ready, store):
                    watch(event(step, pace))
                second = Run(store)
                changed, numbers = differing_responses(first, second), unlike(first, second)
        finally:
            for one in (*participants.values(), *others.values()):
                one.close()
    rows = list(_rows(first, changed)) if changed else []
    return Replayed(first.store.count(), rows, sum(1 for _ in first.store.scored()), numbers)


def _rows(run: Run, changed: Sequence[tuple[str, Response | None, Response | None]]) -> Iterator[dict[str, Any]]:
    """Each answer that differs, with its place."""
    _, found = run.store.query(_PLACES)
    cells = {session: json.loads(cell) for session, cell in run.store.query("SELECT id, cell FROM sessions")[1]}
    places = {key: place for key, *place, _ in found}
    for key, here, there in changed:
        session, point, measure, item = places.get(key, (None, "", "", ""))
        cell = cells.get(session, {})
        yield {
            "key": key,
            "session": session,
            "state": cell.get("state", ""),
            "regulation": cell.get("regulation", ""),
            "point": point,
            "measure": measure,
            "item": item,
            "largest": _largest(here, there),
            "first": _shown(here),
            "second": _shown(there),
        }


def _largest(here: Response | None, there: Response | None) -> float | None:
    """The largest difference between two probabilities of an option, or two numbers read; None between others."""
    one, other = _shown(here), _shown(there)
    if not isinstance(one, list) or not isinstance(other, list) or len(one) != len(other):
        return None
    apart = [abs(a - b) for a, b in zip(one, other, strict=True) if not (math.isnan(a) and math.isnan(b))]
    # a legal answer in the place of none
    return None if any(map(math.isnan, apart)) else max(apart, default=0.0)


def _require_whole(run: Run) -> None:
    where = run.store.path
    if not run.complete:
        raise StoreError(f"{where} is not complete", hint="finish it first with the same `affectlab run`")
    if run.plan.hash != run.plan_hash:
        hint = "replay the run itself, not a copy made to be shared"
        raise StoreError(f"{where} lacks texts that were said", hint=hint)


def _require_identical(run: Run) -> None:
    """Nothing is spent on a comparison that can only fail."""
    cards = {**run.participants, **(run.store.described("cards_by_role") or {})}
    for name, card in cards.items():
        if not card["capabilities"]["identical"]:
            hint = "run the study again into another --out, and compare the reports"
            raise CapabilityError(f"{name} does not promise the same answer twice, so it is not replayed", hint=hint)


def _same(run: Run) -> dict[str, Participant]:
    """The participants of a run, set up as they were."""
    roles = run.store.described("named_participants") or {}
    if unknown := [model for model in run.plan.models if model not in roles]:
        message = f"{run.store.path} does not say by which name `{unknown[0]}` is had again"
        raise StoreError(message, hint=NAMED)
    catalogue, seed = run.plan.study.catalogue, run.plan.seed
    return {
        label: again(
            run.participants[label],
            role["name"],
            catalogue,
            seed=seed,
            threads=role["threads"],
            weights=role["weights"],
        )
        for label, role in roles.items()
    }


def _beside(run: Run) -> dict[SessionRole, Participant]:
    """Those in the roles beside the client's."""
    named: dict[SessionRole, str] = run.store.described("named_by_role") or {}
    if unknown := [role for role in run.store.described("others") or {} if role not in named]:
        raise StoreError(f"{run.store.path} does not say by which name its {unknown[0]} is had again", hint=NAMED)
    cards, catalogue = run.store.described("cards_by_role") or {}, run.plan.study.catalogue
    return {role: again(cards[role], name, catalogue, seed=run.plan.seed) for role, name in named.items()}


def _shown(response: Response | None) -> object:
    if response is None:
        return None
    if isinstance(response, Answer):
        return list(response.probabilities)
    return response.text if isinstance(response, Reply) else list(response.values)
