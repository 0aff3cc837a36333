"""The rows of a store of an older form, copied into one of this form."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from affectlab.store.checksums import SUMS
from affectlab.store.schema import FIRST, layout
from affectlab.store.store import Store

_COPY = """
INSERT INTO meta SELECT key, value FROM old.meta WHERE key != 'version';
INSERT INTO turns SELECT id, parent, role, text FROM old.turns;
INSERT INTO texts SELECT id, text FROM old.texts;
INSERT INTO responses SELECT id, key, participant, conversation, opening, kind, options, logprobs, coverage, entropy,
  refused, bounds, text, finish, tokens, seed, obtained, requested, honoured, NULL, NULL, block, attempt, NULL
  FROM old.responses;
INSERT INTO sessions SELECT id, cell, conversation FROM old.sessions;
INSERT INTO incidents SELECT id, attempt, kind, detail FROM old.incidents;
INSERT INTO places (point, measure, item, scale, check_id, subject, variant)
  SELECT point, measure, item, scale, '', '', '' FROM old.trials GROUP BY 1, 2, 3, 4 ORDER BY min(rowid);
INSERT INTO places (point, measure, item, scale, check_id, subject, variant)
  SELECT point, '', item, scale, check_id, subject, variant FROM old.asides
  GROUP BY 1, 3, 4, 5, 6, 7 ORDER BY min(rowid);
INSERT INTO scores SELECT 1, session, places.id, response, value FROM old.trials AS made JOIN places
  USING (point, measure, item, scale) WHERE places.check_id = '' ORDER BY made.rowid;
INSERT INTO scores SELECT 1, session, places.id, response, value FROM old.asides AS made JOIN places
  USING (point, item, scale, check_id, subject, variant) ORDER BY made.rowid;
"""

_NAME = """
UPDATE places SET measure = (SELECT measure FROM probes WHERE probes.point = places.point
  AND probes.item = places.item AND probes.check_id = places.check_id AND probes.subject = places.subject
  AND probes.variant = places.variant) WHERE check_id != '';
"""

_GUESS = """
CREATE TEMP TABLE asked AS SELECT min(scores.rowid) AS at, session, point, measure, item,
  CASE responses.kind WHEN 'reply' THEN 'spoken' ELSE 'read' END AS kind,
  CASE WHEN check_id = '' THEN 'outcome' ELSE 'check' END AS purpose, check_id, subject, variant, response
  FROM scores JOIN places ON places.id = scores.place JOIN responses ON responses.id = scores.response
  GROUP BY session, point, measure, item, check_id, subject, variant, response;
INSERT INTO probes (point, measure, item, kind, purpose, observer, check_id, subject, variant)
  SELECT DISTINCT point, measure, item, kind, purpose, '', check_id, subject, variant FROM asked;
INSERT INTO observations (session, probe, response) SELECT session, probes.id, response FROM asked JOIN probes
  USING (point, measure, item, kind, purpose, check_id, subject, variant) ORDER BY at;
DROP TABLE asked;
"""


def copy(store: Store, old: Path, form: str) -> None:
    """Copy everything that a store of an older form holds.

    Raises:
        StoreError: it cannot be read.
    """
    with store.beside(old):
        store.do(_COPY if form == FIRST else ";\n".join(_as_it_is()))


def _as_it_is() -> Iterator[str]:
    """What copies a store that has all of this form but the checksums."""
    for table, columns in layout().items():
        names = ", ".join(name for name, _ in columns if name != "checksum")
        where = " WHERE key != 'version'" if table == "meta" else ""
        if table != SUMS:
            yield f"INSERT INTO {table} ({names}) SELECT {names} FROM old.{table}{where}"


def name_checks(store: Store) -> None:
    """Say of each number for a check with what it was measured, which the first form did not."""
    store.do(_NAME)


def guess_observations(store: Store) -> None:
    """What must have been observed for the numbers that there are, where no material tells more."""
    store.do(_GUESS)
