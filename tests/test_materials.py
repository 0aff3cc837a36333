"""What comes with affectlab: complete, of one length, and free of the words that are scored."""

from __future__ import annotations

import re
import statistics
from itertools import combinations
from typing import get_args

import pytest
from pydantic import ValidationError

from affectlab.design.check import material_mistakes
from affectlab.errors import InputError
from affectlab.materials.catalogue import FOLDERS, Catalogue
from affectlab.materials.control import Control, scrambled
from affectlab.materials.document import parse_text, validate
from affectlab.materials.instrument import Instrument
from affectlab.materials.protocol import Arithmetic, Protocol
from affectlab.materials.schema import NEUTRAL, Frame, Grade, Induction, Technique
from affectlab.materials.state import State
from tests.conftest import Lab, planted

SHIPPED = Catalogue()
GRADES: tuple[Grade, ...] = get_args(Grade)
TECHNIQUES = SHIPPED.ids(Technique)
CONTROLS = SHIPPED.ids(Control)
CONDITIONS = SHIPPED.ids(State)
STATES = [state.id for state in SHIPPED.states if not state.neutral]
FEAR = SHIPPED.get(State, "fear")

NAMES = re.compile(
    r"\b(fear\w*|afraid|scar(?:ed|y)|anxi\w+|ang(?:er|ry|rily)|sad(?:ness|ly|der)?|disgust\w*|worr(?:y|ie[sd]|ying)"
    r"|stress\w*|neutral\w*)\b",
    re.IGNORECASE,
)
"""The names of the states and their kin, written down here once more, lest a list in a file lose one."""


def words(text: str) -> int:
    return len(text.split())


def texts(technique: str) -> dict[tuple[str, str, Grade], str]:
    return {
        (state, text.id, grade): wording.text
        for state in CONDITIONS
        for text in SHIPPED.get(Induction, f"{technique}-{state}").texts
        for grade, wording in text.grades.items()
    }


def test_nothing_is_wrong_with_what_is_shipped() -> None:
    assert [str(error) for error in material_mistakes(SHIPPED)] == []


def test_the_five_techniques_are_there() -> None:
    assert TECHNIQUES == ["idiographic", "imagery", "recall", "self-statements", "story"]


@pytest.mark.parametrize("technique", TECHNIQUES)
@pytest.mark.parametrize("state", CONDITIONS)
def test_every_state_has_every_technique_in_every_grade(technique: str, state: str) -> None:
    induction = SHIPPED.get(Induction, f"{technique}-{state}")
    assert (induction.technique, induction.state) == (technique, state)
    assert len(induction.texts) >= (8 if technique == "imagery" else 4)
    for text in induction.texts:
        assert set(text.grades) == set(GRADES), text.id


@pytest.mark.parametrize("control", CONTROLS)
@pytest.mark.parametrize("technique", TECHNIQUES)
def test_every_control_can_be_made_of_every_text(technique: str, control: str) -> None:
    how, arm = SHIPPED.get(Technique, technique), SHIPPED.get(Control, control)
    for (state, name, _), text in texts(technique).items():
        assert arm.obstacle(text) is None, name
        turns = arm.script(how, text, SHIPPED.get(State, state), seed=3)
        assert bool(turns) is (control != "no-text"), name
        assert turns == arm.script(how, text, SHIPPED.get(State, state), seed=3), name
        for turn in turns:
            assert turn.say.strip(), name
            assert "{" not in turn.say, name


@pytest.mark.parametrize("technique", TECHNIQUES)
def test_texts_of_a_technique_are_of_one_length(technique: str) -> None:
    length = SHIPPED.get(Technique, technique).length
    assert length.tolerance <= 0.05
    assert [name for name, text in texts(technique).items() if not length.holds(words(text))] == []


@pytest.mark.parametrize("technique", TECHNIQUES)
def test_states_and_grades_of_a_technique_do_not_differ_in_length(technique: str) -> None:
    found = texts(technique)
    target = SHIPPED.get(Technique, technique).length.words
    for state in CONDITIONS:
        for grade in GRADES:
            mean = statistics.mean(words(text) for (s, _, g), text in found.items() if (s, g) == (state, grade))
            assert mean == pytest.approx(target, rel=0.05), (state, grade)


@pytest.mark.parametrize("technique", TECHNIQUES)
def test_no_text_names_a_state_or_holds_a_scored_word(technique: str) -> None:
    for name, text in texts(technique).items():
        assert NAMES.findall(text) == [], name
        assert SHIPPED.scored.found(text) == [], name


@pytest.mark.parametrize("technique", TECHNIQUES)
def test_no_text_holds_a_word_that_is_rated(technique: str) -> None:
    rated = {text for id in ("deq", "ratings") for text in SHIPPED.get(Instrument, id).wordings.values()}
    for name, text in texts(technique).items():
        assert [word for word in rated if re.search(rf"\b{re.escape(word)}\b", text, re.IGNORECASE)] == [], name


def test_no_text_stands_twice() -> None:
    told = [" ".join(text.lower().split()) for technique in TECHNIQUES for text in texts(technique).values()]
    assert len(told) == len(set(told)) == 3 * 8 * (8 + 4 * 4)


def test_the_texts_of_a_state_tell_different_events() -> None:
    for technique in TECHNIQUES:
        told = {name: set(re.findall(r"[a-z]{5,}", text.lower())) for name, text in texts(technique).items()}
        for a, b in combinations([name for name in told if name[0] != NEUTRAL], 2):
            if a[0] == b[0] and a[1] != b[1]:
                assert len(told[a] & told[b]) < 0.4 * len(told[a] | told[b]), (a, b)


def test_self_statements_are_eight_sentences() -> None:
    for name, text in texts("self-statements").items():
        assert len(re.findall(r"[.?!](?=\s|$)", text)) == 8, name


def test_a_scripted_technique_is_one_turn_and_the_participant_does_not_speak() -> None:
    imagery = SHIPPED.get(Technique, "imagery")
    (turn,) = imagery.script("A dog runs at you.")
    assert turn.say == f"{imagery.instruction}\n\nA dog runs at you."
    assert not turn.speaks


def test_the_participant_names_ranks_and_dwells() -> None:
    turns = SHIPPED.get(Technique, "idiographic").script("things in {braces}")
    assert [turn.speaks for turn in turns] == [True, True, True]
    assert ["things in {braces}" in turn.say for turn in turns] == [True, False, False]


class TestControls:
    text = "A large brown dog runs at you and the gate is shut."
    imagery = SHIPPED.get(Technique, "imagery")
    recall = SHIPPED.get(Technique, "recall")

    def said(self, control: str, technique: Technique | None = None) -> str:
        how = technique or self.imagery
        return "\n".join(turn.say for turn in SHIPPED.get(Control, control).script(how, self.text, FEAR))

    def test_there_is_one_of_each(self) -> None:
        assert CONTROLS == ["demand-reversed", "echo", "no-text", "scrambled", "sham", "third-person"]

    def test_sham_is_the_word_only(self) -> None:
        assert self.said("sham") == "You are afraid."
        shams = {state.id: SHIPPED.get(Control, "sham").say("", state) for state in SHIPPED.states}
        assert len(set(shams.values())) == 8
        cloze = SHIPPED.get(Instrument, "affect-cloze").words
        for state in STATES:
            assert any(word in shams[state] for word in cloze[state]), "the very word that is scored"

    def test_scrambled_has_the_same_words_and_another_order(self) -> None:
        original = self.imagery.script(self.text)[0].say
        said = self.said("scrambled")
        assert sorted(said.split()) == sorted(original.split())
        assert said != original
        assert said.startswith(self.imagery.instruction)

    def test_another_seed_gives_another_order_and_the_same_seed_the_same(self) -> None:
        control = SHIPPED.get(Control, "scrambled")
        orders = {control.say(self.text, FEAR, seed) for seed in range(20)}
        assert len(orders) > 15
        assert control.say(self.text, FEAR, 4) == control.say(self.text, FEAR, 4)

    @pytest.mark.parametrize("control", ["third-person", "echo", "demand-reversed"])
    @pytest.mark.parametrize("technique", TECHNIQUES)
    def test_the_words_of_the_induction_are_all_there(self, control: str, technique: str) -> None:
        how = SHIPPED.get(Technique, technique)
        said = self.said(control, how)
        for turn in how.script(self.text):
            assert turn.say in said

    def test_the_participant_speaks_where_the_technique_goes_on_and_not_where_it_is_only_read(self) -> None:
        speaks = {
            id: [turn.speaks for turn in SHIPPED.get(Control, id).script(self.recall, self.text, FEAR)]
            for id in CONTROLS
        }
        assert speaks == {
            "no-text": [],
            "sham": [False],
            "third-person": [False],
            "echo": [False],
            "scrambled": [True],
            "demand-reversed": [True],
        }

    def test_each_says_what_it_separates(self) -> None:
        said = {control.separates for control in SHIPPED.all(Control)}
        assert len(said) == len(CONTROLS)

    @pytest.mark.parametrize("text", ["", "dog", "dog dog dog"])
    def test_one_word_cannot_be_scrambled(self, text: str) -> None:
        assert SHIPPED.get(Control, "scrambled").obstacle(text) == "it has nothing to scramble"
        assert scrambled(text, 1) == text


class TestFrames:
    def test_there_are_twelve_lives_of_one_length(self) -> None:
        lives = [frame for frame in SHIPPED.all(Frame) if frame.persona]
        assert len(lives) >= 12
        lengths = [words(frame.text) for frame in lives]
        assert max(lengths) <= 1.1 * min(lengths)
        assert len({frame.title for frame in lives}) == len({frame.text for frame in lives}) == len(lives)

    def test_only_one_frame_announces_that_feelings_are_studied(self) -> None:
        assert [frame.id for frame in SHIPPED.all(Frame) if frame.announces] == ["human-participant"]

    def test_the_others_hold_no_scored_word(self) -> None:
        for frame in SHIPPED.all(Frame):
            if not frame.announces:
                assert SHIPPED.scored.found(frame.text) == [], frame.id
                assert NAMES.findall(frame.text) == [], frame.id

    def test_the_assistant_is_no_human_being(self) -> None:
        text = SHIPPED.get(Frame, "assistant").text
        assert "AI assistant" in text
        assert words(text) == pytest.approx(words(SHIPPED.get(Frame, "human-plain").text), rel=0.15)


class TestProtocols:
    tsst = SHIPPED.get(Protocol, "tsst")
    placebo = SHIPPED.get(Protocol, "placebo-tsst")

    def test_the_sums_are_those_of_the_published_study(self) -> None:
        """2043 in steps of 17: Wekenborg et al. (2026)."""
        sums = self.tsst.arithmetic
        assert (sums.start, sums.step) == (2043, -17)
        assert [sums.after(2043), sums.after(2026)] == [2026, 2009]
        assert sums.after(3) == 2043, "120 steps down from 2043 leave 3, and then it starts again"
        assert sums.wrong is not None
        assert "2043" in sums.line(sums.wrong)

    def test_the_control_differs_in_audience_and_correction_and_not_in_length(self) -> None:
        assert self.placebo.control_of == self.tsst.id
        assert self.placebo.arithmetic.wrong is None
        mine, other = dict(self.tsst.lines()), dict(self.placebo.lines())
        assert set(mine) - set(other) == {("arithmetic", "wrong")}
        for place, line in other.items():
            assert words(line) == pytest.approx(words(mine[place]), rel=0.1, abs=1), place

    def test_both_take_the_same_number_of_exchanges_and_tokens(self) -> None:
        for part in ("speech", "arithmetic"):
            mine, other = getattr(self.tsst, part), getattr(self.placebo, part)
            assert (mine.exchanges, mine.max_tokens) == (other.exchanges, other.max_tokens)

    def test_no_line_names_a_state_or_holds_a_scored_word(self) -> None:
        for protocol in SHIPPED.all(Protocol):
            for place, line in protocol.lines():
                assert NAMES.findall(line) == [], place
                assert SHIPPED.scored.found(line) == [], place
                assert "{" not in line, place

    def test_prompts_come_in_their_order_and_then_again(self) -> None:
        speech = self.tsst.speech
        assert [speech.prompt(n) for n in range(len(speech.prompts) + 1)] == [*speech.prompts, speech.prompts[0]]

    @pytest.mark.parametrize(
        ("start", "step", "says"), [(2043, 0, "a step of 0 leads nowhere"), (10, -17, "the first result is below zero")]
    )
    def test_sums_that_lead_nowhere_are_refused(self, start: int, step: int, says: str) -> None:
        rest = {"exchanges": 1, "max_tokens": 8, "opening": "", "correct": "", "silent": ["?"], "end": ""}
        with pytest.raises(ValueError, match=says):
            Arithmetic.model_validate({"start": start, "step": step, **rest})


class TestParaphrases:
    @pytest.mark.parametrize("id", ["ratings", "affect-cloze"])
    def test_there_are_two_at_least_and_all_differ(self, id: str) -> None:
        instrument = SHIPPED.get(Instrument, id)
        assert len(instrument.paraphrases) >= 2
        assert len({instrument.question, *(one.question for one in instrument.paraphrases)}) == 1 + len(
            instrument.paraphrases
        )
        for one in instrument.paraphrases:
            reworded = instrument.reworded(one.id)
            assert reworded.question != instrument.question
            assert reworded.scales == instrument.scales
            assert reworded.scored == instrument.scored
            said = list(reworded.wordings.values())
            assert len(set(said)) == len(said), "two items with one text cannot be told apart"

    def test_the_scale_stays(self) -> None:
        ratings = SHIPPED.get(Instrument, "ratings")
        for one in (one for one in ratings.paraphrases if one.changes == "wording"):
            assert re.search(r"\b0\b.*\b10\b", one.question)
            assert '"- item: number"' in one.question


MISTAKES = [
    ("says something", {"uses": "nothing", "wrap": "Hm."}, "`uses` is nothing"),
    ("has no place", {"uses": "text", "wrap": "Hm."}, "no `{text}`"),
    ("has no place for a word", {"uses": "word", "wrap": "{text}"}, "no `{word}`"),
    ("has a word for no state", {"uses": "word", "wrap": "{word}", "words": {"faer": "x"}}, "unknown state `faer`"),
]


@pytest.mark.parametrize(("change", "says"), [case[1:] for case in MISTAKES], ids=[case[0] for case in MISTAKES])
def test_a_control_that_cannot_be_built_is_one_line(lab: Lab, change: dict[str, object], says: str) -> None:
    head = {"kind": "control", "id": "mine", "version": 1, "title": "T", "licence": "L", "source": "S"}
    path = lab.write("controls/mine.yaml", **head, separates="Nothing.", **change)
    with pytest.raises(InputError, match=re.escape(says)) as caught:
        Catalogue([lab.materials]).get(Control, "mine")
    assert re.search(rf"{path.name}:\d+: .+; .+", str(caught.value))


def test_a_text_of_one_word_is_named_with_its_line(lab: Lab) -> None:
    text = {"id": "one-word", "topic": "a dog", "grades": {"mild": {"words": 1, "text": "Dog!"}}}
    length = {"words": 1, "tolerance": 0.0}
    head = {"version": 1, "title": "T", "licence": "L", "source": "S"}
    lab.write("inductions/tiny/technique.yaml", kind="technique", id="tiny", **head, instruction="Read.", length=length)
    body = {"technique": "tiny", "state": "fear", "texts": [text]}
    lab.write("inductions/tiny/fear.yaml", kind="induction", id="tiny-fear", **head, **body)
    found = [str(error) for error in material_mistakes(Catalogue([lab.materials]))]
    assert len(found) == 1
    assert re.search(r"fear\.yaml:\d+: the control `scrambled` cannot be made of this text: .+; .+", found[0])


@pytest.mark.parametrize(
    ("yaml", "says"),
    [
        ("instruction: ''", "neither `instruction` nor `turns`"),
        ("instruction: Read.\nturns: [{say: 'Write of {text}.'}]", "both `instruction` and `turns`"),
        ("turns: [{say: Write.}]", "no turn has `{text}`"),
    ],
)
def test_a_technique_says_where_its_text_goes(lab: Lab, yaml: str, says: str) -> None:
    head = "kind: technique\nid: t\nversion: 1\ntitle: T\nlicence: L\nsource: S\nlength: {words: 9}\n"
    with pytest.raises(InputError, match=re.escape(says)):
        validate(parse_text(head + yaml, lab.folder / "technique.yaml"), Technique)


def test_every_file_says_where_it_comes_from() -> None:
    for kind in FOLDERS:
        for material in SHIPPED.all(kind):
            assert material.source.strip(), material.id
            assert material.licence.strip(), material.id


@pytest.mark.parametrize("size", [1e71, 1.7e308, -1e300, 10**300])
def test_a_number_that_cannot_be_computed_with_is_refused(size: float) -> None:
    with pytest.raises(ValidationError, match="is too large to be computed with"):
        planted(shifts={"fear": {"fear": size}})
    assert planted(shifts={"fear": {"fear": 1e-300}}).shifts["fear"]["fear"] == 1e-300
