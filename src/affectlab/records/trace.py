"""From a number back to the exact text that was sent, from the run alone."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from affectlab.errors import DataError
from affectlab.run import Run
from affectlab.store.responses import floats

_RESPONSE = """
SELECT responses.id, key, participant, conversation, opening, kind, asked.text, logprobs, coverage, refused,
       responses.text, finish, obtained, wanted.text, kept.text, attempt, seconds
FROM responses LEFT JOIN texts AS asked ON asked.id = options
JOIN texts AS wanted ON wanted.id = requested JOIN texts AS kept ON kept.id = honoured
"""
_OBSERVED = """
SELECT observations.id, response, session, point, measure, item, probes.kind, purpose, observer,
       check_id AS "check", variant, of, materials.kind AS material, title, place, hash, responses.key AS answer
FROM observations JOIN probes ON probes.id = observations.probe
LEFT JOIN materials ON materials.id = probes.material JOIN responses ON responses.id = observations.response
"""
_NUMBERS = """
SELECT point, measure, item, scale, value, responses.key
FROM scores CROSS JOIN places ON places.id = scores.place JOIN responses ON responses.id = scores.response
WHERE scoring = ? AND session = ? ORDER BY scores.rowid"""
_MADE_OF = ("session", "point", "measure", "hash", "item", "kind", "observer", "check", "variant", "answer")


@dataclass(frozen=True)
class TracedQuestion:
    """One place in a run in which an answer was asked for."""

    key: str
    """The observation's: session, point, material, item and response."""
    session: int
    cell: Mapping[str, Any]
    point: str
    measure: str
    item: str
    purpose: str
    observer: str
    check: str
    variant: str
    material: Mapping[str, Any]
    """Kind, title, file and hash of the material as it was; empty where the run does not have it."""
    about: str
    """The key of the observation that it is about, where it is about one."""


@dataclass(frozen=True)
class Number:
    """A number that rests on an answer."""

    session: int
    point: str
    measure: str
    item: str
    scale: str
    value: float | None
    rests_on: tuple[str, ...]
    """The keys of all answers on which it rests."""


@dataclass(frozen=True)
class Trace:
    """An answer, with everything that was sent for it and everything that rests on it."""

    key: str
    participant: str
    obtained: str
    start: int
    """Of the run, in which it was asked."""
    turns: tuple[tuple[str, str], ...]
    """Role and text of every turn before it, word for word; an intervention among them."""
    opening: str
    """How the participant's turn was begun for it."""
    options: tuple[tuple[str, float], ...]
    """Each option with its probability, or each number that was read; empty for a reply."""
    reply: str | None
    finish: str | None
    coverage: float | None
    refused: float | None
    requested: Mapping[str, Any]
    honoured: Mapping[str, Any]
    seconds: float | None
    asked: tuple[TracedQuestion, ...]
    scoring: int
    numbers: tuple[Number, ...]

    def row(self) -> dict[str, Any]:
        """As a plain record; what is not finite becomes None."""
        made = asdict(self)
        made["options"] = [
            {"option": name, "probability": one if math.isfinite(one) else None} for name, one in self.options
        ]
        made["turns"] = [{"role": role, "text": text} for role, text in self.turns]
        return made


def trace(run: Run, answer: str) -> Trace:
    """Where an answer comes from, and what it leads to.

    Args:
        answer: the ``key`` of an exported row, or of an observation, or how one of them begins.

    Raises:
        DataError: the run has no such answer, or several begin so.
    """
    id = _found(run, answer)
    _, (row,) = run.store.query(f"{_RESPONSE} WHERE responses.id = ?", (id,))
    _, key, participant, conversation, opening, kind, names, blob, coverage, refused, text, finish, *rest = row
    obtained, requested, honoured, attempt, seconds = rest
    values = [math.exp(one) for one in floats(blob)] if kind == "answer" else floats(blob)
    options = zip(json.loads(names), values, strict=True) if names is not None else ()
    asked = tuple(_asked(run, id))
    return Trace(
        key,
        participant,
        obtained,
        attempt,
        tuple(run.store.turns(conversation)),
        opening,
        tuple(options),
        text,
        finish,
        coverage,
        refused,
        json.loads(requested),
        json.loads(honoured),
        seconds,
        asked,
        run.store.scoring,
        tuple(_numbers(run, key, asked)),
    )


def _found(run: Run, answer: str) -> int:
    """The row of the response."""
    begun = f"{answer.lower()}%" if answer.isalnum() else ""
    _, rows = run.store.query("SELECT id, key FROM responses WHERE key LIKE ? LIMIT 3", (begun,))
    if not rows and begun:
        # the key of an observation is not stored, for it is made of what is
        keyed = ((one["response"], _key(one)) for one in _rows(run, ""))
        rows = [(at, key) for at, key in keyed if key.startswith(answer.lower())]
    if not rows:
        hint = "name the `key` of a row of `affectlab export`, or how it begins"
        raise DataError(f"no answer of the run has the key `{answer}`", hint=hint)
    if len({key for _, key in rows}) > 1:
        raise DataError(f"several answers have a key that begins with `{answer}`", hint="write more of it")
    return int(rows[0][0])


def _rows(run: Run, where: str) -> Iterator[dict[str, Any]]:
    columns, rows = run.store.query(f"{_OBSERVED} {where} ORDER BY observations.id")
    yield from (dict(zip(columns, row, strict=True)) for row in rows)


def _key(one: Mapping[str, Any]) -> str:
    """The key of an observation: of what it is made, and of nothing that depends on the file."""
    return hashlib.sha256(json.dumps([one[name] for name in _MADE_OF]).encode()).hexdigest()


def _asked(run: Run, response: int) -> Iterator[TracedQuestion]:
    for one in _rows(run, f"WHERE response = {response}"):
        material = {"kind": one["material"], "title": one["title"], "file": one["place"], "hash": one["hash"]}
        about = [_key(other) for other in _rows(run, f"WHERE observations.id = {one['of']}")] if one["of"] else []
        yield TracedQuestion(
            key=_key(one),
            cell=run.cell(one["session"]) if one["session"] >= 0 else {},
            material=material if one["material"] else {},
            about="".join(about),
            **{name: one[name] for name in _SAME},
        )


_SAME = ("session", "point", "measure", "item", "purpose", "observer", "check", "variant")


def _numbers(run: Run, key: str, asked: Sequence[TracedQuestion]) -> Iterator[Number]:
    """Every number that rests on an answer: alone, or among others of the same measure, point and session."""
    for session in dict.fromkeys(one.session for one in asked):
        rows = list(_rows(run, f"WHERE session = {session}"))
        _, numbers = run.store.query(_NUMBERS, (run.store.scoring, session))
        for point, measure, item, scale, value, first in numbers:
            about = next((one for one in rows if one["answer"] == first and one["point"] == point), None)
            if about is None:
                continue
            same = ("point", "measure", "check", "variant")
            group = [one for one in rows if all(one[name] == about[name] for name in same)]
            on = _rest(item, [(one["item"], one["answer"]) for one in group])
            if key in on:
                yield Number(session, point, measure, item, scale, value, on)


def _rest(item: str, group: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """The answers on which a number of an item rests: those to that item, in whatever order its options were; those
    to its parts; else all of the measure.

    >>> _rest("plans", [("plans-self", "a"), ("plans-other", "b"), ("work-self", "c")])
    ('a', 'b')
    >>> _rest("one", [("one", "a"), ("one:turned", "b"), ("two", "c")])
    ('a', 'b')
    >>> _rest("all", [("one", "a"), ("two", "b")])
    ('a', 'b')
    """
    own = [key for one, key in group if one.partition(":")[0] == item]
    own = own or [key for one, key in group if one.startswith(f"{item}-")]
    return tuple(own or [key for _, key in group])
