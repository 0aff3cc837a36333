"""What `check` sees before anything is asked: items, options, templates, lengths, names, sizes; all of it in one go."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from affectlab.design.check import checked_study, file_mistakes
from affectlab.design.load import load_study
from affectlab.design.plan import Plan
from affectlab.design.size import MOST_SESSIONS, sessions
from affectlab.errors import InputError
from affectlab.generators import Session, finished
from affectlab.materials.catalogue import Catalogue
from affectlab.materials.control import scrambled
from affectlab.materials.document import MOST_PARTS, parse_text, read
from affectlab.materials.form import Asked, FormScore
from affectlab.materials.instrument import Instrument
from affectlab.materials.vocabulary import Vocabulary
from affectlab.requests import Ask
from tests.conftest import HEAD, Called, Lab

RATING: dict[str, Any] = {
    "kind": "instrument",
    "id": "own",
    "form": "rating",
    "question": "How well does each of these describe you now?",
    "minimum_coverage": 0.0,
    "options": {"from": 0, "to": 4},
    "items": [
        {"id": "one", "text": "I could run", "scale": "fear"},
        {"id": "two", "text": "I could hide", "scale": "fear"},
        {"id": "three", "text": "I could weep", "scale": "sadness"},
    ],
}
CLOZE: dict[str, Any] = {
    "kind": "instrument",
    "id": "own",
    "form": "cloze",
    "question": "Finish the line.",
    "minimum_coverage": 0.0,
    "stems": [{"id": "now", "text": "Now I am"}, {"id": "today", "text": "Today I am"}],
    "words": {"fear": ["afraid", "scared"], "sadness": ["sad", "gloomy"]},
}
WHOLE = {"question": "Odd or even?", "layout": "{text}", "opening": "It is", "primary": "accuracy"}
CHOICE: dict[str, Any] = {
    "kind": "task",
    "id": "quiz",
    "form": "choice",
    "minimum_coverage": 0.0,
    "units": {"accuracy": "probability"},
    "options": {"odd": "odd", "even": "even"},
    "items": [
        {"id": "a", "text": "The number 3", "key": "odd"},
        {"id": "b", "text": "The number 4", "key": "even"},
        {"id": "c", "text": "The number 5", "key": "odd"},
    ],
    **WHOLE,
}


def with_own(lab: Lab, content: dict[str, Any], **changes: Any) -> None:
    """The lab's study with an own instrument or task."""
    folder = "tasks" if content["kind"] == "task" else "instruments"
    lab.write(f"{folder}/{content['id']}.yaml", **{**content, **changes}, **HEAD)
    used = {"tasks": [{"task": content["id"]}]} if folder == "tasks" else {"measures": [content["id"]], "tasks": []}
    lab.study_with(**used)


def lines(lab: Lab) -> list[str]:
    return [str(error) for error in file_mistakes(lab.study)]


def items(*texts: str) -> list[dict[str, str]]:
    return [{"id": f"i{at}", "text": text, "scale": "fear"} for at, text in enumerate(texts)]


ASKED_AMISS: list[tuple[str, dict[str, Any], dict[str, Any], str]] = [
    ("an opening without its item", RATING, {"opening": "My answer:"}, "no item is shown"),
    ("two items of one wording", RATING, {"items": items("I could run", " i could  RUN")}, "has the words of `i0`"),
    ("two stems of one text", CLOZE, {"stems": [{"id": i, "text": "Now I am"} for i in "ab"]}, "has the words of `a`"),
    ("labels that repeat", RATING, {"options": {"from": 0, "to": 1, "labels": ["no", "no"]}}, "`no` stands twice"),
    (
        "labels alike but for case",
        RATING,
        {"options": {"from": 0, "to": 1, "labels": ["No", "no"]}},
        "letter case only",
    ),
    (
        "a label that nobody sees",
        RATING,
        {"options": {"from": 0, "to": 1, "labels": ["no", "\u200b"]}},
        "option is blank",
    ),
    (
        "labels alike but for what nobody sees",
        RATING,
        {"options": {"from": 0, "to": 1, "labels": ["no", "n\u200bo"]}},
        "the form of their characters only",
    ),
    (
        "labels alike but for an accent's form",
        RATING,
        {"options": {"from": 0, "to": 1, "labels": ["\u00e9", "e\u0301"]}},
        "the form of their characters only",
    ),
    ("a blank label", RATING, {"options": {"from": 0, "to": 1, "labels": ["no", " "]}}, "an option is blank"),
    ("a template that is always the same", RATING, {"options": {"from": 0, "to": 1, "template": "{{value}}"}}, "twice"),
    ("a task that shows no item", CHOICE, {"layout": "Which is it?"}, "no item is shown"),
    (
        "two trials that ask the same",
        CHOICE,
        {"items": [{**CHOICE["items"][0], "id": i} for i in "ab"]},
        "asks the same",
    ),
    ("options of a task that repeat", CHOICE, {"options": {"odd": "odd", "even": "odd"}}, "`odd` stands twice"),
    ("options of a task alike but for case", CHOICE, {"options": {"odd": "odd", "even": "Odd"}}, "letter case only"),
    ("words alike but for case", CLOZE, {"words": {"fear": ["afraid"], "sadness": ["Afraid"]}}, "letter case only"),
    (
        "a paraphrase with one wording for two items",
        RATING,
        {"paraphrases": [{"id": "other", "question": "And now?", "items": {"one": "I could hide"}}]},
        "has the words of",
    ),
    (
        "a paraphrase with labels that repeat",
        RATING,
        {"paraphrases": [{"id": "o", "question": "?", "changes": "labels", "labels": list("ABCDD")}]},
        "`D` stands twice",
    ),
]


@pytest.mark.parametrize(
    ("content", "changes", "says"), [one[1:] for one in ASKED_AMISS], ids=[one[0] for one in ASKED_AMISS]
)
def test_what_would_be_asked_amiss(lab: Lab, content: dict[str, Any], changes: dict[str, Any], says: str) -> None:
    with_own(lab, content)
    assert lines(lab) == []
    with_own(lab, content, **changes)
    found = lines(lab)
    assert any(says in line and f"{content['id']}.yaml:" in line for line in found), found
    with pytest.raises(InputError):
        load_study(lab.study)


def test_spellings_of_one_meaning_are_no_repetition(lab: Lab) -> None:
    with_own(lab, CLOZE, words={"fear": ["afraid", "Afraid"], "sadness": ["sad"]})
    assert lines(lab) == []


def test_every_item_of_every_shipped_measure_and_task_is_shown_once() -> None:
    from affectlab.design.asking import asked_amiss
    from affectlab.materials.tasks import Task

    shipped = Catalogue()
    for kind in (Instrument, Task):
        for one in shipped.all(kind):
            assert [str(error) for error in asked_amiss(one, shipped.document(kind, one.id))] == []


def options_of(lab: Lab) -> tuple[str, ...]:
    from affectlab.conversation import Conversation

    own = load_study(lab.study).catalogue.get(Instrument, "own")
    asked = finished(own.administer(Conversation.begin(), 0))
    assert isinstance(asked[0].request, Ask)
    return asked[0].request.options


@pytest.mark.parametrize(
    ("template", "first"),
    [
        ('{"rating": {value}}', '{"rating": 0}'),
        ('{{"rating": {value}}}', '{"rating": 0}'),
        ("{value} {", "0 {"),
        ("}{value}", "}0"),
        ("{} {value} {0}", "{} 0 {0}"),
        ("{a b} {value}", "{a b} 0"),
    ],
)
def test_braces_in_a_template_are_text(lab: Lab, template: str, first: str) -> None:
    with_own(lab, RATING, options={"from": 0, "to": 4, "template": template})
    assert lines(lab) == []
    assert options_of(lab)[0] == first


def test_braces_in_an_opening_and_in_a_task_are_text(lab: Lab) -> None:
    with_own(lab, RATING, opening='{"item": "{item}", "rating":')
    assert lines(lab) == []
    with_own(lab, CHOICE, layout='{"number": {text}}', opening="{a")
    assert lines(lab) == []


@pytest.mark.parametrize(
    ("content", "changes"),
    [
        (RATING, {"options": {"from": 0, "to": 4, "template": "{value} of {most}"}}),
        (RATING, {"opening": "{item} {most}:"}),
        (CHOICE, {"layout": "{text} {most}"}),
        (CHOICE, {"options": {"odd": "odd {most}", "even": "even"}}),
    ],
)
def test_a_name_in_braces_that_stands_for_nothing_is_refused_with_its_place(
    lab: Lab, content: dict[str, Any], changes: dict[str, Any]
) -> None:
    with_own(lab, content, **changes)
    found = lines(lab)
    assert any("`{most}`" in line and "`{{most}}`" in line for line in found), found


def test_a_long_id_is_refused(lab: Lab) -> None:
    lab.study_with(id="a" * 250)
    assert any("has 250 letters" in line for line in lines(lab))
    lab.study_with(measures=["b" * 65])
    lab.write(f"instruments/{'b' * 65}.yaml", **{**CLOZE, "id": "b" * 65}, **HEAD)
    assert any("has 65 letters" in line for line in lines(lab))


@pytest.mark.parametrize("name", ["x" * 300, "x" * 300 + ".yaml", "no\0.yaml", "/dev/null", "/dev/zero", "/"])
def test_what_is_no_file_is_one_line(called: Called, name: str) -> None:
    code, out, err = called("check", name)
    assert code == 2
    assert len((out + err).strip().splitlines()) == 1


def test_a_pipe_and_a_loop_do_not_hang(called: Called, tmp_path: Path) -> None:
    import os

    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "loop.yaml").symlink_to("loop.yaml")
    for name in ("pipe.yaml", "loop.yaml"):
        code, out, err = called("check", str(tmp_path / name))
        assert (code, len((out + err).strip().splitlines())) == (2, 1)


# what the study does not use, and what it is told


def test_own_materials_of_another_length_are_held_to_their_own(lab: Lab) -> None:
    """The shipped texts of 60 words that the study does not use are not held against an own technique of 22."""
    technique = yaml.safe_load((lab.materials / "inductions/scene/technique.yaml").read_text("utf-8"))
    for state in ("fear", "sadness", "neutral"):
        own = yaml.safe_load((lab.materials / f"inductions/scene/{state}.yaml").read_text("utf-8"))
        own |= {"technique": "imagery", "id": f"imagery-{state}"}
        own["texts"] = [{**text, "id": f"own-{text['id']}"} for text in own["texts"]]
        lab.write(f"inductions/imagery/{state}.yaml", **own)
    lab.write("inductions/imagery/technique.yaml", **{**technique, "id": "imagery"})
    lab.study_with(induction={"techniques": ["imagery"], "texts": 4})
    assert lines(lab) == []


def test_a_scored_word_names_the_measure_and_only_those_of_the_study_count(lab: Lab) -> None:
    path = lab.materials / "inductions/scene/fear.yaml"
    path.write_text(path.read_text("utf-8").replace("teeth showing", "teeth afraid"), "utf-8")
    assert any("contains `afraid`, which `words` scores" in line for line in lines(lab))
    with_own(lab, {**CLOZE, "words": {"fear": ["tiny"], "sadness": ["blue"]}})
    assert not any("afraid" in line for line in lines(lab))


def test_all_mistakes_of_all_stages_are_told_at_once(lab: Lab) -> None:
    path = lab.materials / "frames/plain.yaml"
    path.write_text(path.read_text("utf-8").replace("announces: false", "announces: maybe"), "utf-8")
    lab.study_with(
        replicates=0,
        states=["fear", "envy", "neutral"],
        measures=["wrods"],
        regulations=["breathing", "breathing", "none"],
        neutral_turns=[5, 2],
        texts=4,
    )
    found = "\n".join(lines(lab))
    for says in ("`replicates`", "unknown state `envy`", "unknown instrument `wrods`", "announces", "`texts` belongs"):
        assert says in found, says
    lab.study_with(
        regulations=["breathing", "breathing", "none"],
        neutral_turns=[5, 2],
        measures=["wrods"],
        states=["fear", "envy"],
    )
    found = "\n".join(lines(lab))
    for says in ("`breathing` stands twice", "growing numbers", "unknown instrument `wrods`", "unknown state `envy`"):
        assert says in found, says


def test_the_short_form_is_checked_too_at_its_own_lines(lab: Lab) -> None:
    path = lab.study_with(quick={"states": ["fear", "envy"]})
    (error,) = file_mistakes(path)
    wanted = next(at for at, text in enumerate(path.read_text("utf-8").splitlines(), 1) if "envy" in text)
    assert "unknown state `envy`" in str(error)
    assert error.line == wanted


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"texts": 4}, "`texts` belongs under `induction:`"),
        ({"induction": {"measures": ["words"]}}, "`measures` belongs at the top of the file"),
        ({"mesures": ["words"]}, "did you mean `measures`?"),
        ({"z" * 5000: 1}, "known here"),
    ],
)
def test_a_key_in_the_wrong_place_is_not_taken_for_a_misspelt_one(lab: Lab, changes: dict[str, Any], says: str) -> None:
    lab.study_with(**changes)
    assert any(says in line for line in lines(lab)), lines(lab)


def test_a_key_of_another_form_says_so(lab: Lab) -> None:
    with_own(lab, RATING, stems=[])
    assert any("`stems` belongs to a file of `form: cloze`" in line for line in lines(lab))
    with_own(lab, RATING, itms=[])
    assert any("did you mean `items`?" in line for line in lines(lab))


def test_words_need_not_be_counted_by_hand(lab: Lab) -> None:
    path = lab.materials / "inductions/scene/fear.yaml"
    told = yaml.safe_load(path.read_text("utf-8"))
    for text in told["texts"]:
        del text["grades"]["moderate"]["words"]
    lab.write("inductions/scene/fear.yaml", **told)
    assert lines(lab) == []
    told["texts"][0]["grades"]["moderate"]["words"] = 99
    lab.write("inductions/scene/fear.yaml", **told)
    assert any("says 99 words and has 21, counted by spaces" in line for line in lines(lab))


def test_a_text_without_spaces_is_not_one_word(lab: Lab) -> None:
    chinese = "一只没有牵绳的狗向你跑来露出牙齿而你身后的门锁着天色已晚"
    for state in ("fear", "sadness", "neutral"):
        texts = [
            {"id": f"{state}-{at}", "topic": state, "grades": {"moderate": {"text": chinese + one}}}
            for at, one in enumerate("甲乙丙丁")
        ]
        content = {"kind": "induction", "id": f"scene-{state}", "technique": "scene", "state": state}
        lab.write(f"inductions/scene/{state}.yaml", **content, texts=texts, **HEAD)
    lab.study_with(induction={"techniques": ["scene"], "texts": 4, "arms": ["induction-text", "scrambled"]})
    found = lines(lab)
    assert len(found) == 12, "29 letters where the technique's texts have 22 words"
    assert all("29 words, counted letter by letter" in line for line in found)
    assert sorted(scrambled(chinese, 1)) == sorted(chinese) != list(scrambled(chinese, 1))
    technique = lab.materials / "inductions/scene/technique.yaml"
    technique.write_text(technique.read_text("utf-8").replace("words: 22", "words: 29"), "utf-8")
    assert lines(lab) == []
    assert any("its script has no spaces" in str(one) for one in checked_study(lab.study).remarks)
    assert Vocabulary.of(["害怕"]).found("我很害怕的") == ["害怕"]


def test_words_are_found_whatever_other_words_are_looked_for() -> None:
    text = "Worries, unafraid. AFRAID! fear's fearful; un-fear 害怕的 afraid"
    alone = {one: Vocabulary.of([one]).found(text) for one in ("afraid", "worr*", "fear", "害怕")}
    assert alone == {"afraid": ["AFRAID", "afraid"], "worr*": ["Worries"], "fear": ["fear", "fear"], "害怕": ["害怕"]}
    latin = Vocabulary.of(["afraid", "worr*", "fear"]).found(text)
    assert latin == ["Worries", "AFRAID", "fear", "fear", "afraid"]
    assert sorted(Vocabulary.of(alone).found(text)) == sorted([*latin, "害怕"])


def test_remarks_are_no_mistakes(lab: Lab, called: Called) -> None:
    with_own(lab, RATING, items=[*items("I could run"), {"id": "x", "text": "I can do it", "scale": "selfeval"}])
    long = "Follow your breath as it goes in and out. " * 6
    script = {"id": "psychoeducation-1", "text": long}
    control = {"kind": "regulation", "id": "psychoeducation", "family": "other", "technique": "talk", "role": "control"}
    lab.write("regulations/any/psychoeducation.yaml", **control, scripts=[script], length={"words": 54}, **HEAD)
    lab.study_with(measures=["own"], tasks=[], regulations=["breathing", "psychoeducation", "none"])
    code, out, _ = called("check", str(lab.study))
    assert code == 0, out
    notes = [line for line in out.splitlines() if line.startswith("note: ")]
    for says in (
        "`selfeval` belongs to no state",
        "sounds like a treatment, and is a control",
        "54 words where those of",
    ):
        assert sum(says in line for line in notes) == 1, (says, notes)


def test_a_name_in_braces_that_nothing_fills_is_remarked(lab: Lab) -> None:
    path = lab.materials / "frames/plain.yaml"
    path.write_text(path.read_text("utf-8").replace("a study.", "a {study}."), "utf-8")
    assert any("`{study}` stands in what is said" in str(one) for one in checked_study(lab.study).remarks)


# size


def test_a_study_is_measured_before_it_is_unrolled(lab: Lab, called: Called) -> None:
    lab.study_with(replicates=10**12)
    for command in ("check", "plan", "run"):
        code, out, err = called(command, str(lab.study))
        assert code == 2
        assert "36,000,000,000,000 sessions" in out + err
        assert "--large" in out + err
    study = load_study(lab.study)
    with pytest.raises(InputError, match="must be said"):
        Plan.of(study)
    assert Plan.of(study, large=True).replicates == 10**12
    assert called("check", str(lab.study), "--large")[0] == 0


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"replicates": 3},
        {"regulations": ["breathing", "reading", "none"], "crossing": {"latin": ["regulations"]}},
        {"crossing": {"fraction": 2}},
        {"clinical_trial": {"primary": {"measure": "words"}, "sessions": 3}},
        {
            "induction": {"techniques": ["scene"], "texts": 2, "arms": ["induction-text", "sham"]},
            "contexts": ["branched"],
        },
    ],
)
def test_the_size_is_never_below_what_is_unrolled(lab: Lab, changes: dict[str, Any]) -> None:
    study = lab.load(**changes)
    assert len(Plan.of(study)) <= sessions(study) < MOST_SESSIONS


@pytest.mark.parametrize("fraction", [15, 10**12])
def test_a_fraction_out_of_range_is_refused(lab: Lab, fraction: int) -> None:
    lab.study_with(crossing={"fraction": fraction})
    assert any(f"one cell in {fraction}" in line and "write 14 or less" in line for line in lines(lab))
    lab.study_with(crossing={"fraction": 14})
    assert lines(lab) == []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a: &a [1, 2]\n" + "".join(f"k{n}: *a\n" for n in range(MOST_PARTS // 3 + 1)), "holds more than"),
        (
            "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
            + "".join(f"{chr(97 + n)}: &{chr(97 + n)} [{', '.join([f'*{chr(96 + n)}'] * 10)}]\n" for n in range(1, 10)),
            "holds more than",
        ),
        ("a: &a [*a]\n", "nests deeper"),
        ("a: " + "[" * 500 + "]" * 500, "nests deeper"),
        ("a: " + "[" * 100_000, "not YAML"),
        ("a: " + "9" * 5000, "too many digits"),
        ("? [a, b]\n: 1\n", "a key is a list"),
        ('a: "x\\e[2J"', "control character \\u001b"),
        ('"a\\u202e": 1', "control character \\u202e"),
        ("a: 1_000", "in quotes"),
    ],
    ids=["anchors", "laughs", "a ring", "deep", "deeper", "digits", "a key", "escape", "direction", "marks"],
)
def test_a_file_that_attacks_is_one_line(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(InputError, match=r"x\.yaml:\d+: ") as caught:
        read(path)
    assert says in str(caught.value)


def test_many_mistakes_are_counted_and_twenty_shown(lab: Lab, called: Called) -> None:
    lab.study_with(**{f"key{n}": n for n in range(5_000)})
    code, out, _ = called("check", str(lab.study))
    shown = out.strip().splitlines()
    assert code == 2
    assert len(shown) == 21
    assert shown[-1] == "and 4,980 more; --all names them"
    assert len(called("check", str(lab.study), "--all")[1].splitlines()) == 5_000


def test_json_is_read_with_characters_in_two_halves() -> None:
    said = parse_text('{"a": "\\ud83d\\ude00 \\\\ud83d", "b": "x"}', Path("x.json")).data
    assert said == {"a": "\U0001f600 \\ud83d", "b": "x"}


def test_a_mark_at_the_beginning_is_no_part_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_bytes(b"\xef\xbb\xbfid: x\r\n")
    assert read(tmp_path / "x.yaml").data == {"id": "x"}


def no_numbers(form: Instrument, asked: object) -> Iterator[FormScore]:
    raise ZeroDivisionError("float division by zero")
    yield


def nothing(form: Instrument, asked: object) -> Iterator[FormScore]:
    yield from ()


def no_question(form: Instrument, conversation: object, seed: int, generated: object = ()) -> Session[list[Asked]]:
    yield []
    return []


def no_item(form: Instrument, conversation: object, seed: int, generated: object = ()) -> Session[list[Asked]]:
    yield []
    raise KeyError("stems")


@pytest.mark.parametrize(
    ("name", "broken", "says"),
    [
        ("score", no_numbers, "it cannot be scored on a simulated answer (ZeroDivisionError: float division by zero)"),
        ("score", nothing, "it has no score on a simulated answer; mend `score` of its form"),
        ("administer", no_question, "it asks nothing; give it at least one item"),
        ("administer", no_item, "it cannot be asked (KeyError: 'stems'); mend its form, or what the file gives it"),
    ],
)
def test_a_form_that_cannot_be_asked_or_scored_is_found_by_check(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, name: str, broken: object, says: str
) -> None:
    monkeypatch.setattr(Instrument.forms["cloze"], name, broken)
    (error,) = file_mistakes(lab.study)
    assert f"words.yaml:3: {says}" in str(error)
