"""A session is a generator: what it asks is a property of the procedure alone."""

from __future__ import annotations

from collections.abc import Callable

from affectlab.design.plan import Plan
from affectlab.design.procedure import Measure, Perform, Procedure, Say
from affectlab.materials.schema import Frame, Instrument
from affectlab.materials.tasks import Task
from affectlab.participants.simulated import Simulated
from affectlab.requests import Answer, Ask, Reply, Speak
from affectlab.session.session import session
from tests.conftest import HEAD, Lab

CLOZE = Instrument.model_validate(
    {
        **HEAD,
        "kind": "instrument",
        "id": "cloze",
        "form": "cloze",
        "question": "How are you?",
        "minimum_coverage": 0.0,
        "stems": [{"id": "now", "text": "Now I am"}],
        "words": {"fear": ["afraid", "scared"], "calm": ["calm"]},
    }
)
TASK = Task.model_validate(
    {
        **HEAD,
        "kind": "task",
        "id": "task",
        "form": "completion",
        "question": "Finish it.",
        "minimum_coverage": 0.0,
        "items": [{"id": "one", "pair": "one", "who": "self", "domain": "future", "text": "My days are"}],
        "words": {"negative": ["dull"], "positive": ["fine"]},
        "generation": {"max_tokens": 4, "temperature": 1.0, "stop": ["."]},
    }
)
FRAME = Frame.model_validate({**HEAD, "kind": "frame", "id": "frame", "announces": False, "text": "You are here."})


def test_measures_are_asked_on_forks_and_leave_no_trace(lab: Lab) -> None:
    steps = (Measure("baseline", CLOZE), Say("A scene.", "Okay."), Measure("induced", CLOZE))
    walk = session(Procedure(FRAME, steps), Plan.of(lab.load()).cells[0])
    before, after = next(walk)

    assert [turn.text for turn in before.conversation.turns] == ["You are here.", "How are you?"]
    said = [turn.text for turn in after.conversation.turns]
    assert said == ["You are here.", "A scene.", "Okay.", "How are you?"]


def test_turns_alternate_whatever_is_measured(lab: Lab) -> None:
    for cell in Plan.of(lab.load()).cells:
        plan = Plan.of(lab.load())
        for request in next(session(plan.procedure(cell), cell)):
            roles = [turn.role for turn in request.conversation.turns]
            spoken = roles[1:] if roles[0] == "system" else roles
            assert spoken == ["user", "assistant"] * (len(spoken) // 2) + ["user"]


def test_an_ask_holds_every_option_and_the_begun_turn(lab: Lab) -> None:
    walk = session(Procedure(FRAME, (Measure("baseline", CLOZE),)), Plan.of(lab.load()).cells[0])
    (ask,) = next(walk)
    assert isinstance(ask, Ask)
    assert ask.opening == "Now I am"
    assert ask.options == (" afraid", " scared", " calm")


def test_a_free_reply_has_a_derived_seed_of_its_own(lab: Lab) -> None:
    plan = Plan.of(lab.load())
    steps = (Perform("stabilised", TASK, ("one",)),)
    requests = [next(session(Procedure(FRAME, steps), cell))[1] for cell in plan.cells]
    assert all(isinstance(request, Speak) for request in requests)
    seeds = {(cell.text, cell.replicate): request.seed for cell, request in zip(plan.cells, requests, strict=True)}
    assert len(set(seeds.values())) == len(seeds) == plan.study.induction.texts


def test_the_end_returns_every_observation_in_order(lab: Lab) -> None:
    steps = (Measure("baseline", CLOZE), Perform("stabilised", TASK, ("one",)))
    walk = session(Procedure(FRAME, steps), Plan.of(lab.load()).cells[0])
    requests = next(walk)
    responses = [Reply(" dull") if isinstance(one, Speak) else Answer((-1.0,) * len(one.options)) for one in requests]
    try:
        walk.send(responses)
    except StopIteration as end:
        observed = [(one.probe.point, one.probe.item, one.probe.kind) for one in end.value.observations]
    expected = [("baseline", "now", "read"), ("stabilised", "one", "read"), ("stabilised", "one", "generated")]
    assert observed == expected


def test_every_stem_is_completed_freely_once_per_state(lab: Lab, simulated: Callable[..., Simulated]) -> None:
    plan = Plan.of(lab.load())
    items = [item.id for item in plan.study.catalogue.get(Task, "endings").items]
    for state in plan.study.states:
        generated = [
            stem
            for cell in plan.cells
            if cell.state == state
            for step in plan.procedure(cell).steps
            if isinstance(step, Perform)
            for stem in step.generated
        ]
        assert sorted(generated) == sorted(items)
