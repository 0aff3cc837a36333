"""A study begun: five answers in a file that explains itself, or a copy of another study."""

from __future__ import annotations

from pathlib import Path

import pytest

from affectlab.design.check import file_mistakes
from affectlab.design.load import load_study, shipped
from affectlab.design.new import copied_study, id_of, new_study
from affectlab.errors import InputError
from tests.conftest import Called


@pytest.mark.parametrize(
    "answers",
    [
        {},
        {"title": "Yes: no # 1", "states": ["anger"], "technique": "recall", "measures": ["ratings", "deq"]},
        {"models": ["simulated", "smollm2"], "measures": ["deq"]},
    ],
)
def test_what_is_answered_stands_in_the_file_and_every_comment_stays(tmp_path: Path, answers: dict[str, str]) -> None:
    file = tmp_path / "study.yaml"
    file.write_text(new_study("mine", **answers), "utf-8")  # type: ignore[arg-type]
    assert file_mistakes(file) == []
    assert file_mistakes_of_quick(file) == []
    study = load_study(file)
    assert study.id == "mine"
    assert study.title == answers.get("title", "Does it?")
    assert list(study.models) == answers.get("models", ["smollm2"])
    comments = [line for line in new_study("mine").splitlines() if line.startswith("#")]
    assert [line for line in file.read_text("utf-8").splitlines() if line.startswith("#")] == comments


def file_mistakes_of_quick(file: Path) -> list[str]:
    return [] if load_study(file, quick=True) else ["none"]


@pytest.mark.parametrize("name", shipped())
def test_a_copy_differs_in_its_id_alone(tmp_path: Path, name: str) -> None:
    original = shipped()[name].read_text("utf-8")
    assert copied_study(name, "mine", tmp_path) == original.replace(f"id: {name}\n", "id: mine\n", 1)


def test_materials_beside_a_study_are_copied_with_it(tmp_path: Path) -> None:
    (tmp_path / "one" / "materials" / "frames").mkdir(parents=True)
    (tmp_path / "one" / "study.yaml").write_text(new_study("one"), "utf-8")
    (tmp_path / "one" / "materials" / "frames" / "own.yaml").write_text(
        "kind: frame\nid: own\nversion: 1\ntitle: Own\nlicence: CC0-1.0\nsource: own\nannounces: false\ntext: You.\n"
    )
    copied_study(str(tmp_path / "one" / "study.yaml"), "two", tmp_path / "two")
    assert (tmp_path / "two" / "materials" / "frames" / "own.yaml").is_file()


def test_a_folder_names_its_study() -> None:
    assert id_of(Path("Über uns")) == "ber-uns"
    with pytest.raises(InputError, match="cannot name a study"):
        id_of(Path("…"))


def test_the_command_writes_once(called: Called, tmp_path: Path) -> None:
    folder = tmp_path / "my study"
    answers = ("--title", "T", "--technique", "recall", "--measures", "deq", "--model", "simulated")
    code, said, wrong = called("new", str(folder), "--states", "anger joy", *answers)
    assert code == 0
    assert "states: [anger, joy, neutral]" in (folder / "study.yaml").read_text("utf-8")
    assert f"affectlab check '{folder}/study.yaml'" in said
    # what was answered and is not there is named at once
    assert "unknown state `joy`" in wrong
    assert called("new", str(folder), "--from", "dresden")[0] == 2
