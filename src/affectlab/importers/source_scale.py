"""A questionnaire of another laboratory: as an instrument, and looked through for defects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from affectlab.defects.characters import replaced_characters
from affectlab.defects.defect import Defect, Lines
from affectlab.defects.items import KeyedItem, keyed_otherwise, substituted
from affectlab.defects.questionnaire import Questionnaire, ScaleItem, letters
from affectlab.defects.scales import contradicted, listed_options, trait_anchors, undirected, unlike_options
from affectlab.defects.wordings import stray_headings, uninstructed
from affectlab.importers.origin import Origin, as_id, numbered_names


@dataclass(frozen=True)
class SourceItem:
    """One question, with its own options."""

    text: str
    options: tuple[tuple[int, str], ...]
    """Each step with its label, the lowest first."""
    line: int
    scale: str = "score"
    reverse: bool = False


@dataclass(frozen=True)
class SourceScale:
    """A questionnaire as its file has it."""

    name: str
    file: str
    instruction: Lines
    items: tuple[SourceItem, ...]
    targets: Mapping[str, str | None] = field(default_factory=dict)
    """Of each scale, the state that it measures; none, where it measures none."""
    accepted: tuple[int, int] | None = None
    """The steps that its program accepts, where it says any."""
    line: int = 1

    @property
    def steps(self) -> tuple[int, int]:
        """The lowest and the highest step, by what most items have."""
        return self.asked.steps

    @property
    def asked(self) -> Questionnaire:
        """As it stands in a prompt."""
        questions = [ScaleItem(one.text, one.options, one.line) for one in self.items]
        return Questionnaire(False, list(self.instruction), questions)

    @property
    def words(self) -> str:
        """What is said before its items."""
        return "\n".join(text.rstrip() for _, text in self.instruction).strip()

    def defects(self, unpleasant: Mapping[str, bool] | None = None) -> Iterator[Defect]:
        """What is wrong with it, in itself and against what its program accepts.

        Args:
            unpleasant: of each scale that measures a state, whether this is an unpleasant one.
        """
        asked = self.asked
        everything = [*self.instruction, *((one.line, one.text) for one in self.items)]
        yield from replaced_characters(everything, self.file)
        yield from stray_headings(self.instruction, self.file)
        yield from listed_options(self.instruction, self.file)
        yield from uninstructed(self.instruction, self.file, self.line)
        schema = f"the answers of `{self.name}`"
        against = list(contradicted(self.instruction, self.accepted or self.steps, schema, self.file))
        yield from against or undirected(asked, self.file)
        yield from unlike_options(asked, self.file)
        yield from trait_anchors(asked, self.words, self.file)
        yield from substituted(asked, self.file)
        keyed = [KeyedItem(as_id(one.text), one.text, one.scale, one.reverse, one.line) for one in self.items]
        yield from keyed_otherwise(keyed, dict(unpleasant or {}), self.file)

    def instrument(self, origin: Origin, id: str, *, listed: bool = True) -> dict[str, Any]:
        """The instrument: its steps as numbers, and what they are called in its question.

        Args:
            origin: of it.
            id: of it.
            listed: whether the labels of the steps are added where the instruction has none.
        """
        low, high = self.steps
        items = list({letters(one.text): one for one in reversed(self.items)}.values())[::-1]
        names = numbered_names([as_id(one.text, f"item-{at}") for at, one in enumerate(items, 1)])
        labels = [f"{step} = {label}" for step, label in items[0].options if label]
        said = letters(self.words)
        if listed and not all(letters(label) in said for _, label in items[0].options if label):
            question = f"{self.words}\n{', '.join(labels)}".strip()
        else:
            question = self.words
        rows = [
            {"id": name, "text": one.text, "scale": one.scale, "reverse": one.reverse}
            for name, one in zip(names, items, strict=True)
        ]
        scales = {
            scale: {"title": scale.replace("-", " "), "state": self.targets.get(scale)}
            for scale in dict.fromkeys(one.scale for one in items)
        }
        return origin.of(
            "instrument",
            id,
            self.name,
            form="rating",
            minimum_coverage=0.5,
            question=question or "Answer each of these.",
            opening="{item}:",
            options={"from": low, "to": high, "template": " {value}"},
            items=rows,
            subscales=scales,
        )


def scale_files(scales: Sequence[SourceScale], origin: Origin, *, listed: bool = True) -> dict[str, Mapping[str, Any]]:
    """Each questionnaire as a material, by its place."""
    ids = numbered_names([as_id(one.name, "questionnaire") for one in scales])
    return {
        f"instruments/{id}.yaml": one.instrument(origin, id, listed=listed) for id, one in zip(ids, scales, strict=True)
    }
