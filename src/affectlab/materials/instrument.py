"""Instruments: what their files may say, whatever their form; scales, items, stems and paraphrases."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from affectlab.conversation import Conversation
from affectlab.extensions import Extensions
from affectlab.generators import Session
from affectlab.materials.document import Misplaced
from affectlab.materials.form import Asked, Outcome, Shown
from affectlab.materials.formed import Formed
from affectlab.materials.schema import Id, Line, Of, Part, filled_by, places, unique
from affectlab.materials.template import fill


class Scale(Part):
    """The steps of a rating, as they are shown and as they count."""

    from_: int = Field(alias="from")
    to: int
    template: str = " {value}"
    labels: tuple[str, ...] = ()
    """What is written in place of the numbers, the lowest first."""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.to <= self.from_:
            raise ValueError("`to` must be above `from`; a scale needs at least two steps")
        if "{value}" not in self.template:
            raise ValueError("the template lacks `{value}`; write where the number goes")
        filled_by(self.template, ["value"], "template")
        if self.labels and len(self.labels) != len(self.values):
            message = f"{len(self.labels)} labels for {len(self.values)} steps; write one for each"
            raise Misplaced(message, "labels")
        return self

    @property
    def values(self) -> tuple[int, ...]:
        """The numbers of the scale."""
        return tuple(range(self.from_, self.to + 1))

    @property
    def options(self) -> tuple[str, ...]:
        """The steps as the participant writes them."""
        return tuple(fill(self.template, {"value": step}) for step in self.labels or self.values)


class Item(Part):
    """One thing to be rated."""

    id: Id
    text: str
    scale: str
    """The scale (subscale) that the item belongs to."""
    foil: bool = False
    """Whether it is there to show that not everything moves."""
    reverse: bool = False
    anchors: dict[str, str] = Field(default_factory=dict)
    why: str | None = None


class Subscale(Part):
    """A scale of several items."""

    title: str
    state: Annotated[str, Of(("state",))] | None
    """The state that it belongs to; none, where it belongs to none."""
    foil: bool = False


class Stem(Part):
    """The beginning of the participant's turn."""

    id: Id
    text: str


Changed = Literal["wording", "order", "labels"]
"""What of a measure is changed that ought not to matter."""


class Paraphrase(Part):
    """The same measure with something changed that ought not to matter, to see whether a finding hangs on it."""

    id: Id
    question: str
    changes: Changed = "wording"
    """Its words; the order in which the scale is named; or what the steps of the scale are called."""
    labels: tuple[str, ...] = ()
    """What the steps are called instead, the lowest first."""
    items: dict[str, str] = Field(default_factory=dict)
    """Per item, another text; the others stay."""
    stems: dict[str, str] = Field(default_factory=dict)
    """Per stem, another text; the others stay."""


class Instrument(Formed):
    """A way of measuring a state. Each form is a subclass, in a module of its own."""

    kind: Literal["instrument"]
    verified: dict[str, Any] = Field(default_factory=dict)
    """Where the wording of an instrument by others was seen."""
    attribution: str | None = None
    scoring: str = ""
    caveats: tuple[str, ...] = ()
    paraphrases: tuple[Paraphrase, ...] = ()
    forbidden: tuple[str, ...] = ()
    """Words no induction or regulation may contain, ``*`` for any ending: they would prime what is read."""

    forms: ClassVar[Extensions[type[Instrument]]] = Extensions(
        "form of an instrument", "affectlab.measures", "affectlab.measures.registry"
    )
    contexts: ClassVar[tuple[str, ...]] = ("branched",)
    """How it can be asked besides on branches: ``sequential``, its items one after another with the answers in sight;
    ``battery``, all in one answer."""
    faint: ClassVar[bool] = False
    """Whether the options that belong to a scale have so little probability that it is shown on a logarithmic axis."""

    @model_validator(mode="after")
    def _paraphrased(self) -> Self:
        unique("paraphrase", places("paraphrases", (one.id for one in self.paraphrases)))
        for index, one in enumerate(self.paraphrases):
            if one.question in (self.question, *(other.question for other in self.paraphrases[:index])):
                raise Misplaced("asks what is asked already; word it otherwise", "paraphrases", index, "question")
            if (one.changes == "labels") is not bool(one.labels):
                raise Misplaced("`changes: labels` and `labels:` go together; write both", "paraphrases", index)
            if one.labels and len(one.labels) != len(self.values):
                raise Misplaced("write one label for each step of the scale", "paraphrases", index, "labels")
            for part, ids in (("items", one.items), ("stems", one.stems)):
                for id in ids:
                    if id not in self.parts.get(part, ()):
                        message = f"there is no `{id}` among the {part}; name one of them"
                        raise Misplaced(message, "paraphrases", index, part, id)
        return self

    @property
    @abstractmethod
    def scales(self) -> tuple[str, ...]:
        """The scales it measures, in the order of the file."""

    @property
    @abstractmethod
    def unit(self) -> str:
        """The unit of its scores."""

    @property
    @abstractmethod
    def wordings(self) -> Mapping[str, str]:
        """What each of its items says, by the item's id, in the order of the file."""

    @property
    def parts(self) -> Mapping[str, Sequence[str]]:
        """What a paraphrase can word otherwise: the ids of its ``items``, or of its ``stems``."""
        return {"items": tuple(self.wordings)}

    @property
    def values(self) -> tuple[int, ...]:
        """The steps on which it is answered, as they count; none where its answers are no steps."""
        return ()

    @property
    def rated_items(self) -> tuple[Item, ...]:
        """Its items, where each is rated on ``values``; none where it asks otherwise."""
        return ()

    @property
    def step_labels(self) -> tuple[str, ...]:
        """What is written in place of the numbers of its steps, the lowest first; none where the numbers are."""
        return ()

    @property
    def repeated(self) -> bool:
        """Whether a scale has several items."""
        return len(self.wordings) > len(self.scales)

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        low, high = self.span or (None, None)
        return tuple(Outcome(self.id, scale, self.unit, low, high, self.target(scale)) for scale in self.scales)

    def target(self, scale: str) -> str | None:
        """The state that its file says a scale belongs to; None where it says none."""
        return None

    def set_apart(self, scale: str) -> bool:
        """Whether its file says of a scale that it belongs to no state, as one that is there for comparison."""
        return False

    @property
    def span(self) -> tuple[float, float] | None:
        return (float(self.values[0]), float(self.values[-1])) if self.values else None

    @property
    def scored(self) -> tuple[str, ...]:
        return self.forbidden

    def shown(self) -> Iterator[Shown]:
        yield from (Shown(text, text, False, "") for text in self.wordings.values())

    def belonging(self, scale: str) -> frozenset[str] | None:
        """The options that belong to a scale; None where all of them do."""
        return None

    def converse(
        self, context: str, lines: Sequence[Line], conversation: Conversation, seed: int
    ) -> Session[tuple[Conversation, list[Asked]]]:
        """Ask it in the conversation, in one of its other contexts; returns the conversation after it.

        Args:
            lines: what the experimenter says: between the items, or to ask for all in one answer.
        """
        raise ValueError(f"{self.id} cannot be asked as `{context}`")

    def reworded(self, paraphrase: str) -> Self:
        """The instrument in the words of one of its paraphrases."""
        words = next(one for one in self.paraphrases if one.id == paraphrase)
        return self.model_copy(update={"question": words.question})

    def variants(self, changes: Changed) -> tuple[str, ...]:
        """The paraphrases in which this is changed."""
        return tuple(one.id for one in self.paraphrases if one.changes == changes)

    def listed(self, request: Line) -> str:
        """A line that asks for all items in one answer, with the items and the scale in it."""
        raise ValueError(f"{self.id} cannot be asked in one answer")
