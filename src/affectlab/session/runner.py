"""The runner: it takes the pending requests of all live sessions, looks each up in the store, hands what is
missing to the participant, and sends what comes back into the sessions that asked.

The plan is cut into blocks of neighbouring sessions, and a block is the unit of identical conditions: before it
the participant forgets, so what is evaluated with what depends on the block alone. A run that was killed asks
the block that it was in once more, in the same company, where that makes the answers bit-identical and costs
nothing but time; a participant whose answers are paid for is asked only what is missing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import NamedTuple

from affectlab.design.plan import Cell, Plan
from affectlab.errors import ParticipantError
from affectlab.participants.base import Participant
from affectlab.requests import Request, Response, Seat
from affectlab.scoring.trials import beside, score
from affectlab.session.session import Ended, Session, session
from affectlab.store.store import Finished, Store, Stored

BLOCK = 12
"""How many neighbouring sessions are alive together."""


class Progress(NamedTuple):
    """How far a run is."""

    sessions: float
    """Sessions done, counting the live ones by the share of their requests that is answered."""
    total: int
    answers: int
    """Answers that came from the participant in this attempt."""


@dataclass
class Tally:
    """What a run of the runner did."""

    answers: int = 0
    repeated: int = 0
    """Asked again in the company of a block that had been interrupted."""
    differing: int = 0
    """Of those, how many were not bit-identical."""


def run_plan(
    plan: Plan,
    participants: Mapping[str, Participant],
    store: Store,
    *,
    others: Mapping[Seat, Participant] | None = None,
    block: int = BLOCK,
    progress: Callable[[Progress], None] = lambda _: None,
) -> Tally:
    """Bring every session of the plan to its end, as far as it is not already in the store.

    ``others`` are who sits on the seats beside the client's; on one that is not among them sits the client's model.

    Raises:
        ParticipantError: a participant broke; what it had answered is in the store.
    """
    tally = Tally()
    done = store.done()
    for number, cells in enumerate(blocks(plan, block)):
        waiting = [cell for cell in cells if cell.index not in done]
        if not waiting:
            continue
        seated = {"client": participants[cells[0].model], **(others or {})}
        live = _Block(plan, number, cells, seated, store, tally, progress)
        store.finish(list(live.run()))
        progress(Progress(cells[-1].index + 1, len(plan), tally.answers))
    return tally


def blocks(plan: Plan, size: int) -> Iterator[Sequence[Cell]]:
    """The plan's cells in groups of neighbours, each of one model only."""
    group: list[Cell] = []
    for cell in plan.cells:
        if group and (len(group) == size or cell.model != group[0].model):
            yield group
            group = []
        group.append(cell)
    if group:
        yield group


def identity(participant: Participant) -> str:
    """The participant's name and revision, as they stand in the store."""
    return f"{participant.name}@{participant.revision}"


@dataclass
class _Block:
    plan: Plan
    number: int
    cells: Sequence[Cell]
    seated: Mapping[Seat, Participant]
    store: Store
    tally: Tally
    progress: Callable[[Progress], None]

    def run(self) -> Iterator[Finished]:
        """Run the block's sessions to their ends; yields what the store keeps of each."""
        for participant in self.seated.values():
            participant.reset()
        self.known: dict[str, Stored] = {}
        self.fresh: set[str] = set()
        live = {cell.index: session(self.plan.procedure(cell), cell) for cell in self.cells}
        pending = {index: next(walk) for index, walk in live.items()}
        ended: dict[int, Ended] = {}
        while pending:
            self._respond([request for requests in pending.values() for request in requests])
            pending = self._advance(live, pending, ended)
        for cell in self.cells:
            yield self._finished(cell, ended[cell.index])

    def _advance(
        self,
        live: Mapping[int, Session],
        pending: Mapping[int, Sequence[Request]],
        ended: dict[int, Ended],
    ) -> dict[int, Sequence[Request]]:
        """Send every session its responses; returns what those that go on ask next."""
        following: dict[int, Sequence[Request]] = {}
        for index, requests in pending.items():
            responses = [self.known[self._key(request)].response for request in requests]
            try:
                following[index] = live[index].send(responses)
            except StopIteration as end:
                ended[index] = end.value
        return following

    def _respond(self, requests: Sequence[Request]) -> None:
        """Have every request answered, each distinct one once."""
        distinct = {self._key(request): request for request in requests}
        unknown = [one for one in distinct if one not in self.known]
        self.known.update(self.store.find(unknown))
        asked = [one for one in distinct if one not in self.fresh and self._must_ask(one, distinct[one])]
        shares: dict[int, list[str]] = {}
        for one in asked:
            shares.setdefault(id(self._to(distinct[one])), []).append(one)
        for theirs in shares.values():
            participant = self._to(distinct[theirs[0]])
            for position, response in self._responses(participant, [distinct[one] for one in theirs]):
                self._receive(theirs[position], distinct[theirs[position]], response)
                share = len(self.fresh) / max(len(distinct), len(self.fresh), 1)
                at = self.cells[0].index + share * len(self.cells)
                self.progress(Progress(at, len(self.plan), self.tally.answers))
            silent = [one for one in theirs if one not in self.fresh]
            if silent:
                raise ParticipantError(f"{participant.name} left {len(silent)} requests without a response")

    def _must_ask(self, one: str, request: Request) -> bool:
        """What is not known; and what is, but was asked in this block, where asking again gives the same bits."""
        if one not in self.known:
            return True
        return self._to(request).capabilities.identical and self.known[one].block == self.number

    def _responses(self, participant: Participant, requests: Sequence[Request]) -> Iterator[tuple[int, Response]]:
        """What a participant answers; that one broke is kept in the store before it ends the run."""
        try:
            yield from participant.respond(requests)
        except ParticipantError as error:
            seats = ", ".join(dict.fromkeys(request.to for request in requests))
            self.store.incident("broke", f"{participant.name} as {seats}: {error}")
            raise

    def _to(self, request: Request) -> Participant:
        """Whom a request is for."""
        return self.seated.get(request.to, self.seated["client"])

    def _receive(self, one: str, request: Request, response: object) -> None:
        self.fresh.add(one)
        known = self.known.get(one)
        if known is not None:
            self.tally.repeated += 1
            if known.response != response:
                self.tally.differing += 1
                self.store.incident("differs", f"{one}: asked again after an interruption, answered otherwise")
            return
        kept = self.store.keep(one, identity(self._to(request)), request, response, self.number)  # type: ignore[arg-type]
        self.known[one] = Stored(kept, response, self.number)  # type: ignore[arg-type]
        self.tally.answers += 1

    def _finished(self, cell: Cell, ended: Ended) -> Finished:
        keys = [self._key(observation.probe.request) for observation in ended.observations]
        trials = [(trial, self.known[trial.key].id) for trial in score(ended.observations, keys)]
        asides = [(one, self.known[one.trial.key].id) for one in beside(ended.observations, keys)]
        return Finished(cell.index, asdict(cell), ended.conversation, trials, asides)

    def _key(self, request: Request) -> str:
        """The identity of a response: who is asked, and what."""
        digest = self._asked.get(request.to, self._asked["client"]).copy()
        digest.update(request.content.encode())
        return digest.hexdigest()

    @cached_property
    def _asked(self) -> Mapping[Seat, hashlib._Hash]:
        return {seat: hashlib.sha256(f"{identity(one)}\0".encode()) for seat, one in self.seated.items()}
