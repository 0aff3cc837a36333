"""The order in which requests go out: those that begin alike close together.

Servers keep the prefix they computed last, and providers charge less for one they have just seen.
"""

from __future__ import annotations

from collections.abc import Sequence

from affectlab.requests import Request


def by_prefix(requests: Sequence[Request]) -> list[int]:
    """The positions of the requests, walking the tree of their conversations; elsewhere their order is kept.

    >>> from affectlab.conversation import Conversation
    >>> from affectlab.requests import Speak
    >>> a, b = Conversation.begin("a"), Conversation.begin("b")
    >>> by_prefix([Speak(a.user("1"), 0), Speak(b.user("1"), 0), Speak(a.user("2"), 0)])
    [0, 2, 1]
    """
    met: dict[str, int] = {}
    keys: list[tuple[int, ...]] = []
    for request in requests:
        keys.append(tuple(met.setdefault(turn.id, len(met)) for turn in request.conversation.turns))
    return sorted(range(len(requests)), key=lambda index: keys[index])
