"""A session of a run as it went: every turn, and every question on the branch on which it was asked."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from affectlab.conversation import INTERVENTION, Intervention
from affectlab.errors import StoreError
from affectlab.store.responses import floats
from affectlab.store.store import Store

_QUESTIONS = """
SELECT observations.id, point, measure, item, purpose, observer, check_id, variant, responses.id, conversation, opening,
       responses.kind, texts.text, logprobs, coverage, refused, obtained, responses.text
FROM observations JOIN probes ON probes.id = observations.probe JOIN responses ON responses.id = observations.response
LEFT JOIN texts ON texts.id = responses.options WHERE observations.session = ? ORDER BY observations.id"""


class StoredTurn(NamedTuple):
    """Something that was said, or done."""

    id: str
    role: str
    text: str


@dataclass(frozen=True)
class StoredQuestion:
    """What was asked on a branch, and what came back."""

    id: int
    """Of the observation."""
    point: str
    measure: str
    item: str
    purpose: str
    observer: str
    check: str
    variant: str
    response: int
    """Its row: answers to the same question in the same conversation are one."""
    branch: tuple[StoredTurn, ...]
    """What is said after the turn at which the conversation branches."""
    opening: str
    kind: str
    """``answer``, ``reply`` or ``reading``."""
    options: tuple[tuple[str, float], ...]
    """Each option with its probability, in the order in which they were offered; each number that was read."""
    coverage: float | None
    refused: float | None
    obtained: str
    reply: str | None

    @property
    def outside(self) -> float | None:
        """The mass outside of all options; None where there are none."""
        return None if self.coverage is None else max(0.0, 1.0 - self.coverage)


@dataclass(frozen=True)
class ToldTurn:
    """A turn of a session, with what was asked after it."""

    number: int
    turn: StoredTurn
    asked: tuple[StoredQuestion, ...]


@dataclass(frozen=True)
class StoredSession:
    """One session of a run."""

    session: int
    cell: Mapping[str, Any]
    first: tuple[StoredQuestion, ...]
    """What was asked before anything was said."""
    turns: tuple[ToldTurn, ...]

    @property
    def questions(self) -> Iterator[StoredQuestion]:
        """All that was asked, in the order of the turns."""
        yield from self.first
        for turn in self.turns:
            yield from turn.asked


def stored_session(store: Store, session: int) -> StoredSession:
    """A session as it went.

    Raises:
        StoreError: the run has no such session.
    """
    _, rows = store.query("SELECT cell, conversation FROM sessions WHERE id = ?", (session,))
    if not rows:
        raise StoreError(f"the run has no session {session}", hint="its conversations are listed")
    cell, conversation = rows[0]
    links = _Links(store)
    path = links.path(conversation)
    places = {turn.id: at for at, turn in enumerate(path)}
    asked: dict[int, list[StoredQuestion]] = {}
    for row in store.query(_QUESTIONS, (session,))[1]:
        said = links.path(row[9])
        shared = [at for at, turn in enumerate(said) if turn.id in places]
        branch = said[shared[-1] + 1 :] if shared else said
        asked.setdefault(places[said[shared[-1]].id] if shared else -1, []).append(_question(row, branch))
    turns = tuple(ToldTurn(at + 1, turn, tuple(asked.get(at, ()))) for at, turn in enumerate(path))
    return StoredSession(session, json.loads(cell), tuple(asked.get(-1, ())), turns)


def stored_question(store: Store, session: int, id: int) -> StoredQuestion:
    """One question of a session.

    Raises:
        StoreError: the session has no such question.
    """
    found = next((one for one in stored_session(store, session).questions if one.id == id), None)
    if found is None:
        raise StoreError(f"session {session} has no question {id}", hint="look at the whole session")
    return found


class _Links:
    """Turns by their ids, each read once."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[str, tuple[str | None, StoredTurn]] = {}

    def path(self, conversation: str | None) -> tuple[StoredTurn, ...]:
        """The turns up to one, the first first."""
        found: list[StoredTurn] = []
        current = conversation
        while current is not None:
            link = self._known.get(current) or self._read(current)
            if link is None:
                break
            current, turn = link
            found.append(turn)
        return tuple(found[::-1])

    def _read(self, id: str) -> tuple[str | None, StoredTurn] | None:
        _, rows = self._store.query("SELECT parent, role, text FROM turns WHERE id = ?", (id,))
        if not rows:
            return None
        parent, role, text = rows[0]
        said = str(Intervention.of(text)) if role == INTERVENTION else text
        self._known[id] = (parent, StoredTurn(id, role or "", said))
        return self._known[id]


def _question(row: Sequence[Any], branch: tuple[StoredTurn, ...]) -> StoredQuestion:
    id, point, measure, item, purpose, observer, check, variant, response, _, opening, kind, names, blob, *rest = row
    coverage, refused, obtained, text = rest
    values = floats(blob) if blob is not None else ()
    chances = [math.exp(one) for one in values] if kind == "answer" else list(values)
    options = tuple(zip(json.loads(names), chances, strict=True)) if names is not None else ()
    about = (point, measure, item, purpose, observer, check, variant, response)
    return StoredQuestion(id, *about, branch, opening, kind, options, coverage, refused, obtained, text)
