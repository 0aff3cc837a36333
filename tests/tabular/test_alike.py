"""Labels that a reader takes for one are noticed in one line; what is typed finds the column that it looks like."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from affectlab.cli import app
from affectlab.errors import DataError
from affectlab.tabular.alike import lookalikes
from tests.tabular.conftest import Command

HIDDEN = ("\u200b", "\u200d", "\u00ad", "\ufeff", "\u2060", "\u034f", "\ufe0f", "\u3164")
FORMS = (("fr\u00f6h", "fro\u0308h"), ("sad", "\uff53ad"), ("fine", "\ufb01ne"), ("very sad", "very\u00a0sad"))


def rows(first: str, second: str, column: str) -> pd.DataFrame:
    """Two labels that look the same, of conditions or of persons."""
    table = pd.DataFrame({"x": range(12), "c": ["a", "b"] * 6, "who": [f"p{n}" for n in range(12)]})
    table.loc[[2, 4], column] = first
    table.loc[[6, 8], column] = second
    return table if column == "c" else table.drop(index=[4, 8])


@pytest.mark.parametrize("column", ["c", "who"])
@pytest.mark.parametrize("command", ["analyse", "tables"])
@pytest.mark.parametrize(("first", "second"), [*(("sad", f"sa{one}d") for one in HIDDEN), *FORMS])
def test_labels_that_look_the_same_are_noticed(
    tmp_path: Path, command: str, column: str, first: str, second: str
) -> None:
    path = tmp_path / "data.csv"
    rows(first, second, column).to_csv(path, index=False)
    options = ["--outcome", "x", "--condition", "c", "--unit", "who"]
    refused = CliRunner().invoke(app, [command, str(path), *options]).exception
    assert isinstance(refused, DataError)
    assert f"in `{column}` differ in " in refused.message
    assert "\\u" in refused.message, "what cannot be seen is shown"
    assert refused.line is not None
    assert "\n" not in str(refused)


def test_labels_that_can_be_told_apart_are_two() -> None:
    assert lookalikes(["x2", "x²", "p1", "p10", "naïve", "naive", "a b", "ab", "\u0430"]) == []


def test_codes_of_persons_may_differ_in_capitals(command: Command) -> None:
    said = command(rows("k", "K", "who"), "--outcome x --condition c --unit who")
    assert any("`k` and `K` in `who` differ in capitals only and are two" in note for note in said["notes"])


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("typed", ["NFC", "NFD"])
def test_a_column_is_found_in_either_form(command: Command, form: str, typed: str) -> None:
    name = unicodedata.normalize(form, "Größe")
    text = f"\u200b{name},c\n1,a\n2,a\n4,b\n6,b\n"
    wanted = unicodedata.normalize(typed, "Größe")
    options = f"--outcome {wanted} --condition c --missing {wanted}=99 --where {wanted}=1|2|4|6"
    assert command(text, options.replace("|", r"\|"))["difference"] == pytest.approx(-3.5)
