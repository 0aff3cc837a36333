"""Whether a text is a number, as a table holds one."""

from __future__ import annotations

import re

import numpy as np

_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")


def finite_number(text: str) -> float | None:
    """A finite number, or None; ``1_1`` is a name.

    >>> finite_number(" 1.5 "), finite_number("1_1"), finite_number("nan")
    (1.5, None, None)
    """
    if not _NUMBER.fullmatch(text.strip()):
        return None
    read = float(text)
    return read if np.isfinite(read) else None
