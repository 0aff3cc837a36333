"""A menu: a list from which one thing is chosen, the choice read off its distribution."""

from __future__ import annotations

from collections.abc import Mapping
from string import ascii_uppercase
from typing import Literal, Self

from pydantic import Field, model_validator

from affectlab.materials.schema import Id, Material


class Menu(Material):
    """What is said around a list, and how the choice begins."""

    kind: Literal["menu"]
    text: str = Field(min_length=1)
    """``{options}`` stands for the list."""
    opening: str = Field(min_length=1)
    """The beginning of the turn in which it is chosen."""
    because: str = ""
    """How the turn goes on after the choice, where the reason is asked for."""
    max_tokens: int = Field(default=60, gt=0)
    """The longest reason."""
    offered: tuple[Id, ...] = ()
    """What can be chosen, in the order of the list; filled in for a session, not in the file."""

    @model_validator(mode="after")
    def _listed(self) -> Self:
        if not self.offered and "{options}" not in self.text:
            raise ValueError("the text lacks `{options}`; write where the list goes")
        return self

    def filled(self, options: Mapping[str, str]) -> Menu:
        """The menu with a list in it: per thing to be chosen, what is said of it, in this order."""
        lines = zip(ascii_uppercase, options.values(), strict=False)
        shown = "\n".join(f"{letter}: {description}" for letter, description in lines)
        return self.model_copy(update={"text": self.text.replace("{options}", shown), "offered": tuple(options)})

    @property
    def options(self) -> tuple[str, ...]:
        """The letters, as the participant writes them."""
        return tuple(f" {letter}" for letter in ascii_uppercase[: len(self.offered)])


MOST = len(ascii_uppercase)
"""How many things a list can have."""
