"""Log probabilities as servers send them: read in both of their shapes, and believed only if they can be such.

A log probability is a finite number, at most zero (minus infinity is a probability of nought); those of one place sum,
as probabilities, to at most one; and no token stands there twice. Anything else is :class:`Malformed`: nobody can know
what was meant, so that the answer is obtained in the next way.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from affectlab.participants.remote.calls import Candidate, Malformed, Position

MISSING = "log probabilities missing"
WRONG = "log probabilities wrong"
UNUSABLE = frozenset({MISSING, WRONG, "tokens", "template"})
"""The kinds of incident after which an answer is obtained in another way."""

ROUNDING = 0.005
"""By how much probabilities may exceed one: what two decimals of a logarithm leave open."""
_TINY = 1e-4
_LEAST = -9998.0
"""Servers that cannot write minus infinity write a huge number."""


def log_probability(value: Any) -> float:
    """A log probability.

    Raises:
        Malformed: it is missing, or no such number.
    """
    if value is None:
        raise Malformed(MISSING, "a reply in which a log probability is missing")
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise Malformed(WRONG, f"a log probability that is no number but a {type(value).__name__}")
    if math.isnan(value) or value > _TINY:
        raise Malformed(WRONG, f"a log probability of {float(value):.4g}, which is not at most zero")
    return -math.inf if value <= _LEAST else min(0.0, float(value))


def first_position(choice: Mapping[str, Any]) -> tuple[Position, str]:
    """The alternatives at the first place of a reply, and the token that was drawn there.

    Raises:
        Malformed: there are none, or they cannot be what they should be.
    """
    given = choice.get("logprobs") or {}
    content = given.get("content") or ()
    if content:
        return position_of(content[0].get("top_logprobs") or ()), text_of(content[0])
    return old_position(given)


def old_position(given: Mapping[str, Any]) -> tuple[Position, str]:
    """The same from the shape of the completions interface: a mapping of tokens for each place."""
    tops = given.get("top_logprobs") or ()
    if not isinstance(tops, Sequence) or isinstance(tops, str) or not tops or not isinstance(tops[0], Mapping):
        raise Malformed(MISSING, "a reply without the log probabilities asked for")
    found = tuple(Candidate(str(token), log_probability(logprob)) for token, logprob in tops[0].items())
    tokens = given.get("tokens") or ("",)
    return believed(found, tops[0]), str(tokens[0])


def position_of(tokens: Sequence[Mapping[str, Any]]) -> Position:
    """The alternatives at one place.

    Raises:
        Malformed: there are none, or they cannot be what they should be.
    """
    if not tokens:
        raise Malformed(MISSING, "a reply without the log probabilities asked for")
    found = tuple(Candidate(text_of(token), log_probability(token.get("logprob")), token.get("id")) for token in tokens)
    return believed(found, map(token_identity, tokens))


def believed(position: Position, identities: Iterable[Any]) -> Position:
    """A place whose tokens are distinct and whose probabilities can be such; rounded ones are scaled to one.

    Raises:
        Malformed: they are not.
    """
    distinct([one for one in identities if one is not None])
    total = summed(token.logprob for token in position)
    if total <= 1.0:
        return position
    return tuple(token._replace(logprob=token.logprob - math.log(total)) for token in position)


def distinct(identities: Sequence[Any]) -> None:
    """Check that no token stands at one place twice."""
    if len(set(identities)) != len(identities):
        raise Malformed(WRONG, "a token stands twice among the alternatives")


def summed(logprobs: Iterable[float]) -> float:
    """The sum of the probabilities; above one by no more than rounding."""
    total = math.fsum(map(math.exp, logprobs))
    if total > 1.0 + ROUNDING:
        raise Malformed(WRONG, f"probabilities that sum to {total:.3f}, more than one")
    return total


def token_identity(token: Mapping[str, Any]) -> Any:
    """What tells a token from the others; ``None`` where its text cannot (a part of a character, a control token)."""
    if isinstance(token.get("id"), int):
        return token["id"]
    text = str(token.get("token") or "")
    written = _bytes_of(token)
    if written:
        return (text, written)
    return None if not text or "\ufffd" in text else text


def text_of(token: Mapping[str, Any]) -> str:
    """A token's text; from its bytes where the text could not carry them."""
    written = _bytes_of(token)
    return written.decode("utf-8", "replace") if written else str(token.get("token") or "")


def _bytes_of(token: Mapping[str, Any]) -> bytes:
    """The bytes of a token, where they are a list of such; a number is none, and would ask for as many."""
    found = token.get("bytes")
    try:
        return bytes(found) if isinstance(found, list) else b""
    except (TypeError, ValueError):
        return b""


def token_ends(token: Mapping[str, Any]) -> bool:
    """Whether a token begins with neither letter nor digit; a control token has no text, and ends the turn."""
    text = token.get("token") or ""
    if text:
        return not text[0].isalnum()
    return not text_of(token)[:1].isalnum()
