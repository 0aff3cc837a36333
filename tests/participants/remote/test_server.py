"""The embedded model behind a real server of this machine: llama.cpp's own, with the same weights."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from affectlab.conversation import Conversation
from affectlab.experiment import Experiment
from affectlab.experiment.settings import Settings
from affectlab.participants.embedded import EmbeddedParticipant
from affectlab.participants.remote import Policy, RemoteParticipant, remote
from affectlab.requests import Answer, Ask
from affectlab.run import Run
from tests.conftest import Lab, run

pytestmark = pytest.mark.model

PROBABILITY = 1e-3
"""How far an exact answer may lie from the embedded one. The server keeps its cache in 16 bits; the embedded engine
in 32."""
POINTS = 0.01
"""How far an expected rating may lie from the embedded one, in scale points."""
DRAWS = pytest.mark.parametrize("draws", [16, pytest.param(64, marks=pytest.mark.long)])
YES_NO = Ask(
    Conversation.begin("You take part in a study.").user("Is snow white? Answer with one word, yes or no."),
    "The answer is",
    (" yes", " no"),
)


def served(url: str, **policy: Any) -> RemoteParticipant:
    return remote("openai:tiny", base_url=url, policy=Policy(**policy), concurrency=2)


def answer(url: str, **policy: Any) -> Answer:
    with served(url, **policy) as participant:
        ((_, found),) = participant.respond([YES_NO])
    assert isinstance(found, Answer)
    return found


@pytest.fixture(scope="module")
def exact(llama_server: str) -> Answer:
    """What the server says exactly."""
    return answer(llama_server, way="exact")


def probabilities(found: Answer) -> np.ndarray[Any, np.dtype[np.float64]]:
    return np.exp(np.array(found.logprobs))


@pytest.mark.parametrize(
    ("points", "rated"),
    [
        (["baseline", "induced"], ["fear"]),
        pytest.param(["baseline", "induced", "regulated"], ["fear", "sadness"], marks=pytest.mark.long),
    ],
)
def test_a_study_has_the_same_exact_answers_embedded_and_through_the_server(
    llama_server: str, lab: Lab, tmp_path: Path, points: list[str], rated: list[str]
) -> None:
    lab.rating(
        "two",
        "How are you right now, from 0 to 10?",
        [{"id": state, "text": state, "scale": state, "foil": False} for state in rated],
        opening="- {item}:",
        options={"from": 0, "to": 10, "template": " {value}"},
    )
    study = lab.load(
        states=["fear", "neutral"],
        induction={"techniques": ["scene"], "grades": ["moderate"], "texts": 1},
        regulations=["none"],
        measures=["words", "two"],
        measure_at=points,
        tasks=[],
    )
    embedded = EmbeddedParticipant(threads=1)
    try:
        here = run(study, embedded, tmp_path / "here")
    finally:
        embedded.close()
    model = "llamacpp:tiny"
    planned = Experiment(study, models=[model], settings=Settings(way="exact")).cost()[model.replace(":", "-")]
    with served(llama_server, way="exact") as participant:
        assert participant.abilities.server == "llama.cpp"
        before = participant.spent
        there = run(study, participant, tmp_path / "there")
        calls, sent = (after - one for after, one in zip(participant.spent[:2], before[:2], strict=True))
    # at most all places are looked at twice: among the likeliest tokens, and among all
    assert planned.calls[0] <= calls <= planned.calls[1] == 2 * planned.calls[0]
    assert 0.9 * planned.prompt[0] <= sent <= 1.1 * planned.prompt[1]

    asked, answered = by_question(here), by_question(there)
    assert asked.keys() == answered.keys()
    assert len(asked) > 8
    for question, found in asked.items():
        assert answered[question] == pytest.approx(found, abs=PROBABILITY)
    ways = there.scores()["obtained"]
    assert set(ways) == {"exact"}
    ratings = [one.scores().query("measure == 'two'")["value"].to_numpy() for one in (here, there)]
    assert ratings[0] == pytest.approx(ratings[1], abs=POINTS)
    assert np.ptp(ratings[0]) > 10 * POINTS


def by_question(one: Run) -> Mapping[tuple[str, str], list[float]]:
    """The probabilities of each question's options."""
    _, rows = one.store.query("SELECT conversation, opening, key FROM responses")
    responses = dict(one.store.responses())
    return {
        (conversation, opening): [math.exp(logprob) for logprob in responses[key].logprobs]  # type: ignore[union-attr]
        for conversation, opening, key in rows
    }


def test_a_bounded_answer_holds_the_exact_one(llama_server: str, exact: Answer) -> None:
    found = answer(llama_server, way="bounded", alternatives=2)
    assert found.obtained in ("bounded", "exact")
    bounds = found.bounds or tuple((p, p) for p in probabilities(found))
    for probability, (low, high) in zip(probabilities(exact), bounds, strict=True):
        assert low - PROBABILITY <= probability <= high + PROBABILITY


@DRAWS
def test_free_draws_agree_with_the_exact_answer_within_their_error(
    llama_server: str, exact: Answer, draws: int
) -> None:
    """Read strictly: an exact answer knows no forgiving of capitals and quotes."""
    found = answer(llama_server, way="sampled", least_draws=draws, most_draws=draws, strict=True)
    assert found.honoured["draws"] == draws
    for share, probability in zip(probabilities(found), probabilities(exact), strict=True):
        assert abs(share - probability) < 4 * math.sqrt(max(probability * (1 - probability), 0.01) / draws)


@DRAWS
def test_constrained_draws_agree_with_the_exact_answer_given_a_legal_one(
    llama_server: str, exact: Answer, draws: int
) -> None:
    """Where no likelier word shares its beginning with an option, which is what the record of such answers warns of."""
    found = answer(llama_server, way="constrained", least_draws=draws, most_draws=draws)
    assert found.obtained == "constrained"
    assert "caveat" in found.honoured
    given = probabilities(exact) / probabilities(exact).sum()
    assert probabilities(found).sum() == pytest.approx(1.0)
    for share, probability in zip(probabilities(found), given, strict=True):
        assert abs(share - probability) < 4 * math.sqrt(max(probability * (1 - probability), 0.01) / draws)


def test_the_seed_and_the_draws_are_the_same_again(llama_server: str) -> None:
    """With one request at a time, so that nothing else shares the batch."""
    twice = []
    for _ in range(2):
        with remote(
            "openai:tiny",
            base_url=llama_server,
            policy=Policy(way="sampled", least_draws=4, most_draws=4),
            concurrency=1,
        ) as p:
            ((_, found),) = p.respond([YES_NO])
            assert isinstance(found, Answer)
            twice.append(found.logprobs)
    assert twice[0] == twice[1]
