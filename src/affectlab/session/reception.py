"""The reception of those who are not there at the start: each has its sessions when it comes, beside the others."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import suppress
from queue import SimpleQueue
from threading import Thread
from typing import Literal, NamedTuple

from affectlab.design.cell import Cell
from affectlab.design.plan import Plan
from affectlab.errors import ParticipantError
from affectlab.participants.base import Arriving, Left, Participant, identity
from affectlab.requests import SessionRole
from affectlab.seeds import derive
from affectlab.session.allotment import Allotment
from affectlab.session.block import LiveBlock, RunCounts, SessionBlock
from affectlab.session.locked import LockedStore, RunEnded

ALLOTTED = "allotted"
"""Under which a store keeps who has which sessions."""


class _News(NamedTuple):
    """Something that happened on the thread of one who came, or at the door (whose name is empty)."""

    kind: Literal["answer", "finished", "reopened", "left"]
    name: str = ""
    value: float = 0.0
    """Of an answer, the share of the session that is answered; else how many sessions."""


class Reception:
    """Receives those who come, until every session is done or nobody comes any more."""

    def __init__(
        self,
        plan: Plan,
        block: SessionBlock,
        host: Arriving,
        store: LockedStore,
        done: set[int],
        others: Mapping[SessionRole, Participant],
        counts: RunCounts,
    ) -> None:
        self.plan, self.model, self.host, self.store, self.others = plan, block.model, host, store, others
        self.counts = counts
        self.cells: Mapping[int, Cell] = {cell.index: cell for cell in block.cells}
        left = [index for index in self.cells if index not in done]
        self.missing = len(left)
        """Sessions that are not complete."""
        before = (store.described(ALLOTTED) or {}).get(self.model)
        self.allotment = Allotment(left, derive(plan.seed, self.model), host.sessions_each, before)
        self._came: SimpleQueue[_News | BaseException] = SimpleQueue()
        self._closed = False

    def run(self) -> Generator[float, None, None]:
        """Receive; yields after each answer, when it is stored, how many sessions are done by those who are there.

        Raises:
            StoreError: the store cannot be written.
        """
        Thread(target=self._door, daemon=True).start()
        shares: dict[str, float] = {}
        present = {""}
        """The door, and those who were heard of and have not left."""
        complete = 0
        try:
            while self.missing and present:
                news = self._came.get()
                if isinstance(news, BaseException):
                    raise news
                present.add(news.name)
                match news.kind:
                    case "answer":
                        self.counts.answers += 1
                        shares[news.name] = news.value
                    case "finished" | "reopened":
                        shares.pop(news.name, None)
                        complete += int(news.value)
                        self.missing -= int(news.value)
                    case "left":
                        shares.pop(news.name, None)
                        present.discard(news.name)
                yield complete + sum(shares.values())
        finally:
            self._closed = True
            self.host.enough()

    def _door(self) -> None:
        """Let in whoever comes."""
        try:
            for person in self.host.arrivals():
                if self._closed:
                    person.close()
                    return
                sessions = self.allotment.arrive(person.name)
                self._note()
                if not sessions:
                    person.close()
                    continue
                self._came.put(_News("reopened", person.name))
                Thread(target=self._guide, args=(person, sessions), daemon=True).start()
            self._came.put(_News("left"))
        except RunEnded:
            return
        except BaseException as error:
            self._came.put(error)

    def _guide(self, person: Participant, sessions: list[int]) -> None:
        """Take one through its sessions."""
        try:
            for session in sessions:
                try:
                    if not self._through(person, session):
                        return
                except Left as left:
                    self._leave(person, session, keep=left.keep)
                    break
                except ParticipantError:
                    # that it broke is an incident already
                    self._leave(person, session, keep=True)
                    break
            self._came.put(_News("left", person.name))
        except RunEnded:
            return
        except BaseException as error:
            self._came.put(error)
        finally:
            with suppress(ParticipantError):
                person.close()

    def _through(self, person: Participant, session: int) -> bool:
        """Take one through a session; whether it came to its end before the run did."""
        cell = self.cells[session]
        by_role: dict[SessionRole, Participant] = {"client": person, **self.others}
        block = SessionBlock(session, self.model, (cell,))
        about = {"person": person.name}
        live = LiveBlock(self.plan, block, by_role, self.store, RunCounts(), about=about).run()
        try:
            while not self._closed:
                self._came.put(_News("answer", person.name, next(live)))
        except StopIteration as end:
            self.store.finish(end.value)
            self.allotment.finish(person.name, session)
            self._note()
            self._came.put(_News("finished", person.name, 1.0))
            return True
        finally:
            live.close()
        return False

    def _leave(self, person: Participant, session: int, *, keep: bool) -> None:
        """What one who leaves did not finish is open again; what it gave is kept, or deleted for good."""
        reopened: list[int] = []
        if keep:
            self.store.incident("left", f"{self.model}: {person.name} left in session {session}; what it gave is kept")
        else:
            reopened, responses, wiped = self.store.withdraw(identity(person))
            told = f"somebody left in session {session} and took back what it gave: {responses} answers"
            again = f"; open again: session {', '.join(map(str, reopened))}" if reopened else ""
            rest = "" if wiped else "; another process reads the run, so their bytes are wiped when the run ends"
            self.store.incident("withdrew", f"{self.model}: {told}{again}{rest}")
        self.allotment.leave(person.name, reopened)
        self._note()
        self._came.put(_News("reopened", person.name, -float(len(reopened))))

    def _note(self) -> None:
        """Keep who has which sessions, so that one who comes again after an interruption has its own."""

        def write() -> None:
            known = self.store.described(ALLOTTED) or {}
            held = {name: sessions for name, sessions in self.allotment.held.items() if sessions}
            self.store.describe(ALLOTTED, {**known, self.model: held})

        self.store.alone(write)
