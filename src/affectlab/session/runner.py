"""The runner: it takes the pending requests of all live sessions, looks each up in the store, hands what is
missing to the participant, and sends what comes back into the sessions that asked.

The plan is cut into blocks of neighbouring sessions, and a block is the unit of identical conditions: before it
the participant forgets, so what is evaluated with what depends on the block alone. A run that was killed asks
the block that it was in once more, in the same company, where that makes the answers bit-identical and costs
nothing but time; a participant whose answers are paid for is asked only what is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property, partial
from typing import NamedTuple

from affectlab.design.cell import Cell
from affectlab.design.plan import Plan
from affectlab.errors import ParticipantError
from affectlab.materials.tasks import Task
from affectlab.participants.base import Participant, Troubled
from affectlab.requests import Request, Response, Seat
from affectlab.scoring.trials import beside, score
from affectlab.session.repeat import key_of
from affectlab.session.session import Ended, Session, session
from affectlab.session.shelf import Shared, Shelf, side_by_side
from affectlab.store.responses import Stored
from affectlab.store.store import Finished, Store

BLOCK = 12
"""How many neighbouring sessions are alive together. Twice as many evaluate fewer tokens, as each block begins with
the frame anew, and are no faster: the replies of all sessions lie between the cells that are read."""
TALKING = 4
"""How many of those whose conversation grows by talk or by own answers, where the engine here keeps each to go on."""
PLAYING = 1
"""The same where games are played: every game of a session is a conversation that grows step by step."""


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
    failed: dict[str, ParticipantError] = field(default_factory=dict)
    """The models that broke while others went on, and how."""


def run_plan(
    plan: Plan,
    participants: Mapping[str, Participant],
    store: Store,
    *,
    others: Mapping[Seat, Participant] | None = None,
    progress: Callable[[Progress], None] = lambda _: None,
) -> Tally:
    """Bring every session of the plan to its end, as far as it is not already in the store.

    Of several models, those that wait for an endpoint are run side by side, and beside those that compute here, which
    take turns. One that breaks does not stop the others: it stands in the tally's ``failed``, and among the
    incidents. A model of the plan that is not among the participants is passed over.

    ``others`` are who sits on the seats beside the client's; on one that is not among them sits the client's model.
    Where they serve several models, those take turns.

    Raises:
        ParticipantError: the only participant broke; what it had answered is in the store.
    """
    courses = [
        _Course(plan, model, {"client": one, **(others or {})}, _alive(plan, one), store.done())
        for model, one in participants.items()
    ]
    if len(plan.models) == 1:
        for course in courses:
            course.run(store, progress)
        return _total(courses)
    here = [one for one in courses if others or one.seated["client"].capabilities.identical]
    apart = [[course] for course in courses if course not in here]

    def work(group: Sequence[_Course], shared: Shared) -> None:
        for course in group:
            course.run_unless_broken(shared, lambda _: shared.alone(lambda: progress(_overall(courses, len(plan)))))

    side_by_side([partial(work, group) for group in ([here] if here else []) + apart], store)
    for course in courses:
        note_incidents(course.model, course.seated["client"], store)
    return _total(courses)


def _alive(plan: Plan, participant: Participant) -> int:
    """How many sessions are alive together."""
    study = plan.study
    if not participant.capabilities.identical:
        return BLOCK
    if any(study.catalogue.get(Task, testing.task).branches for testing in study.tasks):
        return PLAYING
    grows = study.protocols or study.manuals or set(study.contexts) != {"forked"}
    return TALKING if grows else BLOCK


class _Course:
    """One model's way through its part of the plan."""

    def __init__(self, plan: Plan, model: str, seated: Mapping[Seat, Participant], size: int, done: set[int]) -> None:
        self.plan = plan
        self.model = model
        self.seated = seated
        self.blocks = [(number, cells) for number, cells in enumerate(blocks(plan, size)) if cells[0].model == model]
        self.done = done
        self.tally = Tally()
        self.at = 0.0

    def run(self, store: Shelf, progress: Callable[[Progress], None]) -> None:
        """Bring the model's sessions to their ends, block by block."""
        note_incidents(self.model, self.seated["client"], store)
        for number, cells in self.blocks:
            if any(cell.index not in self.done for cell in cells):
                live = _Block(self.plan, number, cells, self.seated, store, self.tally, progress)
                store.finish(list(live.run()))
            progress(Progress(cells[-1].index + 1, len(self.plan), self.tally.answers))

    def run_unless_broken(self, store: Shelf, progress: Callable[[Progress], None]) -> None:
        """As ``run``; that the model broke is an incident, and the end of this course only."""
        first = self.blocks[0][1][0].index if self.blocks else 0

        def moved(step: Progress) -> None:
            self.at = step.sessions - first
            progress(step)

        try:
            self.run(store, moved)
        except ParticipantError as error:
            self.tally.failed[self.model] = error
            store.incident("model failed", f"{self.model}: {error}")


def _overall(courses: Sequence[_Course], total: int) -> Progress:
    """How far all courses are together."""
    return Progress(sum(one.at for one in courses), total, sum(one.tally.answers for one in courses))


def _total(courses: Sequence[_Course]) -> Tally:
    total = Tally()
    for tally in (course.tally for course in courses):
        total.answers += tally.answers
        total.repeated += tally.repeated
        total.differing += tally.differing
        total.failed |= tally.failed
    return total


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


def note_incidents(model: str, participant: Participant, store: Shelf) -> None:
    """Have every incident of a participant that has such written into the store as it happens."""
    if isinstance(participant, Troubled):
        participant.hear(lambda kind, course: store.incident(kind, f"{model}: {course}"))


def identity(participant: Participant) -> str:
    """The participant's name and revision, as they stand in the store."""
    return f"{participant.name}@{participant.revision}"


@dataclass
class _Block:
    plan: Plan
    number: int
    cells: Sequence[Cell]
    seated: Mapping[Seat, Participant]
    store: Shelf
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
        observed = [(one, self.known[key].id) for one, key in zip(ended.observations, keys, strict=True)]
        trials = [(trial, self.known[trial.key].id) for trial in score(ended.observations, keys)]
        asides = [(one, self.known[one.trial.key].id) for one in beside(ended.observations, keys)]
        return Finished(cell.index, asdict(cell), ended.conversation, observed, trials, asides)

    def _key(self, request: Request) -> str:
        """The identity of a response: who is asked, and what."""
        return key_of(self._identities, request)

    @cached_property
    def _identities(self) -> Mapping[Seat, str]:
        return {seat: identity(one) for seat, one in self.seated.items()}
