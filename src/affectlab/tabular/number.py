"""Whether a text is a number, as a table holds one."""

from __future__ import annotations

import re

import numpy as np

_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")


def number(text: str) -> float | None:
    """A finite number, or None; ``1_1`` is a name.

    >>> number(" 1.5 "), number("1_1"), number("nan")
    (1.5, None, None)
    """
    if not _NUMBER.fullmatch(text.strip()):
        return None
    read = float(text)
    return read if np.isfinite(read) else None
