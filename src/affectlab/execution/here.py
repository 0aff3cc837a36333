"""The executor of this process: block by block in the order of the plan."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from affectlab.participants.base import Arriving
from affectlab.session.block import SessionBlock
from affectlab.session.locked import run_in_threads
from affectlab.session.work import Progress, Work


class Here:
    """Does every block in this process.

    Of several models, those that wait for an endpoint are run at the same time, and beside those that compute here,
    which take turns; where others fill further roles, all take turns. Those who arrive are received all the while.
    """

    def carry_out(self, work: Work) -> Iterator[Progress]:
        """Do every block."""
        works = works_here(work, work.blocks)
        if len(works) == 1:
            yield from works[0]
        elif works:
            yield from run_in_threads(works, work.store)


def works_here(work: Work, blocks: Sequence[SessionBlock]) -> list[Iterator[Progress]]:
    """Blocks that are done in this process: each work takes them one after another, and works may go on together."""
    return [_in_turn(work, one) for one in _groups(work, blocks) if one]


def _in_turn(work: Work, blocks: Sequence[SessionBlock]) -> Iterator[Progress]:
    for block in blocks:
        yield from work.do(block)


def _groups(work: Work, blocks: Sequence[SessionBlock]) -> Iterator[list[SessionBlock]]:
    """The blocks that are done one after another."""
    here = [
        model
        for model, one in work.participants.items()
        if not isinstance(one, Arriving) and (work.others or one.capabilities.identical)
    ]
    yield [block for block in blocks if block.model in here]
    for model in work.participants:
        if model not in here:
            yield [block for block in blocks if block.model == model]
