"""What a store holds as data frames, for a run of any size: a name is held once, and rows are read some at a time."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from affectlab.store.store import Store

if TYPE_CHECKING:
    import pandas as pd

AT_ONCE = 500
"""Rows that are Python objects together: few enough to stay in the processor's cache."""

_NAMES = ("point", "measure", "item", "scale")
_VALUES = "SELECT place, session, response, value FROM score_rows ORDER BY number"
"""In the order in which they came, which is that of the sessions where these were done one after another."""
_PLACES = "SELECT id, point, measure, item, scale FROM places"
_RESPONSES = "SELECT id, coverage, entropy, obtained, text FROM responses ORDER BY id"
_OF_CELL = ("text_number", "seed")
_OF_RESPONSE = ("refused", "attempt", "key")
"""What the scores tell and no analysis reads."""


def session_table(store: Store) -> pd.DataFrame:
    """One row for each session that is done: the factors of its cell.

    The vignette's place in its file is ``text_number``, so that ``text`` of the scores is what was said.
    """
    import pandas as pd

    _, rows = store.query("SELECT cell FROM sessions ORDER BY id")
    table = pd.DataFrame([json.loads(cell) for (cell,) in rows])
    if "person" in table:
        # models take part compared with human effects, and are none
        table["person"] = table["person"].fillna("")
    return table.rename(columns={"index": "session", "text": "text_number"})


def numbers(store: Store, sessions: pd.DataFrame) -> pd.DataFrame:
    """One row for each number, with the names of its cell and what is known of its response, in the order of
    the sessions and, within one, in that in which they came.

    Names are categories in the order of the alphabet, as strings are sorted; ``state`` and ``scale`` have the same,
    so that one may be compared with the other. ``response`` is the id of the response, which tells answers apart.

    Args:
        sessions: the store's ``session_table``.
    """
    import pandas as pd

    place, session, response, value = _values(store)
    # a study that names no languages has one without a name, so that all runs are analysed alike
    of_cell = sessions if "language" in sessions else sessions.assign(language="")
    named = _named(of_cell.drop(columns=list(_OF_CELL), errors="ignore"))
    cell = pd.Index(named["session"]).get_indexer(session) if len(named) else session
    responses = _responses(store)
    at = np.searchsorted(responses["response"].to_numpy(), response)
    parts = [_taken(named, cell), place, pd.DataFrame({"value": value}), _taken(responses, at)]
    table = pd.concat(parts, axis=1)
    if "state" in table:
        either = table["scale"].cat.categories.union(table["state"].cat.categories)
        table["scale"], table["state"] = (table[name].cat.set_categories(either) for name in ("scale", "state"))
    return table


def score_table(store: Store, sessions: pd.DataFrame, numbers: pd.DataFrame) -> pd.DataFrame:
    """The rows of ``numbers`` in full: names as strings, and everything that is known of cell and response."""
    import pandas as pd

    rows = numbers.astype({name: "str" for name, kind in numbers.dtypes.items() if kind == "category"})
    if len(sessions):
        rows = rows.merge(sessions[["session", *_OF_CELL]], on="session", how="left")
    _, known = store.query(f"SELECT id, {', '.join(_OF_RESPONSE)} FROM responses ORDER BY id")
    rest = pd.DataFrame(known, columns=["response", *_OF_RESPONSE]).astype({"refused": "float64", "key": "str"})
    rows = rows.merge(rest, on="response", how="left")
    return rows[[*sessions, *_NAMES, "value", "coverage", "entropy", "obtained", "refused", "text", "attempt", "key"]]


def _values(store: Store) -> tuple[pd.DataFrame, Any, Any, Any]:
    """Where each number stands (point, measure, item, scale), its session, its response's id, and the number."""
    import pandas as pd

    known: dict[int, int] = {}
    parts: list[tuple[Any, ...]] = [(np.zeros(0, np.int32), np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))]
    for place, session, response, value in _columns(store, _VALUES):
        code = _coded(place, known)
        parts.append((code, np.array(session, np.int64), np.array(response, np.int64), np.array(value, np.float64)))
    place, session, response, value = map(np.concatenate, zip(*parts, strict=True))
    if (np.diff(session) < 0).any():
        # done in another order, or side by side: the rows stand in the order of the plan all the same
        order = np.argsort(session, kind="stable")
        place, session, response, value = (one[order] for one in (place, session, response, value))
    places = {id: names for id, *names in store.query(_PLACES)[1]}
    names = pd.DataFrame([places[id] for id in known], columns=list(_NAMES), dtype="str")
    return _taken(_named(names), place), session, response, value


def _responses(store: Store) -> pd.DataFrame:
    """Every response that a number may rest on, without its distribution."""
    import pandas as pd

    known: tuple[dict[str | None, int], dict[str | None, int]] = ({}, {})
    parts: list[tuple[Any, ...]] = [(np.zeros(0, np.int64), *[np.zeros(0)] * 2, *[np.zeros(0, np.int32)] * 2)]
    for id, coverage, entropy, *names in _columns(store, _RESPONSES):
        numbers = [np.array(one, np.float64) for one in (coverage, entropy)]
        parts.append((np.array(id, np.int64), *numbers, *map(_coded, names, known)))
    id, coverage, entropy, obtained, text = map(np.concatenate, zip(*parts, strict=True))
    table = pd.DataFrame({"response": id, "coverage": coverage, "entropy": entropy})
    for name, code, of in zip(("obtained", "text"), (obtained, text), known, strict=True):
        table[name] = pd.Series(list(of), dtype="str").astype("category").array.take(code)
    return table


def _coded(names: Sequence[Any], known: dict[Any, int]) -> Any:
    """Each name's place among those that are known; what is new is added to them."""
    for name in dict.fromkeys(names):
        known.setdefault(name, len(known))
    return np.fromiter(map(known.__getitem__, names), np.int32, len(names))


def _columns(store: Store, sql: str) -> Iterator[tuple[Any, ...]]:
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
