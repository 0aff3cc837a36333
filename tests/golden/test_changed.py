"""The tables of `docs/reference/changed-values/` have every golden value that moved, and none that did not."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any

import pytest

from affectlab.design.load import shipped
from tests.golden import former as keeping
from tests.golden import values
from tests.golden.changed import HEAD, TABLES, THREE, WHY, differences, forms, moved, path, why
from tests.golden.former import digest, former, replace, versions
from tests.golden.independent import computed
from tests.golden.values import BENCHMARK, GOLDEN, golden, pack, unpack
from tests.needs import needs_r

STUDIES = sorted(shipped())
PAGE = TABLES.with_suffix(".md")


def rows(study: str) -> list[dict[str, str]]:
    """The table of a study."""
    with path(study).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("study", STUDIES)
def test_the_table_of_a_study_has_every_difference_and_no_other(study: str) -> None:
    told = [tuple(row[column] for column in (*HEAD[:5], HEAD[6])) for row in rows(study)]
    assert told == [(*one.told, why(one)) for name in forms(study) for one in differences(name)]


@pytest.mark.parametrize("study", STUDIES)
def test_the_independent_computation_gives_the_new_value(study: str) -> None:
    for row in rows(study):
        by, _, said = row["independent computation"].partition(": ")
        if by in ("R", "scipy"):
            assert numbers(said) == pytest.approx(numbers(row["new value"]), rel=1e-6, abs=1e-8), row
        elif row["quantity"] == "largest" and row["new value"] == "no":
            own, in_row, in_column = map(float, re.findall(r"-?\d+\.\d+", said))
            assert own < max(in_row, in_column)
        else:
            assert re.search(r"^\d texts$|^1 state |^items: \d|is 0$", said), row


def numbers(text: str) -> list[float]:
    """The numbers of a cell."""
    return [float(one) for one in re.findall(r"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?", text)]


@pytest.mark.parametrize("name", [name for name in GOLDEN if name not in THREE])
def test_of_the_first_scores_all_but_those_that_are_kept_are_those_of_today(name: str) -> None:
    kept = former()[name]
    assert digest(unpack(golden(name))["scores"], kept["scores"]) == kept["sha256"]


LARGEST = "regulation-screen"


@pytest.mark.parametrize(
    "study", [pytest.param(one, marks=pytest.mark.long) if one == LARGEST else one for one in THREE]
)
def test_the_form_with_three_texts_has_every_score_of_that_with_two(study: str) -> None:
    """So all that its findings say otherwise comes of the third text, and of the interval."""
    two, three = (unpack(golden(name))["scores"] for name in (f"{study}{BENCHMARK}", study))
    at = two["columns"].index("session")
    assert two["columns"] == three["columns"]
    there = {str([*row[:at], *row[at + 1 :]]) for row in three["rows"]}
    assert all(str([*row[:at], *row[at + 1 :]]) in there for row in two["rows"])


def test_every_table_and_every_reason_stands_on_the_page() -> None:
    text = PAGE.read_text("utf-8")
    assert {one.stem for one in TABLES.iterdir()} == set(STUDIES)
    assert set(re.findall(r"changed-values/([\w-]+)\.csv", text)) == set(STUDIES)
    reasons = {one for study in STUDIES for row in rows(study) for one in row["why"].split("; ")}
    assert reasons == set(WHY)
    assert {one for one in WHY if f"\n| {one} |" in text} == reasons


def test_a_value_that_is_replaced_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = tmp_path / "golden"
    copy.write_bytes(golden("tsst").read_bytes())
    pack(tmp_path / "former", {"tsst": former()["tsst"]})
    monkeypatch.setattr(keeping, "golden", lambda _: copy)
    monkeypatch.setattr(keeping, "FORMER", tmp_path / "former")
    first, now = unpack(copy), unpack(copy)
    at = now["scores"]["columns"].index("value")
    now["scores"]["rows"][3][at] += 0.5
    now["findings"][0]["estimate"] += 0.5
    replace("tsst", now)
    try:
        assert unpack(copy) == now
        assert former()["tsst"]["scores"] == {"3": [first["scores"]["rows"][3][at]]}
        assert versions("tsst")[-1] == first["findings"]
        assert digest(now["scores"], former()["tsst"]["scores"]) == former()["tsst"]["sha256"]
        now["scores"]["rows"][4][0] += 1
        with pytest.raises(ValueError, match="row 4 is of another answer"):
            replace("tsst", now)
    finally:
        former.cache_clear()


@pytest.mark.parametrize(
    ("history", "expected"), [([1.0, 1.0], ([], 1.0)), ([None, 2.0, 2.0, None], ([None, 2.0], None))]
)
def test_a_value_that_came_back_has_moved(history: list[Any], expected: tuple[list[Any], Any]) -> None:
    assert moved(history) == expected


@pytest.mark.long
@pytest.mark.parametrize("study", STUDIES)
def test_what_the_independent_computation_gives_is_computed_again(study: str) -> None:
    needs_r("lmerTest")
    again = [said for name in forms(study) for said in computed(name, list(differences(name)))]
    for row, said in zip(rows(study), again, strict=True):
        assert numbers(row["independent computation"]) == pytest.approx(numbers(said), rel=1e-8, abs=1e-9)
    values.simulated.cache_clear()
