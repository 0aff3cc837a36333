"""What another store of the same plan holds, taken into one by the keys of its content.

A response that both have is kept once. Where two answers to the same request differ, that of the earlier block stays,
as it would have been the only one had all blocks been done one after another; the numbers that rested on the other
are then derived anew by whoever merges.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from affectlab.store.responses import COLUMNS, floats
from affectlab.store.schema import FIRST_SCORING, NO_SESSION


class Taken(NamedTuple):
    """What came of taking the rows of another store."""

    sessions: int
    """That were not there."""
    responses: int
    """That were not there."""
    differing: tuple[tuple[str, float | None], ...]
    """Of the answers that both have and that are not the same: the key, and the largest difference between two log
    probabilities; None where it is no matter of degree."""
    shaken: tuple[int, ...]
    """The sessions with numbers that rest on an answer that was not kept."""


_SHARED = """
INSERT OR IGNORE INTO texts (text) SELECT text FROM old.texts;
INSERT OR IGNORE INTO lists (text) SELECT text FROM old.lists;
INSERT OR IGNORE INTO turns SELECT id, parent, role, text FROM old.turns;
CREATE TEMP TABLE text_of AS SELECT theirs.id AS old, ours.id AS new FROM old.texts AS theirs
  JOIN main.texts AS ours USING (text);
CREATE TEMP TABLE list_of AS SELECT theirs.id AS old, ours.id AS new FROM old.lists AS theirs
  JOIN main.lists AS ours USING (text);
CREATE TEMP TABLE material_of AS SELECT theirs.id AS old, min(ours.id) AS new FROM old.materials AS theirs
  JOIN main.materials AS ours USING (kind, material) GROUP BY theirs.id;
CREATE TEMP TABLE theirs AS SELECT made.id AS old, key, participant, conversation, opening, made.kind,
  (SELECT new FROM text_of WHERE text_of.old = made.options) AS options, logprobs, coverage, entropy, refused, bounds,
  text, finish, tokens, seed, obtained,
  (SELECT new FROM text_of WHERE text_of.old = made.requested) AS requested,
  (SELECT new FROM text_of WHERE text_of.old = made.honoured) AS honoured,
  (SELECT new FROM list_of WHERE list_of.old = made.limits) AS limits, seconds, block, attempt
  FROM old.responses AS made;
CREATE TEMP TABLE both AS SELECT theirs.old AS old, ours.id AS new, ours.block AS ours, theirs.block AS theirs,
  ours.logprobs IS theirs.logprobs AND ours.bounds IS theirs.bounds AND ours.refused IS theirs.refused
  AND ours.text IS theirs.text AND ours.finish IS theirs.finish AND ours.obtained IS theirs.obtained
  AND ours.honoured IS theirs.honoured AS same
  FROM temp.theirs AS theirs JOIN main.responses AS ours USING (key);
CREATE TEMP TABLE response_of AS SELECT old, new FROM both
  UNION ALL SELECT old, (SELECT ifnull(max(id), 0) FROM main.responses) + row_number() OVER (ORDER BY old)
  FROM temp.theirs WHERE old NOT IN (SELECT old FROM both);
CREATE UNIQUE INDEX temp.response_at ON response_of (old)"""

_RESPONSES = f"""
INSERT INTO main.responses (id, {COLUMNS}) SELECT response_of.new, {COLUMNS} FROM temp.theirs AS made
  JOIN response_of USING (old) WHERE old NOT IN (SELECT old FROM both) ORDER BY old"""

_SESSIONS = f"""
CREATE TEMP TABLE fresh AS SELECT id FROM old.sessions WHERE id NOT IN (SELECT id FROM main.sessions)
  AND id NOT IN (SELECT session FROM main.deleted);
INSERT INTO main.sessions SELECT id, cell, conversation FROM old.sessions WHERE id IN (SELECT id FROM fresh);
INSERT INTO main.probes (point, measure, material, item, kind, purpose, observer, check_id, subject, variant, names)
  SELECT point, measure, material_of.new, item, kind, purpose, observer, check_id, subject, variant, list_of.new
  FROM old.probes LEFT JOIN material_of ON material_of.old = material LEFT JOIN list_of ON list_of.old = names
  EXCEPT SELECT point, measure, material, item, kind, purpose, observer, check_id, subject, variant, names
  FROM main.probes;
CREATE TEMP TABLE probe_of AS SELECT theirs.id AS old, ours.id AS new FROM old.probes AS theirs
  LEFT JOIN material_of ON material_of.old = theirs.material LEFT JOIN list_of ON list_of.old = theirs.names
  JOIN main.probes AS ours ON (ours.point, ours.measure, ours.item, ours.kind, ours.purpose, ours.observer,
  ours.check_id, ours.subject, ours.variant) = (theirs.point, theirs.measure, theirs.item, theirs.kind,
  theirs.purpose, theirs.observer, theirs.check_id, theirs.subject, theirs.variant)
  AND ours.material IS material_of.new AND ours.names IS list_of.new;
INSERT INTO main.places (point, measure, item, scale, check_id, subject, variant)
  SELECT point, measure, item, scale, check_id, subject, variant FROM old.places
  EXCEPT SELECT point, measure, item, scale, check_id, subject, variant FROM main.places;
CREATE TEMP TABLE place_of AS SELECT theirs.id AS old, ours.id AS new FROM old.places AS theirs JOIN main.places AS ours
  USING (point, measure, item, scale, check_id, subject, variant);
CREATE TEMP TABLE seen AS SELECT made.id AS old, session, probe_of.new AS probe, response_of.new AS response, made.of,
  (SELECT ifnull(max(id), 0) FROM main.observations) + row_number() OVER (ORDER BY made.id) AS new
  FROM old.observations AS made JOIN probe_of ON probe_of.old = made.probe
  JOIN response_of ON response_of.old = made.response
  WHERE session IN (SELECT id FROM fresh) OR (session = {NO_SESSION} AND NOT EXISTS (SELECT 1 FROM main.observations
  AS there WHERE (there.session, there.probe, there.response) = ({NO_SESSION}, probe_of.new, response_of.new)));
CREATE UNIQUE INDEX temp.seen_at ON seen (old);
INSERT INTO main.observations (id, session, probe, response, of) SELECT new, session, probe, response,
  (SELECT about.new FROM seen AS about WHERE about.old = seen.of) FROM seen ORDER BY new;
INSERT INTO main.scores SELECT {FIRST_SCORING}, session, place_of.new, response_of.new, value FROM old.scores AS made
  JOIN place_of ON place_of.old = made.place JOIN response_of ON response_of.old = made.response
  WHERE session IN (SELECT id FROM fresh) OR (session = {NO_SESSION} AND NOT EXISTS (SELECT 1 FROM main.scores
  AS there WHERE (there.session, there.place, there.response) = ({NO_SESSION}, place_of.new, response_of.new)))
  ORDER BY made.rowid;
INSERT INTO main.incidents (attempt, kind, detail) SELECT attempt, kind, ? || detail FROM old.incidents AS made
  WHERE NOT EXISTS (SELECT 1 FROM main.incidents AS there WHERE (there.attempt, there.kind, there.detail)
  = (made.attempt, made.kind, ? || made.detail)) ORDER BY made.id"""

_TABLES = (
    *("text_of", "list_of", "material_of", "theirs", "both", "response_of"),
    *("fresh", "probe_of", "place_of", "seen"),
)
_LATER = """UPDATE main.responses SET (logprobs, coverage, entropy, refused, bounds, text, finish, tokens, obtained,
  honoured, seconds, block, attempt) = (SELECT logprobs, coverage, entropy, refused, bounds, text, finish, tokens,
  obtained, honoured, seconds, block, attempt FROM temp.theirs AS made WHERE made.old = ?) WHERE id = ?"""
"""Put an answer of an earlier block in the place of one of a later."""


def take(db: sqlite3.Connection, whose: str) -> Taken:
    """Take the rows of the store that is attached as ``old``; to be called in one transaction.

    Args:
        whose: what is written before each of its incidents.
    """
    for name in _TABLES:
        db.execute(f"DROP TABLE IF EXISTS temp.{name}")
    for statement in _SHARED.split(";\n"):
        db.execute(statement)
    found = db.execute("SELECT old, new, ours, theirs, same FROM both ORDER BY old").fetchall()
    earlier = [(old, new) for old, new, ours, theirs, _ in found if 0 <= theirs < ours]
    unlike = [(old, new) for old, new, _, _, same in found if not same]
    differing = tuple(_difference(db, old, new) for old, new in unlike)
    replaced = set(unlike) & set(earlier)
    shaken = _resting(db, "main", [new for _, new in replaced])
    db.executemany(_LATER, earlier)
    new = db.execute(_RESPONSES).rowcount
    for statement in _SESSIONS.split(";\n"):
        db.execute(statement, (whose,) * statement.count("?"))
    fresh = {session for (session,) in db.execute("SELECT id FROM fresh")}
    shaken |= _resting(db, "old", [old for old, _ in {*unlike} - replaced]) & {*fresh, NO_SESSION}
    for name in _TABLES:
        db.execute(f"DROP TABLE temp.{name}")
    return Taken(len(fresh), new, differing, tuple(sorted(shaken)))


def _resting(db: sqlite3.Connection, whose: str, responses: Sequence[int]) -> set[int]:
    """The sessions that observed one of some responses."""
    among = "SELECT value FROM json_each(?)"
    query = f"SELECT DISTINCT session FROM {whose}.observations WHERE response IN ({among})"
    return {session for (session,) in db.execute(query, (json.dumps(responses),))} if responses else set()


def _difference(db: sqlite3.Connection, old: int, new: int) -> tuple[str, float | None]:
    query = "SELECT key, logprobs FROM {}.responses WHERE id = ?"
    (key, theirs), (_, ours) = (
        db.execute(query.format(whose), (id,)).fetchone() for whose, id in (("old", old), ("main", new))
    )
    if theirs is None or ours is None or len(theirs) != len(ours):
        return key, None
    pairs = zip(floats(theirs), floats(ours), strict=True)
    # two options that cannot be chosen at all are the same
    return key, max((abs(one - other) for one, other in pairs if one != other), default=0.0)


def session_ranges(sessions: Sequence[int]) -> str:
    """Numbers of sessions, neighbours put together.

    >>> session_ranges([0, 1, 2, 7, 9, 10])
    '0-2, 7, 9-10'
    """
    ordered = sorted(sessions)
    starts = [ordered[0], *(after for before, after in pairwise(ordered) if after != before + 1)] if ordered else []
    ends = [*(before for before, after in pairwise(ordered) if after != before + 1), *ordered[-1:]]
    return ", ".join(f"{one}" if one == last else f"{one}-{last}" for one, last in zip(starts, ends, strict=True))
