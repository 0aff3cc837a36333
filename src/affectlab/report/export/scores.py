"""The exported scores, back as exactly the table that they were."""

from __future__ import annotations

import json
import math
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from affectlab import renamed
from affectlab.errors import StoreError
from affectlab.report.export.layout import PACKAGE
from affectlab.shown import uncelled

_NAMES = ("scores", *(old for old, new in renamed.TABLES.items() if new == "scores"))
"""What the table is called, and was called by version 0.1.0."""
GENERATED = "generated"
"""How a reply is obtained: there ``text`` is a string, if an empty one; everywhere else there is none."""


def read_scores(folder: Path | str) -> pd.DataFrame:
    """The scores of an exported run: the table that ``Run.scores()`` gives, every number bit for bit.

    Raises:
        StoreError: the folder holds no export.
    """
    try:
        package = json.loads((Path(folder) / PACKAGE).read_text("utf-8"))
        (scores,) = (resource for resource in package["resources"] if resource["name"] in _NAMES)
    except (OSError, ValueError, KeyError):
        raise StoreError(f"{folder} holds no export", hint="name the --to of `affectlab export`") from None
    cells = pd.read_csv(Path(folder) / scores["path"], dtype=str, keep_default_na=False, encoding="utf-8")
    kinds = {field["name"]: field["type"] for field in scores["schema"]["fields"]}
    table = pd.DataFrame({name: _typed(cells[name], kind) for name, kind in kinds.items()})
    for name in renamed.LEVELS:
        if name in table:
            table[name] = table[name].map(partial(renamed.level_now, name))
    silent = (table["obtained"] == GENERATED) & table["text"].isna()
    table.loc[silent, "text"] = ""
    return table


def _typed(cells: pd.Series[str], kind: str) -> pd.Series[Any]:
    """Cells as the values that they were; numbers are parsed one by one, which is exact."""
    if kind == "integer":
        return cells.map(int).astype("int64")
    if kind == "number":
        return cells.map(lambda cell: float(cell) if cell else math.nan).astype("float64")
    return cells.map(uncelled).mask(cells == "")
