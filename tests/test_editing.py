"""A file changed in one field: the lines of that field and no other byte; form to file to form, and back."""

from __future__ import annotations

from difflib import SequenceMatcher
from pathlib import Path
from random import Random
from typing import Any

import pytest

from affectlab.design.load import Written, examine, load_study, shipped
from affectlab.design.study import Study
from affectlab.errors import InputError
from affectlab.materials.document import Place, parse_text
from affectlab.materials.edited import says_same
from affectlab.materials.editing import rewritten, with_key, with_value, without_part
from affectlab.materials.entries import entered, leaves, typed_text, typed_value, value_at, with_leaves
from affectlab.materials.fields import field_at, fields, order_of
from affectlab.materials.schema import Induction
from affectlab.materials.spans import spans
from affectlab.measures.rating import RatingInstrument
from tests import written

FIELDS, ORDER = fields(Study), order_of(Study)
GENERATED = 500

COMMENTED = """\
# A study of ours.
id: ours
version: 1  # the first
title: "Two: states"
tests: >-
  Whether it does
  what it says.

# why these?
states: [
  fear,     # the first
  sadness,  # the second
  neutral   # always
]
induction: {techniques: [imagery], texts: 4}  # four
tasks:
  # interpretation
  - {task: sentence-completion, at: stabilised}  # read
  # choice
  - task: framing
    at: induced  # early

hypotheses:
  rise:
    claim: It rises.   # really
    outcome: ratings
  fall: It falls.
quick: {replicates: 1}
# the end
"""


def changed(before: str, after: str) -> list[tuple[list[str], list[str]]]:
    """The lines that went, and those that came in their place."""
    one, other = before.splitlines(keepends=True), after.splitlines(keepends=True)
    codes = SequenceMatcher(None, one, other, False).get_opcodes()
    return [(one[a:b], other[c:d]) for kind, a, b, c, d in codes if kind != "equal"]


@pytest.mark.parametrize(
    ("place", "value", "lines"),
    [
        (("version",), 2, [(["version: 1  # the first\n"], ["version: 2  # the first\n"])]),
        (("title",), "One", [(['title: "Two: states"\n'], ['title: "One"\n'])]),
        (("tests",), "Less.", [(["  Whether it does\n", "  what it says.\n"], ["  Less.\n"])]),
        (("states",), ["fear", "neutral"], [(["  sadness,  # the second\n"], [])]),
        (("states",), ["fear", "sadness", "joy", "neutral"], [([], ["  joy,\n"])]),
        (
            ("states",),
            ["fear", "sadness", "neutral", "joy"],
            [(["  neutral   # always\n"], ["  neutral,   # always\n", "  joy\n"])],
        ),
        (
            ("induction", "texts"),
            8,
            [
                (
                    ["induction: {techniques: [imagery], texts: 4}  # four\n"],
                    ["induction: {techniques: [imagery], texts: 8}  # four\n"],
                )
            ],
        ),
        (("tasks", 1, "at"), "regulated", [(["    at: induced  # early\n"], ["    at: regulated  # early\n"])]),
        (("tasks", 2), {"task": "recall"}, [([], ["  - {task: recall}\n"])]),
        (("hypotheses", "rise", "direction"), "higher", [([], ["    direction: higher\n"])]),
        (("seed",), 7, [([], ["seed: 7\n"])]),
    ],
)
def test_one_field_changes_its_own_lines(place: Place, value: Any, lines: list[tuple[list[str], list[str]]]) -> None:
    after = with_value(COMMENTED, place, value, ORDER)
    assert changed(COMMENTED, after) == lines


def test_what_is_taken_out_takes_its_lines_and_no_other() -> None:
    assert changed(COMMENTED, without_part(COMMENTED, ("tasks", 0))) == [
        (["  - {task: sentence-completion, at: stabilised}  # read\n"], [])
    ]
    assert changed(COMMENTED, without_part(COMMENTED, ("tasks", 1, "at"))) == [(["    at: induced  # early\n"], [])]
    # the first key stands beside the dash, and the second takes its place there
    after = without_part(COMMENTED, ("tasks", 1, "task"))
    assert "  - at: induced  # early\n" in after
    # the part that holds nothing then goes too
    assert changed(COMMENTED, without_part(COMMENTED, ("quick", "replicates"))) == [(["quick: {replicates: 1}\n"], [])]


def test_a_key_is_renamed_in_its_place() -> None:
    after = with_key(COMMENTED, ("hypotheses", "rise"), "climb")
    assert changed(COMMENTED, after) == [(["  rise:\n"], ["  climb:\n"])]
    with pytest.raises(InputError, match="stands twice"):
        with_key(COMMENTED, ("hypotheses", "rise"), "fall")


def test_a_new_key_stands_where_the_schema_has_it() -> None:
    lines = with_value(COMMENTED, ("frames",), ["none"], ORDER).splitlines()
    assert lines[lines.index("frames: [none]") - 2 :][:1] == ["  Whether it does"] or "title" in lines[4 - 1]
    names = [line.partition(":")[0] for line in lines if line[:1].isalpha()]
    assert names.index("frames") < names.index("states")


@pytest.mark.parametrize(
    "text", ["yes", "12:30", "1_000", "a: b", "# no", "- x", "'", '"', " lead", "a\nb\n", "a\n\nb", ""]
)
@pytest.mark.parametrize("place", [("title",), ("tests",), ("states", 0), ("hypotheses", "rise", "claim")])
def test_any_text_is_read_again_as_it_was_entered(place: Place, text: str) -> None:
    after = with_value(COMMENTED, place, text, ORDER)
    assert value_at((), parse_text(after, Path()).data, place) == text


def test_an_alias_is_not_changed_behind_ones_back() -> None:
    text = "a: &one [1, 2]\nb: *one\n"
    with pytest.raises(InputError, match="rests on this one"):
        with_value(text, ("a", 0), 3)
    assert with_value(text, ("b", 0), 3) == "a: &one [1, 2]\nb: [3, 2]\n"
    assert with_value(text, ("b",), [1]) == "a: &one [1, 2]\nb: [1]\n"


def test_json_stays_json() -> None:
    text = '{\n  "id": "a",\n  "states": ["fear", "neutral"]\n}\n'
    after = with_value(text, ("title",), 'Say "so"', ORDER)
    assert after == '{\n  "id": "a",\n  "title": "Say \\"so\\"",\n  "states": ["fear", "neutral"]\n}\n'
    assert with_value(after, ("states",), ["fear"]).splitlines()[3] == '  "states": ["fear"]'


def test_line_ends_and_the_mark_of_the_encoding_stay() -> None:
    text = "\ufeff" + COMMENTED.replace("\n", "\r\n")
    after = with_value(text, ("tests",), "Less. " * 40 + "End.", ORDER)
    assert after.startswith("\ufeff# A study")
    assert after.count("\n") == after.count("\r\n")


def test_one_thing_is_changed_in_any_file() -> None:
    """Odd texts, deep lists, comments anywhere: what was meant is said, and what was not touched stays as it was."""
    for number in range(250):
        rng = Random(number)
        said = {f"k{place}": written.anything(rng) for place in range(rng.randint(1, 5))}
        text = written.annotated(rng, written.layout(rng, said), lambda text, said=said: _says(text, said))
        new = written.otherwise(rng, said)
        if not isinstance(new, dict) or not new or not _says(text, said):
            continue
        after = rewritten(text, new)
        assert _says(after, new), number
        found = spans(text)
        for name, key, value in zip(found.names, found.keys, found.values, strict=True):
            if name in new and says_same(new[name], said[name]):
                assert text[key.start : value.end] in after, (number, name)


def _says(text: str, content: Any) -> bool:
    try:
        return says_same(parse_text(text, Path()).data, content)
    except InputError:
        return False


def study_of(text: str) -> dict[str, Any]:
    """All that the study of a file is."""
    return Study.model_validate(parse_text(text.removeprefix("\ufeff"), Path()).data).model_dump()


def sources() -> list[str]:
    generated = []
    for number in range(GENERATED):
        rng = Random(number)
        generated.append(written.text(rng, written.content(rng)))
    return [path.read_text(encoding="utf-8") for path in shipped().values()] + generated


def test_file_to_form_to_file() -> None:
    """What a form holds, entered again: not a byte changes; entered into an empty file, it is the same study."""
    for text in sources():
        content = parse_text(text.removeprefix("\ufeff"), Path()).data
        form = leaves(FIELDS, content)
        kept, again = text, {place: _typed(place, value) for place, value in form.items()}
        for place, value in again.items():
            kept = entered(kept, FIELDS, content, place, value, ORDER)
        assert kept == text
        made = rewritten("", with_leaves(again), ORDER)
        assert leaves(FIELDS, parse_text(made, Path()).data) == form
        assert study_of(made) == study_of(text)


def test_a_study_is_written_from_nothing_one_field_after_another() -> None:
    for path in shipped().values():
        form = leaves(FIELDS, parse_text(path.read_text(encoding="utf-8"), Path()).data)
        made = ""
        for place, value in form.items():
            content = parse_text(made, Path()).data
            if value is None:
                made = with_value(made, place, None, ORDER)
            else:
                made = entered(made, FIELDS, content, place, _typed(place, value), ORDER)
        assert study_of(made) == study_of(path.read_text(encoding="utf-8"))


def _typed(place: Place, value: Any) -> Any:
    """What is meant when what stands in a field is entered anew."""
    field = field_at(FIELDS, place)
    assert field is not None, place
    typed = field.kind not in ("open", "part") and field.shape != "keyed" and value is not None
    return typed_value(field, typed_text(field, value)) if typed else value


def test_one_field_of_any_study_is_changed_alone() -> None:
    """In each file one field after another is changed: all other fields say what they said, and comments stay."""
    for number, text in enumerate(sources()):
        rng = Random(number)
        content = parse_text(text.removeprefix("\ufeff"), Path()).data
        form = leaves(FIELDS, content)
        for place in rng.sample(list(form), 3):
            field, value = field_at(FIELDS, place), form[place]
            if field is None or field.kind in ("open", "part") or field.shape == "keyed":
                continue
            new: Any = written.sentence(rng) if isinstance(value, str) else 3 if value != 3 else 4
            if isinstance(value, list):
                new = [*value[:1], "other", *value[2:]] if field.kind == "text" else value[1:] or [*value, 1]
            elif isinstance(value, bool):
                new = not value
            after = entered(text, FIELDS, content, place, new, ORDER)
            said = leaves(FIELDS, parse_text(after.removeprefix("\ufeff"), Path()).data)
            assert {one: said[one] for one in form if one != place} == {one: form[one] for one in form if one != place}
            assert says_same(said.get(place), new) or not new
            assert [line for line in after.splitlines() if line.startswith("#")] == [
                line for line in text.splitlines() if line.startswith("#")
            ]
            assert len(changed(text, after)) <= 1


def test_a_short_way_of_writing_is_written_out_when_there_is_more_to_say() -> None:
    content = parse_text(COMMENTED, Path()).data
    after = entered(COMMENTED, FIELDS, content, ("hypotheses", "fall", "direction"), "lower", ORDER)
    assert parse_text(after, Path()).data["hypotheses"]["fall"] == {"claim": "It falls.", "direction": "lower"}
    assert value_at(FIELDS, content, ("hypotheses", "rise", "outcome")) == {"ratings": ""}
    after = entered(COMMENTED, FIELDS, content, ("hypotheses", "rise", "outcome"), {"deq": ""}, ORDER)
    assert "    outcome: deq\n" in after


def test_what_a_form_leaves_out_is_not_written() -> None:
    content = parse_text(COMMENTED, Path()).data
    for place, value in ((("replicates",), 1), (("source",), None), (("neutral_turns",), []), (("again",), False)):
        assert entered(COMMENTED, FIELDS, content, place, value, ORDER) == COMMENTED


def test_a_mistake_says_its_field() -> None:
    text = load_study("dresden").document
    assert text is not None
    wrong = text.text.replace("[mindfulness-breathing, neutral-reading, none]", "[mindfulness-breath, none]")
    found = examine(Written(Path("ours.yaml"), wrong)).errors
    line = wrong.splitlines().index("regulations: [mindfulness-breath, none]") + 1
    assert [(one.place, one.line) for one in found][:1] == [(("regulations", 0), line)]
    assert "did you mean `mindfulness-breathing`?" in str(found[0])


def test_files_of_materials_have_forms_too() -> None:
    assert field_at(fields(RatingInstrument), ("items", 0, "reverse")).kind == "truth"  # type: ignore[union-attr]
    assert field_at(fields(Induction), ("texts", 0, "grades", "mild", "text")) is not None
    told = {one.name: one.help for one in fields(RatingInstrument)}
    assert told["licence"] == "The terms under which the text may be passed on."
