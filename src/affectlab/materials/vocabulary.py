"""Words that a text must not contain, because a measure reads their probability."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from affectlab.materials.words import unspaced


@dataclass(frozen=True)
class Vocabulary:
    """Patterns of whole words; ``*`` stands for any ending.

    >>> scored = Vocabulary.of(["afraid", "worr*"])
    >>> scored.found("She worries, and the scarf is unafraid.")
    ['worries']
    """

    pattern: re.Pattern[str]
    owners: Mapping[str, str] = field(default_factory=dict)
    """Per pattern, whose it is, as a clause that follows the word."""

    @classmethod
    def of(cls, patterns: Iterable[str]) -> Vocabulary:
        """The vocabulary of some patterns; of a mapping, with whose each is."""
        owners = dict(patterns) if isinstance(patterns, Mapping) else {}
        return cls(_compiled(_any_of(sorted(set(patterns)))), owners)

    def found(self, text: str) -> list[str]:
        """The forbidden words in a text, as they stand there."""
        return self.pattern.findall(text)

    def owner(self, word: str) -> str:
        """Whose a word is, where that is known."""
        return next((owner for one, owner in self.owners.items() if _compiled(_part(one)).fullmatch(word)), "")


_BEGIN = r"(?<!\w)"


def _any_of(words: Sequence[str]) -> str:
    parts = list(map(_part, words))
    if parts and all(part.startswith(_BEGIN) for part in parts):
        # looked for once at each letter, and not once for each word: a text is read in a ninth of the time
        return f"{_BEGIN}(?:{'|'.join(part.removeprefix(_BEGIN) for part in parts)})"
    return "|".join(parts) or r"(?!)"


def _compiled(part: str) -> re.Pattern[str]:
    return re.compile(part, re.IGNORECASE)


@cache
def _part(word: str) -> str:
    """A pattern as a regular expression. Where a script has no spaces, a word has no ends that could be seen."""
    begin, end = ("" if unspaced(letter) else edge for letter, edge in ((word[:1], _BEGIN), (word[-1:], r"(?!\w)")))
    return begin + re.escape(word).replace(r"\*", r"[\w'-]*") + end
