"""Data of jsPsych: a list of what happened, one object for each screen, and answers that are objects themselves."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pandas as pd

from affectlab.tabular.header import Row

_OWN = ("trial_type", "trial_index")
"""What every object of jsPsych has."""
ANSWERS = "response"


def rows_of_jspsych(raw: bytes) -> list[Row] | None:
    """The table that is in a JSON file of jsPsych, its names first; None where it is another file.

    Lists of several participants, one after another, are one table. An answer that is an object becomes a column for
    each of its parts (``response.Q0``). The place of an object in the file is its line.
    """
    if not raw.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"[") or b"trial_index" not in raw:
        return None
    try:
        found = json.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return None
    objects = [one for part in found for one in (part if isinstance(part, list) else [part])]
    if not objects or not all(isinstance(one, dict) and all(name in one for name in _OWN) for one in objects):
        return None
    flat = [dict(_parts(one)) for one in objects]
    names = list(dict.fromkeys(name for one in flat for name in one))
    return [(0, names), *((at, [one.get(name, "") for name in names]) for at, one in enumerate(flat, 1))]


def _parts(one: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in one.items():
        if isinstance(value, dict):
            yield from ((f"{name}.{part}", _cell(inner)) for part, inner in value.items())
        else:
            yield str(name), _cell(value)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def answers_apart(table: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """The table with a column for each part of answers that jsPsych wrote as objects into one cell, and a remark."""
    if not set(table.columns) >= {*_OWN, ANSWERS}:
        return table, []
    found = [_object(text) for text in table[ANSWERS]]
    names = dict.fromkeys(f"{ANSWERS}.{part}" for one in found for part in one)
    if not names or any(name in table for name in names):
        return table, []
    made = {name: [_cell(one.get(name.removeprefix(f"{ANSWERS}."))) for one in found] for name in names}
    shown = ", ".join(f"`{name}`" for name in list(names)[:5])
    return table.assign(**made), [f"answers of several questions in `{ANSWERS}` stand apart as {shown}"]


def _object(text: str) -> dict[str, Any]:
    if not text.startswith("{"):
        return {}
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return {str(name): value for name, value in found.items()} if isinstance(found, dict) else {}
