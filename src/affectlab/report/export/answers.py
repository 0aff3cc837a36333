"""Every response with its whole distribution, and everything that was said, straight from the store."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from affectlab.report.export.layout import MATERIALS, TURNS, write_json, write_rows
from affectlab.report.export.variables import SAID
from affectlab.store.store import Store

AT_ONCE = 20_000
"""Responses in memory together."""

ANSWERS = (
    "key",
    "participant",
    "conversation",
    "opening",
    "kind",
    "options",
    "logprobs",
    "bounds",
    "coverage",
    "entropy",
    "refused",
    "text",
    "finish",
    "tokens",
    "seed",
    "obtained",
    "requested",
    "honoured",
    "block",
    "attempt",
)
_NUMBERS = ("coverage", "entropy", "refused", "seconds")
_COUNTS = ("options", "tokens", "seed", "requested", "honoured", "block", "attempt")


def write_answers(store: Store, path: Path) -> pd.DataFrame:
    """Write every response in the order in which they came; returns an empty table with the columns' types."""
    # only people take a time that means something
    timed = store.query("SELECT 1 FROM responses WHERE seconds IS NOT NULL LIMIT 1")[1]
    columns = (*ANSWERS, "seconds") if timed else ANSWERS
    write_rows(path, columns, _answers(store, columns))
    kinds = {name: "float64" if name in _NUMBERS else "int64" if name in _COUNTS else "str" for name in columns}
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in kinds.items()})


def write_said(store: Store, folder: Path) -> None:
    """Write every turn linked to the one before it, the lists of options, and the parameters."""
    _, turns = store.query("SELECT id, parent, role, text FROM turns ORDER BY id")
    write_rows(folder / TURNS, [one.name for one in SAID], turns)
    for name, columns in (("options", ("options",)), ("parameters", ("requested", "honoured"))):
        used = " UNION ".join(f"SELECT {column} FROM responses" for column in columns)
        _, rows = store.query(f"SELECT id, text FROM texts WHERE id IN ({used}) ORDER BY id")
        write_json(folder / MATERIALS / f"{name}.json", {str(id): json.loads(text) for id, text in rows})


def _answers(store: Store, columns: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    named = ", ".join(columns)
    last = 0
    while True:
        sql = f"SELECT id, {named} FROM responses WHERE id > ? ORDER BY id LIMIT {AT_ONCE}"
        _, rows = store.query(sql, (last,))
        if not rows:
            return
        for id, *row in rows:
            last = id
            values = dict(zip(columns, row, strict=True))
            values["logprobs"] = _array(values["logprobs"])
            values["bounds"] = _pairs(values["bounds"])
            yield tuple(values.values())


def _array(blob: bytes | None) -> str | None:
    """Numbers as a JSON array; the logarithm of zero, which JSON does not have, is null."""
    if blob is None:
        return None
    numbers = np.frombuffer(blob, dtype=np.float64).tolist()
    return json.dumps([number if math.isfinite(number) else None for number in numbers])


def _pairs(blob: bytes | None) -> str | None:
    return None if blob is None else json.dumps(np.frombuffer(blob, dtype=np.float64).reshape(-1, 2).tolist())
