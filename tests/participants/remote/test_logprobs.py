"""Log probabilities that cannot be such are an incident, and the answer is obtained in the next way."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from affectlab.errors import ParticipantError
from affectlab.participants.remote import Policy
from affectlab.participants.remote.calls import Malformed
from affectlab.participants.remote.logprobs import first_position, log_probability
from affectlab.participants.remote.openai import FollowingReader
from affectlab.participants.remote.vllm import NextTokensReader
from affectlab.requests import Answer
from tests.participants.remote.conftest import asks, opened
from tests.participants.remote.endpoint import Endpoint

SHARES = {"7": 0.6, "3": 0.3, "Hm": 0.05}


def token(text: str, logprob: Any) -> dict[str, Any]:
    return {"token": text, "logprob": logprob, "bytes": list(text.encode())}


def place(**changed: Any) -> list[dict[str, Any]]:
    """Three likely tokens, some of them with another value."""
    return [token(text, changed.get(text, math.log(share))) for text, share in SHARES.items()]


BROKEN: dict[str, list[dict[str, Any]]] = {
    "probabilities": [token(text, share) for text, share in SHARES.items()],
    "twice": [*place(), token("7", math.log(0.6))],
    "more than one": place(Hm=math.log(0.5)),
    "nan": place(Hm=math.nan),
    "infinite": place(Hm=math.inf),
    "null": place(Hm=None),
    "text": place(Hm="-0.7"),
    "nan as text": place(Hm="nan"),
    "true": place(Hm=True),
    "list": place(Hm=[-0.7]),
    "missing": [*place(), {"token": "x"}],
    "no list": 7,  # type: ignore[dict-item]
    "no objects": ["7"],  # type: ignore[list-item]
}


def answered(tops: Any, *, late: bool = False) -> Any:
    """An endpoint's hook whose log probabilities are ``tops``; ``late``: only after the probing."""

    def answer(asked: dict[str, Any], count: int) -> dict[str, Any] | None:
        if not asked.get("logprobs") or (late and "Case" not in str(asked)):
            return None
        logprobs = {"content": [{"token": "7", "logprob": -1.0, "top_logprobs": tops}]}
        message = {"role": "assistant", "content": "7"}
        return {"choices": [{"index": 0, "finish_reason": "stop", "message": message, "logprobs": logprobs}]}

    return answer


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("kind", BROKEN)
def test_what_cannot_be_a_log_probability_is_an_incident_and_draws_are_made(kind: str, late: bool) -> None:
    policy = Policy(least_draws=4, most_draws=4)
    with Endpoint(answer=answered(BROKEN[kind], late=late)) as endpoint, opened(endpoint.url, policy=policy) as model:
        _ = model.capabilities
        before = endpoint.asked
        answers = dict(model.respond(asks(8)))
        sent = endpoint.asked - before
        kinds = model.incidents.counts
    for answer in answers.values():
        assert isinstance(answer, Answer)
        assert answer.obtained == "sampled"
        assert answer.coverage <= 1.0
    if late or kind not in ("null", "missing"):
        assert set(kinds) - {"timeout"} <= {"log probabilities wrong", "log probabilities missing"}, (
            "or a machine is busy"
        )
        assert kinds
    assert sent <= 8 * 4 + (8 * 3 if late else 0), "it was asked for again and again"


def test_a_way_that_fails_on_question_after_question_is_left() -> None:
    policy = Policy(least_draws=2, most_draws=2)
    hook = answered(BROKEN["probabilities"], late=True)
    with Endpoint(answer=hook) as endpoint, opened(endpoint.url, policy=policy, concurrency=1) as model:
        _ = model.capabilities
        before = endpoint.asked
        assert len(dict(model.respond(asks(40)))) == 40
        assert endpoint.asked - before == 40 * 2 + 4 * 3
        assert [one.then for one in model.incidents][-1].endswith("from here on")


@pytest.mark.parametrize("way", ["exact", "bounded"])
def test_a_way_that_was_asked_for_is_not_replaced_without_a_word(way: Any) -> None:
    hook = answered(BROKEN["twice"], late=True)
    with (
        Endpoint(answer=hook) as endpoint,
        opened(endpoint.url, policy=Policy(way=way)) as model,
        pytest.raises(ParticipantError, match="cannot be used"),
    ):
        list(model.respond(asks(1)))


def test_the_old_shape_is_read() -> None:
    logprobs = {
        "tokens": ["7"],
        "token_logprobs": [math.log(0.6)],
        "top_logprobs": [{"7": math.log(0.6), "3": math.log(0.4)}],
    }

    def old(asked: dict[str, Any], count: int) -> dict[str, Any] | None:
        if not asked.get("logprobs"):
            return None
        message = {"role": "assistant", "content": "7"}
        return {"choices": [{"index": 0, "finish_reason": "stop", "message": message, "logprobs": logprobs}]}

    with Endpoint(answer=old) as endpoint, opened(endpoint.url) as model:
        ((_, answer),) = model.respond(asks(1))
    assert isinstance(answer, Answer)
    assert answer.obtained == "exact"
    assert answer.probabilities[7] == pytest.approx(0.6)
    assert answer.probabilities[3] == pytest.approx(0.4)


@given(st.lists(st.floats(1e-6, 1.0), min_size=2, max_size=20, unique=True), st.floats(0.1, 1.0), st.integers(2, 6))
def test_rounded_log_probabilities_are_believed(weights: list[float], seen: float, decimals: int) -> None:
    total = math.fsum(weights) / seen
    tops = [token(f"t{i}", round(math.log(weight / total), decimals)) for i, weight in enumerate(weights)]
    position, _ = first_position({"logprobs": {"content": [{"token": "t0", "top_logprobs": tops}]}})
    assert math.fsum(math.exp(one.logprob) for one in position) <= 1.0 + 1e-9


def test_a_probability_of_nought_is_one() -> None:
    assert log_probability(-9999.0) == log_probability(-math.inf) == log_probability(-3.4e38) == -math.inf
    assert log_probability(1e-7) == 0.0
    same_text = [
        {"token": "\ufffd", "logprob": -1.0},
        {"token": "\ufffd", "logprob": -1.5},
        {"token": "", "logprob": -2},
    ]
    assert len(first_position({"logprobs": {"content": [{"token": "", "top_logprobs": same_text}]}})[0]) == 3


def completion(tops: list[dict[str, Any]]) -> dict[str, Any]:
    return {"choices": [{"logprobs": {"content": [{"top_logprobs": tops}]}}]}


def place_by_id(tops: dict[str, Any]) -> dict[str, Any]:
    return {"choices": [{"index": 0, "logprobs": {"top_logprobs": [tops]}}]}


def test_a_servers_own_scoring_is_checked_too() -> None:
    good = [{"id": 1, "token": "7", "logprob": -0.5}, {"id": 2, "token": ".", "logprob": -1.5}]
    read = FollowingReader(frozenset({1}), 2)
    assert read(completion(good))[1] == -0.5
    for bad in (0.6, None, "-0.7", math.nan):
        with pytest.raises(Malformed, match="log probability"):
            read(completion([good[0], {**good[1], "logprob": bad}]))
    with pytest.raises(Malformed, match="twice"):
        read(completion([good[0], {**good[0], "logprob": -3.0}]))
    with pytest.raises(Malformed, match="sum to"):
        read(completion([{**good[0], "logprob": -0.1}, {**good[1], "logprob": -0.1}]))
    by_id = NextTokensReader(1, frozenset({5}))
    assert by_id(place_by_id({"token_id:5": -0.7})).places[0][5] == -0.7
    for bad in (0.6, None, "-0.7", math.nan):
        with pytest.raises(Malformed, match="log probability"):
            by_id(place_by_id({"token_id:5": bad}))
    for keys, why in (({"7": -0.7}, "by their text"), ({"token_id:6": -0.7}, "that were named")):
        with pytest.raises(Malformed, match=why):
            by_id(place_by_id(keys))
    with pytest.raises(Malformed, match="sum to"):
        by_id(place_by_id({"token_id:5": -0.1, "token_id:6": -0.1}))
    with pytest.raises(Malformed, match="2 prompts"):
        NextTokensReader(2, frozenset({5}))(place_by_id({"token_id:5": -0.7}))


def test_the_numbers_of_the_wire_are_read_as_json_has_them() -> None:
    assert math.isnan(json.loads("NaN"))  # so that a reply can hold one
