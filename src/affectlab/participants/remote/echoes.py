"""A key that comes back: found in whatever form an endpoint repeats it, whole, in halves, spaced out or encoded.

Compared are letters and digits alone, in lower case, so that separators, line breaks, characters without width and case
hide nothing. Looked for are the key itself, reversed, in hexadecimal and in base64 (alone, or at any place of something
longer), and any stretch of these of half the key's length, at least ten characters and at most sixteen are enough.
"""

from __future__ import annotations

import base64
from functools import lru_cache
from itertools import pairwise

PLACEHOLDER = "‹key›"
SHORTEST = 8
"""Letters and digits of a key from which on it is looked for in every form; a shorter one may be an ordinary word."""
_LEAST, _MOST = 10, 16


def without(text: str, secret: str) -> str:
    """``text`` without the secret, in any of its forms.

    >>> secret = "sk-3f9a7c21e8d04b65"
    >>> without(f"a {secret} b", secret), without(" ".join(secret), secret), without(secret[::-1], secret)
    ('a ‹key› b', '‹key›', '‹key›')
    """
    if len(text) < SHORTEST:
        return text
    stretches, length = _stretches(secret)
    if not stretches:
        return text
    places = [place for place, char in enumerate(text) if char.isalnum()]
    bare = "".join([text[place] for place in places]).lower()
    if len(bare) != len(places):  # a capital that is two letters in lower case
        bare = "".join([text[place].lower()[:1] for place in places])
    spans = _spans([at for at in range(len(bare) - length + 1) if bare[at : at + length] in stretches], length)
    for start, end in reversed(spans):
        text = text[: places[start]] + PLACEHOLDER + text[places[end - 1] + 1 :]
    return text


def _spans(hits: list[int], length: int) -> list[tuple[int, int]]:
    """The runs that overlapping hits make."""
    if not hits:
        return []
    breaks = [0, *(index + 1 for index, (one, next_) in enumerate(pairwise(hits)) if next_ > one + length), len(hits)]
    return [(hits[first], hits[last - 1] + length) for first, last in pairwise(breaks)]


@lru_cache(maxsize=64)
def _stretches(secret: str) -> tuple[frozenset[str], int]:
    """The stretches of all forms of a secret, and their length; none where it is too short to be told from a word."""
    plain = _bare(secret)
    if len(plain) < SHORTEST:
        return frozenset(), 0
    length = min(len(plain), max(_LEAST, min(_MOST, len(plain) // 2)))
    forms = {plain, plain[::-1], secret.encode().hex()}
    for before in range(3):
        encoded = base64.b64encode(b"\0" * before + secret.encode()).decode()
        core = _bare(encoded[(0, 2, 3)[before] :].rstrip("=")[:-1])
        forms |= {core, core[::-1]}
    return frozenset(form[at : at + length] for form in forms for at in range(len(form) - length + 1)), length


def _bare(text: str) -> str:
    return "".join(filter(str.isalnum, text)).lower()
