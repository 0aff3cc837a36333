"""Executors: one does the blocks in reversed order, one leaves out the last."""

from __future__ import annotations

from collections.abc import Iterator

from affectlab.session.work import Progress, Work


class Backwards:
    """The last block first."""

    def carry_out(self, work: Work) -> Iterator[Progress]:
        for block in reversed(work.blocks):
            yield from work.do(block)


class Forgetful:
    """All but the last block."""

    def carry_out(self, work: Work) -> Iterator[Progress]:
        for block in work.blocks[:-1]:
            yield from work.do(block)
