"""What tells the items of a task from its controls besides their meaning: length, reading level, valence."""

from __future__ import annotations

import re
import statistics
from collections.abc import Sequence
from typing import NamedTuple

from affectlab.materials.form import Shown
from affectlab.sentiment import valence

_VOWELS = re.compile(r"[aeiouy]+")
_WORDS = re.compile(r"[A-Za-z']+|\d+")


class Screen(NamedTuple):
    """Some items, on average."""

    items: int
    words: float
    grade: float
    """The Flesch–Kincaid grade of what is shown."""
    valence: float
    """Of the texts without their options, from -1 to 1, by VADER's lexicon."""


def screen(items: Sequence[Shown]) -> Screen:
    """The length, reading level and valence of some items, averaged.

    >>> cat, dog = (Shown(text, text, False, "") for text in ("The cat sat on the mat.", "A dog ran home."))
    >>> screen([cat, dog]).words
    5.0
    """
    return Screen(
        len(items),
        statistics.fmean(len(_WORDS.findall(item.whole)) for item in items),
        statistics.fmean(grade(item.whole) for item in items),
        statistics.fmean(valence(item.text) for item in items),
    )


def grade(text: str) -> float:
    """The school grade for which a text is easy to read; syllables are counted as groups of vowels.

    ``0.39 words / sentences + 11.8 syllables / words − 15.59``

    Source: Kincaid, J. P., Fishburne, R. P., Rogers, R. L., & Chissom, B. S. (1975). Naval Technical Training Command,
    Research Branch Report 8-75.

    >>> round(grade("The cat sat on the mat."), 2)
    -1.45
    """
    words = _WORDS.findall(text)
    if not words:
        return 0.0
    sentences = max(1, len(re.findall(r"[.!?](?:\s|$)", text)))
    return 0.39 * len(words) / sentences + 11.8 * sum(map(_syllables, words)) / len(words) - 15.59


def _syllables(word: str) -> int:
    lower = word.lower()
    count = len(_VOWELS.findall(lower))
    silent = lower.endswith("e") and not lower.endswith(("le", "ee")) and count > 1
    return max(1, count - silent)
