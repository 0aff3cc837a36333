"""Models of closed providers, at servers that refuse what the providers' documentation calls an error."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest

from affectlab.conversation import Conversation
from affectlab.participants.remote import Policy, RemoteParticipant, remote
from affectlab.requests import Answer, Ask, Reply, Request, Speak
from tests.participants.remote.closed_servers import AnthropicServer, ClosedServer, GeminiServer
from tests.participants.remote.conftest import HASTY, RATINGS, asks
from tests.participants.remote.endpoint import KEY

CLOSED: dict[str, type[ClosedServer]] = {"anthropic": AnthropicServer, "gemini": GeminiServer}


@pytest.fixture(params=CLOSED)
def provider(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def opened(provider: str, server: ClosedServer, **settings: Any) -> RemoteParticipant:
    name = f"{provider}:{server.model.name}"
    return remote(name, base_url=server.url, api_key_env="PLANTED_KEY", **{"patience": HASTY, **settings})


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLANTED_KEY", KEY)


def text_of(ask: Ask) -> str:
    return "\n".join(turn.text for turn in ask.conversation.turns)


def test_shares_of_draws_are_what_the_model_says(provider: str) -> None:
    """Within four standard errors, options and what is no option alike; nothing comes out as certain."""
    requests = asks(4)
    with CLOSED[provider]() as server, opened(provider, server, policy=Policy(least_draws=200, most_draws=200)) as one:
        answers = dict(one.respond(requests))
        for at, ask in enumerate(requests):
            assert isinstance(ask, Ask)
            answer = answers[at]
            assert isinstance(answer, Answer)
            assert answer.obtained == "sampled"
            truth = server.model.shares(text_of(ask))
            for option, logprob in zip(ask.options, answer.logprobs, strict=True):
                got = math.exp(logprob)
                error = (truth[option] * (1 - truth[option]) / 200) ** 0.5
                assert abs(got - truth[option]) < 4 * error + 1e-9
            refused = truth["I'm sorry, but I can't"]
            assert abs(answer.refused - refused) < 4 * (refused * (1 - refused) / 200) ** 0.5


def test_what_is_said_what_is_refused_and_a_conversation_with_turns(provider: str) -> None:
    told = Conversation.begin("A study.").user("A case.").assistant("Okay.")
    requests: list[Request] = [
        Speak(told.user("Tell me."), seed=1),
        Speak(told.user("Tell me what is forbidden."), seed=2),
        Ask(told.user("How much, from 0 to 10?"), "", RATINGS),
    ]
    with CLOSED[provider]() as server, opened(provider, server, policy=Policy(least_draws=8, most_draws=8)) as one:
        got = dict(one.respond(requests))
    said, stopped, answer = got[0], got[1], got[2]
    assert isinstance(said, Reply)
    assert isinstance(stopped, Reply)
    assert isinstance(answer, Answer)
    assert len(said.text.split()) == 8
    assert stopped.finish == "refused"
    assert answer.honoured["draws"] == 8


def test_reasoning_is_asked_for_as_the_documentation_says_and_is_no_answer(provider: str) -> None:
    settings = {"reasoning_tokens": 1024, "policy": Policy(least_draws=8, most_draws=8)}
    with CLOSED[provider]() as server, opened(provider, server, **settings) as one:
        answer = dict(one.respond(asks(1)))[0]
    assert isinstance(answer, Answer)
    assert answer.honoured["effort"] == 1024
    assert sum(answer.probabilities) > 0
    last = server.seen[-1]
    config = last.get("thinking") or last["generationConfig"]["thinkingConfig"]
    assert 1024 in config.values()
    # what it thought is paid for
    assert server.tokens[-1][2] > 5


def test_what_is_spent_is_what_the_server_counts(provider: str) -> None:
    """Prompts, what came from the cache, and replies, thoughts among them."""
    long = "A long case that is told in many words. " * 12
    told = Conversation.begin("A study.").user(long).assistant("Okay.")
    requests = [Ask(told.user(f"How much {at}, from 0 to 10?"), "", RATINGS) for at in range(6)]
    settings = {"policy": Policy(least_draws=4, most_draws=4), "concurrency": 1}
    with CLOSED[provider](thinks=True) as server, opened(provider, server, **settings) as one:
        dict(one.respond(requests))
        spent = one.spent
    assert spent.prompt == sum(prompt for prompt, _, _ in server.tokens)
    assert spent.cached == sum(cached for _, cached, _ in server.tokens)
    assert spent.cached > spent.prompt / 2
    assert spent.output == sum(output for _, _, output in server.tokens)
    assert spent.calls == len(server.tokens)


def test_constrained_draws_say_nothing_but_options(provider: str) -> None:
    policy = Policy(way="constrained", least_draws=16, most_draws=16)
    with CLOSED[provider]() as server, opened(provider, server, policy=policy) as one:
        answer = dict(one.respond(asks(1)))[0]
    assert isinstance(answer, Answer)
    assert answer.obtained == "constrained"
    assert "none" not in answer.honoured["replies"]
    assert answer.honoured["coverage"] == "by force"


def test_log_probabilities_of_gemini_are_read_where_it_gives_them() -> None:
    requests = asks(3)
    with GeminiServer(alternatives=20) as server, opened("gemini", server) as one:
        answers = dict(one.respond(requests))
        for at, ask in enumerate(requests):
            assert isinstance(ask, Ask)
            answer = answers[at]
            assert isinstance(answer, Answer)
            truth = server.model.shares(text_of(ask))
            assert answer.bounds is not None
            for option, (least, most) in zip(ask.options, answer.bounds, strict=True):
                assert least - 1e-9 <= truth[option] <= most + 1e-9
                # `1` may become `10`: at the first token that is one interval, and nothing else is
                assert most - least < 1e-6 or option in ("1", "10")


def test_faults_change_no_draw_that_a_seed_repeats_and_lose_none(provider: str) -> None:
    """Gemini takes seeds, so that the shares are the same; of the Messages API every draw is there."""
    policy = Policy(least_draws=8, most_draws=8)
    shares = []
    for faults in (0.0, 0.3):
        with CLOSED[provider](faults=faults) as server, opened(provider, server, policy=policy) as one:
            _ = one.capabilities
            server.quiet = False
            answers = dict(one.respond(asks(6)))
            shares.append([answers[at].probabilities for at in range(6)])  # type: ignore[union-attr]
            assert server.injected.total() > 5 or not faults
            assert all(answers[at].honoured["draws"] == 8 for at in range(6))  # type: ignore[union-attr]
    if provider == "gemini":
        assert shares[0] == shares[1]


def test_a_key_goes_into_its_header_and_into_nothing_that_is_kept(provider: str, tmp_path: Path) -> None:
    with CLOSED[provider]() as server, opened(provider, server, draw_log=tmp_path / "draws") as one:
        dict(one.respond(asks(1)))
        told = repr(one.card) + repr(one.incidents)
    assert KEY not in told
    assert all(KEY.encode() not in file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
