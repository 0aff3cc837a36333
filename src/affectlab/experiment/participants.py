"""Who takes part in an experiment: the participants of its models, and those in the roles beside the client's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from affectlab.design.study import Study
from affectlab.experiment.settings import Settings
from affectlab.participants.base import Costly, Participant
from affectlab.participants.registry import again, model_label, model_labels
from affectlab.requests import SessionRole

Model = str | Participant
"""A model by its name, or a participant that somebody made."""


def row_names(models: Sequence[Model]) -> tuple[str, ...]:
    """The names under which the rows of models stand.

    Raises:
        ParticipantError: two would stand under the same.
    """
    return model_labels([one if isinstance(one, str) else one.name for one in models])


@dataclass(frozen=True)
class Participants:
    """The participants of a run."""

    clients: Mapping[str, Participant]
    """By the names under which their rows stand."""
    others: Mapping[SessionRole, Participant]
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
        return {name: one.spent for name, one in self._costly.items()}

    @cached_property
    def _costly(self) -> Mapping[str, Costly]:
        """Looked for once: it is asked after every answer what has been spent."""
        return {name: one for name, one in self.clients.items() if isinstance(one, Costly)}

    def kept_names(self, cards: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
        """What it takes to have the same clients again; those that only their maker can make are left out."""
        return {
            model: {"name": name, "threads": card.get("threads"), "weights": card.get("weights")}
            for model, name in self.names.items()
            if name is not None and (card := cards.get(model, {})) is not None
        }


@contextmanager
def participants_for(
    study: Study,
    models: Mapping[str, Model],
    others: Mapping[SessionRole, Participant],
    seed: int,
    settings: Settings,
    directory: Path | None,
    cards: Mapping[str, Mapping[str, Any]] | None = None,
) -> Iterator[Participants]:
    """The participants of a study, given back at the end; those that somebody made stay theirs.

    Args:
        models: by the names under which their rows stand.
        others: who is the therapist and who the reader, where somebody made them.
        cards: of those that take part in a run that is gone on with, by the names of their rows.

    Raises:
        ParticipantError: one of them cannot be had.
    """
    given = [*(one for one in models.values() if not isinstance(one, str)), *others.values()]
    participants = _participants(study, models, others, seed, settings, directory, cards or {})
    try:
        yield participants
    finally:
        for one in participants.everyone:
            if one not in given:
                one.close()


def _participants(
    study: Study,
    models: Mapping[str, Model],
    given: Mapping[SessionRole, Participant],
    seed: int,
    settings: Settings,
    directory: Path | None,
    cards: Mapping[str, Mapping[str, Any]],
) -> Participants:
    def made(name: str, row: str, *, threads: int | None = None, weights: str | None = None) -> Participant:
        return again(
            cards.get(row),
            name,
            study.catalogue,
            seed=seed,
            threads=threads,
            weights=weights,
            setup=settings.setup,
            draw_log=None if directory is None else directory / f"draws-{row}.jsonl",
        )

    clients: dict[str, Participant] = {}
    known: dict[str, Participant] = {}
    for row, model in models.items():
        if isinstance(model, str):
            clients[row] = known[model] = made(model, row, threads=settings.threads, weights=settings.weights)
        else:
            clients[row] = model
    others = dict(given)
    for role, name in study.therapy.roles.items() if study.manuals else ():
        if role in given:
            continue
        if name not in known:
            known[name] = made(name, f"{role}-{model_label(name)}")
        others[role] = known[name]
    names = {row: one if isinstance(one, str) else None for row, one in models.items()}
    return Participants(clients, others, names)
