"""How many of something there are, as it is said."""

from __future__ import annotations

SPACE = "\N{NO-BREAK SPACE}"


def counted(n: int, noun: str, plural: str = "") -> str:
    """A count with its noun.

    >>> counted(1, "vignette").replace(SPACE, " "), counted(1200, "answer").replace(SPACE, " ")
    ('1 vignette', '1,200 answers')
    """
    word = noun if n == 1 else plural or f"{noun}s"
    return f"{n:,}{SPACE}{word}"
