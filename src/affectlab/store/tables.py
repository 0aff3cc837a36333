"""What a store holds as data frames, for a run of any size: a name is held once, and rows are read some at a time."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from affectlab.store.store import Store

if TYPE_CHECKING:
    import pandas as pd

AT_ONCE = 500
"""Rows that are Python objects together: few enough to stay in the processor's cache."""

_PLACE = ("point", "measure", "item", "scale")
_TRIALS = """
SELECT point || char(31) || measure || char(31) || item || char(31) || scale, session, response, value
FROM trials ORDER BY rowid"""
_RESPONSES = "SELECT obtained, id, attempt, coverage, entropy, refused, text, key FROM responses ORDER BY id"


def cells(store: Store) -> pd.DataFrame:
    """One row for each session that is done: the factors of its cell.

    The vignette's place in its file is ``text_number``, so that ``text`` of the trials is what was said.
    """
    import pandas as pd

    _, rows = store.query("SELECT cell FROM sessions ORDER BY id")
    table = pd.DataFrame([json.loads(cell) for (cell,) in rows])
    return table.rename(columns={"index": "session", "text": "text_number"})


def trials(store: Store) -> pd.DataFrame:
    """One row for each number, with its cell and its response, in the order in which they came.

    Names are categories; ``state`` and ``scale`` have the same categories, so that one may be compared with the other.
    """
    import pandas as pd

    places, session, response, value = _numbers(store)
    responses = _responses(store)
    at = np.searchsorted(responses.pop("id").to_numpy(), response)
    sessions = _named(cells(store))
    cell = pd.Index(sessions["session"]).get_indexer(session) if len(sessions) else session
    parts = [_taken(sessions, cell), places, pd.DataFrame({"value": value}), _taken(responses, at)]
    table = pd.concat(parts, axis=1)
    if "state" in table:
        either = table["scale"].cat.categories.union(table["state"].cat.categories, sort=False)
        table["scale"], table["state"] = (table[name].cat.set_categories(either) for name in ("scale", "state"))
    return table


def _numbers(store: Store) -> tuple[pd.DataFrame, Any, Any, Any]:
    """Where each number stands (point, measure, item, scale), its session, its response's id, and the number."""
    import pandas as pd

    known: dict[str, int] = {}
    parts: list[tuple[Any, ...]] = []
    for place, session, response, value in _columns(store, _TRIALS):
        for name in dict.fromkeys(place):
            known.setdefault(name, len(known))
        code = np.fromiter(map(known.__getitem__, place), np.int32, len(place))
        parts.append((code, np.array(session, np.int64), np.array(response, np.int64), np.array(value, np.float64)))
    empty = (np.zeros(0, np.int32), np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))
    place, session, response, value = (np.concatenate(column) for column in zip(*(parts or [empty]), strict=True))
    names = pd.DataFrame([name.split("\x1f") for name in known], columns=list(_PLACE), dtype=object)
    levels = {name: pd.Categorical(names[name], categories=pd.unique(names[name])) for name in _PLACE}
    return _taken(pd.DataFrame(levels), place), session, response, value


def _responses(store: Store) -> pd.DataFrame:
    """Every response that a number may rest on, without its distribution."""
    import pandas as pd

    obtained: dict[str, int] = {}
    parts: list[tuple[Any, ...]] = []
    texts: list[str | None] = []
    keys: list[str] = []
    for how, id, attempt, coverage, entropy, refused, text, key in _columns(store, _RESPONSES):
        for name in dict.fromkeys(how):
            obtained.setdefault(name, len(obtained))
        code = np.fromiter(map(obtained.__getitem__, how), np.int8, len(how))
        numbers = [np.array(one, np.float64) for one in (coverage, entropy, refused)]
        parts.append((code, np.array(id, np.int64), np.array(attempt, np.int64), *numbers))
        texts += text
        keys += key
    empty = (np.zeros(0, np.int8), np.zeros(0, np.int64), np.zeros(0, np.int64), *[np.zeros(0)] * 3)
    joined = [np.concatenate(column) for column in zip(*(parts or [empty]), strict=True)]
    return pd.DataFrame(
        {
            "id": joined[1],
            "coverage": joined[3],
            "entropy": joined[4],
            "obtained": pd.Categorical.from_codes(joined[0], pd.Index(list(obtained), dtype=object)),
            "refused": joined[5],
            "text": pd.Series(texts, dtype="str"),
            "attempt": joined[2],
            "key": pd.Categorical.from_codes(np.arange(len(keys), dtype=np.int32), pd.Index(keys, dtype=object)),
        }
    )


def _columns(store: Store, sql: str) -> Any:
    """The columns of a query's rows, some rows at a time."""
    for rows in store.chunks(sql, AT_ONCE):
        yield tuple(zip(*rows, strict=True))


def _taken(table: pd.DataFrame, places: Any) -> pd.DataFrame:
    """Rows of a table, by their places."""
    return table.take(places).reset_index(drop=True)


def _named(table: pd.DataFrame) -> pd.DataFrame:
    """The table with its columns of text as categories."""
    text = [name for name in table.columns if table[name].dtype in ("object", "str", "string")]
    return table.astype(dict.fromkeys(text, "category"))
