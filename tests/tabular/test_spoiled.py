"""Tables of people spoiled cell by cell: a line, or numbers of which every row is accounted for; never a traceback.

A short form of forty in the suite; five thousand by hand (``pytest -m long``).
"""

from __future__ import annotations

import json
import math
import random
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from affectlab.effects.analyse import Analysis
from affectlab.effects.factorial import FactorialAnalysis
from affectlab.errors import AffectlabError
from affectlab.experiment.table import TableAnalysis, analyse_table
from affectlab.report.factorial import found_record, found_section
from affectlab.report.render.terminal import lines
from affectlab.tabular.overview import overview
from affectlab.tabular.prepared import Preparation

ODD = (
    *(
        "",
        " ",
        "NA",
        ".",
        "-",
        "99",
        "-9",
        "999",
        "1,5",
        "1.234",
        "1,234.5",
        "1e3",
        "1e999",
        "nan",
        "inf",
        "-0",
        "٣",
        "７",
    ),
    *(
        "x",
        "yes",
        "no",
        "0.1.2",
        "5 %",
        "=1+1",
        '"',
        "a;b",
        "\u200b",
        "pre",
        "film",
        "Film",
        "p1",
        "p01",
        "1_1",
        "9" * 400,
    ),
)
WIDE = Preparation(wide="sad_{time}")
ASKED = (
    TableAnalysis(outcome="sad_post", conditions=("group",), unit="vp"),
    TableAnalysis(outcome="sad_post", conditions=("group", "age"), unit="vp"),
    TableAnalysis(outcome="sad_post", conditions=("group",), unit="vp", covariates=("sad_pre",)),
    TableAnalysis(conditions=("group",), unit="vp", within=("time",), reading=WIDE),
    TableAnalysis(conditions=("group", "age"), unit="vp", within=("time",), reading=WIDE),
    TableAnalysis(conditions=("time",), unit="vp", within=("vp",), reading=WIDE),
)


def rows(chance: random.Random) -> list[list[str]]:
    """A wide table that is right, its names first."""
    made = [["vp", "group", "age", "sad_pre", "sad_post", "note"]]
    for one in range(chance.randrange(8, 25)):
        level = chance.gauss(4, 1)
        scores = [f"{level + chance.gauss(0, 1):.{chance.choice((1, 2))}f}" for _ in range(2)]
        made.append([f"p{one}", ("film", "walk")[one % 2], ("old", "young")[one // 2 % 2], *scores, "ok"])
    return made


def spoiled(table: list[list[str]], chance: random.Random) -> list[list[str]]:
    """The table with some cells, names, rows or columns changed."""
    made = [list(row) for row in table]
    for _ in range(chance.choice((0, 1, 1, 2, 3, 8))):
        at = chance.randrange(len(made))
        how = chance.random()
        if how < 0.72:
            made[max(at, 1)][chance.randrange(6)] = chance.choice(ODD)
        elif how < 0.76:
            made[0][chance.randrange(6)] = chance.choice((*ODD, "sad_pre", "time"))
        elif how < 0.84:
            made.insert(chance.randrange(1, len(made) + 1), list(made[max(at, 1)]))
        elif how < 0.9:
            column, value = chance.randrange(6), chance.choice(ODD)
            for one in made[1:]:
                one[column] = value if chance.random() < 0.7 else one[column]
        elif how < 0.95:
            made.insert(at, [""] * 6)
        elif len(made) > 3:
            del made[max(at, 1)]
    return made


def numbers(value: Any) -> list[float]:
    """Every number of a record."""
    if isinstance(value, dict):
        return [one for inner in value.values() for one in numbers(inner)]
    if isinstance(value, list):
        return [one for inner in value for one in numbers(inner)]
    return [float(value)] if isinstance(value, int | float) and not isinstance(value, bool) else []


def unaccounted(made: Analysis | FactorialAnalysis, table: Sequence[Sequence[str]], times: int) -> str:
    """What is wrong with how rows are accounted for: each is in a number, or in a note on how many are left out."""
    filled = sum(any(cell.strip() for cell in row) for row in table) * times - times
    said = found_record(made)
    left = sum(int(note.split()[0]) for note in said["notes"] if " rows have no " in note and note.split()[0].isdigit())
    without = sum(
        len(re.findall(r"\d+", re.split(" is | has ", note)[0])) for note in said["notes"] if note.startswith("line ")
    )
    if any(" are one row: " in note for note in said["notes"]):
        return ""
    if isinstance(made, Analysis):
        counted = sum(one["rows"] for one in said["conditions"])
    else:
        cells = sum(one["n"] for one in said["cells"])
        counted = cells + made.cells.left_out * times
        counted = filled - left - without if any("lack a combination" in n for n in said["notes"]) else counted
    return (
        ""
        if counted + left + without == filled
        else f"{counted} + {left} + {without} of {filled} rows: {said['notes']}"
    )


def fault(number: int, folder: Path) -> str:
    """What went wrong with one spoiled table; empty where nothing did."""
    chance = random.Random(f"people {number}")
    table, asked = spoiled(rows(chance), chance), chance.choice(ASKED)
    path = folder / "people.csv"
    mark = chance.choice(",;\t")
    cells = [[json.dumps(cell, ensure_ascii=False) if mark in cell else cell for cell in row] for row in table]
    path.write_text("".join(mark.join(row) + "\n" for row in cells))
    try:
        json.dumps(overview(path).row(), allow_nan=False)
    except AffectlabError as error:
        if "\n" in str(error) or not error.message:
            return f"refused with {error!s}"
    try:
        made = analyse_table(path, asked)
    except AffectlabError as error:
        return (
            "" if "\n" not in str(error) and error.message and error.exit_code in (2, 3) else f"refused with {error!s}"
        )
    said = found_record(made)
    json.dumps(said, allow_nan=False)
    if not all(map(math.isfinite, numbers(said))):
        return "a number that is none"
    if not list(lines(found_section(made))):
        return "nothing is shown"
    return unaccounted(made, table, 2 if asked.reading.wide else 1)


def faults(count: int, folder: Path, begin: int = 0) -> list[str]:
    """The faults of so many tables, each with its number."""
    return [f"{number}: {said}" for number in range(begin, begin + count) if (said := fault(number, folder))]


def test_spoiled_tables_are_refused_or_every_row_is_accounted_for(tmp_path: Path) -> None:
    assert faults(40, tmp_path) == []


def test_a_table_that_is_right_is_analysed(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    table = rows(random.Random(3))
    path.write_text("".join(",".join(row) + "\n" for row in table))
    for asked in ASKED:
        assert unaccounted(analyse_table(path, asked), table, 2 if asked.reading.wide else 1) == ""


@pytest.mark.long
def test_five_thousand_spoiled_tables(tmp_path: Path) -> None:
    assert faults(5_000, tmp_path, 10_000) == []
