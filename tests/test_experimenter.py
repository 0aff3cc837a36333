"""The experimenter of a protocol: with scripted participants, the transcript is the protocol's, word for word."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count, islice
from pathlib import Path
from typing import Any

import pytest

from affectlab.conversation import Conversation
from affectlab.design.plan import Plan
from affectlab.design.steps import Measure, RunStage
from affectlab.design.study import Study
from affectlab.errors import InputError
from affectlab.materials.catalogue import Catalogue
from affectlab.materials.protocol import STAGES, Arithmetic, Protocol
from affectlab.observations import Observation
from affectlab.participants.simulated import Simulated
from affectlab.requests import Reply, Speak
from affectlab.results.summary import summarise
from affectlab.scoring.performance import performance_scores
from affectlab.scoring.sums import Counting
from affectlab.session.experimenter import run_stage
from tests.conftest import HEAD, Lab, run

TSST = Catalogue().get(Protocol, "tsst")
PLACEBO = Catalogue().get(Protocol, "placebo-tsst")
SUMS = TSST.arithmetic

Said = Iterator[str | Reply]


def played(protocol: Protocol, stage: Any, said: Said) -> tuple[list[str], list[Observation]]:
    """What was said in a stage, from both sides, and what was observed."""
    running = run_stage(RunStage(protocol, stage), Conversation.begin(), seed=1)
    try:
        (request,) = next(running)
        while True:
            assert isinstance(request, Speak)
            one = next(said)
            (request,) = running.send([one if isinstance(one, Reply) else Reply(one)])
    except StopIteration as end:
        conversation, observations = end.value
        return [turn.text for turn in conversation.turns], observations


def scores(protocol: Protocol, observations: list[Observation]) -> dict[str, float]:
    keys = [f"key-{number}" for number in range(len(observations))]
    scores = list(performance_scores(protocol, observations, keys))
    assert {(score.measure, score.key) for score in scores} == {("tsst", "key-0")}
    return {score.scale: score.value for score in scores}


def subtracting(*, wrong_at: int | None = None) -> Said:
    """Counts down from 2043, one number a turn; errs once, at the given turn, and starts again when told to."""
    number = 2043
    for turn in count(1):
        if turn == wrong_at:
            number = 2043
            yield "1990"
        else:
            number -= 17
            yield str(number)


def test_an_error_at_a_known_step_gives_exactly_the_transcript_of_the_protocol() -> None:
    said, observations = played(TSST, "arithmetic", subtracting(wrong_at=3))
    opening = (
        "We now come to the second task. Please count backwards from 2043 in steps of 17, as fast and as correctly as "
        "you can. Say the numbers only. If you make an error, we will tell you, and you will start again from 2043. "
        "Please begin."
    )
    wrong = "That is not correct. Please start again from 2043."
    # worked by hand: 2043 - 17 = 2026, 2026 - 17 = 2009, and 1992 would have been next
    assert said == [
        *(opening, "2026", "Go on.", "2009", "Go on.", "1990"),
        *(wrong, "2026", "Go on.", "2009", "Go on.", "1992", "Go on.", "1975", "Go on.", "1958"),
        *("Thank you. You may stop counting here.", "Okay."),
    ]
    scored = scores(TSST, observations)
    assert {name: scored[name] for name in ("errors", "correct", "longest-run")} == {
        "errors": 1,
        "correct": 7,
        "longest-run": 5,
    }


def test_one_that_never_errs_is_stopped_at_the_limit() -> None:
    said, observations = played(TSST, "arithmetic", subtracting())
    assert len(observations) == SUMS.exchanges
    assert said[-2] == SUMS.end
    assert said[-3] == str(2043 - 17 * SUMS.exchanges)
    assert scores(TSST, observations)["errors"] == 0
    assert scores(TSST, observations)["longest-run"] == SUMS.exchanges


def test_one_that_always_errs_takes_as_many_exchanges() -> None:
    said, observations = played(TSST, "arithmetic", iter(["2025"] * 99))
    assert len(observations) == SUMS.exchanges
    assert said.count("That is not correct. Please start again from 2043.") == SUMS.exchanges - 1
    assert scores(TSST, observations) | {"errors": 8, "repeated": 7, "longest-run": 0} == scores(TSST, observations)


REPLIES: list[tuple[str, str | Reply, int, int, str]] = [
    ("several at once", "2026, 2009 and 1992", 3, 0, "correct"),
    ("on lines", "2026\n2009\n1992", 3, 0, "correct"),
    ("a numbered list", "1. 2026\n2. 2009\n3. 1992", 3, 0, "correct"),
    ("thousands with commas", "2,026, 2,009", 2, 0, "correct"),
    ("the whole sum", "2043 - 17 = 2026; 2026 minus 17 is 2009.", 2, 0, "correct"),
    ("an error among others", "2026, 2009, 1991, 1974", 2, 1, "wrong"),
    ("the error that follows from nothing", "2020", 0, 1, "wrong"),
    ("a step left out", "2026, 1992", 1, 1, "wrong"),
    ("nothing", "", 0, 0, "none"),
    ("no number", "I would rather not do this.", 0, 0, "none"),
    ("only where it starts", "2043", 0, 0, "none"),
    ("cut off within the next number", Reply("2026, 20", "length"), 1, 0, "correct"),
    ("cut off within a wrong number", Reply("2026, 21", "length"), 1, 1, "wrong"),
    ("not cut off, but short", Reply("2026, 20", "stop"), 1, 1, "wrong"),
    ("refused", Reply("", "refused"), 0, 0, "none"),
]


@pytest.mark.parametrize(
    ("reply", "correct", "errors", "verdict"), [c[1:] for c in REPLIES], ids=[c[0] for c in REPLIES]
)
def test_every_number_is_checked(reply: str | Reply, correct: int, errors: int, verdict: str) -> None:
    given = reply if isinstance(reply, Reply) else Reply(reply)
    count, found = Counting(2043).after_reply(SUMS, given)
    assert (count.correct, count.errors, found) == (correct, errors, verdict)
    if verdict == "wrong":
        assert (count.last, count.run) == (2043, 0), "it starts again"


def test_after_the_last_number_that_is_not_below_zero_it_starts_again() -> None:
    count, verdict = Counting(20).after_reply(SUMS, Reply("3, 2043, 2026"))
    assert (verdict, count.correct, count.last) == ("correct", 3, 2026)


def test_the_placebo_points_out_no_error_and_takes_as_many_exchanges() -> None:
    said, observations = played(PLACEBO, "arithmetic", iter(["15, 30", "44", "59, 74", *["hm"] * 9]))
    sums = PLACEBO.arithmetic
    assert len(observations) == sums.exchanges == SUMS.exchanges
    assert said[2:7:2] == [sums.correct] * 3
    assert said[8:][:2] == [sums.prompt(0), "hm"]
    scored = scores(PLACEBO, observations)
    assert (scored["errors"], scored["correct"], scored["without-number"]) == (1, 4, 5)


def test_one_that_stops_early_is_prompted_and_one_that_speaks_on_is_not() -> None:
    speech = TSST.speech
    replies = [Reply("I am good with people"), Reply("and I work hard", "length"), Reply(""), Reply("No.", "refused")]
    said, observations = played(TSST, "speech", iter(replies))
    assert said == [
        *(speech.opening, "I am good with people", speech.prompts[0], "and I work hard", speech.further, "…"),
        *(speech.prompts[1], "No.", speech.end, "Okay."),
    ]
    scored = scores(TSST, observations)
    assert scored == {"words": 10, "stopped-early": 3, "silent": 1, "repeated": 0, "refused": 1}


@pytest.mark.parametrize("stage", ["speech", "arithmetic"])
@pytest.mark.parametrize("reply", [Reply("", "empty"), Reply("No.", "refused"), Reply("again and again")])
def test_silence_refusal_and_repetition_are_recorded_and_it_goes_on(stage: Any, reply: Reply) -> None:
    said, observations = played(TSST, stage, iter([reply] * 99))
    exchanges = getattr(TSST, stage).exchanges
    assert len(observations) == exchanges
    assert len(said) == 2 * (exchanges + 1)
    scored = scores(TSST, observations)
    assert scored["silent"] == (exchanges if not reply.text else 0)
    assert scored["refused"] == (exchanges if reply.finish == "refused" else 0)
    assert scored["repeated"] == (exchanges - 1 if reply.text else 0)


def with_protocols(lab: Lab, **changes: Any) -> Study:
    """The small study with a protocol in place of texts."""
    wanted = {
        "states": ["stress", "neutral"],
        "protocols": ["tsst", "placebo-tsst"],
        "unit": "session",
        "induction": {},
        "regulations": ["none"],
        "measures": ["ratings"],
        "tasks": [],
        "replicates": 3,
    }
    return lab.load(**(wanted | changes))


def test_it_is_measured_on_branches_at_six_stages(lab: Lab) -> None:
    study = with_protocols(lab)
    plan = Plan.of(study)
    assert study.points == STAGES
    assert len(plan) == 2 * 3
    for cell in plan.cells:
        measured = [step for step in plan.procedure(cell).steps if isinstance(step, Measure)]
        assert [step.point for step in measured] == list(STAGES)
        assert {step.context for step in measured} == {"branched"}


def test_a_participant_meets_the_protocol_and_its_control_with_one_seed(lab: Lab) -> None:
    cells = Plan.of(with_protocols(lab)).cells
    assert [(cell.state, cell.vignette) for cell in cells[:2]] == [("stress", "tsst-1"), ("neutral", "placebo-tsst-1")]
    assert {cell.seed for cell in cells[:2]} != {cell.seed for cell in cells[2:4]}
    assert len({cell.seed for cell in cells}) == 3


def test_a_planted_response_to_the_protocol_is_recovered_over_sessions(
    lab: Lab, simulated: Callable[..., Simulated]
) -> None:
    study = with_protocols(lab)
    planted = simulated(study, shifts={"stress": {"stress": 1.0}}, removes={"tsst": 0.75}, points=2.0)
    done = run(study, planted)
    (found,) = [one for one in summarise(done).findings if (one.claim, one.against) == ("induction", "neutral")]
    assert (found.claim, found.technique, found.state, found.n, found.n_unit) == (
        "induction",
        "tsst",
        "stress",
        3,
        "session",
    )
    assert found.estimate == pytest.approx(2.0)
    scores = done.scores()
    stress = scores[(scores["state"] == "stress") & (scores["scale"] == "stress")]
    means = stress.groupby("point")["value"].mean()
    assert means["debriefing"] - means["baseline"] == pytest.approx(2.0 * 0.25)
    assert set(scores.loc[scores["measure"] == "tsst", "scale"]) >= {"errors", "longest-run", "words"}


def test_the_same_seed_gives_the_same_text(lab: Lab, tmp_path: Path, simulated: Callable[..., Simulated]) -> None:
    study = with_protocols(lab)
    first, second = (run(study, simulated(study), tmp_path / name) for name in ("one", "two"))
    assert list(first.store.responses()) == list(second.store.responses())
    spoken = first.scores().query("scale == 'reply'")
    # notes, speech and sums, in two protocols and three sessions
    assert len(spoken) == 6 * (1 + TSST.speech.exchanges + SUMS.exchanges)


MISTAKES: list[tuple[dict[str, Any], str]] = [
    ({"protocols": ["tsts", "placebo-tsst"]}, "did you mean `tsst`"),
    ({"states": ["stress"]}, "`placebo-tsst` is a protocol for `neutral`"),
    ({"states": ["stress", "neutral", "fear"]}, "no protocol is for `fear`"),
    ({"unit": "vignette"}, "write `unit: session`"),
    ({"protocols": []}, "write `unit: vignette`"),
    ({"contexts": ["sequential"]}, "a protocol has a procedure of its own"),
    ({"neutral_turns": [2]}, "a protocol has a procedure of its own"),
    ({"regulations": ["breathing"]}, "a protocol has a procedure of its own"),
    ({"measure_at": ["induced"]}, "nothing is measured at baseline"),
]


@pytest.mark.parametrize(("changes", "says"), MISTAKES, ids=[case[1] for case in MISTAKES])
def test_a_mistake_is_one_line_with_its_place(lab: Lab, changes: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError) as caught:
        with_protocols(lab, **changes)
    assert says in str(caught.value)
    assert caught.value.line is not None
    assert caught.value.line > 1


def test_two_protocols_for_one_state_cannot_be_told_apart(lab: Lab) -> None:
    body = TSST.model_dump(mode="json", exclude_none=True) | {**HEAD, "id": "again", "control_of": "tsst"}
    lab.write("protocols/again.yaml", **body)
    with pytest.raises(InputError, match="`again` is for the same technique and state as `tsst`"):
        with_protocols(lab, protocols=["tsst", "placebo-tsst", "again"])


def test_exchanges_and_numbers_are_data() -> None:
    sums = Arithmetic.model_validate(SUMS.model_dump() | {"start": 100, "step": -7, "exchanges": 3})
    protocol = TSST.model_copy(update={"arithmetic": sums})
    said, _ = played(protocol, "arithmetic", (str(number) for number in islice(count(93, -7), 9)))
    assert said[0].startswith("We now come to the second task. Please count backwards from 100 in steps of 7")
    assert said[1::2] == ["93", "86", "79", "Okay."]
