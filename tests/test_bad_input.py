"""Every mistake is one line that names file and line and says what to do, and nothing is run."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from affectlab.design.check import file_mistakes
from affectlab.errors import InputError
from affectlab.materials.document import parse_text, validate
from affectlab.materials.schema import Frame
from tests.conftest import Called, Lab

Spoil = Callable[[Lab], Path]
runner = CliRunner()


def swap(path: Path, old: str, new: str) -> Path:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    return path


STUDY_MISTAKES: list[tuple[str, Spoil, str]] = [
    ("a misspelt key", lambda lab: swap(lab.study, "measures:", "mesures:"), "did you mean `measures`"),
    ("an unknown state", lambda lab: lab.study_with(states=["fear", "envy", "neutral"]), "unknown state `envy`"),
    (
        "a missing key",
        lambda lab: swap(lab.study, "states:\n- fear\n- sadness\n- neutral\n", ""),
        "`states` is missing",
    ),
    ("a trap of YAML 1.1", lambda lab: swap(lab.study, "- fear", "- No"), 'write "No" in quotes'),
    ("a key twice", lambda lab: swap(lab.study, "seed: 7", "seed: 7\nseed: 8"), "stands twice"),
    ("no YAML", lambda lab: swap(lab.study, "states:", "states: ["), "is not YAML"),
    ("a number out of range", lambda lab: lab.study_with(replicates=0), "`replicates`"),
    ("an unknown material", lambda lab: lab.study_with(measures=["wrods"]), "did you mean `words`"),
    ("more texts than there are", lambda lab: lab.study_with(induction={"techniques": ["scene"], "texts": 9}), "has 4"),
    (
        "a grade that a text lacks",
        lambda lab: lab.study_with(induction={"techniques": ["scene"], "grades": ["severe"], "texts": 1}),
        "has no grade `severe`",
    ),
    (
        "a technique without texts for a state",
        lambda lab: lab.study_with(states=["fear", "anger", "neutral"]),
        "the technique `scene` has no texts for `anger`; add `inductions/scene/anger.yaml`",
    ),
    (
        "an unknown technique",
        lambda lab: lab.study_with(induction={"techniques": ["scenes"], "texts": 1}),
        "unknown technique `scenes`; did you mean `scene`?",
    ),
    (
        "an unknown control",
        lambda lab: lab.study_with(induction={"techniques": ["scene"], "arms": ["induction-text", "shem"]}),
        "unknown control `shem`; did you mean `sham`?",
    ),
    ("nothing at baseline", lambda lab: lab.study_with(measure_at=["induced"]), "add `baseline`"),
    ("an arm twice", lambda lab: lab.study_with(regulations=["none", "none"]), "stands twice"),
    ("a measure that is not there", lambda lab: lab.study_with(smallest_effect={"deq": 1.0}), "not measured here"),
]


@pytest.mark.parametrize(
    ("spoil", "says"), [case[1:] for case in STUDY_MISTAKES], ids=[case[0] for case in STUDY_MISTAKES]
)
def test_a_mistake_in_a_study_is_one_line(lab: Lab, spoil: Spoil, says: str, tmp_path: Path) -> None:
    path = spoil(lab)
    errors = file_mistakes(path)
    assert errors
    line = str(errors[0])
    assert re.match(rf"{re.escape(str(path))}:\d+: ", line)
    assert says in line
    assert "\n" not in line


MATERIAL_MISTAKES: list[tuple[str, str, str, str, str]] = [
    ("a scored word", "inductions/scene/fear.yaml", "teeth showing", "quite afraid", "contains `afraid`"),
    ("a wrong word count", "inductions/scene/fear.yaml", "words: 21", "words: 23", "has 21"),
    ("an id that is not its place", "frames/plain.yaml", "id: plain", "id: other", "write `id: plain`"),
    ("a duplicate id", "inductions/scene/fear.yaml", "id: fear-1", "id: sadness-1", "duplicate text id `sadness-1`"),
    ("a duplicate id in a file", "instruments/words.yaml", "id: today", "id: now", "stem `now` stands twice"),
    ("a word in two scales", "instruments/words.yaml", "- gloomy", "- scared", "word `scared` stands twice"),
    ("lists of unequal length", "tasks/endings.yaml", "  - shoddy\n", "", "the word lists differ"),
    ("an option that is a trap", "instruments/words.yaml", "- gloomy", "- off", 'write "off" in quotes'),
    ("no licence", "frames/plain.yaml", "licence: Apache-2.0\n", "", "`licence` is missing"),
    ("too long a text", "inductions/scene/technique.yaml", "words: 22", "words: 9", "have 9 words"),
]


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [case[1:] for case in MATERIAL_MISTAKES],
    ids=[case[0] for case in MATERIAL_MISTAKES],
)
def test_a_mistake_in_a_material_is_one_line(lab: Lab, file: str, old: str, new: str, says: str) -> None:
    swap(lab.materials / file, old, new)
    lines = [str(error) for error in file_mistakes(lab.study)]
    assert any(says in line and re.search(r"\.yaml:\d+: ", line) for line in lines), lines
    assert not any("\n" in line for line in lines)


def test_all_mistakes_are_named_not_only_the_first(lab: Lab) -> None:
    lab.study_with(states=["fear", "envy", "pride", "neutral"], measures=["wrods"])
    assert len(file_mistakes(lab.study)) >= 3


def test_the_line_is_the_one_with_the_mistake(lab: Lab) -> None:
    path = lab.study_with(states=["fear", "envy", "neutral"])
    line = next(number for number, text in enumerate(path.read_text().splitlines(), 1) if "envy" in text)
    assert file_mistakes(path)[0].line == line


@pytest.mark.parametrize("text", ["off", "yes", "No", "12:30", "017"])
def test_plain_traps_are_refused_and_quoted_ones_are_text(text: str) -> None:
    with pytest.raises(InputError, match="in quotes"):
        parse_text(f"text: {text}", Path("x.yaml"))
    assert parse_text(f'text: "{text}"', Path("x.yaml")).data == {"text": text}


def test_plain_values_are_what_they_say() -> None:
    data = parse_text("a: 0\nb: 1.5\nc: true\nd: null\ne: 2026-11-24\nf: 10", Path("x.yaml")).data
    assert data == {"a": 0, "b": 1.5, "c": True, "d": None, "e": "2026-11-24", "f": 10}


def test_a_text_where_a_mapping_belongs_is_refused() -> None:
    with pytest.raises(InputError, match="holds no keys"):
        validate(parse_text("just a text", Path("x.yaml")), Frame)
    with pytest.raises(InputError, match="holds no keys"):
        validate(parse_text("", Path("x.yaml")), Frame)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("run", "nowhere.yaml"), "no such file"),
        (("run", "dresdn"), "unknown study"),
        (("run", "STUDY", "--model", "simulated:nobody"), "unknown truth"),
        (("report", "nowhere"), "no store"),
        (("replay", "nowhere"), "no store"),
        (("export", "nowhere", "--to", "x"), "no store"),
        (("show", "frames", "persona-1"), "unknown frame `persona-1`; did you mean `persona-1"),
        (("show", "task", "baloon"), "did you mean `balloon`"),
        (("show", "study", "dresdn"), "did you mean `dresden`"),
        (("show", "model", "gpt4.1"), "did you mean `gpt-4.1`"),
        (("show", "states", "joy"), "there are: fear"),
        (("list", "task-list"), "unknown kind `task-list`; did you mean `tasks`"),
        (("plan",), "Missing argument 'STUDY'"),
        (("plan", "dresden", "--seed", "x"), "--seed"),
        (("plan", "dresden", "--sed", "1"), "--seed"),
        (("paln", "dresden"), "No such command"),
    ],
)
def test_a_command_fails_in_one_line_with_code_2(
    lab: Lab,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    called: Called,
    words: tuple[str, ...],
    says: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    given = tuple(str(lab.study) if word == "STUDY" else word for word in words)
    code, out, err = called(*given)
    assert code == 2
    assert out == ""
    assert says in err
    assert len(err.strip().splitlines()) == 1
    assert not (tmp_path / "runs").exists()


def test_a_run_with_a_mistake_spends_nothing(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, called: Called
) -> None:
    monkeypatch.chdir(tmp_path)
    lab.study_with(states=["fear", "envy", "neutral"], measures=["wrods"])
    code, _, err = called("run", str(lab.study), "--model", "simulated")
    assert code == 2
    assert "unknown state `envy`" in err
    assert "`affectlab check` names them all" in err
    assert not (tmp_path / "runs").exists()


def test_check_names_every_mistake_and_its_code(lab: Lab, called: Called) -> None:
    assert called("check", str(lab.study))[0] == 0
    content = yaml.safe_load(lab.study.read_text())
    lab.study_with(**{**content, "states": ["envy", "pride"]})
    code, out, _ = called("check", str(lab.study))
    assert code == 2
    assert "envy" in out
    assert "pride" in out
