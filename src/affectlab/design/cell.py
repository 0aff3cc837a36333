"""A cell: one session's place in the design."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True)
class Cell:
    """One session's place in the design. The fields are the factors, and columns of the scores."""

    index: int
    model: str
    frame: str
    state: str
    technique: str
    grade: str
    arm: str
    """``induction-text``, or the control that is given in its place."""
    delivery: str
    vignette: str
    text: int
    """The vignette's place in its file."""
    context: str
    regulation: str
    script: str
    """The wording of the regulation, in the first round."""
    guidance: str
    """How the regulation is delivered; a manual is delivered as a ``talk``."""
    order: str
    """Whether the regulation comes after or before the induction."""
    replicate: int
    seed: int
    """Shared by the cells of the same text number and replicate: what is drawn is the same in every state and arm."""
    language: str = ""
    """In which everything is said and asked; empty where the study names no languages."""

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Cell:
        """The cell of a session as a store has it, which may say more of the session than its place."""
        return cls(
            **{one.name: stored[one.name] for one in fields(cls) if one.name != "language" or "language" in stored}
        )

    @property
    def levels(self) -> dict[str, Any]:
        """Its place, as it is kept and hashed: without a language where it has none, as before there were any."""
        return {name: value for name, value in vars(self).items() if name != "language" or value}
