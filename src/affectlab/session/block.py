"""A block: neighbouring sessions that are alive together, and the unit of identical conditions.

It takes the pending requests of all its sessions, looks each up in the store, hands what is missing to the
participant, and sends what comes back into the sessions that asked. Before a block the participant forgets, so what
is evaluated with what depends on the block alone. A run that was killed asks the block that it was in once more, in
the same company, where that makes the answers bit-identical and costs nothing but time; a participant whose answers
are paid for is asked only what is missing.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import astuple, dataclass, field
from functools import cached_property
from typing import Any

from affectlab.design.cell import Cell
from affectlab.design.plan import Plan
from affectlab.design.shard import WHOLE, Shard
from affectlab.errors import ParticipantError
from affectlab.materials.tasks import Task
from affectlab.participants.base import Arriving, Participant, Waiting, identity
from affectlab.requests import Request, Response, SessionRole, received
from affectlab.scoring.scores import Scored, probe_scores, score_observations
from affectlab.session.locked import ResponseStore
from affectlab.session.repeat import key_of
from affectlab.session.session import Ended, WholeSession, session
from affectlab.store.responses import Stored
from affectlab.store.store import Finished

TOGETHER = 12
"""How many neighbouring sessions are alive together. Twice as many evaluate fewer tokens, as each block begins with
the frame anew, and are no faster: the replies of all sessions lie between the cells that are read."""
TALKING = 4
"""How many of those whose conversation grows by talk or by own answers, where the engine here keeps each to go on."""
PLAYING = 1
"""The same where games are played: every game of a session is a conversation that grows step by step."""


@dataclass(frozen=True)
class SessionBlock:
    """Neighbouring sessions of one model."""

    number: int
    """Its place in the plan, as it is cut for this model."""
    model: str
    cells: tuple[Cell, ...]


@dataclass
class RunCounts:
    """What was asked."""

    answers: int = 0
    repeated: int = 0
    """Asked again in the company of a block that had been interrupted."""
    differing: int = 0
    """Of those, how many were not bit-identical."""

    def __add__(self, other: RunCounts) -> RunCounts:
        return RunCounts(*(own + more for own, more in zip(astuple(self), astuple(other), strict=True)))


def blocks(plan: Plan, model: str, participant: Participant, shard: Shard = WHOLE) -> Iterator[SessionBlock]:
    """A model's part of the plan, or of a shard of it, cut into blocks as they suit the participant.

    The part of those who arrive is one block: who does which session is known when they come. So is that of one whose
    answers come hours later.
    """
    if isinstance(participant, (Arriving, Waiting)):
        here = shard.sessions(len(plan))
        yield SessionBlock(0, model, tuple(one for one in plan.cells if one.model == model and one.index in here))
        return
    yield from computed_blocks(plan, model, participant.capabilities.identical, shard)


def computed_blocks(plan: Plan, model: str, identical: bool, shard: Shard = WHOLE) -> Iterator[SessionBlock]:
    """The blocks of a model that gives the same bits again, or of one that does not."""
    here = shard.sessions(len(plan))
    for number, cells in enumerate(_cut(plan, _together(plan, identical))):
        if cells[0].model == model and cells[0].index in here:
            yield SessionBlock(number, model, cells)


def _cut(plan: Plan, size: int) -> Iterator[tuple[Cell, ...]]:
    """The plan's cells in groups of neighbours, each of one model only; what an extension adds is cut by itself."""
    for part in plan.parts:
        group: list[Cell] = []
        for cell in part.cells:
            if group and (len(group) == size or cell.model != group[0].model):
                yield tuple(group)
                group = []
            group.append(cell)
        if group:
            yield tuple(group)


def _together(plan: Plan, identical: bool) -> int:
    """How many sessions are alive together."""
    study = plan.study
    if not identical:
        return TOGETHER
    if any(study.catalogue.get(Task, testing.task).branches for testing in study.tasks):
        return PLAYING
    grows = study.protocols or study.manuals or set(study.contexts) != {"branched"}
    return TALKING if grows else TOGETHER


@dataclass
class LiveBlock:
    """A block that is being done."""

    plan: Plan
    block: SessionBlock
    by_role: Mapping[SessionRole, Participant]
    store: ResponseStore
    counts: RunCounts
    known: dict[str, Stored] = field(default_factory=dict)
    fresh: set[str] = field(default_factory=set)
    """What came from a participant since the block began."""
    about: Mapping[str, Any] = field(default_factory=dict)
    """What is to be kept of its sessions beside their cells."""
    scored: Scored = field(default_factory=dict)
    """The numbers of its sessions, where others share what they rest on."""

    def run(self) -> Generator[float, None, list[Finished]]:
        """Run the sessions to their ends; returns what the store is to keep of each.

        Yields after each answer, when it is stored, which share of what is pending has been answered.

        Raises:
            ParticipantError: a participant broke, or left a request without a response.
        """
        for participant in self.by_role.values():
            participant.reset()
        live = {cell.index: session(self.plan.procedure(cell), cell) for cell in self.block.cells}
        pending = {index: self._keyed(next(running)) for index, running in live.items()}
        ended: dict[int, Ended] = {}
        while pending:
            yield from self._respond({key: request for asked in pending.values() for key, request in asked})
            pending = self._advance(live, pending, ended)
        return [self._finished(cell, ended[cell.index]) for cell in self.block.cells]

    def _advance(
        self,
        live: Mapping[int, WholeSession],
        pending: Mapping[int, Sequence[tuple[str, Request]]],
        ended: dict[int, Ended],
    ) -> dict[int, list[tuple[str, Request]]]:
        """Send every session its responses; returns what those that go on ask next."""
        following: dict[int, list[tuple[str, Request]]] = {}
        for index, asked in pending.items():
            responses = [self.known[key].response for key, _ in asked]
            try:
                following[index] = self._keyed(live[index].send(responses))
            except StopIteration as end:
                ended[index] = end.value
        return following

    def _respond(self, distinct: Mapping[str, Request]) -> Iterator[float]:
        """Have every request answered, each distinct one once."""
        unknown = [one for one in distinct if one not in self.known]
        self.known.update(self.store.find(unknown))
        asked = [one for one in distinct if one not in self.fresh and self._must_ask(one, distinct[one])]
        shares: dict[int, list[str]] = {}
        for one in asked:
            shares.setdefault(id(self._to(distinct[one])), []).append(one)
        for theirs in shares.values():
            participant = self._to(distinct[theirs[0]])
            # closed at once where the run ends here, and not when its memory is given back
            with closing(self._responses(participant, [distinct[one] for one in theirs])) as responses:
                for position, response in responses:
                    self._receive(theirs[position], distinct[theirs[position]], response)
                    yield len(self.fresh) / max(len(distinct), len(self.fresh), 1)
            silent = [one for one in theirs if one not in self.fresh]
            if silent:
                raise ParticipantError(f"{participant.name} left {len(silent)} requests without a response")

    def _must_ask(self, one: str, request: Request) -> bool:
        """What is not known; and what is, but was asked in this block, where asking again gives the same bits."""
        if one not in self.known:
            return True
        return self._to(request).capabilities.identical and self.known[one].block == self.block.number

    def _responses(
        self, participant: Participant, requests: Sequence[Request]
    ) -> Generator[tuple[int, Response], None, None]:
        """What a participant answers; that one broke is kept in the store before it ends the run."""
        try:
            yield from participant.respond(requests)
        except ParticipantError as error:
            roles = ", ".join(dict.fromkeys(request.to for request in requests))
            self.store.incident("broke", f"{participant.name} as {roles}: {error}")
            raise

    def _to(self, request: Request) -> Participant:
        """Whom a request is for."""
        return self.by_role.get(request.to, self.by_role["client"])

    def _receive(self, one: str, request: Request, response: Response) -> None:
        self.fresh.add(one)
        response = received(response)
        known = self.known.get(one)
        if known is not None:
            self.counts.repeated += 1
            if known.response != response:
                self.counts.differing += 1
                self.store.incident("differs", f"{one}: asked again after an interruption, answered otherwise")
            return
        self.known[one] = self.store.keep(one, identity(self._to(request)), request, response, self.block.number)
        self.counts.answers += 1

    def _finished(self, cell: Cell, ended: Ended) -> Finished:
        keys = [self._key(observation.probe.request) for observation in ended.observations]
        observed = [(one, self.known[key].id) for one, key in zip(ended.observations, keys, strict=True)]
        numbers = score_observations(ended.observations, keys, self.scored)
        scores = [(score, self.known[score.key].id) for score in numbers]
        of_checks = [(one, self.known[one.score.key].id) for one in probe_scores(ended.observations, keys)]
        return Finished(cell.index, {**cell.levels, **self.about}, ended.conversation, observed, scores, of_checks)

    def _keyed(self, requests: Sequence[Request]) -> list[tuple[str, Request]]:
        return [(self._key(request), request) for request in requests]

    def _key(self, request: Request) -> str:
        """The identity of a response: who is asked, and what."""
        return key_of(self._identities, request)

    @cached_property
    def _identities(self) -> Mapping[SessionRole, str]:
        return {role: identity(one) for role, one in self.by_role.items()}
