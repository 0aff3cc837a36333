"""A session: a generator that yields requests, is sent the responses in the same order, and returns what came of it.

Everything that a participant goes through is a session, and so does no input or output of its own.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Sequence
from typing import Any, TypeVar

from affectlab.requests import Answer, Read, Reading, Reply, Request, Response, Speak

T = TypeVar("T")
U = TypeVar("U")

Session = Generator[Sequence[Request], Sequence[Response], T]


def without_requests(found: list[T]) -> Session[list[T]]:
    """A session that has nothing left to ask."""
    yield from ()
    return found


def run_together(main: Session[T], branches: list[Session[list[U]]]) -> Session[tuple[T, list[U]]]:
    """Run a session and the branches that it adds to ``branches`` as it goes, all that is pending asked together.

    Returns what the session returns, and what the branches found, in the order in which they were added.
    """
    sessions: list[Session[Any]] = [main]
    pending: dict[int, Sequence[Request]] = {}
    ended: dict[int, Any] = {}

    def advance(index: int, responses: Sequence[Response] | None = None) -> None:
        try:
            pending[index] = next(sessions[index]) if responses is None else sessions[index].send(responses)
        except StopIteration as end:
            pending.pop(index, None)
            ended[index] = end.value

    advance(0)
    while True:
        for branch in branches[len(sessions) - 1 :]:
            sessions.append(branch)
            advance(len(sessions) - 1)
        if not pending:
            return ended[0], [one for index in range(1, len(sessions)) for one in ended[index]]
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


def finished(running: Session[T], respond: Callable[[Request], Response] = blank) -> T:
    """What a session comes to; if nobody is named who responds, with responses that say nothing."""
    try:
        pending = next(running)
        while True:
            pending = running.send([respond(request) for request in pending])
    except StopIteration as end:
        found: T = end.value
        return found
