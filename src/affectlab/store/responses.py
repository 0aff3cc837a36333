"""Requests and responses as rows, and back."""

from __future__ import annotations

import array
import json
import math
import sqlite3
from collections.abc import Sequence
from typing import Any, Literal, NamedTuple, cast

from affectlab.conversation import INTERVENTION, Conversation, Intervention
from affectlab.requests import Answer, Ask, Read, Reading, Reply, Request, Response, Speak

RESPONSE = "id, kind, logprobs, obtained, refused, bounds, text, finish, tokens, requested, honoured, seconds, block"
REQUEST = "kind, conversation, opening, options, seed, limits"


Row = tuple[Any, ...]


class Stored(NamedTuple):
    """A response in the store, and the block with which it was asked."""

    id: int
    response: Response
    block: int


class Texts:
    """Strings that many rows of a store share, each by its number."""

    def __init__(self, db: sqlite3.Connection, table: Literal["texts", "lists"] = "texts") -> None:
        self._db = db
        self._table = table
        self._numbers: dict[str, int] = {}
        self._known: dict[str | tuple[str, ...], int] = {}
        """The same by the values themselves, without writing them as JSON again."""
        self._values: dict[int, Any] = {}

    def number(self, value: Any) -> int:
        """The number of a value, as JSON."""
        # what is equal may be written otherwise (1 and 1.0), and what Python writes alike is equal
        mark = value if isinstance(value, tuple) else repr(value)
        if mark not in self._known:
            self._known[mark] = self._row(value)
        return self._known[mark]

    def _row(self, value: Any) -> int:
        text = json.dumps(value, sort_keys=True) if isinstance(value, dict) else json.dumps(value, ensure_ascii=False)
        if text not in self._numbers:
            self._db.execute(f"INSERT OR IGNORE INTO {self._table} (text) VALUES (?)", (text,))
            row = self._db.execute(f"SELECT id FROM {self._table} WHERE text = ?", (text,)).fetchone()
            self._numbers[text] = row[0]
        return self._numbers[text]

    def value(self, number: int) -> Any:
        """The value with a number."""
        if number not in self._values:
            (text,) = self._db.execute(f"SELECT text FROM {self._table} WHERE id = ?", (number,)).fetchone()
            self._values[number] = json.loads(text)
        return self._values[number]

    def forget(self) -> None:
        """Trust nothing that was remembered: what was written has been taken back."""
        self._numbers.clear()
        self._known.clear()
        self._values.clear()


def row(key: str, participant: str, request: Request, response: Response, texts: Texts, lists: Texts) -> Row:
    """The values of a response, in the order of the table, up to where it was asked."""
    requested, honoured = texts.number(dict(response.requested)), texts.number(dict(response.honoured))
    opening = "" if isinstance(request, Read) else request.opening
    seconds = None
    distribution: tuple[Any, ...] = (None,) * 6
    said: tuple[Any, ...] = (None,) * 4
    if isinstance(request, Ask):
        answer = cast(Answer, response)
        bounds = _bytes([edge for pair in answer.bounds for edge in pair]) or None
        shares = tuple(map(_real, (answer.coverage, answer.entropy, answer.refused)))
        distribution = (texts.number(request.options), _bytes(answer.logprobs), *shares, bounds)
        kind, obtained, seconds = "answer", str(answer.obtained), _real(answer.seconds)
    elif isinstance(request, Read):
        values = cast(Reading, response).values
        # as an answer's share on its options: the share of what was looked for that was found
        found = sum(map(math.isfinite, values)) / len(values) if values else 0.0
        distribution = (texts.number(request.quantities), _bytes(values), found, None, None, None)
        kind, obtained = "reading", "read"
    else:
        reply = cast(Reply, response)
        said = (reply.text, reply.finish, reply.tokens, request.seed)
        kind, obtained, seconds = "reply", "generated", _real(reply.seconds)
    asked = (key, participant, request.conversation.id, opening, kind)
    return (*asked, *distribution, *said, obtained, requested, honoured, limited(request, lists), seconds)


def limited(request: Request, lists: Texts) -> int | None:
    """The number of a reply's limits: most tokens, temperature and stop strings."""
    if not isinstance(request, Speak):
        return None
    return lists.number([request.max_tokens, request.temperature, *request.stop])


COLUMNS = (
    "key, participant, conversation, opening, kind, options, logprobs, coverage, entropy, refused, bounds, "
    "text, finish, tokens, seed, obtained, requested, honoured, limits, seconds, block, attempt"
)
"""What ``row`` gives, then the block and the attempt."""


def response(values: Sequence[Any], texts: Texts) -> Response:
    """The response of the columns ``RESPONSE``."""
    _, kind, blob, obtained, refused, bounds, text, finish, tokens, requested, honoured, seconds, _ = values
    parameters = {"requested": texts.value(requested), "honoured": texts.value(honoured)}
    if kind == "reply":
        return Reply(text, finish, tokens, seconds=seconds, **parameters)
    if kind == "reading":
        return Reading(floats(blob), **parameters)
    edges = floats(bounds)
    pairs = tuple(zip(edges[::2], edges[1::2], strict=True))
    return Answer(floats(blob), obtained, refused=refused, bounds=pairs, seconds=seconds, **parameters)


def request(values: Sequence[Any], said: Conversation, texts: Texts, lists: Texts) -> Request:
    """The request of the columns ``REQUEST``, after a conversation. Who was asked is not part of it."""
    kind, _, opening, options, seed, limits = values
    if kind == "reply":
        if limits is None:
            return Speak(said, seed, opening)
        most, temperature, *stop = lists.value(limits)
        return Speak(said, seed, opening, most, temperature, tuple(stop))
    asked = tuple(texts.value(options))
    return Read(said, asked) if kind == "reading" else Ask(said, opening, asked)


_REMEMBERED = 20_000
"""Conversations of which the next may be the continuation."""


class Conversations:
    """The conversations of a store, each made once of the one before it."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._made: dict[str, Conversation] = {}

    def get(self, id: str) -> Conversation:
        """The conversation with an id; an empty one where nothing was said."""
        rows: list[tuple[str, str, str]] = []
        current: str | None = id
        while current is not None and current not in self._made:
            found = self._db.execute("SELECT parent, role, text FROM turns WHERE id = ?", (current,)).fetchone()
            if found is None:
                current = None
                break
            rows.append((current, *found[1:]))
            current = found[0]
        if len(self._made) > _REMEMBERED:
            kept = self._made.get(current or "")
            self._made = {} if kept is None or current is None else {current: kept}
        said = self._made[current] if current is not None else Conversation.begin()
        for one, role, text in reversed(rows):
            said = said.intervened(Intervention.of(text)) if role == INTERVENTION else said.say(role, text)  # type: ignore[arg-type]
            self._made[one] = said
        return said


def floats(blob: bytes | None) -> tuple[float, ...]:
    """Numbers as they were kept."""
    if blob is None:
        return ()
    values = array.array("d")
    values.frombytes(blob)
    return tuple(values)


def _real(value: float | None) -> float | None:
    """A number as it comes back: what is none is missing, and zero has no sign."""
    return None if value is None or math.isnan(value) else float(value) + 0.0


def _bytes(values: Sequence[float]) -> bytes:
    return array.array("d", values).tobytes()
