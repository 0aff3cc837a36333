"""A model that reasons first: its reasoning is no part of an answer; what it refuses is recorded as not honoured."""

from __future__ import annotations

from typing import Any

from affectlab.conversation import Conversation
from affectlab.participants.remote import Policy
from affectlab.requests import Answer, Reply, Speak
from tests.participants.remote.conftest import asks, opened
from tests.participants.remote.endpoint import Endpoint

THOUGHT = "Let me see, is it 3 or 9? Rather 9."


def thinker(asked: dict[str, Any], number: int) -> dict[str, Any]:
    """Takes neither temperature nor log probabilities, and shows its reasoning beside a reply."""
    for refused in ("temperature", "logprobs"):
        if refused in asked:
            return {"status": 400, "error": {"message": f"Unsupported parameter: '{refused}' is not supported here"}}
    message = {"role": "assistant", "content": "7", "reasoning_content": THOUGHT}
    usage = {"prompt_tokens": 9, "completion_tokens": 13, "completion_tokens_details": {"reasoning_tokens": 12}}
    return {"choices": [{"index": 0, "finish_reason": "stop", "message": message}], "usage": usage}


def test_reasoning_is_kept_apart_and_its_length_recorded() -> None:
    policy = Policy(least_draws=4, most_draws=4)
    with Endpoint(answer=thinker) as endpoint, opened(endpoint.url, policy=policy, reasoning_tokens=500) as model:
        assert model.abilities.reasons
        assert not model.capabilities.distribution
        ((_, answer),) = model.respond(asks(1))
        ((_, reply),) = model.respond([Speak(Conversation.begin("A study.").user("Tell me."), 5, max_tokens=40)])
        assert model.spent.reasoning == 12 * (model.spent.calls - model.spent.estimated)
    assert isinstance(answer, Answer)
    assert answer.obtained == "sampled"
    assert answer.coverage == 1.0
    assert answer.honoured["reasoning"] == {"letters": len(THOUGHT), "tokens": 12}
    assert (answer.requested["temperature"], answer.honoured["temperature"]) == (1.0, None)
    assert isinstance(reply, Reply)
    assert (reply.text, reply.tokens) == ("7", 1)
    assert reply.honoured["reasoning"] == {"letters": len(THOUGHT), "tokens": 12}
    assert (reply.honoured["temperature"], reply.honoured["effort"]) == (None, 500)


def test_the_budget_of_reasoning_stands_on_top_of_the_answer() -> None:
    limits: list[int] = []

    def seen(asked: dict[str, Any], number: int) -> dict[str, Any]:
        limits.append(int(asked["max_tokens"]))
        return thinker(asked, number)

    for budget in (0, 500):
        with Endpoint(answer=seen) as endpoint, opened(endpoint.url, reasoning_tokens=budget) as model:
            _ = model.capabilities
            limits.clear()
            list(model.respond([Speak(Conversation.begin("A study.").user("Tell me."), 5, max_tokens=40)]))
            assert limits == [40 + budget]
            assert (str(budget) in model.revision) == bool(budget), "another budget is another participant"
