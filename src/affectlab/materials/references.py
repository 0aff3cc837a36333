"""The registry of human effects: what people do, with size, interval, population and source, as data.

A model's effect is read beside an entry, never without knowing whether people were put into the state or had the
trait, whether anybody corrected for publication bias, and whether the figure was seen or is from memory.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from affectlab.materials.document import Misplaced
from affectlab.materials.schema import Id, Material, Part, places, unique
from affectlab.materials.state import State

SIGNS = {"+": 1, "-": -1, "0": 0}


class MeasuredBy(Part):
    """Where this project measures what an entry is about."""

    task: Id
    outcome: str
    reverse: bool = False
    """Whether the outcome counts the other way round."""
    level: bool = False
    """Whether the effect is one of the task itself, without a state: the outcome after neutral texts, against zero."""


class Reference(Part):
    """One effect in people."""

    id: Id
    kind: Literal["induction", "regulation", "task"]
    task: Id | None = None
    technique: str | None = None
    state: str | None
    """The state that it bears on; none, negative states in general or none."""
    outcome: str
    direction: Literal["+", "-", "0"]
    """The sign of the change of the outcome; 0 is a null result."""
    size: float | None = None
    low: float | None = None
    high: float | None = None
    metric: str | None = None
    n: int | None = None
    k: int | None = None
    population: Literal["induced", "trait", "clinical", "mixed"]
    bias_corrected: bool
    statement: str
    source: str = Field(min_length=1)
    doi: str | None
    doi_missing: str = ""
    """Why there is no DOI."""
    page: str | int | None = None
    verified: Literal["seen", "recalled"]
    seen_at: str | None = None
    note: str | None = None
    measured: MeasuredBy | None = None
    """None where nothing in this project measures it."""
    superseded_by: Id | None = None
    """The entry that counts in its place: the same effect, corrected for bias."""

    @model_validator(mode="before")
    @classmethod
    def _sourced(cls, content: Any) -> Any:
        """Said before anything else of an entry: without source, DOI and sign it is hearsay."""
        if isinstance(content, dict):
            for name, hint in (
                ("source", "write who found it, and where it was published"),
                ("direction", 'write "+", "-" or "0"'),
            ):
                if not content.get(name):
                    raise Misplaced(f"entry `{content.get('id')}` has no {name}; {hint}")
            if not content.get("doi") and not content.get("doi_missing"):
                raise Misplaced(f"entry `{content.get('id')}` has no DOI; add it, or say why in `doi_missing`")
        return content

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.verified == "seen" and not self.seen_at:
            raise Misplaced(f"entry `{self.id}` was seen nowhere; write `seen_at`, or `verified: recalled`")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise Misplaced(f"entry `{self.id}` has its limits the wrong way round; exchange `low` and `high`", "low")
        if self.size and SIGNS[self.direction] and (self.size > 0) is not (SIGNS[self.direction] > 0):
            raise Misplaced(f"entry `{self.id}` has the sign {self.direction} and the size {self.size:g}", "size")
        return self

    @property
    def counts(self) -> bool:
        """Whether it may count in a verdict: it was seen, and no corrected figure stands in its place."""
        return self.verified == "seen" and self.superseded_by is None

    @property
    def sign(self) -> int:
        """1, -1, or 0 for a null result."""
        return SIGNS[self.direction]

    def among(self, states: Iterable[State]) -> tuple[str, ...]:
        """Those of some states in which it can be looked for; empty where it is of another one.

        They are the one that it names, or all where it names none, and those whose files name it.
        """
        return tuple(
            state.id
            for state in states
            if not state.neutral and (self.state in (None, state.id) or self.id in state.references)
        )


class References(Material):
    """A file of the registry."""

    kind: Literal["references"]
    conventions: dict[str, str] = Field(default_factory=dict)
    entries: tuple[Reference, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        ids = [entry.id for entry in self.entries]
        unique("entry", places("entries", ids))
        for index, entry in enumerate(self.entries):
            if entry.superseded_by is not None and entry.superseded_by not in ids:
                raise Misplaced(f"no entry is called `{entry.superseded_by}`", "entries", index, "superseded_by")
        return self
