"""Spells options in a model's tokens: those that all begin with, and those by which each of them goes on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from affectlab.requests import nested_options

Tokenize = Callable[[str], tuple[int, ...]]

APART = frozenset({"smollm"})
"""Splits of a text into words (``tokenizer.ggml.pre``) in which a blank after any other sign always begins a new word,
and nothing that was split before it is split otherwise for what follows: so what stands on either side of such a blank
is tokenised by itself. The others are spelt as a whole, which is slower, and hardly so beside a larger model."""


@dataclass(frozen=True)
class Spelling:
    """The options of an ask as tokens: what all begin with, and how each goes on."""

    base: tuple[int, ...]
    options: tuple[tuple[int, ...], ...]
    nested: tuple[bool, ...]


class Speller:
    """Spells options after a text.

    Args:
        tokenize: the tokens of a text.
        split: how the vocabulary splits a text into words.
    """

    def __init__(self, tokenize: Tokenize, split: str) -> None:
        self._tokenize = tokenize
        self.separate = split in APART
        """Whether an option that begins with a blank may be tokenised by itself."""
        self._words = lru_cache(maxsize=1024)(lambda options: tuple(map(tokenize, options)))
        self.spell = lru_cache(maxsize=16384)(self._spell)

    def _spell(self, text: str, options: tuple[str, ...]) -> Spelling:
        if self.separate and _whole(text[-1:]) and all(one[:1] == " " and _whole(one[1:2]) for one in options):
            return Spelling(self._tokenize(text), self._words(options), nested_options(options))
        return merged(self._tokenize, text, options)


def merged(tokenize: Tokenize, text: str, options: tuple[str, ...]) -> Spelling:
    """Each option tokenised together with the text. What a tokenizer merges across the seam counts as option."""
    opening, whole = tokenize(text), [tokenize(text + option) for option in options]
    shared = len(opening)
    for tokens in whole:
        same = next((at for at, (a, b) in enumerate(zip(opening, tokens, strict=False)) if a != b), None)
        shared = min(shared, len(tokens) - 1 if same is None else same)
    return Spelling(opening[:shared], tuple(tokens[shared:] for tokens in whole), nested_options(options))


def _whole(sign: str) -> bool:
    """Whether there is a sign, and it is no blank."""
    return bool(sign) and not sign.isspace()
