"""Importers of the other forms: a sound folder has no defect, a planted one is found, and both studies are sound."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from affectlab.design.check import checked_study
from affectlab.errors import InputError
from affectlab.importers.imported import NO_LICENCE
from affectlab.importers.registry import IMPORTERS
from affectlab.importers.write import import_folder
from tests.importers import folders
from tests.importers.test_llmaffect import in_bytes, replaced, without

Change = Callable[[Path], None]

OF_THE_FORM = {"emotionbench": {"no neutral text"}}
"""What is wrong with every folder of a form: nothing in it is neutral."""
INVENTORY, PROMPTS, QUERY = "src/STAI/questionnaires.json", "src/prompts.py", "src/query.py"


def parts(change: Callable[[dict[str, bytes]], None]) -> Change:
    """A log whose parts are changed."""

    def changed(folder: Path) -> None:
        with zipfile.ZipFile(folder / "one.eval") as packed:
            held = {name: packed.read(name) for name in packed.namelist()}
        change(held)
        with zipfile.ZipFile(folder / "one.eval", "w") as packed:
            for name, raw in held.items():
                packed.writestr(name, raw)

    return changed


def twice(held: dict[str, bytes]) -> None:
    said = folders.sample("tense", {"role": "user", "content": "Hello."})
    held["samples/9_epoch_1.json"] = json.dumps(said).encode()


PLANTED: dict[str, tuple[str, str, str, Change]] = {
    "trait anchors": (
        "gpt-trauma-induction",
        "trait anchors on a state scale",
        INVENTORY,
        replaced(INVENTORY, "not at all", "never", ("a little", "sometimes"), ("very much", "always")),
    ),
    "one item's options": (
        "gpt-trauma-induction",
        "item with other options",
        INVENTORY,
        replaced(INVENTORY, "rather", "quite"),
    ),
    "not turned": (
        "gpt-trauma-induction",
        "reverse-keyed item",
        INVENTORY,
        replaced(INVENTORY, "I am shaky.", "I feel happy."),
    ),
    "narrative": (
        "gpt-trauma-induction",
        "lengths that differ by more than a tenth",
        PROMPTS,
        replaced(PROMPTS, "The hall is full of smoke", "It is late and cold, and the hall is full of smoke"),
    ),
    "indentation": (
        "gpt-trauma-induction",
        "stray spaces",
        PROMPTS,
        replaced(PROMPTS, "over the sill", "over    the sill"),
    ),
    "no seed": ("gpt-trauma-induction", "order that is not kept", QUERY, replaced(QUERY, "random.seed(1)", "")),
    "lost letter": (
        "gpt-trauma-induction",
        "characters that are not valid UTF-8",
        PROMPTS,
        in_bytes(PROMPTS, b"full of smoke", b"full of \x93smoke"),
    ),
    "turned at another sum": (
        "emotionbench",
        "scale against schema",
        "questionnaires.json",
        replaced("questionnaires.json", '"scale": 4', '"scale": 3'),
    ),
    "heading": (
        "emotionbench",
        "stray heading",
        "situations.json",
        replaced("situations.json", "A stranger takes", "Prompt2\\nA stranger takes"),
    ),
    "ends": (
        "emotionbench",
        "scale without named direction",
        "questionnaires.json",
        replaced("questionnaires.json", '1 denotes \\"not\\", 2 denotes \\"somewhat\\", 3 denotes \\"much\\"', "Go"),
    ),
    "persona": (
        "qstn",
        "wording differs between conditions",
        "questionnaires/people.csv",
        replaced(
            "questionnaires/people.csv",
            "of fifty.,Please answer each line.\nnurse",
            "of fifty.,Please answer each line once.\nnurse",
        ),
    ),
    "alike": (
        "qstn",
        "options that cannot be told apart",
        "questionnaires/mood.csv",
        replaced("questionnaires/mood.csv", "'partly'", "'yes'"),
    ),
    "weights": ("rupsycho", "scale against schema", "study.json", replaced("study.json", '"weight": 3', '"weight": 5')),
    "no instruction": (
        "rupsycho",
        "missing instruction",
        "study.json",
        replaced("study.json", "Please answer how well each line fits.", "These are lines of the study."),
    ),
    "two turns": ("inspect", "two user turns in a row", "one.eval", parts(twice)),
    "slider": (
        "jspsych",
        "scale without named direction",
        "person1.csv",
        lambda folder: _without_labels(folder / "person1.csv"),
    ),
    "form": (
        "psychopy",
        "scale without named direction",
        "data/7_mood.csv",
        lambda folder: _without_labels(folder / "data/7_mood.csv"),
    ),
}


def _without_labels(file: Path) -> None:
    text = file.read_text("utf-8")
    for labels in ('"[""not at all"",""very much""]"', '"[""no"", ""partly"", ""yes""]"'):
        text = text.replace(labels, "")
    file.write_text(text, "utf-8")


@pytest.mark.parametrize("kind", folders.FORMS)
def test_a_sound_folder_has_no_defect_and_both_studies_are_sound(tmp_path: Path, kind: str) -> None:
    made = import_folder(kind, folders.FORMS[kind](tmp_path / "in"), tmp_path / "out")
    assert {one.kind for one in made.defects} == OF_THE_FORM.get(kind, set()), [str(one) for one in made.defects]
    assert [one.name for one in made.studies] == ["as-published", "done-well"]
    for one in made.studies:
        found = checked_study(tmp_path / "out" / one.name / "study.yaml")
        assert [str(error) for error in found.errors] == []
    heads = [yaml.safe_load(file.read_text("utf-8")) for file in (tmp_path / "out").rglob("materials/**/*.yaml")]
    assert {one["licence"] for one in heads} == {"MIT License (LICENSE of the repository)"}
    assert all(one["source"] for one in heads)


@pytest.mark.parametrize("name", PLANTED)
def test_a_defect_that_is_planted_is_found_at_its_file(tmp_path: Path, name: str) -> None:
    kind, defect, file, change = PLANTED[name]
    folder = folders.FORMS[kind](tmp_path)
    change(folder)
    found = [one for one in IMPORTERS[kind](folder).defects if one.kind not in OF_THE_FORM.get(kind, set())]
    assert {(one.kind, one.file) for one in found} == {(defect, file)}, [str(one) for one in found]


@pytest.mark.parametrize(
    ("kind", "change", "message"),
    [
        ("gpt-trauma-induction", without(PROMPTS), r"prompts.py: no such file"),
        ("gpt-trauma-induction", without(INVENTORY), r"questionnaires.json: no such file"),
        ("gpt-trauma-induction", replaced(PROMPTS, "retrieve_trauma", "get_trauma"), r"has no texts that can be read"),
        ("gpt-trauma-induction", replaced(QUERY, "random.seed(1)", "random.seed("), r"query.py:\d+: is no Python"),
        ("gpt-trauma-induction", in_bytes(INVENTORY, b"on edge", b"on \xe4dge"), r"is not UTF-8: 1.character in line"),
        ("emotionbench", without("situations.json"), r"situations.json: no such file"),
        ("emotionbench", replaced("questionnaires.json", '"questions"', '"asked"'), r"has no questionnaires that can"),
        ("qstn", lambda folder: (folder / "questionnaires/mood.csv").unlink(), r"holds no questionnaire"),
        ("rupsycho", replaced("study.json", "instruction_items", "items"), r"holds no study"),
        ("rupsycho", in_bytes("study.json", b"Mood words", b"Mood w\xf6rds"), r"study.json:\d+: is not UTF-8"),
        ("inspect", lambda folder: (folder / "one.eval").write_bytes(b"PK") and None, r"is no log that can be read"),
        ("inspect", parts(lambda held: held.update({"header.json": b"{"})), r"`header.json` is no JSON"),
        ("inspect", parts(lambda held: held.update({"samples/0_epoch_1.json": b'"\xff"'})), r"is not UTF-8"),
        ("inspect", without("one.eval"), r"holds no logs"),
        ("jspsych", without("person1.csv"), r"holds no trial file of jsPsych"),
        ("jspsych", replaced("person1.csv", "trial_type", "type"), r"holds no trial file of jsPsych"),
        ("psychopy", without("data/7_mood.csv"), r"holds no trial file of PsychoPy"),
    ],
)
def test_what_cannot_be_read_is_one_line(tmp_path: Path, kind: str, change: Change, message: str) -> None:
    folder = folders.FORMS[kind](tmp_path)
    change(folder)
    with pytest.raises(InputError, match=message) as told:
        IMPORTERS[kind](folder)
    assert "\n" not in str(told.value)


def test_a_folder_without_a_licence_says_so(tmp_path: Path) -> None:
    folder = folders.rupsycho(tmp_path)
    (folder / "LICENSE").unlink()
    assert IMPORTERS["rupsycho"](folder).licence == NO_LICENCE


@pytest.mark.parametrize(("kind", "name"), [("inspect", "settings.json"), ("jspsych", "a.json"), ("psychopy", "a.csv")])
def test_a_file_of_something_else_need_not_be_sound(tmp_path: Path, kind: str, name: str) -> None:
    folder = folders.FORMS[kind](tmp_path)
    before = IMPORTERS[kind](folder)
    (folder / name).write_text("// no JSON, and a table whose names\na,a\n1,2,3\n", "utf-8")
    made = IMPORTERS[kind](folder)
    assert (made.studies, made.defects) == (before.studies, before.defects)
    if kind == "inspect":
        assert made.left_out[0] == "No logs: `settings.json`."


def test_a_licence_without_its_name_is_known_by_its_terms(tmp_path: Path) -> None:
    folder = folders.rupsycho(tmp_path)
    grant = "Permission is hereby granted, free of charge, to any\nperson obtaining a copy of"
    terms = f"Copyright (c) 2024 A. Maker\n\n{grant}"
    (folder / "LICENSE").write_text(terms, "utf-8")
    assert (
        IMPORTERS["rupsycho"](folder).licence == "MIT License, Copyright (c) 2024 A. Maker (LICENSE of the repository)"
    )
