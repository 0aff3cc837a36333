"""Files as laboratories have them: read right, or refused with a remedy; and the line shown for them."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

from affectlab.errors import AffectlabError
from affectlab.experiment.table import TableAnalysis, analyse_table
from affectlab.tabular.overview import overview
from affectlab.tabular.prepared import Preparation

FILM, WALK = "film", "walk"


def rows_of(scores: Callable[[int], str], head: str = "vp;group;score", people: int = 12) -> str:
    """A row for each person, in turn under two conditions."""
    return head + "\n" + "".join(f"{at};{(FILM, WALK)[at % 2]};{scores(at)}\n" for at in range(1, people + 1))


def file_of(folder: Path, text: str, name: str = "data.csv") -> Path:
    """A file that holds a text."""
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def means(path: Path, **asked: object) -> list[float]:
    """The means of the conditions."""
    asked = {"outcome": "score", "conditions": ("group",), "unit": "vp", **asked}
    return [round(one.mean, 6) for one in analyse_table(path, TableAnalysis(**asked)).conditions]  # type: ignore[arg-type,union-attr]


def command(path: Path) -> list[str]:
    """The line that is shown for a file, in words, after its name."""
    return shlex.split(overview(path).command)[3:]


PLAIN = rows_of(lambda at: str(1000 + at % 5))
READ = {
    "euro behind": lambda at: f"{1000 + at % 5} €",
    "euro and German marks": lambda at: f"1.{at % 5:03d},00 €",
    "a currency before": lambda at: f"CHF 1’{at % 5:03d}.00",
    "Swiss thousands": lambda at: f"1'{at % 5:03d}.00",
    "a narrow space": lambda at: f"1\u202f{at % 5:03d}",
    "milliseconds": lambda at: f"{1000 + at % 5} ms",
}


@pytest.mark.parametrize("kind", READ)
def test_what_stands_beside_numbers_is_left_out_and_said(tmp_path: Path, kind: str) -> None:
    made = analyse_table(
        file_of(tmp_path, rows_of(READ[kind])), TableAnalysis(outcome="score", conditions=("group",), unit="vp")
    )
    assert means(tmp_path / "data.csv") == means(file_of(tmp_path, PLAIN, "plain.csv"))
    assert any("`score`" in note for note in made.notes)


STEPS = ["1 = gar nicht", "2", "3 = mittel", "4", "5 = sehr"]


def test_steps_with_labels_are_read_by_their_numbers(tmp_path: Path) -> None:
    labelled = file_of(tmp_path, rows_of(lambda at: STEPS[at % 5]))
    coded = file_of(tmp_path, rows_of(lambda at: f"A{at % 5 + 1}"), "codes.csv")
    plain = file_of(tmp_path, rows_of(lambda at: str(at % 5 + 1)), "plain.csv")
    assert means(labelled) == means(coded) == means(plain)


REFUSED = {
    "two units": lambda at: f"{at} {'ms' if at % 2 else 's'}",
    "a score that became a date": lambda at: "01. Feb" if at == 3 else str(at % 5),
    "a range": lambda at: "3-4" if at == 5 else str(at % 5),
    "below a limit": lambda at: "<0.5" if at == 5 else str(at % 5),
    "two labels of one step": lambda at: "1 = low" if at == 1 else "1 = high" if at == 2 else str(at % 5),
    "a range with a unit": lambda at: "1-2 Jahre" if at == 4 else str(at % 5),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_is_no_number_is_refused_with_its_line(tmp_path: Path, kind: str) -> None:
    with pytest.raises(AffectlabError) as refused:
        means(file_of(tmp_path, rows_of(REFUSED[kind])))
    assert "are no numbers" in refused.value.message
    assert refused.value.line
    assert refused.value.hint


@pytest.mark.parametrize("text", ["1,2,3,5\n2,1,4,4\n3,2,4,2\n4,1,2,2\n", "p1,film,3\np2,film,4\np3,walk,2\n"])
def test_a_file_without_names_is_refused_as_its_first_row_would_be_lost(tmp_path: Path, text: str) -> None:
    path = file_of(tmp_path, text)
    with pytest.raises(AffectlabError, match="values where the names") as refused:
        overview(path)
    assert refused.value.line == 1


def test_a_name_above_several_columns_is_part_of_theirs(tmp_path: Path) -> None:
    head = "VP;Gruppe;Traurig;;Ruhig;\n;;vorher;nachher;vorher;nachher\n"
    text = head + "".join(f"{at};{'ab'[at % 2]};{at % 5};{at % 4};1;2\n" for at in range(1, 9))
    found = overview(file_of(tmp_path, text))
    assert [one.name for one in found.columns[2:]] == [
        "Traurig_vorher",
        "Traurig_nachher",
        "Ruhig_vorher",
        "Ruhig_nachher",
    ]
    assert found.rows == 8


def test_what_redcap_writes_once_holds_for_all_rows_of_a_person(tmp_path: Path) -> None:
    head = "record_id,redcap_event_name,group,age,sad,panas_complete\n"
    people = [f"{at},base,{(FILM, WALK)[at % 2]},3{at},{at % 4},2\n{at},post,,,{at % 3},2\n" for at in range(1, 9)]
    people[2] = "3,base,,,1,2\n3,post,,,2,2\n"  # of whom nobody knows the group: not that of the row above
    path = file_of(tmp_path, head + "".join(people))
    assert command(path) == shlex.split("--outcome sad --condition group --unit record_id --within redcap_event_name")
    asked = TableAnalysis(
        outcome="sad",
        conditions=("group",),
        unit="record_id",
        within=("redcap_event_name",),
        reading=Preparation(blanks="gaps"),
    )
    made = analyse_table(path, asked)
    assert [one.n for one in made.conditions] == [3, 4]  # type: ignore[union-attr]
    assert "7 blank cells of `group` have the one value that their `record_id` has" in made.notes


def test_limesurvey_columns_are_called_by_their_codes(tmp_path: Path) -> None:
    head = "id. Antwort ID;submitdate. Datum;lastpage. Seite;startlanguage. Sprache;grp. Gruppe?;sad. Wie traurig?\n"
    path = file_of(tmp_path, head + "".join(f"{at};2024-01-01;5;de;{'ab'[at % 2]};{at % 5}\n" for at in range(1, 9)))
    found = overview(path)
    assert found.program == "LimeSurvey"
    assert found.role("outcome") == "sad"
    assert found.role("unit") == "id"
    assert next(one.wording for one in found.columns if one.name == "sad") == "Wie traurig?"
    full = TableAnalysis(outcome="sad. Wie traurig?", conditions=("grp. Gruppe?",), unit="id. Antwort ID")
    assert analyse_table(path, full).conditions  # type: ignore[union-attr]


def test_the_line_says_what_varies_within_units_and_what_repeats(tmp_path: Path) -> None:
    trials = "".join(f"{vp};{(FILM, WALK)[at % 2]};f;{500 + vp + at}\n" for vp in range(1, 7) for at in range(4))
    within = file_of(tmp_path, "vp;emotion;response;rt\n" + trials, "within.csv")
    assert command(within) == shlex.split("--outcome rt --condition emotion --unit vp --within vp --average")
    twice = file_of(tmp_path, PLAIN + "3;walk;1001\n", "twice.csv")
    assert "--average" not in command(twice)  # a row that stands twice is a mistake, and refused as one
    times = "".join(f"{vp};{(FILM, WALK)[vp % 2]};{t};{vp % 5}\n" for vp in range(1, 9) for t in ("vorher", "nachher"))
    german = file_of(tmp_path, "Code;Bedingung;Messzeitpunkt;Angst\n" + times, "german.csv")
    assert command(german)[-2:] == ["--within", "Messzeitpunkt"]
