"""A visual analogue scale in text: from 0 to 100 by tens."""

from __future__ import annotations

from typing import Literal

from affectlab.measures.graded import Graded


class VisualAnalogue(Graded):
    """Items, each marked on a line of a hundred."""

    form: Literal["visual-analogue"]

    @property
    def values(self) -> tuple[int, ...]:
        return tuple(range(0, 101, 10))
