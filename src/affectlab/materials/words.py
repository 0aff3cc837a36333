"""Words, as they are counted here: what stands between spaces; in scripts without spaces, each letter."""

from __future__ import annotations

import re

UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3021-\u3029\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf"
    "\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9d\U0001b000-\U0001b16f\U00020000-\U0003ffff"
)
"""Ranges of scripts that put no spaces between words: Thai, Lao, Burmese, Khmer, Japanese, Chinese."""

_UNSPACED = re.compile(f"[{UNSPACED}]")
_PIECE = re.compile(rf"[{UNSPACED}]|(?:(?![{UNSPACED}])\w)+(?:['’-](?:(?![{UNSPACED}])\w)+)*")


def words_of(text: str) -> list[str]:
    """The words of a text, in order.

    >>> words_of("You wait – for the kettle."), words_of("你在厨房里等 tea。")
    (['You', 'wait', '–', 'for', 'the', 'kettle.'], ['你', '在', '厨', '房', '里', '等', 'tea'])
    """
    if not unspaced(text):
        return text.split()
    return [one for one in _PIECE.findall(text) if one.isalnum() or not _UNSPACED.match(one)]


def count_words(text: str) -> int:
    """How many words a text has.

    >>> count_words("You wait for the kettle."), count_words("你在厨房里等")
    (5, 6)
    """
    return len(words_of(text))


def way_of_counting(text: str) -> str:
    """How the words of a text are counted, as it is said of their number."""
    return "counted letter by letter where a script has no spaces" if unspaced(text) else "counted by spaces"


def unspaced(text: str) -> bool:
    """Whether a text has a script in it that puts no spaces between words."""
    return _UNSPACED.search(text) is not None


def put_together(parts: list[str], text: str) -> str:
    """Words in another order as a text again, put together as those of ``text`` are."""
    return ("" if unspaced(text) else " ").join(parts)
