"""Which blocks must be done before which, so that each is asked the same in the same company, wherever it is done.

What an earlier block was answered already is not asked again. So what a block asks together depends on which blocks
were done before it, and an engine whose answers move with who shares the batch gives other bits. Blocks that share no
request do not bear on each other. Those that do are done one after the other, in the order of the plan.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from affectlab.design.plan import Plan
from affectlab.participants.base import Participant, Resolved
from affectlab.requests import Request, SessionRole, Speak
from affectlab.session.block import SessionBlock
from affectlab.session.count import requests

BlockKey = tuple[str, int]
"""Model and number of a block."""


def block_key(block: SessionBlock) -> BlockKey:
    """By which a block is known."""
    return block.model, block.number


def needed_first(
    plan: Plan,
    blocks: Iterable[SessionBlock],
    participants: Mapping[str, Participant],
    others: Mapping[SessionRole, Participant],
) -> dict[BlockKey, frozenset[BlockKey]]:
    """For each block, those before it that share a request with it.

    A conversation that two blocks make of the same replies begins with a reply that both ask for. So it is enough to
    know what is asked before anything is answered. Only participants whose answers move with who shares the batch
    are looked at: they are those that know by how much (:class:`~affectlab.participants.base.Resolved`).
    """
    first: dict[object, list[BlockKey]] = {}
    found: dict[BlockKey, frozenset[BlockKey]] = {}
    for block in blocks:
        own = block_key(block)
        asked = {
            _shared(block.model, others, request)
            for cell in block.cells
            for request in requests(plan, cell)
            if isinstance(others.get(request.to, participants[block.model]), Resolved)
        }
        found[own] = frozenset(before for one in asked for before in first.get(one, ()))
        for one in asked:
            first.setdefault(one, []).append(own)
    return found


def _shared(model: str, others: Mapping[SessionRole, Participant], request: Request) -> object:
    """What two blocks have in common that are answered the same, or in which the same may be said."""
    who = request.to if request.to in others else model
    # two replies with seeds of their own may have the same words
    said = (request.conversation.id, request.opening) if isinstance(request, Speak) else request.content
    return who, said
