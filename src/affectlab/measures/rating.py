"""A rating: items on a scale whose steps the file gives, as numbers or under labels."""

from __future__ import annotations

from typing import Literal, Self

from affectlab.materials.instrument import Scale
from affectlab.measures.content import content
from affectlab.measures.graded import Graded


class RatingInstrument(Graded):
    """Items, each rated on the same scale."""

    form: Literal["rating"]
    options: Scale

    @property
    def content(self) -> str:
        return content(self)

    @property
    def values(self) -> tuple[int, ...]:
        return self.options.values

    @property
    def answers(self) -> tuple[str, ...]:
        return self.options.options

    @property
    def step_labels(self) -> tuple[str, ...]:
        return self.options.labels

    def reworded(self, paraphrase: str) -> Self:
        words, said = next(one for one in self.paraphrases if one.id == paraphrase), super().reworded(paraphrase)
        if not words.labels:
            return said
        return said.model_copy(update={"options": self.options.model_copy(update={"labels": words.labels})})
