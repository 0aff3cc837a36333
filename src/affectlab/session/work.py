"""The work that a plan still is: its blocks, and the way to do one. Who does which when, and where, is the executor's
matter; see ``affectlab.execution``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import Literal, NamedTuple

from affectlab.design.plan import Plan
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
    ) -> None:
        """Cut the plan into blocks.

        Args:
            participants: by the models of the plan; one that is not there is passed over.
            done: the sessions that are complete.
            others: who fills the roles beside the client's; the client's model fills those that are not among them.
        """
        self.plan = plan
        self.participants = participants
        self.others: Mapping[SessionRole, Participant] = others or {}
        self.store = store
        self.failed: dict[str, ParticipantError] = {}
        """The models that broke while others went on, and how."""
        self.counts = {model: RunCounts() for model in participants}
        cut = (block for model, one in participants.items() for block in blocks(plan, model, one))
        self.blocks: tuple[SessionBlock, ...] = tuple(
            block for block in cut if any(cell.index not in done for cell in block.cells)
        )
        """Those that are not complete, in the order of the plan."""
        self._left = {model: {one.number: one for one in self.blocks if one.model == model} for model in participants}
        self._done = done
        self._complete = sum(cell.model in participants and cell.index in done for cell in plan.cells)
        self._live: dict[str, float] = {}
        for model, one in participants.items():
            note_incidents(model, one, store)

    @property
    def left(self) -> tuple[SessionBlock, ...]:
        """The blocks that nobody has done yet; those of a model that broke are not done any more."""
        return tuple(block for left in self._left.values() for block in left.values())

    @property
    def answers(self) -> int:
        """Answers that came from participants."""
        return sum(one.answers for one in self.counts.values())

    def do(self, block: SessionBlock) -> Iterator[Progress]:
        """Bring the sessions of a block to their ends; every answer is stored before the next is asked for.

        Of several models, one that breaks does not stop the others: it stands in ``failed`` and among the incidents,
        and its further blocks are passed over.

        Raises:
            ParticipantError: the only model broke; what it had answered is in the store.
        """
        if block.number not in self._left[block.model]:
            return
        try:
            yield from self._carried(block)
        except ParticipantError as error:
            if len(self.plan.models) == 1:
                raise
            self.failed[block.model] = error
            self._left[block.model].clear()
            self.store.incident("model failed", f"{block.model}: {error}")
        yield from self.news()
        if not self._left[block.model]:
            broke = block.model in self.failed
            yield self.now("model ended", f"{block.model} broke" if broke else f"{block.model} is done")

    def _carried(self, block: SessionBlock) -> Iterator[Progress]:
        participant = self.participants[block.model]
        if isinstance(participant, Arriving):
            yield from self._received(block, participant)
            return
        by_role: dict[SessionRole, Participant] = {"client": self.participants[block.model], **self.others}
        live = LiveBlock(self.plan, block, by_role, self.store, self.counts[block.model]).run()
        missing = sum(cell.index not in self._done for cell in block.cells)
        try:
            while True:
                self._live[block.model] = next(live) * missing
                yield from self.news()
                yield self.now()
        except StopIteration as end:
            self.store.finish(end.value)
        finally:
            live.close()
            self._live.pop(block.model, None)
        self._complete += missing
        del self._left[block.model][block.number]
        yield self.now("block", f"block {block.number + 1} of {block.model}")

    def _received(self, block: SessionBlock, host: Arriving) -> Iterator[Progress]:
        """Have those do the block who come for it. What nobody came for is left, and no error."""
        counts = self.counts[block.model]
        reception = Reception(self.plan, block, host, self.store, self._done, self.others, counts)
        missing = reception.missing
        with closing(reception.run()) as steps:
            for done in steps:
                self._live[block.model] = done
                yield from self.news()
                yield self.now()
        self._live.pop(block.model, None)
        self._complete += missing - reception.missing
        del self._left[block.model][block.number]
        told = f"; nobody came for {reception.missing} sessions" if reception.missing else ""
        yield self.now("block", f"those who came to {block.model}{told}")

    def now(self, kind: Happened = "progress", message: str = "") -> Progress:
        """How far the run is."""
        sessions = self._complete + sum(list(self._live.values()))
        return Progress(sessions, len(self.plan), self.answers, kind, message)

    def news(self) -> Iterator[Progress]:
        """The incidents that nobody has been told of yet."""
        for told in self.store.news():
            yield self.now()._replace(kind="incident", message=told)


def note_incidents(model: str, participant: Participant, store: ResponseStore) -> None:
    """Have every incident of a participant that has such written into the store as it happens."""
    if isinstance(participant, Troubled):
        participant.on_incident(lambda kind, detail: store.incident(kind, f"{model}: {detail}"))
