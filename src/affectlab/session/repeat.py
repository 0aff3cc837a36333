"""A session gone through once more with the responses that it got: nobody is asked anything."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from functools import lru_cache

from affectlab.design.cell import Cell
from affectlab.design.plan import Plan
from affectlab.generators import finished
from affectlab.requests import Request, Response, SessionRole
from affectlab.session.session import Ended, session

Find = Callable[[Request], Response]
"""The response to a request; LookupError where there is none."""


def repeated(plan: Plan, cell: Cell, find: Find) -> Ended:
    """The end of a cell's session, as it was.

    Raises:
        LookupError: it asks something that it did not ask then.
    """
    return finished(session(plan.procedure(cell), cell), find)


def key_of(identities: Mapping[SessionRole, str], request: Request) -> str:
    """The identity of a response: who is asked, and what.

    Args:
        identities: who fills each role; the client, where none is named.
    """
    return _key(identities.get(request.to, identities["client"]), request.content)


@lru_cache(maxsize=10_000)
def _key(asked: str, content: str) -> str:
    return hashlib.sha256(f"{asked}\0{content}".encode()).hexdigest()
