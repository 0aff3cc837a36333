"""A shard: a part of a plan that is run by itself, elsewhere or at another time, and then merged with the others."""

from __future__ import annotations

import re
from typing import NamedTuple

from affectlab.design.plan import Plan
from affectlab.errors import InputError

_WRITTEN = re.compile(r"([0-9]{1,9})/([0-9]{1,9})")
_HINT = "write it as 3/64: the third of 64; the first is 1/64"


class Shard(NamedTuple):
    """The blocks that begin in the n-th of so many equal parts of a plan's sessions. A block is never split."""

    number: int
    """From 1."""
    of: int

    @classmethod
    def parse(cls, text: str) -> Shard:
        """A shard as it is written on the command line.

        >>> Shard.parse("3/64")
        Shard(number=3, of=64)

        Raises:
            InputError: it is none, or there is no such part.
        """
        found = _WRITTEN.fullmatch(text.strip())
        if found is None:
            raise InputError(f"not a shard: {text!r}", hint=_HINT)
        number, of = map(int, found.groups())
        if not 1 <= number <= of:
            raise InputError(f"there is no shard {number} of {of}", hint=_HINT)
        return cls(number, of)

    def sessions(self, total: int) -> range:
        """The sessions of its part: its blocks begin with one of these, and may end beyond them.

        >>> [list(Shard(number, 3).sessions(8)) for number in (1, 2, 3)]
        [[0, 1, 2], [3, 4, 5], [6, 7]]
        """
        return range(-(-(self.number - 1) * total // self.of), -(-self.number * total // self.of))

    def models(self, plan: Plan) -> tuple[str, ...]:
        """The models of which it has blocks; the others need not be there."""
        found = {plan.cells[index].model for index in self.sessions(len(plan))}
        return tuple(model for model in plan.models if model in found)

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"


WHOLE = Shard(1, 1)
"""All of a plan."""
