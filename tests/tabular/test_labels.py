"""Labels stay what they are, and codes of missing values are those of their column: forms from a grammar."""

from __future__ import annotations

import itertools
import random

import numpy as np
import pandas as pd
import pytest

from affectlab.effects.analyse import analyse
from affectlab.errors import DataError
from affectlab.results.tidy import tidy
from affectlab.tabular.design import Design
from affectlab.tabular.levels import level_labels, short_form
from affectlab.tabular.missing import suspects
from tests.tabular.conftest import Command

MARKS = ("_", ".", "-", "e", "E", "/", ":", " ", ",", "0x", "'")


def identifiers() -> list[str]:
    """Two numbers and a mark between or before them, in either order, with zeros behind; and long numbers."""
    made = {f"{one}{mark}{two}" for one, two in itertools.permutations(("1", "11", "10", "100"), 2) for mark in MARKS}
    made |= {f"9{'0' * zeros}{last}" for zeros in (14, 17, 20) for last in range(1, 9)}
    made |= {"inf", "1_1", "11", "infinity", "1j", "１１", "true"}
    return sorted(made)


def same(one: str, other: str) -> bool:
    """Whether two labels are one whole number, by a rule that shares nothing with the reader."""
    bare = [text.partition(".") for text in (one, other)]
    if not all(head.isascii() and head.isdigit() and not tail.strip("0") for head, _, tail in bare):
        return False
    return int(bare[0][0]) == int(bare[1][0])


def test_only_what_is_the_same_whole_number_is_merged() -> None:
    found = list(level_labels(pd.Series(identifiers())))
    for (one, first), (other, second) in itertools.combinations(zip(identifiers(), found, strict=True), 2):
        assert first != second or same(one, other), (one, other)
    for one, other in itertools.combinations(identifiers(), 2):
        both = level_labels(pd.Series([one, other]))
        assert (both[0] == both[1]) == same(one, other), (one, other)


@pytest.mark.parametrize(
    "texts", [["007", "7", "7.0", "7."], ["-0", "0", "+0"], ["1" + "0" * 20, "1" + "0" * 20 + ".00"]]
)
def test_a_whole_number_is_one_level_however_it_is_written(texts: list[str]) -> None:
    assert len(set(map(short_form, texts))) == 1


def test_persons_with_marks_in_their_labels_are_not_paired_with_strangers(command: Command) -> None:
    rows = "".join(
        f"{i},{c},{n}_{n + 10 if c == 'a' else n * 7}\n" for n in range(1, 9) for i, c in ((n, "a"), (9 - n, "b"))
    )
    with pytest.raises(DataError, match="under both"):
        command(f"x,c,id\n{rows}", "--outcome x --condition c --unit id --within id")
    said = command(f"x,c,id\n{rows}", "--outcome x --condition c --unit id")
    assert said["n"] == 16


def test_long_identifiers_do_not_collapse(command: Command) -> None:
    rows = "".join(f"{n % 5 + (n % 2)},{'ab'[n % 2]},{10**17 + n}\n" for n in range(24))
    assert command(f"x,c,id\n{rows}", "--outcome x --condition c --unit id")["n"] == 24
    table = pd.DataFrame({"id": [float(10**15 + n) for n in range(4)]})
    assert level_labels(table["id"]).categories.size == 4


@pytest.mark.parametrize(("level", "said"), [("1_1", "1_1"), ("01", "1"), ("1.0", "01"), ("2.50", "2.50")])
def test_a_level_is_found_as_it_is_shown_and_as_it_is_written(command: Command, level: str, said: str) -> None:
    rows = "".join(f"{n},{level if n % 2 else '7'}\n" for n in range(8))
    for control in (level, said):
        assert command(f"x,c\n{rows}", f"--outcome x --condition c --control {control}")["first"] == "7"


def test_a_codebook_keeps_labels_as_they_are_written(command: Command, tmp_path: pytest.TempPathFactory) -> None:
    book = f"{tmp_path}/book.yaml"
    with open(book, "w", encoding="utf-8") as file:
        file.write("c: {role: condition, labels: {1_1: no, 11: yes}}\nx: outcome\n")
    said = command("x,c\n1,1_1\n2,1_1\n5,11\n7,11\n", f"--codebook {book}")
    assert {said["first"], said["second"]} == {"no", "yes"}


# --- codes of missing values


def table(codes: tuple[str, ...] = (), last: int = 99) -> pd.DataFrame:
    """Persons up to a number, scores of 1 to 7, and codes in the place of some of them."""
    scores = [str(1 + n * 5 % 7 + (n % 2) * (n % 3 == 0)) for n in range(24)]
    scores[3 : 3 + len(codes)] = codes
    persons = [str(last - 23 + n) for n in range(24)]
    return pd.DataFrame({"x": scores, "c": ["a", "b"] * 12, "id": persons})


def test_a_code_without_a_column_is_of_the_scores_alone() -> None:
    made = analyse(table(("99",)), Design("x", "c", unit="id"), missing=["99"])
    assert sum(made.gaps.outcome.values()) == 1
    assert made.gaps.unit == 0
    columns = {"outcome": "x", "condition": "c", "unit": "id"}
    assert set(tidy(table(("99",)), columns, ["99"]).rows["unit"].astype(str)) == set(table()["id"])
    named = analyse(table(), Design("x", "c", unit="id"), missing=["id=99"])
    assert named.gaps.unit == 1
    with pytest.raises(DataError, match="no column `y`, of which `99` is to be a code"):
        analyse(table(), Design("x", "c", unit="id"), missing=["y=99"])


CODES = ("-9", "-1", "-99", "-88", "-77", "-999", "77", "88", "99", "777", "888", "999", "-8", "-7")


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_codes_are_noticed_each_without_the_others(count: int) -> None:
    draw = random.Random(count)
    for _ in range(15):
        chosen = tuple(draw.sample(CODES, count))
        rows = table(chosen)
        with pytest.raises(DataError, match="as a code of missing values would") as refused:
            analyse(rows, Design("x", "c", unit="id"))
        assert all(f"'x={code}'" in refused.value.hint for code in chosen)
        said = refused.value.hint.partition(";")[0].replace("say ", "").replace("--missing ", "").replace("'", "")
        assert analyse(rows, Design("x", "c", unit="id"), missing=said.split()).gaps.outcome
        assert analyse(rows, Design("x", "c", unit="id"), missing=["x=nothing"]).contrasts


@pytest.mark.parametrize(
    "scores",
    [
        range(-3, 4),
        range(-9, 10),
        range(0, 101),
        range(60, 100),
        [-1, 0, 1, 2, 3, 4],
        np.random.default_rng(1).normal(3, 2, 60).round(2),
        np.random.default_rng(2).normal(0, 2, 60).round(0),
    ],
)
def test_scores_are_no_codes(scores: object) -> None:
    assert suspects(np.asarray(scores, float)) == []


@pytest.mark.parametrize("word", ["NA", "na", "N/A", "None", "Missing"])
def test_a_word_for_a_gap_may_be_a_label(word: str) -> None:
    """Negative affect, or a person's initials."""
    rows = table()
    rows.loc[[4, 5], "id"] = [word, "PA"]
    without = analyse(rows, Design("x", "c", unit="id"))
    assert without.gaps.unit == 1
    assert any(f"say --keep 'id={word}'" in note for note in without.notes)
    for keep in (word, f"id={word}"):
        kept = analyse(rows, Design("x", "c", unit="id"), keep=[keep])
        assert kept.gaps.unit == 0
        assert not any("--keep" in note for note in kept.notes)
