"""The work that a plan still is: its blocks, and the way to do one. Who does which when, and where, is the executor's
matter; see ``affectlab.execution``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from threading import Lock
from typing import Literal, NamedTuple

from affectlab.design.plan import Plan
from affectlab.design.shard import WHOLE, Shard
from affectlab.errors import ParticipantError
from affectlab.participants.base import Arriving, Participant, Troubled
from affectlab.requests import SessionRole
from affectlab.session.block import LiveBlock, RunCounts, SessionBlock, blocks
from affectlab.session.locked import LockedStore, ResponseStore
from affectlab.session.reception import Reception

Happened = Literal["started", "progress", "incident", "block", "model ended"]


class Progress(NamedTuple):
    """How far a run is, and what has just happened in it."""

    sessions: float
    """Sessions done, counting the live ones by the share of their requests that is answered."""
    total: int
    answers: int
    """Answers that came from participants since the run was started."""
    kind: Happened = "progress"
    message: str = ""


class Work:
    """What is left of a plan, for the participants that are there."""

    def __init__(
        self,
        plan: Plan,
        participants: Mapping[str, Participant],
        store: LockedStore,
        done: set[int],
        others: Mapping[SessionRole, Participant] | None = None,
        shard: Shard = WHOLE,
    ) -> None:
        """Cut the plan into blocks.

        Args:
            participants: by the models of the plan; one that is not there is passed over.
            done: the sessions that are complete.
            others: who fills the roles beside the client's; the client's model fills those that are not among them.
            shard: the part of the plan that is to be done here.
        """
        self.plan = plan
        self.total = sessions_to_do(plan, participants, shard)
        """Sessions that are to be done here, those that are complete counted."""
        self.participants = participants
        self.others: Mapping[SessionRole, Participant] = others or {}
        self.store = store
        self.failed: dict[str, ParticipantError] = {}
        """The models that broke while others went on, and how."""
        self._ended = RunCounts()
        self._begun: list[RunCounts] = []
        """Of each block that was begun and is not complete."""
        self.given_up: list[str] = []
        """The blocks that could not be done while others could, and why."""
        self._lock = Lock()
        cut = (block for model, one in participants.items() for block in blocks(plan, model, one, shard))
        self.blocks: tuple[SessionBlock, ...] = tuple(
            block for block in cut if any(cell.index not in done for cell in block.cells)
        )
        """Those that are not complete, in the order of the plan."""
        self._left = {model: {one.number: one for one in self.blocks if one.model == model} for model in participants}
        self._done = done
        self._complete = sum(cell.model in participants and cell.index in done for cell in plan.cells)
        self._live: dict[tuple[str, int], float] = {}
        for model, one in participants.items():
            note_incidents(model, one, store)

    @property
    def left(self) -> tuple[SessionBlock, ...]:
        """The blocks that nobody has done yet; those of a model that broke are not done any more."""
        return tuple(block for left in self._left.values() for block in left.values())

    @property
    def answers(self) -> int:
        """Answers that came from participants."""
        with self._lock:
            return self._ended.answers + sum(one.answers for one in self._begun)

    @property
    def counts(self) -> RunCounts:
        """What all blocks asked."""
        with self._lock:
            return sum(self._begun, self._ended)

    def do(self, block: SessionBlock) -> Iterator[Progress]:
        """Bring the sessions of a block to their ends; every answer is stored before the next is asked for.

        Of several models, one that breaks does not stop the others: it stands in ``failed`` and among the incidents,
        and its further blocks are passed over.

        Raises:
            ParticipantError: the only model broke; what it had answered is in the store.
        """
        try:
            yield from self.attempt(block)
        except ParticipantError as error:
            self.broke(block.model, error)
            yield from self.news()
            yield self.now("model ended", f"{block.model} broke")

    def attempt(
        self, block: SessionBlock, at: Callable[[Participant], Participant] = lambda one: one
    ) -> Iterator[Progress]:
        """As ``do``, but that a participant breaks is left to who calls: to try again, give up, or end the model.

        Args:
            at: the same participants where they are to be asked.

        Raises:
            ParticipantError: a participant broke; what it had answered is in the store.
        """
        if block.number not in self._left[block.model]:
            return
        yield from self._carried(block, at)
        yield from self.news()
        if not self._left[block.model]:
            yield self.now("model ended", f"{block.model} is done")

    def broke(self, model: str, error: ParticipantError) -> None:
        """Do no more blocks of a model.

        Raises:
            ParticipantError: there is no other.
        """
        if len(self.plan.models) == 1:
            raise error
        self.failed[model] = error
        self._left[model].clear()
        self.store.incident("model failed", f"{model}: {error}")

    def give_up(self, block: SessionBlock, why: str) -> None:
        """Leave a block undone: its answers are missing, until the run is gone on with."""
        first, last = block.cells[0].index, block.cells[-1].index
        told = f"sessions {first} to {last} of {block.model}: {why}"
        self.given_up.append(told)
        self._left[block.model].pop(block.number, None)
        self.store.incident("given up", told)

    def _carried(self, block: SessionBlock, at: Callable[[Participant], Participant]) -> Iterator[Progress]:
        participant = self.participants[block.model]
        if isinstance(participant, Arriving):
            yield from self._received(block, participant)
            return
        by_role: dict[SessionRole, Participant] = {"client": participant, **self.others}
        there = {role: at(one) for role, one in by_role.items()}
        counts = self._counted()
        live = LiveBlock(self.plan, block, there, self.store, counts).run()
        missing = sum(cell.index not in self._done for cell in block.cells)
        try:
            while True:
                self._live[block.model, block.number] = next(live) * missing
                yield from self.news()
                yield self.now()
        except StopIteration as end:
            self.store.finish(end.value)
        finally:
            live.close()
            self._live.pop((block.model, block.number), None)
        self._completed(block, missing, counts)
        yield self.now("block", f"block {block.number + 1} of {block.model}")

    def _received(self, block: SessionBlock, host: Arriving) -> Iterator[Progress]:
        """Have those do the block who come for it. What nobody came for is left, and no error."""
        counts = self._counted()
        reception = Reception(self.plan, block, host, self.store, self._done, self.others, counts)
        missing = reception.missing
        with closing(reception.run()) as steps:
            for done in steps:
                self._live[block.model, block.number] = done
                yield from self.news()
                yield self.now()
        self._live.pop((block.model, block.number), None)
        self._completed(block, missing - reception.missing, counts)
        told = f"; nobody came for {reception.missing} sessions" if reception.missing else ""
        yield self.now("block", f"those who came to {block.model}{told}")

    def _counted(self) -> RunCounts:
        """New counts, which are counted with the others."""
        counts = RunCounts()
        with self._lock:
            self._begun.append(counts)
        return counts

    def _completed(self, block: SessionBlock, sessions: int, counts: RunCounts) -> None:
        with self._lock:
            self._begun = [one for one in self._begun if one is not counts]
            self._ended += counts
            self._complete += sessions
            self._left[block.model].pop(block.number, None)

    def now(self, kind: Happened = "progress", message: str = "") -> Progress:
        """How far the run is."""
        sessions = self._complete + sum(list(self._live.values()))
        return Progress(sessions, self.total, self.answers, kind, message)

    def news(self) -> Iterator[Progress]:
        """The incidents that nobody has been told of yet."""
        for told in self.store.news():
            yield self.now()._replace(kind="incident", message=told)


def sessions_to_do(plan: Plan, participants: Mapping[str, Participant], shard: Shard = WHOLE) -> int:
    """How many sessions a plan has, or a shard of it, which knows that from the participants that it has."""
    if shard == WHOLE:
        return len(plan)
    return sum(len(block.cells) for model, one in participants.items() for block in blocks(plan, model, one, shard))


def note_incidents(model: str, participant: Participant, store: ResponseStore) -> None:
    """Have every incident of a participant that has such written into the store as it happens."""
    if isinstance(participant, Troubled):
        participant.on_incident(lambda kind, detail: store.incident(kind, f"{model}: {detail}"))
