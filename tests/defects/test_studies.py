"""Defects of a study's texts and questionnaires: none in what is shipped, each found where it is planted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import yaml

from affectlab.design.check import checked_study
from affectlab.design.defects import study_defects
from affectlab.design.load import load_study, shipped
from affectlab.errors import InputError
from affectlab.materials.document import read
from tests.conftest import HEAD, Called, Lab

SOUND: dict[str, Any] = {
    "kind": "instrument",
    "id": "own",
    "form": "rating",
    "question": "How are you right now? Rate each item from 0 (not at all) to 4 (extremely).",
    "minimum_coverage": 0.0,
    "options": {"from": 0, "to": 4},
    "items": [
        {"id": "afraid", "text": "I am afraid", "scale": "fear"},
        {"id": "panic", "text": "I feel panic", "scale": "fear"},
        {"id": "safe", "text": "I feel safe", "scale": "fear", "reverse": True},
        {"id": "sad", "text": "I am sad", "scale": "sadness"},
    ],
    **HEAD,
}
POLES = {"low": "very unhappy", "high": "very happy"}
Change = Callable[[Lab], None]


def own(**changes: Any) -> Change:
    """The instrument with some keys changed."""
    return lambda lab: lab.write("instruments/own.yaml", **{**SOUND, **changes}) and None


def items(*changed: dict[str, Any]) -> Change:
    """The instrument with some items changed, by their ids."""
    others = {one["id"]: one for one in changed}
    return own(items=[others.get(one["id"], one) for one in SOUND["items"]])


def replaced(file: str, before: str, after: str) -> Change:
    def change(lab: Lab) -> None:
        path = lab.materials / file
        text = path.read_text("utf-8")
        assert before in text
        path.write_text(text.replace(before, after), "utf-8")

    return change


def told_otherwise(state: str, change: Callable[[str], str]) -> Change:
    """The texts of a state changed; a text may be of any length."""

    def changed(lab: Lab) -> None:
        path = lab.materials / f"inductions/scene/{state}.yaml"
        content = yaml.safe_load(path.read_text("utf-8"))
        for text in content["texts"]:
            text["grades"] = {grade: {"text": change(one["text"])} for grade, one in text["grades"].items()}
        path.write_text(yaml.safe_dump(content, sort_keys=False, width=1000), "utf-8")
        technique = lab.materials / "inductions/scene/technique.yaml"
        technique.write_text(technique.read_text("utf-8").replace("tolerance: 0.2", "tolerance: 0.9"), "utf-8")

    return changed


def texts(*added: str) -> Change:
    """Something else said at the end of each text of fear, sadness and neutral."""

    def change(lab: Lab) -> None:
        for state, more in zip(("fear", "sadness", "neutral"), added, strict=True):
            told_otherwise(state, lambda text, more=more: f"{text} {more}")(lab)  # type: ignore[misc]

    return change


def listed(lab: Lab) -> None:
    question = f"{SOUND['question']}\nOption 1: none\nOption 2: some\nOption 3: some\n"
    own(question=question)(lab)


ACTS: dict[str, Any] = {
    "kind": "task",
    "id": "acts",
    "form": "rating",
    "question": "How wrong is each of these acts? Answer with a number from 1, not wrong, to 7, very wrong.",
    "layout": "",
    "opening": "{text}:",
    "scale": {"from": 0, "to": 7},
    "outcome": "severity",
    "units": {"severity": "points"},
    "minimum_coverage": 0.0,
    "primary": "severity",
    "items": [{"id": "lie", "text": "Somebody lies"}, {"id": "steal", "text": "Somebody steals"}],
    **HEAD,
}
RATED: dict[str, Any] = {"measures": ["own"], "tasks": [{"task": "acts", "at": "induced"}]}
LONGER = told_otherwise("sadness", lambda text: f"{text} It is late and it rains and it is cold.")
PLANTED: dict[str, tuple[str, str, Change]] = {
    "lost characters": (
        "characters that are not valid UTF-8",
        "inductions/scene/fear.yaml",
        replaced("inductions/scene/fear.yaml", "leash", "leash\ufffd"),
    ),
    "scale": ("scale against schema", "own.yaml", own(options={"from": 0, "to": 5})),
    "scale from 1": ("scale against schema", "own.yaml", own(options={"from": 1, "to": 4})),
    "not reversed": (
        "reverse-keyed item",
        "own.yaml",
        items({"id": "safe", "text": "I feel safe", "scale": "fear"}),
    ),
    "reversed": (
        "reverse-keyed item",
        "own.yaml",
        items({"id": "sad", "text": "I am sad", "scale": "sadness", "reverse": True}),
    ),
    "pole": (
        "reverse-keyed item",
        "own.yaml",
        own(items=[*SOUND["items"][:3], {"id": "mood", "text": "mood", "scale": "sadness", "anchors": POLES}]),
    ),
    "substituted": (
        "substituted item",
        "own.yaml",
        items({"id": "panic", "text": "I tremble", "scale": "fear"}),
    ),
    "two turns": (
        "two user turns in a row",
        "scripts/stabilisation.yaml",
        lambda lab: (
            lab.write("scripts/stabilisation.yaml", kind="script", id="stabilisation", text="Stay a while.", **HEAD)
            and lab.study_with(measures=["own"], tasks=[], stabilisation="stabilisation")
            and None
        ),
    ),
    "no instruction": ("missing instruction", "own.yaml", own(question="These are from 0 (none) to 4 (much).")),
    "text alone": (
        "missing instruction",
        "scene/technique.yaml",
        replaced("inductions/scene/technique.yaml", "instruction: Picture the scene.", "turns: [{say: '{text}'}]"),
    ),
    "scale of a task": (
        "scale against schema",
        "tasks/acts.yaml",
        lambda lab: lab.write("tasks/acts.yaml", **ACTS) and lab.study_with(**RATED) and None,
    ),
    "instruction lacks": (
        "missing instruction",
        "inductions/scene/neutral.yaml",
        texts("Please read it twice.", "Please read it twice.", "It is noon by now."),
    ),
    "wording": (
        "wording differs between conditions",
        "inductions/scene/neutral.yaml",
        texts("Please read it twice.", "Please read it twice.", "Please read it once."),
    ),
    "length": ("lengths that differ by more than a tenth", "inductions/scene/sadness.yaml", LONGER),
    "heading": (
        "stray heading",
        "scene/fear.yaml",
        told_otherwise("fear", lambda text: f"Prompt4\n\n{text}"),
    ),
    "direction": (
        "scale without named direction",
        "own.yaml",
        own(question="How are you right now? Rate each item from 0 to 4."),
    ),
    "trait anchors": (
        "trait anchors on a state scale",
        "own.yaml",
        own(options={"from": 0, "to": 4, "labels": ["never", "seldom", "sometimes", "often", "always"]}),
    ),
    "options": (
        "options that cannot be told apart",
        "own.yaml",
        own(options={"from": 0, "to": 4, "labels": ["none", "some", "some!", "more", "most"]}),
    ),
    "listed options": ("options that cannot be told apart", "own.yaml", listed),
}


@pytest.fixture
def sound(lab: Lab) -> Lab:
    """A study with an own instrument and nothing wrong with it."""
    own()(lab)
    lab.study_with(measures=["own"], tasks=[])
    return lab


def told(lab: Lab) -> list[InputError]:
    found = checked_study(lab.study)
    assert found.errors == []
    return found.remarks


def test_nothing_is_wrong_with_a_sound_study(sound: Lab) -> None:
    assert [str(one) for one in told(sound)] == []


@pytest.mark.parametrize("name", PLANTED)
def test_a_defect_that_is_planted_is_found_with_file_and_line(sound: Lab, name: str) -> None:
    kind, file, change = PLANTED[name]
    change(sound)
    found = told(sound)
    assert {one.message.partition(":")[0] for one in found} == {kind}, [str(one) for one in found]
    assert all(str(one.file).endswith(file) and one.line for one in found)


def test_check_shows_defects_as_notes(sound: Lab, called: Called) -> None:
    PLANTED["scale"][2](sound)
    code, out, _ = called("check", str(sound.study))
    assert code == 0
    assert "own.yaml:4: scale against schema: 0 to 4 here, and 0 to 5 in `options`" in out


def test_bytes_that_are_no_utf8_are_counted_with_their_lines(sound: Lab) -> None:
    path = sound.materials / "instruments/own.yaml"
    path.write_bytes(path.read_bytes().replace(b"afraid", b"afr\x92\x93aid").replace(b"panic", b"p\xe4nic", 1))
    with pytest.raises(InputError, match=r"own.yaml:\d+: is not UTF-8: 5.characters in lines \d+, \d+, \d+; save"):
        read(path)


@pytest.mark.parametrize("study", list(shipped()))
def test_no_study_that_is_shipped_has_a_defect(study: str) -> None:
    assert [str(one) for one in study_defects(load_study(study))] == []
