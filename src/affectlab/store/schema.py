"""The form of a store: its tables, and its version."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from functools import cache

VERSION = "3"
SECOND = "2"
"""The form before checksums; see ``migration.py``."""
FIRST = "1"
"""The form of version 0.1.0, which had scores and no observations."""
OLDER = (FIRST, SECOND)
FIRST_SCORING = 1
"""The scoring that a run makes itself."""
GIVEN_UP = "given_up"
"""Under which a store keeps the blocks that could not be done in the latest start, and why."""
NO_SESSION = -1
"""The session, and the block, of what is asked in none."""

SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE turns (            -- every turn said, and intervention (its role), linked to the one before it
  id TEXT PRIMARY KEY, parent TEXT, role TEXT, text TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE texts (            -- strings that many rows share: option lists, parameters
  id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);
CREATE TABLE lists (            -- the same of lists: limits of a reply, what options stand for
  id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);
CREATE TABLE responses (
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,     -- participant and content of the request
  participant TEXT NOT NULL,
  conversation TEXT NOT NULL,   -- turns.id: what had been said
  opening TEXT NOT NULL,        -- how the participant's turn was begun
  kind TEXT NOT NULL,           -- answer | reply | reading
  options INTEGER,              -- texts.id: the options, or the names of what is read, as JSON
  logprobs BLOB,                -- float64 for each option, or each number that is read
  coverage REAL, entropy REAL, refused REAL, bounds BLOB,
  text TEXT, finish TEXT, tokens INTEGER, seed INTEGER,
  obtained TEXT NOT NULL,       -- exact | bounded | constrained | sampled | generated | read
  requested INTEGER NOT NULL, honoured INTEGER NOT NULL,  -- texts.id: parameters, as JSON
  limits INTEGER,               -- lists.id: of a reply, most tokens, temperature and stop strings, as JSON
  seconds REAL,                 -- how long it took, where that has a meaning
  block INTEGER NOT NULL,       -- the part of the plan with which it was asked
  attempt INTEGER NOT NULL,     -- which start of the run asked it: 1, or more after a resume
  checksum INTEGER);            -- of all other columns; see checksums.py
CREATE TABLE sessions (id INTEGER PRIMARY KEY, cell TEXT NOT NULL, conversation TEXT);
CREATE TABLE deleted (          -- sessions that were deleted for good, and how much went with each
  session INTEGER PRIMARY KEY, observations INTEGER NOT NULL, responses INTEGER NOT NULL, turns INTEGER NOT NULL);
CREATE TABLE materials (        -- every file that the run used, each text once
  id INTEGER PRIMARY KEY, hash TEXT NOT NULL, kind TEXT NOT NULL, material TEXT NOT NULL,
  place TEXT NOT NULL,          -- below the folder of materials
  licence TEXT NOT NULL, title TEXT NOT NULL,
  text BLOB,                    -- compressed by zlib; in a copy that is passed on, perhaps only what describes it
  withheld INTEGER NOT NULL DEFAULT 0, UNIQUE (hash, kind, material));
CREATE TABLE probes (           -- what is asked at a point of a session, whichever session
  id INTEGER PRIMARY KEY, point TEXT NOT NULL, measure TEXT NOT NULL,
  material INTEGER,             -- materials.id: the measure as it was
  item TEXT NOT NULL,
  kind TEXT NOT NULL,           -- read | generated | spoken
  purpose TEXT NOT NULL,        -- outcome | check | process
  observer TEXT NOT NULL,       -- who gives the response, where that is not who takes part
  check_id TEXT NOT NULL, subject TEXT NOT NULL, variant TEXT NOT NULL,
  names INTEGER);               -- lists.id: what the options stand for, as JSON, where the measure does not say it
CREATE TABLE observations (     -- what was asked where, and which response it got
  id INTEGER PRIMARY KEY, session INTEGER NOT NULL, probe INTEGER NOT NULL, response INTEGER NOT NULL,
  of INTEGER);                  -- observations.id: what it is about, where it is about one
CREATE TABLE scorings (         -- how scores were made of the observations; the first is the run's own
  number INTEGER PRIMARY KEY, affectlab TEXT NOT NULL,
  changes TEXT NOT NULL);       -- as JSON: what differs from the scoring before, in words
CREATE TABLE keys (             -- the materials of a scoring
  scoring INTEGER NOT NULL, material INTEGER NOT NULL, PRIMARY KEY (scoring, material)) WITHOUT ROWID;
CREATE TABLE places (           -- where a number stands
  id INTEGER PRIMARY KEY, point TEXT NOT NULL, measure TEXT NOT NULL, item TEXT NOT NULL, scale TEXT NOT NULL,
  check_id TEXT NOT NULL, subject TEXT NOT NULL, variant TEXT NOT NULL);
CREATE TABLE scores (           -- derived from the observations
  scoring INTEGER NOT NULL, session INTEGER NOT NULL, place INTEGER NOT NULL,
  response INTEGER NOT NULL,    -- responses.id: of several that it rests on, the first
  value REAL);
CREATE TABLE incidents (id INTEGER PRIMARY KEY, attempt INTEGER NOT NULL, kind TEXT NOT NULL, detail TEXT NOT NULL);
CREATE TABLE checksums (        -- of each other table, the sum of the checksums of its rows
  part TEXT PRIMARY KEY, total INTEGER NOT NULL,
  upto INTEGER) WITHOUT ROWID;  -- responses.id: of the responses, the last in the sum
"""

INDEX = "CREATE INDEX IF NOT EXISTS observations_of_session ON observations (session)"
"""One session is read without a look at all others. A store without it is of this form too: it gets it when it is
written the next time."""

VIEWS = ("trials", "asides")
_VIEWS = """
DROP VIEW IF EXISTS temp.score_rows;
DROP VIEW IF EXISTS temp.probe_scores;
CREATE TEMP VIEW score_rows AS      -- the numbers of one scoring, in the order in which they came
  SELECT scores.rowid AS number, session, place, point, measure, item, scale, value, response
  FROM scores CROSS JOIN places ON places.id = scores.place WHERE scoring = {scoring} AND check_id = '';
CREATE TEMP VIEW probe_scores AS      -- the same of what was asked for validity checks, and on which no finding rests
  SELECT scores.rowid AS number, session, check_id, subject, variant, point, item, scale, value, response
  FROM scores CROSS JOIN places ON places.id = scores.place WHERE scoring = {scoring} AND check_id != '';
"""


def show_scoring(db: sqlite3.Connection, scoring: int) -> None:
    """Have ``scores`` and ``probe scores`` show the numbers of a scoring."""
    for statement in _VIEWS.format(scoring=int(scoring)).split(";\n"):
        db.execute(statement)


Layout = Mapping[str, tuple[tuple[str, str], ...]]
"""For each table its columns, each with its type."""


@cache
def layout() -> Layout:
    """The tables of an empty store."""
    with closing(sqlite3.connect(":memory:")) as empty:
        empty.executescript(SCHEMA)
        return laid_out(empty)


def laid_out(db: sqlite3.Connection) -> Layout:
    """The tables that there are."""
    tables: dict[str, tuple[tuple[str, str], ...]] = {}
    query = "SELECT m.name, c.name, c.type FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table'"
    for table, name, kind in db.execute(query):
        tables[table] = (*tables.get(table, ()), (name, kind))
    return tables
