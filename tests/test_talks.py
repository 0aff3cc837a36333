"""Choices and talks: who is asked what, what each conversation holds, and what is read off them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from affectlab.design.plan import Plan
from affectlab.design.study import Study
from affectlab.errors import EngineError, InputError
from affectlab.materials.catalogue import Catalogue
from affectlab.materials.instrument import Instrument
from affectlab.materials.manual import Manual
from affectlab.participants.base import Capabilities
from affectlab.participants.simulated import Simulated
from affectlab.requests import Request, Response
from affectlab.results.summary import summarise
from affectlab.run import Run
from tests.conftest import Lab, run

Make = Callable[..., Simulated]
MANUALS = [one.id for one in Catalogue().all(Manual)]
THERAPY: dict[str, Any] = {
    "states": ["fear"],
    "regulations": [*MANUALS, "none"],
    "measures": ["words", "ratings"],
    "tasks": [],
}


def stored_talks(done: Run) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Every request in which something was spoken in a talk: for whom, and the whole conversation before it."""
    _, rows = done.store.query(
        "SELECT DISTINCT score_rows.item, responses.conversation FROM score_rows "
        "JOIN responses ON responses.id = score_rows.response WHERE responses.kind = 'reply'"
    )
    for item, conversation in rows:
        yield item.split("-")[0], done.store.turns(conversation)


def test_no_measure_is_in_either_conversation(lab: Lab, simulated: Make) -> None:
    """Read off the stored text: no question, no item, no option list, no criterion of the reader."""
    study = lab.load(**THERAPY)
    done = run(study, simulated(study, shifts={"fear": {"fear": 1.0}}))
    talks = list(stored_talks(done))
    assert {who for who, _ in talks} == {"client", "therapist"}
    instruments = [study.catalogue.get(Instrument, id) for id in study.measures]
    forbidden = [instrument.question for instrument in instruments]
    forbidden += [criterion.question for id in MANUALS for criterion in study.catalogue.get(Manual, id).adherence]
    _, asked = done.store.query("SELECT DISTINCT opening FROM responses WHERE kind = 'answer'")
    openings = [opening for (opening,) in asked if opening]
    assert openings
    for _, turns in talks:
        text = "\n".join(said for _, said in turns)
        assert [one for one in [*forbidden, *openings] if one in text] == []
    _, sessions = done.store.query("SELECT conversation FROM sessions")
    for (conversation,) in sessions:
        text = "\n".join(said for _, said in done.store.turns(conversation))
        assert [one for one in [*forbidden, *openings] if one in text] == []


def test_the_therapist_knows_its_manual_and_what_the_client_said_and_the_client_not_the_manual(
    lab: Lab, simulated: Make
) -> None:
    study = lab.load(**THERAPY)
    done = run(study, simulated(study))
    frames = {study.catalogue.get(Manual, id).frame for id in MANUALS}
    for who, turns in stored_talks(done):
        text = "\n".join(said for _, said in turns)
        if who == "therapist":
            assert turns[0][0] == "system"
            assert turns[0][1] in frames
            assert "leash" not in text, "the event is told to the client only"
        else:
            assert not any(frame in text for frame in frames)
            assert "leash" in text


def test_the_client_is_measured_after_every_turn(lab: Lab, simulated: Make) -> None:
    study = lab.load(**THERAPY, therapy={"turns": 3})
    scores = run(study, simulated(study)).scores()
    talked = scores[(scores["regulation"] == MANUALS[0]) & (scores["measure"] == "words")]
    assert set(talked["point"]) >= {"stabilised", "turn-0", "turn-1", "turn-2", "regulated"}
    assert set(scores.loc[scores["regulation"] == MANUALS[0], "guidance"]) == {"talk"}


def test_the_effect_of_a_talk_is_recovered(lab: Lab, simulated: Make) -> None:
    study = lab.load(**THERAPY)
    truth = {"shifts": {"fear": {"fear": 2.0}}, "removes": {"acceptance-commitment": 0.4, "supportive-listening": 0.1}}
    found = summarise(run(study, simulated(study, **truth))).findings
    effects = {
        (one.regulation, one.against): one.estimate
        for one in found
        if one.claim == "regulation" and one.measure == "words"
    }
    assert effects["acceptance-commitment", "none"] == pytest.approx(-2.0 * 0.4)
    assert effects["acceptance-commitment", "supportive-listening"] == pytest.approx(-2.0 * 0.3)
    assert effects["behavioural-activation", "psychoeducation-other"] == pytest.approx(0.0)


class Spy(Simulated):
    """A simulated participant that keeps what it was asked."""

    def respond(self, requests: Sequence[Request]) -> Iterator[tuple[int, Response]]:
        self.roles = getattr(self, "roles", set()) | {request.to for request in requests}
        yield from super().respond(requests)


def test_each_is_asked_only_what_is_for_its_seat(lab: Lab, simulated: Make) -> None:
    study = lab.load(**THERAPY, therapy={"turns": 2})
    client, therapist, reader = (Spy(simulated(study).truth, study.catalogue, seed=seed) for seed in range(3))
    done = run(study, client, others={"therapist": therapist, "reader": reader})
    assert (client.roles, therapist.roles, reader.roles) == ({"client"}, {"therapist"}, {"reader"})
    assert done.store.described("others") == {
        "therapist": f"simulated@{therapist.revision}",
        "reader": f"simulated@{reader.revision}",
    }


class Down(Simulated):
    """A therapist that is not there any more at its third turn."""

    broken = True

    def respond(self, requests: Sequence[Request]) -> Iterator[tuple[int, Response]]:
        if self.broken and any(len(request.conversation.turns) >= 8 for request in requests):
            raise EngineError("the therapist is not there", hint="run it again")
        yield from super().respond(requests)


def test_a_therapist_that_goes_down_loses_nothing(lab: Lab, simulated: Make, tmp_path: Path) -> None:
    study = lab.load(**THERAPY)
    whole = run(study, simulated(study), others={"therapist": simulated(study)})
    therapist = Down(simulated(study).truth, study.catalogue)
    with pytest.raises(EngineError, match="the therapist is not there"):
        run(study, simulated(study), tmp_path / "run", others={"therapist": therapist})
    therapist.broken = False
    again = run(study, simulated(study), tmp_path / "run", others={"therapist": therapist})
    assert ("broke", "simulated as therapist: the therapist is not there; run it again") in {
        (kind, detail) for _, kind, detail in again.store.incidents()
    }
    assert dict(again.store.responses()) == dict(whole.store.responses())


class Small(Simulated):
    """A participant with a short context."""

    capabilities = Capabilities(distribution=True, opening=True, seed=True, identical=True, context=600)


def test_a_manual_that_overruns_the_context_is_found_before_anything_is_asked(lab: Lab, simulated: Make) -> None:
    study = lab.load(**THERAPY)
    therapist = Small(simulated(study).truth, study.catalogue)
    client = Spy(simulated(study).truth, study.catalogue)
    with pytest.raises(InputError, match=r"the manual `\S+` with 6 turns of 60 tokens may need \d+ tokens, and simul"):
        run(study, client, others={"therapist": therapist})
    assert not hasattr(client, "roles")
    with pytest.raises(InputError, match=r"a session with `fear-0` and `\S+` may need \d+ tokens, and simulated holds"):
        run(study, Small(simulated(study).truth, study.catalogue), others={"therapist": client})


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"regulations": ["cognitive-restructuring"]}, "no arm is a control"),
        ({"regulations": ["breathing"]}, "no arm is a control"),
        ({"regulation": {"rounds": 0}}, "regulation.rounds"),
        ({"therapy": {"turns": 0}}, "therapy.turns"),
        ({"regulations": ["chosen", "none"]}, "0 techniques to choose from"),
        (
            {"regulations": ["supportive-listening", "none"], "contexts": ["battery"], "measures": ["ratings"]},
            "branches",
        ),
    ],
)
def test_what_cannot_be_arranged_is_pointed_at(lab: Lab, changes: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=rf"study\.yaml:\d+: .*{message}"):
        lab.load(**changes)


CHOOSING = {
    "states": ["fear"],
    "regulations": ["chosen", "mindfulness-breathing", "gratitude", "rumination", "none"],
    "tasks": [],
    "measures": ["words"],
}


def chosen(done: Run) -> dict[str, float]:
    """The mean probability of each technique that was offered."""
    scores = done.scores()
    offered = scores[(scores["measure"] == "techniques") & (scores["obtained"] == "exact")]
    return dict(offered.groupby("item")["value"].mean())


def test_a_choice_is_read_and_its_reason_kept_and_it_is_done(lab: Lab, simulated: Make) -> None:
    study = lab.load(**CHOOSING, replicates=3)
    prefers = {"mindfulness-breathing": 6.0, "gratitude": 3.0, "rumination": 1.0}
    removes = {"mindfulness-breathing": 0.5}
    done = run(study, simulated(study, shifts={"fear": {"fear": 2.0}}, prefers=prefers, removes=removes))
    assert chosen(done) == pytest.approx({"mindfulness-breathing": 0.6, "gratitude": 0.3, "rumination": 0.1})
    scores = done.scores()
    reasons = scores[(scores["measure"] == "techniques") & (scores["obtained"] == "generated")]
    assert len(reasons) == 12
    assert reasons["text"].str.len().gt(0).all()
    drawn = dict(zip(reasons["session"], reasons["item"], strict=True))
    wide = scores[(scores["regulation"] == "chosen") & (scores["scale"] == "fear")].pivot_table(
        index="session", columns="point", values="value"
    )
    fell = wide["regulated"] - wide["stabilised"]
    for session, technique in drawn.items():
        assert fell[session] == pytest.approx(-1.0 if technique == "mindfulness-breathing" else 0.0)


def test_no_technique_has_a_place_of_its_own_in_the_list(lab: Lab) -> None:
    study = lab.load(**CHOOSING, replicates=20)
    plan = Plan.of(study)
    first = [
        step.menu.offered[0]
        for cell in plan.cells
        if cell.regulation == "chosen"
        for step in plan.procedure(cell).steps
        if hasattr(step, "menu")
    ]
    counts = {id: first.count(id) for id in study.menu}
    assert len(first) == 80
    assert min(counts.values()) >= 12, counts


def test_a_choice_without_a_legal_answer_chooses_nothing(lab: Lab, simulated: Make) -> None:
    study = lab.load(**CHOOSING)
    done = run(study, simulated(study, prefers=dict.fromkeys(study.menu, 0.0)))
    choices = done.scores()[lambda rows: rows["measure"] == "techniques"]
    assert (choices["refused"] == 1.0).all()
    assert choices["value"].isna().all()
    assert set(choices["item"]) == set(study.menu)
    for (conversation,) in done.store.query("SELECT conversation FROM sessions")[1]:
        assert not any("I choose" in said for _, said in done.store.turns(conversation))


def test_a_run_with_talks_does_not_depend_on_when_it_is_stopped(lab: Lab, simulated: Make) -> None:
    study = lab.load(**THERAPY, therapy={"turns": 1})
    first, second = (run(study, simulated(study)) for _ in range(2))
    assert json.dumps(first.scores().to_dict()) == json.dumps(second.scores().to_dict())


def test_a_study_with_talks_keeps_its_shape(lab: Lab) -> None:
    study: Study = lab.load(**THERAPY)
    assert study.controls == ("psychoeducation-other", "supportive-listening", "none")
