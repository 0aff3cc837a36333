"""Words that a text must not contain, because a measure reads their probability."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Vocabulary:
    """Patterns of whole words; ``*`` stands for any ending.

    >>> scored = Vocabulary.of(["afraid", "worr*"])
    >>> scored.found("She worries, and the scarf is unafraid.")
    ['worries']
    """

    pattern: re.Pattern[str]

    @classmethod
    def of(cls, patterns: Iterable[str]) -> Vocabulary:
        """The vocabulary of some patterns."""
        words = sorted(set(patterns))
        parts = [re.escape(word).replace(r"\*", r"[\w'-]*") for word in words]
        return cls(re.compile(rf"(?<!\w)(?:{'|'.join(parts)})(?!\w)" if parts else r"(?!)", re.IGNORECASE))

    def found(self, text: str) -> list[str]:
        """The forbidden words in a text, as they stand there."""
        return self.pattern.findall(text)
