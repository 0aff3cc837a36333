"""The shipped techniques, controls, neutral turns and manuals: what a comparison between them rests on."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
import yaml

from affectlab.design.check import material_mistakes
from affectlab.errors import InputError
from affectlab.materials.catalogue import SHIPPED, Catalogue
from affectlab.materials.document import parse_text, validate
from affectlab.materials.instrument import Instrument
from affectlab.materials.manual import Manual
from affectlab.materials.schema import FAMILIES, Lines, Regulation

CATALOGUE = Catalogue()
ALL = list(CATALOGUE.all(Regulation))
TECHNIQUES = [one for one in ALL if one.role == "technique"]
CONTROLS = [one for one in ALL if one.role == "control"]
MANUALS = list(CATALOGUE.all(Manual))
ENTRIES = {
    entry["id"]: entry
    for entry in yaml.safe_load((SHIPPED / "references" / "regulation.yaml").read_text("utf-8"))["entries"]
}
WORDS = 103
"""The words of every script that is matched in length, give or take one in twenty."""

each = pytest.mark.parametrize("regulation", ALL, ids=lambda one: one.id)
each_technique = pytest.mark.parametrize("regulation", TECHNIQUES, ids=lambda one: one.id)
each_manual = pytest.mark.parametrize("manual", MANUALS, ids=lambda one: one.id)


def sentences(text: str) -> list[str]:
    return re.split(r"(?<=[.?!])\s+", text.strip())


def test_nothing_is_wrong_with_what_is_shipped() -> None:
    assert [str(error) for error in material_mistakes(CATALOGUE)] == []


def test_every_family_has_its_techniques() -> None:
    """The list of the issue, by the process model; at least 20 techniques of at least two scripts."""
    assert {one.technique for one in TECHNIQUES if len(one.scripts) >= 2} >= {
        *("situation-modification", "problem-solving", "distraction-neutral", "distraction-positive"),
        *("concentration-feeling", "concentration-causes", "reappraisal-event", "reappraisal-response"),
        *("perspective-taking", "distancing-third-person", "distancing-fly-on-the-wall", "distancing-temporal"),
        *("suppression-expression", "suppression-experience", "suppression-thoughts", "acceptance"),
        *("mindfulness-breathing", "body-scan", "paced-breathing", "muscle-relaxation", "affect-labelling"),
        *("self-compassion", "expressive-writing", "social-support", "gratitude", "rumination"),
    }
    assert {one.family for one in ALL} == set(FAMILIES)


@each
def test_a_regulation_lies_in_the_folder_of_its_family(regulation: Regulation) -> None:
    path = CATALOGUE.document(Regulation, regulation.id).path
    assert (path.parent.name, path.stem) == (regulation.family, regulation.technique)
    assert (regulation.family == "control") is (regulation.role == "control")


@each
def test_texts_are_matched_in_length_or_say_why_not(regulation: Regulation) -> None:
    lengths = [len(script.text.split()) for script in regulation.scripts]
    if regulation.unmatched is None:
        assert all(abs(words - WORDS) <= WORDS * 0.05 for words in lengths), lengths
    else:
        assert regulation.role == "control"
        assert max(lengths) < WORDS / 2


def test_techniques_and_matched_controls_are_equally_long_on_average() -> None:
    def mean(group: list[Regulation]) -> float:
        lengths = [script.words for one in group if one.unmatched is None for script in one.scripts]
        return sum(lengths) / len(lengths)

    assert abs(mean(TECHNIQUES) - mean(CONTROLS)) < 2.0


@each
def test_guided_delivery_says_the_same_text_in_three_turns(regulation: Regulation) -> None:
    for script in regulation.scripts:
        if regulation.id == "instruction-only":
            assert script.steps == ()
            assert len(sentences(script.text)) == 1
        else:
            assert len(script.steps) == 3
            assert " ".join(script.steps) == script.text


def test_no_text_no_step_and_no_description_stands_twice() -> None:
    """A participant with a known truth tells them apart by their wording; so does a reader of the report.

    The two expectancy controls are one exercise by design; still each of their steps announces.
    """
    texts = [script.text for one in ALL for script in one.scripts]
    steps = [step for one in ALL for script in one.scripts for step in script.steps]
    menus = [one.menu for one in ALL if one.menu is not None]
    for wordings in (texts, steps, menus):
        assert [wording for wording, count in Counter(wordings).items() if count > 1] == []


@each
def test_no_word_of_a_measure_is_in_a_text(regulation: Regulation) -> None:
    """Beyond the lists that the check enforces: no item of a rating, and never "feel", with which a stem ends."""
    items = {
        text for instrument in CATALOGUE.all(Instrument) if instrument.values for text in instrument.wordings.values()
    }
    pattern = re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(items)))}|feel\w*)\b", re.IGNORECASE)
    if regulation.exempt is not None:
        assert regulation.id == "instruction-only"
        return
    for script in regulation.scripts:
        assert pattern.findall(f"{script.text} {regulation.menu or ''}") == []


@each_technique
def test_a_technique_can_be_chosen_from_its_description(regulation: Regulation) -> None:
    assert regulation.menu is not None
    assert len(sentences(regulation.menu)) == 1
    assert 8 <= len(regulation.menu.split()) <= 25


@each_technique
def test_a_technique_names_its_effects_in_humans_or_says_that_none_was_found(regulation: Regulation) -> None:
    assert {"reference", "expected"} <= set(CATALOGUE.document(Regulation, regulation.id).data)
    named = regulation.reference or {}
    assert set(named) <= set(ENTRIES)
    assert list(named.values()) == sorted(named.values(), reverse=True), "the same technique stands before a near one"
    contrary = {"relief": "-", "harm": "+", "none": "never"}.get(regulation.expected or "none")
    assert [id for id in named if ENTRIES[id]["direction"] == contrary] == []


def test_enough_techniques_have_an_effect_that_was_seen_in_an_induced_state_to_be_ranked_beside_humans() -> None:
    def ranked(id: str) -> bool:
        entry = ENTRIES[id]
        return (
            entry["outcome"] == "relief"
            and entry["size"] is not None
            and entry["verified"] == "seen"
            and entry["population"] == "induced"
        )

    rankable = {one.id for one in TECHNIQUES if any(map(ranked, one.reference or ()))}
    assert len(rankable) >= 15
    assert (
        {one.id for one in TECHNIQUES if one.expected == "harm"}
        == {
            *("rumination", "concentration-feeling", "concentration-causes"),
        }
        <= rankable
    )


def test_the_two_expectancies_announce_one_and_the_same_exercise() -> None:
    helpful, useless = (CATALOGUE.get(Regulation, f"expectancy-{name}").scripts for name in ("help", "no-help"))
    assert len(helpful) == len(useless) >= 2
    for one, other in zip(helpful, useless, strict=True):
        exercise, same = (
            [sentence for sentence in sentences(script.text) if "help" not in sentence] for script in (one, other)
        )
        assert exercise == same
        assert len(exercise) >= 4
        assert one.text != other.text


def test_neutral_turns_suffice_for_the_longest_course_without_a_repeat() -> None:
    """The course of the issue: 0, 2, 5 and 10 neutral turns."""
    lines = CATALOGUE.get(Lines, "neutral-turns").lines
    assert len({line.text for line in lines}) == len(lines) >= 12
    lengths = [len(line.text.split()) for line in lines]
    assert max(lengths) - min(lengths) <= 5


def test_there_are_three_treatments_an_active_control_and_an_attention_placebo() -> None:
    assert {manual.id: manual.role for manual in MANUALS} == {
        "cognitive-restructuring": "treatment",
        "behavioural-activation": "treatment",
        "acceptance-commitment": "treatment",
        "supportive-listening": "control",
        "psychoeducation-other": "control",
    }


@each_manual
def test_a_manual_leaves_room_for_the_dialogue(manual: Manual) -> None:
    """The whole manual is under 400 tokens at 1.5 tokens a word; six exchanges of 2 x 120 tokens fit into 2048."""
    assert manual.words <= 260
    assert len(manual.stages) == 6


def test_manuals_are_matched_in_length_and_in_rules() -> None:
    lengths = [manual.words for manual in MANUALS]
    assert max(lengths) - min(lengths) <= 0.1 * min(lengths)
    rules = {manual.frame[manual.frame.index("Speak in two or three") :] for manual in MANUALS}
    assert len(rules) == 1


@each_manual
def test_adherence_can_tell_a_manual_from_every_other(manual: Manual) -> None:
    own = {criterion.id for criterion in manual.adherence}
    others = {criterion.id for other in MANUALS if other is not manual for criterion in other.adherence}
    assert len(own - others) >= 3
    assert own & others == {"one-question", "names-disorder"}
    assert {criterion.fulfilled for criterion in manual.adherence} == {True, False}


def test_the_stages_are_spread_over_the_turns_that_there_are() -> None:
    manual = CATALOGUE.get(Manual, "cognitive-restructuring")
    assert tuple(manual.instructions(6)) == manual.stages
    assert list(manual.instructions(12)) == [stage for stage in manual.stages for _ in range(2)]
    assert list(manual.instructions(3)) == list(manual.stages[::2])
    assert list(manual.instructions(1)) == [manual.stages[0]]


def test_a_criterion_that_stands_twice_is_pointed_at() -> None:
    text = CATALOGUE.document(Manual, "cognitive-restructuring").path.read_text("utf-8")
    document = parse_text(text.replace("id: asks-facts", "id: asks-thought"), Path("manual.yaml"))
    with pytest.raises(InputError, match=r"manual\.yaml:\d+: .*criterion `asks-thought` stands twice"):
        validate(document, Manual)


def test_a_scored_word_in_a_manual_in_a_description_or_in_a_neutral_turn_is_found(tmp_path: Path) -> None:
    spoilt = {
        "manuals/supportive-listening": "warmth",
        "regulations/support/social-support": "You turn in your mind",
        "sequences/neutral-turns": "a list of street names",
    }
    for name, wording in spoilt.items():
        source, target = SHIPPED / f"{name}.yaml", tmp_path / f"{name}.yaml"
        target.parent.mkdir(parents=True)
        text = source.read_text("utf-8")
        assert wording in text
        target.write_text(text.replace(wording, "calm"), "utf-8")
    errors = [str(error) for error in material_mistakes(Catalogue([tmp_path]))]
    assert len(errors) == 3
    assert all("contains `calm`" in error for error in errors)


def test_only_a_reason_exempts_from_the_scored_words(tmp_path: Path) -> None:
    folder = tmp_path / "regulations"
    folder.mkdir()
    path = SHIPPED / "regulations" / "control" / "instruction-only.yaml"
    text = path.read_text("utf-8")
    start, end = text.index("exempt:"), text.index("length:")
    (folder / path.name).write_text(text[:start] + text[end:], "utf-8")
    assert [str(error).split(": ", 1)[1] for error in material_mistakes(Catalogue([tmp_path]))] == [
        "contains `calm`, which `affect-cloze` scores; use another word",
        "contains `relaxed`, which `affect-cloze` scores; use another word",
    ]


def test_the_page_names_every_technique_and_control() -> None:
    page = (Path(__file__).parents[1] / "docs" / "how-to" / "regulation.md").read_text("utf-8")
    assert [one.id for one in ALL if f"`{one.id}`" not in page] == []
    assert [one.id for one in MANUALS if f"`{one.id}`" not in page] == []
