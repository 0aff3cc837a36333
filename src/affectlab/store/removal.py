"""Deleting from a store for good: rows, and the texts that no row uses any more."""

from __future__ import annotations

import sqlite3

_ONLY = """
CREATE TEMP TABLE gone AS SELECT DISTINCT response FROM observations WHERE session = {session}
  EXCEPT SELECT response FROM observations WHERE session != {session};
"""
_UNUSED_TURNS = """
WITH RECURSIVE used(id) AS (
  SELECT conversation FROM responses UNION SELECT conversation FROM sessions
  UNION SELECT parent FROM turns JOIN used ON turns.id = used.id WHERE parent IS NOT NULL)
DELETE FROM turns WHERE id NOT IN (SELECT id FROM used WHERE id IS NOT NULL)"""
_UNUSED = (
    "DELETE FROM probes WHERE id NOT IN (SELECT probe FROM observations)",
    "DELETE FROM places WHERE id NOT IN (SELECT place FROM scores)",
    "DELETE FROM texts WHERE id NOT IN (SELECT options FROM responses WHERE options IS NOT NULL "
    "UNION SELECT requested FROM responses UNION SELECT honoured FROM responses)",
    "DELETE FROM lists WHERE id NOT IN (SELECT limits FROM responses WHERE limits IS NOT NULL "
    "UNION SELECT names FROM probes WHERE names IS NOT NULL)",
)


def remove(db: sqlite3.Connection, session: int) -> tuple[int, int, int]:
    """Take out a session; how many observations, responses and turns went."""
    db.execute("DROP TABLE IF EXISTS temp.gone")
    db.execute(_ONLY.format(session=int(session)))
    observations = db.execute("DELETE FROM observations WHERE session = ?", (session,)).rowcount
    db.execute("DELETE FROM scores WHERE session = ?", (session,))
    db.execute("DELETE FROM sessions WHERE id = ?", (session,))
    responses = db.execute("DELETE FROM responses WHERE id IN (SELECT response FROM gone)").rowcount
    db.execute(_UNUSED_TURNS)
    (turns,) = db.execute("SELECT changes()").fetchone()
    clear(db)
    db.execute("INSERT INTO deleted VALUES (?, ?, ?, ?)", (session, observations, responses, turns))
    db.execute("DROP TABLE gone")
    return observations, responses, turns


def withdraw(db: sqlite3.Connection, participant: str) -> tuple[list[int], int]:
    """Take out all that a participant gave; which sessions of it were complete, and how many responses went.

    Unlike one that is deleted, a session that was complete is open again: somebody else may have it.
    """
    rows = db.execute(
        "SELECT DISTINCT session FROM observations JOIN responses ON responses.id = response "
        "WHERE participant = ? AND session IN (SELECT id FROM sessions) ORDER BY session",
        (participant,),
    ).fetchall()
    sessions = [session for (session,) in rows]
    gone = 0
    for session in sessions:
        gone += remove(db, session)[1]
        db.execute("DELETE FROM deleted WHERE session = ?", (session,))
    gone += db.execute("DELETE FROM responses WHERE participant = ?", (participant,)).rowcount
    db.execute(_UNUSED_TURNS)
    clear(db)
    return sessions, gone


def clear(db: sqlite3.Connection) -> None:
    """Take out what no row uses any more."""
    for statement in _UNUSED:
        db.execute(statement)
