"""A session is a generator: what it asks is a property of the procedure alone."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence

import pytest

from affectlab.design.parts import Context
from affectlab.design.plan import Plan
from affectlab.design.steps import Generate, Measure, Perform, Procedure, Say
from affectlab.materials.instrument import Instrument
from affectlab.materials.schema import Frame, Line, Technique
from affectlab.materials.tasks import Task
from affectlab.participants.simulated import Simulated
from affectlab.requests import Answer, Ask, Reply, Request, Response, Speak
from affectlab.session.session import Ended, WholeSession, session
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


def test_measures_are_asked_on_branches_and_leave_no_trace(lab: Lab) -> None:
    steps = (Measure("baseline", CLOZE), Say("A scene.", "Okay."), Measure("induced", CLOZE))
    running = session(Procedure(FRAME, steps), Plan.of(lab.load()).cells[0])
    before, after = next(running)

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
    running = session(Procedure(FRAME, (Measure("baseline", CLOZE),)), Plan.of(lab.load()).cells[0])
    (ask,) = next(running)
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
    running = session(Procedure(FRAME, steps), Plan.of(lab.load()).cells[0])
    requests = next(running)
    responses = [Reply(" dull") if isinstance(one, Speak) else Answer((-1.0,) * len(one.options)) for one in requests]
    try:
        running.send(responses)
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


def answered(requests: Sequence[Request], said: str = " I am here.") -> list[Response]:
    """Even answers, and one reply to everything."""
    return [
        Reply(said) if isinstance(one, Speak) else Answer((math.log(1 / len(one.options)),) * len(one.options))
        for one in requests
    ]


def went_through(running: WholeSession, said: str = " I am here.") -> tuple[list[Sequence[Request]], Ended]:
    """All rounds of requests of a session, and its end."""
    rounds = []
    try:
        pending = next(running)
        while True:
            rounds.append(pending)
            pending = running.send(answered(pending, said))
    except StopIteration as end:
        return rounds, end.value


def test_what_the_participant_says_goes_on_in_the_conversation_and_branches_are_asked_meanwhile(lab: Lab) -> None:
    cell = Plan.of(lab.load()).cells[0]
    recall = lab.load().catalogue.get(Technique, "recall")
    steps = (
        Measure("baseline", CLOZE),
        Generate("Tell me.", recall, "induced", "turn-1", 20, 1.0),
        Measure("induced", CLOZE),
    )
    rounds, ended = went_through(session(Procedure(FRAME, steps), cell))

    first, second = rounds
    assert [type(one) for one in first] == [Speak, Ask]
    (after,) = second
    said = [(turn.role, turn.text) for turn in after.conversation.turns]
    assert said[1:3] == [("user", "Tell me."), ("assistant", "I am here.")]
    assert [one.probe.kind for one in ended.observations] == ["read", "spoken", "read"]
    assert [turn.text for turn in ended.conversation.turns] == ["You are here.", "Tell me.", "I am here."]


def test_a_silent_participant_leaves_a_turn_and_the_session_goes_on(lab: Lab) -> None:
    recall = lab.load().catalogue.get(Technique, "recall")
    steps = (Generate("Tell me.", recall, "induced", "turn-1", 20, 1.0), Measure("induced", CLOZE))
    _, ended = went_through(session(Procedure(FRAME, steps), Plan.of(lab.load()).cells[0]), said="")
    assert ended.conversation.text == "…"
    assert len(ended.observations) == 2


def test_arms_that_have_not_parted_hear_the_same_words(lab: Lab) -> None:
    study = lab.load(induction={"techniques": ["recall"], "texts": 1}, states=["fear"])
    plan = Plan.of(study)
    assert len(plan) == 3
    spoken = {next(session(plan.procedure(cell), cell))[0].content for cell in plan.cells}
    assert len(spoken) == 1


@pytest.mark.parametrize("context", ["sequential", "battery"])
def test_items_that_share_a_conversation_see_the_answers_before_them(lab: Lab, context: Context) -> None:
    catalogue = lab.load().catalogue
    ratings = catalogue.get(Instrument, "ratings")
    line = catalogue.get(Line, {"sequential": "next-item", "battery": "battery"}[context])
    cell = Plan.of(lab.load()).cells[0]
    steps = (Measure("baseline", ratings, context, (line,)), Measure("induced", CLOZE))
    rounds, ended = went_through(session(Procedure(FRAME, steps), cell))

    asked = [one for requests in rounds for one in requests if isinstance(one, Ask)]
    assert len(asked) == len(ratings.items) + 1
    last = ended.conversation.text
    if context == "battery":
        numbers = json.loads(last)
        assert list(numbers) == [item.text for item in ratings.items]
        assert all(number in range(11) for number in numbers.values())
        assert asked[1].opening.startswith(asked[0].opening)
    else:
        items = [one.probe.item for one in ended.observations[:-1]]
        assert sorted(items) == sorted(item.id for item in ratings.items)
        assert items != [item.id for item in ratings.items]
        assert sum(turn.role == "user" for turn in ended.conversation.turns) == len(ratings.items)
    again, _ = went_through(session(Procedure(FRAME, steps), cell))
    assert again == rounds


def test_a_procedure_follows_its_factors(lab: Lab) -> None:
    study = lab.load(
        regulations=["breathing", "none"],
        regulation={"orders": ["before"], "rounds": 2},
        again=True,
        measure_at=["baseline", "prepared", "induced", "regulated"],
        tasks=[],
    )
    plan = Plan.of(study)
    cell = next(cell for cell in plan.cells if cell.state == "fear" and cell.regulation == "breathing")
    order = [step.point if isinstance(step, Measure) else "said" for step in plan.procedure(cell).steps]
    # settling in, two rounds, the scene, and the next scene
    expected = [
        "said",
        "baseline",
        "said",
        "round-1",
        "said",
        "prepared",
        "said",
        "induced",
        "regulated",
        "said",
        "again",
    ]
    assert order == expected
    assert study.points == ("baseline", "prepared", "induced", "round-1", "regulated", "again")
