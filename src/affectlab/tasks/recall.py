"""A recall: options about a list of words that was studied before, asked after both orders of the list."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator

from affectlab.materials.schema import filled_by
from affectlab.materials.template import fill
from affectlab.tasks.options import Options


class Recall(Options):
    """Options about a studied list."""

    form: Literal["recall"]
    studied: tuple[str, ...] = Field(min_length=4)
    """The words; ``{list}`` in the question stands for them."""

    @field_validator("question")
    @classmethod
    def _shown_list(cls, question: str) -> str:
        if "{list}" not in question:
            raise ValueError("the list is not shown; write `{list}` where the words go")
        filled_by(question, ["list"])
        return question

    @property
    def said(self) -> tuple[str, ...]:
        return (self._shared(False), self._shared(True))

    @property
    def _both(self) -> bool:
        return True

    def _shared(self, turned: bool) -> str:
        return fill(self.question, {"list": ", ".join(self.studied[:: -1 if turned else 1])})
