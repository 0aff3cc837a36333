"""A pool of workers: who does which block, and what becomes of a block whose worker is lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from threading import Condition

from affectlab.errors import EngineError, InputError, ParticipantError
from affectlab.execution.here import works_here
from affectlab.execution.order import BlockKey, block_key, needed_first
from affectlab.execution.worker import At, Team, Worker, WorkerLost
from affectlab.participants.base import Arriving, Costly, Participant
from affectlab.session.block import SessionBlock
from affectlab.session.locked import run_in_threads
from affectlab.session.work import Progress, Work

LOSSES = 5
"""How many workers a block may lose: as many may be ended beside it by chance."""
ERRORS = 2
"""How often a block may end in an error, or in silence."""
LOOK = 0.2
"""Seconds between two looks whether the run has ended elsewhere."""
IN_A_ROW = 3
"""Blocks given up with none done between them: it is the model, then, and not the blocks."""

Stopped = Callable[[], None]
"""Raises where the run has ended elsewhere."""
Launch = Callable[[int, bytes, int | None, Stopped], Worker]
"""Begins a worker: its number, the packed participants, the threads of each engine."""


def workers_asked_for(detail: str, usual: int) -> int:
    """How many workers stand after the name of an executor.

    Raises:
        InputError: it is no number of workers.
    """
    if not detail:
        return usual
    if not detail.isdecimal() or not 1 <= int(detail) <= 1000:
        raise InputError(f"not a number of workers: {detail!r}", hint="write it as processes:4")
    return int(detail)


class NothingLeft(Exception):
    """All blocks are done, so that a worker that is about to begin is not needed."""


class Blocks:
    """The blocks that are left, and which may be done next. Safe for several threads."""

    def __init__(
        self, blocks: Sequence[SessionBlock], first: Mapping[BlockKey, frozenset[BlockKey]], workers: int
    ) -> None:
        self._workers = workers
        self._waiting = {block_key(block): block for block in blocks}
        self._first = first
        self._under_way: set[BlockKey] = set()
        self._losses: Counter[BlockKey] = Counter()
        self._errors: Counter[BlockKey] = Counter()
        self._given_up = 0
        self._changed = Condition()

    def next(self, stopped: Stopped) -> SessionBlock | None:
        """The next block that may be done, as soon as there is one; None when all are done.

        One that is under way may come back. It ends, or its worker is given up, so this has a limit too.
        """
        with self._changed:
            while left := self._waiting.keys() | self._under_way:
                ready = next((at for at in self._waiting if not self._first[at] & left), None)
                if ready is not None:
                    self._under_way.add(ready)
                    return self._waiting.pop(ready)
                stopped()
                self._changed.wait(LOOK)
            return None

    def done(self, block: SessionBlock) -> None:
        """A block is done."""
        with self._changed:
            self._under_way.discard(block_key(block))
            self._given_up = 0
            self._changed.notify_all()

    def failed(self, block: SessionBlock, *, lost: bool) -> bool:
        """A block is not done; whether it is to be tried once more.

        Args:
            lost: whether its worker ended, which may have nothing to do with it.
        """
        at = block_key(block)
        with self._changed:
            self._under_way.discard(at)
            counted, most = (self._losses, LOSSES) if lost else (self._errors, ERRORS)
            counted[at] += 1
            again = counted[at] < most
            if again:
                self._waiting = {at: block, **self._waiting}
            else:
                self._given_up += 1
            self._changed.notify_all()
            return again

    def require_left(self) -> None:
        """Go on only if there is something to be done.

        Raises:
            NothingLeft: there is not.
        """
        with self._changed:
            if not self._waiting and not self._under_way:
                raise NothingLeft

    def leave(self, error: ParticipantError) -> None:
        """A worker leaves, since it cannot do any block.

        Raises:
            ParticipantError: there is no other.
        """
        with self._changed:
            self._workers -= 1
            if not self._workers:
                raise error

    @property
    def hopeless(self) -> bool:
        """Whether so many were given up in a row that it cannot be the blocks."""
        return self._given_up >= IN_A_ROW

    def drop(self, model: str) -> None:
        """Do no more blocks of a model."""
        with self._changed:
            self._waiting = {at: block for at, block in self._waiting.items() if block.model != model}
            self._changed.notify_all()


class Pool:
    """Workers, each with the participants that can be sent to it; the blocks of the others are done here."""

    def __init__(self, launch: Launch, workers: int, threads: int | None) -> None:
        self._launch = launch
        self._workers = workers
        self._threads = threads

    def carry_out(self, work: Work) -> Iterator[Progress]:
        """Do every block."""
        sent = [model for model, one in work.participants.items() if _can_be_sent(one)]
        if not all(map(_can_be_sent, work.others.values())):
            sent = []
        there = [block for block in work.blocks if block.model in sent]
        here = [block for block in work.blocks if block.model not in sent]
        works = works_here(work, here)
        if there:
            team = Team.of([*(work.participants[model] for model in sent), *work.others.values()], self._threads)
            size = min(self._workers, len(there))
            blocks = Blocks(there, needed_first(work.plan, there, work.participants, work.others), size)
            works += [self._serve(number, team, blocks, work) for number in range(1, size + 1)]
        yield from run_in_threads(works, work.store)

    def _serve(self, number: int, team: Team, blocks: Blocks, work: Work) -> Iterator[Progress]:
        """One worker after another, for as long as there is something to be done."""
        while (ready := self._ready(number, team, blocks, work)) is not None:
            worker, at = ready
            try:
                while (block := blocks.next(work.store.require_running)) is not None:
                    try:
                        yield from work.attempt(block, at)
                    except ParticipantError as error:
                        self._after(error, block, blocks, work)
                        yield from work.news()
                        break
                    blocks.done(block)
            finally:
                worker.end()

    def _ready(self, number: int, team: Team, blocks: Blocks, work: Work) -> tuple[Worker, At] | None:
        """A worker that can be asked; None where nothing is left to be done, or none can be had.

        Raises:
            ParticipantError: none can be had, and there is no other.
        """

        def needed() -> None:
            work.store.require_running()
            blocks.require_left()

        for _ in range(LOSSES):
            worker: Worker | None = None
            try:
                needed()
                worker = self._launch(number, team.packed, team.threads, needed)
                return worker, team.at(worker)
            except BaseException as error:
                if worker is not None:
                    worker.end()
                if isinstance(error, NothingLeft):
                    return None
                if not isinstance(error, ParticipantError):
                    raise
                why = error
            if not isinstance(why, WorkerLost):
                break
        work.store.incident("worker left out", str(why))
        blocks.leave(why)
        return None

    def _after(self, error: ParticipantError, block: SessionBlock, blocks: Blocks, work: Work) -> None:
        """What becomes of a block that is not done.

        Raises:
            ParticipantError: it is the model, and there is no other.
        """
        named = f"block {block.number + 1} of {block.model}"
        if blocks.failed(block, lost=isinstance(error, WorkerLost) and error.ended):
            work.store.incident("tried again", f"{named}: {error}")
            return
        if blocks.hopeless:
            blocks.drop(block.model)
            work.broke(block.model, EngineError(error.message, hint=error.hint, file=error.file))
            return
        work.give_up(block, str(error))


def _can_be_sent(participant: Participant | Arriving) -> bool:
    """Whether it computes by itself: what waits for an endpoint or for people waits as well here."""
    if isinstance(participant, Arriving | Costly):
        return False
    return participant.capabilities.identical
