"""Who takes part in an experiment: the participants of its models, and those on the seats beside the client's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from affectlab.design.study import Study
from affectlab.experiment.settings import Settings
from affectlab.participants.base import Costly, Participant
from affectlab.participants.roster import again, label, labels
from affectlab.requests import Seat

Model = str | Participant
"""A model by its name, or a participant that somebody made."""


def named(models: Sequence[Model]) -> tuple[str, ...]:
    """The names under which the rows of models stand.

    Raises:
        ParticipantError: two would stand under the same.
    """
    return labels([one if isinstance(one, str) else one.name for one in models])


@dataclass(frozen=True)
class Cast:
    """The participants of a run."""

    clients: Mapping[str, Participant]
    """By the names under which their rows stand."""
    others: Mapping[Seat, Participant]
    """Who is the therapist and who the reader, where that is not the client's own model."""
    names: Mapping[str, str | None]
    """By which name each client was asked for; None of one that somebody made."""

    @property
    def everyone(self) -> list[Participant]:
        """All of them, each once."""
        return list(dict.fromkeys([*self.clients.values(), *self.others.values()]))

    @property
    def spent(self) -> dict[str, Any]:
        """What each client whose answers cost something has spent so far: calls, tokens, money."""
        return {name: one.spent for name, one in self.clients.items() if isinstance(one, Costly)}

    def seats(self, cards: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
        """What it takes to have the same clients again; those that only their maker can make are left out."""
        return {
            model: {"name": name, "threads": card.get("threads"), "weights": card.get("weights")}
            for model, name in self.names.items()
            if name is not None and (card := cards.get(model, {})) is not None
        }


@contextmanager
def casting(
    study: Study,
    models: Sequence[Model],
    seed: int,
    settings: Settings,
    directory: Path | None,
    cards: Mapping[str, Mapping[str, Any]] | None = None,
) -> Iterator[Cast]:
    """The participants of a study, given back at the end; those that somebody made stay theirs.

    Args:
        cards: of those that take part in a run that is gone on with, by the names of their rows.

    Raises:
        ParticipantError: one of them cannot be had.
    """
    given = [one for one in models if not isinstance(one, str)]
    cast = _cast(study, models, seed, settings, directory, cards or {})
    try:
        yield cast
    finally:
        for one in cast.everyone:
            if one not in given:
                one.close()


def _cast(
    study: Study,
    models: Sequence[Model],
    seed: int,
    settings: Settings,
    directory: Path | None,
    cards: Mapping[str, Mapping[str, Any]],
) -> Cast:
    def made(name: str, row: str, *, threads: int | None = None, weights: str | None = None) -> Participant:
        return again(
            cards.get(row),
            name,
            study.catalogue,
            seed=seed,
            threads=threads,
            weights=weights,
            setup=settings.setup,
            journal=None if directory is None else directory / f"draws-{row}.jsonl",
        )

    rows = named(models)
    clients: dict[str, Participant] = {}
    known: dict[str, Participant] = {}
    for row, model in zip(rows, models, strict=True):
        if isinstance(model, str):
            clients[row] = known[model] = made(model, row, threads=settings.threads, weights=settings.weights)
        else:
            clients[row] = model
    others: dict[Seat, Participant] = {}
    for seat, name in study.therapy.seats.items() if study.manuals else ():
        if name not in known:
            known[name] = made(name, f"{seat}-{label(name)}")
        others[seat] = known[name]
    names = {row: one if isinstance(one, str) else None for row, one in zip(rows, models, strict=True)}
    return Cast(clients, others, names)
