"""A walk: a generator that yields requests, is sent the responses in the same order, and returns what came of it.

Everything that a participant goes through is a walk, and so does no input or output of its own.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Sequence
from typing import Any, TypeVar

from affectlab.requests import Answer, Read, Reading, Reply, Request, Response, Speak

T = TypeVar("T")
U = TypeVar("U")

Walk = Generator[Sequence[Request], Sequence[Response], T]


def given(found: list[T]) -> Walk[list[T]]:
    """A walk that has nothing left to ask."""
    yield from ()
    return found


def side_by_side(path: Walk[T], forks: list[Walk[list[U]]]) -> Walk[tuple[T, list[U]]]:
    """Walk a path and the forks that it adds to ``forks`` as it goes, all that is pending asked together.

    Returns what the path returns, and what the forks found, in the order in which they were added.
    """
    walks: list[Walk[Any]] = [path]
    pending: dict[int, Sequence[Request]] = {}
    ended: dict[int, Any] = {}

    def advance(index: int, responses: Sequence[Response] | None = None) -> None:
        try:
            pending[index] = next(walks[index]) if responses is None else walks[index].send(responses)
        except StopIteration as end:
            pending.pop(index, None)
            ended[index] = end.value

    advance(0)
    while True:
        for fork in forks[len(walks) - 1 :]:
            walks.append(fork)
            advance(len(walks) - 1)
        if not pending:
            return ended[0], [one for index in range(1, len(walks)) for one in ended[index]]
        asked = list(pending.items())
        responses = yield [request for _, requests in asked for request in requests]
        start = 0
        for index, requests in asked:
            advance(index, responses[start : start + len(requests)])
            start += len(requests)


def blank(request: Request) -> Response:
    """An even answer, a reply that differs from every other and is as long as it may be, or a reading of zeros."""
    if isinstance(request, Read):
        return Reading((0.0,) * len(request.quantities))
    if isinstance(request, Speak):
        return Reply(request.content[:8] + " so" * request.max_tokens)
    return Answer((-math.log(len(request.options)),) * len(request.options))


def finished(walk: Walk[T], respond: Callable[[Request], Response] = blank) -> T:
    """What a walk comes to; if nobody is named who responds, with responses that say nothing."""
    try:
        pending = next(walk)
        while True:
            pending = walk.send([respond(request) for request in pending])
    except StopIteration as end:
        found: T = end.value
        return found
