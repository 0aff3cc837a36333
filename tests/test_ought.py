"""A value of the wrong kind is told in the words of whoever writes the file: what it is, must be, and what to do."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from affectlab.design.study import Study
from affectlab.errors import InputError
from affectlab.materials.document import parse_text, validate
from affectlab.materials.schema import Material, Regulation
from affectlab.materials.truth import Truth

HEAD = "version: 1\ntitle: Own\nlicence: CC0-1.0\nsource: Own\nid: own\n"
REGULATION = (
    "kind: regulation\nfamily: inside\ntechnique: own\nrole: technique\nscripts:\n- id: own-1\n  intervention: "
)
CLASSES = re.compile(r"\b(Input|instance|dictionary|tuple|str|int|bool|[A-Z]\w+ing|Noise|Crossing|Trial)\b")


def told(kind: type[Material] | type[Study], text: str) -> list[str]:
    with pytest.raises(InputError) as caught:
        validate(parse_text(text, Path("own.yaml")), kind)
    return [str(one) for one in (caught.value, *caught.value.others)]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (
            "{kind: steering, material: 12345678, dose: 1.0}",
            "`scripts.0.intervention.material` is a number, and must be text; put it in quotes",
        ),
        (
            "{kind: steering, material: true, dose: 1.0}",
            "`scripts.0.intervention.material` is a truth value, and must be text; put it in quotes",
        ),
        (
            "{kind: steering, material: [5c1d], dose: 1.0}",
            "`scripts.0.intervention.material` is a list, and must be text",
        ),
        (
            "{kind: steering, material: 5c1d, dose: much}",
            "`scripts.0.intervention.dose` is the text `much`, and must be a number",
        ),
        ("5c1d", "`scripts.0.intervention` is the text `5c1d`, and must be `key: value` lines"),
        (
            "{kind: steering, material: 5c1d, dose: }",
            "`scripts.0.intervention.dose` is empty, and must be a number; write it, or leave the key out",
        ),
    ],
)
def test_an_intervention_of_wrong_values(written: str, said: str) -> None:
    assert told(Regulation, f"{HEAD}{REGULATION}{written}\n") == [f"own.yaml:12: {said}"]


def test_every_kind_of_value() -> None:
    wrong = {
        "shifts": ("3", "is a number, and must be `key: value` lines"),
        "nulls": ("balloon", "is the text `balloon`, and must be a list; write `[a, b]`, or `- ` before each entry"),
        "unnamed": ("defaults", "is `defaults`, and must be one of `nothing`, `default`; did you mean `default`?"),
        "decay": ("-1", "is -1, and must be at least 0"),
        "refusals": ("2", "is 2, and must be at most 1"),
        "points": ("0", "is 0, and must be above 0"),
        "noise": ("[]", "is a list, and must be `key: value` lines"),
    }
    text = "".join(f"{key}: {written}\n" for key, (written, _) in wrong.items())
    expected = [f"own.yaml:{line}: `{key}` {said}" for line, (key, (_, said)) in enumerate(wrong.items(), 7)]
    assert told(Truth, f"{HEAD}kind: truth\n{text}") == expected


def test_a_study_in_which_everything_is_of_another_kind_names_no_class() -> None:
    keys = [name for name in Study.model_fields if name not in ("id", "quick")]
    for value in ("5", "true", "[5]", "{a: 5}", "some text"):
        text = "".join(f"{key}: {value}\n" for key in keys)
        lines = told(Study, f"id: Own Study\n{text}")
        assert (
            "own.yaml:1: `id` is `Own Study`, and must be lower-case letters, digits and single hyphens; " in lines[0]
        )
        assert len(lines) > 10
        assert not [line for line in lines if CLASSES.search(line)]


def test_an_empty_list_says_what_it_must_have() -> None:
    text = f"{HEAD}kind: regulation\nfamily: inside\ntechnique: own\nrole: technique\nscripts: []\n"
    assert told(Regulation, text) == ["own.yaml:10: `scripts` has 0 entries, and must have at least 1 entry"]


def test_scripts_of_different_doses_are_refused_because_the_dose_would_go_with_the_vignette() -> None:
    first = "{kind: steering, material: 5c1d, dose: 1.0}"
    for other in ("{kind: steering, material: 5c1d, dose: 2.0}", "{kind: steering, material: 5c1e, dose: 1.0}"):
        text = f"{HEAD}{REGULATION}{first}\n- id: own-2\n  intervention: {other}\n"
        assert told(Regulation, text) == [
            "own.yaml:13: `scripts.1`: does not do what the first script does, and scripts take turns with the "
            "vignettes; write a file for each dose"
        ]
    assert validate(
        parse_text(f"{HEAD}{REGULATION}{first}\n- id: own-2\n  intervention: {first}\n", Path("own.yaml")), Regulation
    )
