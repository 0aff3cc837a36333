"""Where two texts differ, word by word."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from typing import NamedTuple

LONGEST = 3000
"""Words of a text up to which it is compared; the time that it takes grows with the square."""
_WORDS = re.compile(r"\s+|\S+")


class TextPart(NamedTuple):
    """Some words, and whether the other text has them at this place."""

    text: str
    same: bool


def differences(first: str, second: str) -> tuple[Sequence[TextPart], Sequence[TextPart]]:
    """Both texts in parts.

    >>> differences("the ice cracks", "the glass cracks")[1]
    [TextPart(text='the ', same=True), TextPart(text='glass', same=False), TextPart(text=' cracks', same=True)]
    """
    if first == second:
        return [TextPart(first, True)], [TextPart(second, True)]
    one, two = _WORDS.findall(first), _WORDS.findall(second)
    if max(len(one), len(two)) > LONGEST or not one or not two:
        return [TextPart(first, False)], [TextPart(second, False)]
    parts: tuple[list[TextPart], list[TextPart]] = ([], [])
    for what, a, b, c, d in difflib.SequenceMatcher(None, one, two, autojunk=False).get_opcodes():
        for found, words in ((parts[0], one[a:b]), (parts[1], two[c:d])):
            if words:
                found.append(TextPart("".join(words), what == "equal"))
    return parts
