"""What is done to a participant, and what is read from it, beside what is said and asked."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import pytest

from affectlab.conversation import Conversation, Intervention
from affectlab.errors import CapabilityError
from affectlab.materials.schema import Instrument
from affectlab.materials.tasks import Task
from affectlab.observations import Observation, Probe
from affectlab.participants.base import Capabilities, worded
from affectlab.participants.simulated import Simulated
from affectlab.requests import Answer, Ask, Read, Reading, Reply, Speak
from affectlab.run import run
from affectlab.session import session
from affectlab.session.fork import Fork
from affectlab.store.store import Store
from tests.conftest import Lab, planted

TOLD = Conversation.begin("System.").user("Hello.").assistant("Okay.")
STEERED = TOLD.intervened(Intervention("steering", "5c1d", 2.0)).user("How are you?")
QUANTITIES = ("layer 1", "layer 2")


class Closed(Simulated):
    """Reached by words alone."""

    capabilities = Capabilities(distribution=True, opening=True, seed=True, identical=True, context=0)


def looked(
    form: Instrument | Task, conversation: Conversation, point: str, seed: int, generated: Sequence[str] = ()
) -> Fork:
    """What is given is read from the participant after something was done to it."""
    read = Read(conversation.intervened(Intervention("steering", "5c1d", 1.0)), QUANTITIES)
    (response,) = yield [read]
    return [Observation(Probe(point, form, "now", "read", read), response)]


def test_a_dose_of_nothing_shares_every_request_with_no_link_at_all() -> None:
    none = TOLD.intervened(Intervention("steering", "5c1d", 0.0)).user("How are you?")
    plain = TOLD.user("How are you?")
    assert Ask(none, "I am", (" a",)).content == Ask(plain, "I am", (" a",)).content
    assert Read(none, QUANTITIES).content == Read(plain, QUANTITIES).content
    assert none.interventions == ()


def test_an_intervention_is_part_of_everything_after_it() -> None:
    other = TOLD.intervened(Intervention("steering", "5c1d", 1.0)).user("How are you?")
    said = TOLD.user("How are you?")
    assert len({said.id, other.id, STEERED.id}) == 3
    assert STEERED.turns[-1].text == "How are you?"
    assert STEERED.messages == said.messages
    assert [link.intervention is not None for link in STEERED.links] == [False, False, False, True, False]


def test_what_was_said_and_asked_before_keeps_its_identity() -> None:
    assert TOLD.id == "7816756f9296c8fefd1889894a62a8d5ebcfa480bf5791da223ae565bed73cc7"
    assert Ask(TOLD, "I am", (" a", " b")).content.startswith("1770446b92a9bfb70eacb5b7ffee123b")
    assert Speak(TOLD, 7).content.startswith("e50bec568dd89beda784904fc1592720")


def test_readings_and_interventions_come_back_as_they_were_kept(tmp_path: Path) -> None:
    store, reading = Store(tmp_path / "s.sqlite"), Reading((0.5, math.nan))
    store.keep("a", "p", Read(STEERED, QUANTITIES), reading, 0)
    store.close()
    again = Store(tmp_path / "s.sqlite")
    assert dict(again.responses()) == {"a": reading}
    (_, _, _, (role, content), _) = again.turns(STEERED.id)
    assert role == "intervention"
    assert Intervention.of(content) == Intervention("steering", "5c1d", 2.0)


@pytest.mark.parametrize(
    ("request_", "name"), [(Read(TOLD, QUANTITIES), "reads"), (Ask(STEERED, "I am", (" a",)), "intervenes")]
)
def test_a_participant_that_only_words_reach_says_so(lab: Lab, request_: Ask | Read, name: str) -> None:
    with pytest.raises(CapabilityError, match=f"simulated lacks what the study requires: {name}"):
        worded(Closed(planted(), lab.load().catalogue), [request_])


def test_a_participant_with_a_truth_refuses_what_it_has_no_truth_for(lab: Lab) -> None:
    participant = Simulated(planted(), lab.load().catalogue)
    requests = [Read(TOLD, QUANTITIES), Ask(STEERED, "I am", (" a", " b")), Speak(STEERED, 7)]
    (_, reading), (_, answer), (_, reply) = participant.respond(requests)
    assert reading == Reading((math.nan, math.nan))
    assert isinstance(answer, Answer)
    assert (answer.coverage, answer.refused) == (0.0, 1.0)
    assert isinstance(reply, Reply)
    assert reply.finish == "refused"


def test_a_study_that_looks_inside_is_stopped_before_anything_is_asked(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "forked", looked)
    study = lab.load()
    with pytest.raises(CapabilityError, match=r"simulated lacks what the study requires: (reads|intervenes)"):
        run(study, Closed(planted(), study.catalogue), tmp_path / "run")
    assert not list(tmp_path.rglob("answers.sqlite"))
    done = run(study, Simulated(planted(), study.catalogue))
    assert {"text"} == set(done.trials().query("measure == 'words'")["scale"])
