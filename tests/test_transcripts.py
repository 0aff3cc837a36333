"""What a level of a factor is called is what happens in the conversation."""

from __future__ import annotations

import pytest

from affectlab.conversation import Conversation
from affectlab.design.plan import Plan
from affectlab.design.study import Study
from affectlab.materials.instrument import Instrument
from affectlab.materials.schema import Frame, Line
from affectlab.session.session import session
from tests.conftest import Lab
from tests.test_session import went_through


def transcripts(study: Study, factor: str) -> dict[str, Conversation]:
    """The conversation with the first text, by the level of a factor."""
    plan = Plan.of(study)
    return {
        getattr(cell, factor): went_through(session(plan.procedure(cell), cell))[1].conversation
        for cell in plan.cells
        if cell.text == 0
    }


def small(lab: Lab, **changes: object) -> Study:
    return lab.load(**{"states": ["fear"], "regulations": ["none"], "tasks": [], **changes})


def said(conversation: Conversation) -> list[tuple[str, str]]:
    return [(str(turn.role), turn.text) for turn in conversation.turns]


def test_every_persona_is_a_frame_of_its_own(lab: Lab) -> None:
    study = small(lab, frames=["personas", "assistant", "none"])
    found = transcripts(study, "frame")
    personas = [frame for frame in study.catalogue.all(Frame) if frame.persona]
    assert len(personas) >= 12
    for frame in personas:
        assert said(found[frame.id])[0] == ("system", frame.text)
    assert len({said(found[frame.id])[0] for frame in personas}) == len(personas)
    assert "assistant" in said(found["assistant"])[0][1]
    assert said(found["none"])[0][0] == "user", "no frame, no system turn"
    # whoever it is, the rest is the same
    assert len({tuple(said(one)[-2:]) for one in found.values()}) == 1


def test_a_text_is_delivered_where_the_study_says(lab: Lab) -> None:
    study = small(lab, induction={"techniques": ["scene"], "texts": 1, "deliveries": ["user", "system", "elaborated"]})
    found = {level: said(one) for level, one in transcripts(study, "delivery").items()}
    (scene,) = {text for role, text in found["user"] if "Picture the scene." in text}
    line = study.catalogue.get(Line, "elaborate").text
    assert found["user"][-2:] == [("user", scene), ("assistant", "Okay.")]
    assert found["system"][-2:] == [("system", scene), ("assistant", "Okay.")]
    assert found["elaborated"][-4:-1] == [("user", scene), ("assistant", "Okay."), ("user", line)]
    assert found["elaborated"][-1] == ("assistant", "I am here."), "in its own words"


@pytest.mark.parametrize("context", ["branched", "sequential", "battery"])
def test_answers_stand_in_the_conversation_unless_they_are_given_on_branches(lab: Lab, context: str) -> None:
    study = small(lab, measures=["ratings"], contexts=[context], measure_at=["baseline", "induced"])
    (found,) = transcripts(study, "context").values()
    items = len(study.catalogue.get(Instrument, "ratings").items)
    questions = sum(role == "user" for role, _ in said(found)) - 2
    assert questions == {"branched": 0, "sequential": 2 * items, "battery": 2}[context]
