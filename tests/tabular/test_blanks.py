"""Values written once for several rows are carried down when that is said; stray quotes take no row in silence."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from affectlab.errors import DataError
from affectlab.tabular.source import read_source
from tests.tabular.conftest import Command

ROLES = "--outcome x --condition c --unit person --within person"


def saved(runs: tuple[int, ...], blank: str = "") -> str:
    """Persons with so many rows each, alternately under two conditions, their label written once."""
    lines = ["person,c,x"]
    for person, times in enumerate(runs):
        lines += [
            f"{f'p{person}' if at == 0 else blank},{'ab'[at % 2]},{person + at % 2 * (1 + person % 3)}"
            for at in range(times)
        ]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("runs", [(2,) * 6, (2, 2, 2, 2, 2, 1), (4,) * 5, (3, 4, 2, 5, 3, 6)])
@pytest.mark.parametrize("blank", ["", "  "])
def test_merged_cells_are_told_and_carried_down(command: Command, runs: tuple[int, ...], blank: str) -> None:
    options = f"{ROLES} --average"
    with pytest.raises(DataError, match=r"data\.csv:3: .* of `person` are blank, always below .* say --blanks carry"):
        command(saved(runs, blank), options)
    said = command(saved(runs, blank), options, "--blanks carry")
    assert said["n"] == sum(times > 1 for times in runs)
    assert said["missing"]["unit"] == 0
    assert any("carry the value above" in note for note in said["notes"])


def test_gaps_here_and_there_stay_gaps(command: Command) -> None:
    rows = "".join(f"{'' if n in (5, 11) else f'p{n}'},{'ab'[n % 2]},{n * 7 % 5}\n" for n in range(20))
    assert command(f"person,c,x\n{rows}", "--outcome x --condition c --unit person")["missing"]["unit"] == 2
    with pytest.raises(DataError, match="`b` has 0 units"):
        command(saved((2,) * 6), "--outcome x --condition c --unit person --blanks gaps")


@pytest.mark.parametrize(("column", "lost"), list(itertools.product(range(4), (1, 2, 3))))
def test_a_stray_quote_takes_no_row_in_silence(tmp_path: Path, column: int, lost: int) -> None:
    """A quote opens in a column of one row and closes in the same column, so many rows below."""
    rows = [["1", "a", "fine", "k"] for _ in range(8)]
    rows[2][column] = f'"{rows[2][column]}'
    rows[2 + lost][column] = f'{rows[2 + lost][column]}"'
    path = tmp_path / "data.csv"
    path.write_text("x,c,note,id\n" + "".join(",".join(row) + "\n" for row in rows))
    table, remarks = read_source(path)
    assert len(table) == 8 - lost
    assert any(f"lines 4 to {4 + lost} are one row" in remark for remark in remarks)


def test_a_value_over_lines_is_no_row(tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    path.write_text('x,c,note,id\n1,a,"well, so\nand then",k\n2,b,"no\n\nyes",k\n')
    assert read_source(path).remarks == ()
