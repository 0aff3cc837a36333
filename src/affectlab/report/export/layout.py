"""Where things lie in an export, and what its files are called."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from affectlab.report.table import celled, spreadsheet
from affectlab.shown import shown

ENDING = "\r\n"
"""How a line of CSV ends (RFC 4180). With it, a carriage return that was said is quoted and not taken for an end."""

DESCRIPTION = "dataset_description.json"
PACKAGE = "datapackage.json"
IGNORED = ".psychds-ignore"
"""Names the files that are none of Psych-DS, for its validator."""
DATA = "data"
MATERIALS = "materials"
TURNS = f"{MATERIALS}/turns.csv"
ANALYSIS = "analysis"
RESULTS = "results"
DOCUMENTATION = "documentation"


def data_file(study: str, table: str) -> str:
    """The path of a table, named with the official keys of Psych-DS, whose values are letters and digits.

    >>> data_file("two-states", "scores")
    'data/study-twostates_description-scores_data.csv'
    """
    return f"{DATA}/study-{re.sub(r'[^A-Za-z0-9]', '', study)}_description-{table}_data.csv"


def write_text(path: Path, text: str) -> None:
    """Write a file, and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")


def write_json(path: Path, value: Any) -> None:
    """Write a value as JSON that a person can read."""
    write_text(path, shown(json.dumps(value, ensure_ascii=False, indent=1)) + "\n")


def write_rows(path: Path, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write rows as CSV; numbers in the shortest form that reads back bit for bit, None as an empty cell."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator=ENDING)
        writer.writerow(columns)
        writer.writerows(map(celled, rows))


def write_table(table: pd.DataFrame, path: Path) -> None:
    """Write a table in the same way; what is missing is an empty cell."""
    path.parent.mkdir(parents=True, exist_ok=True)
    spreadsheet(table).to_csv(path, index=False, lineterminator=ENDING, encoding="utf-8")
