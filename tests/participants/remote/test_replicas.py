"""One model at several addresses."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from affectlab.conversation import Conversation
from affectlab.errors import EngineError, ParticipantError
from affectlab.participants.remote.replicas import Replicas, home
from affectlab.participants.remote.setup import Setup
from affectlab.requests import Answer, Ask
from tests.participants.remote.conftest import opened
from tests.participants.remote.known_model import KnownModel
from tests.participants.remote.vllm_server import VllmServer, unavoidable

KNOWN = KnownModel(likely=(" sad", " happy"))
ROOTS = [Conversation.begin("A study.").user(f"{'word ' * 40} text {text}") for text in range(12)]
ASKS = [
    Ask(root.assistant("Okay.").user(f"How {word}?"), "I feel", (" sad", " happy"))
    for root in ROOTS
    for word in ("now", "you", "very")
]


@contextmanager
def two(*servers: VllmServer) -> Iterator[Replicas]:
    """A participant at two servers."""
    with servers[0], servers[1], Replicas([opened(one.url, concurrency=2) for one in servers]) as replicas:
        _ = replicas.capabilities
        for one in servers:
            one.computed_prompts.clear()
        yield replicas


def held(found: dict[int, object]) -> bool:
    return sorted(found) == list(range(len(ASKS))) and all(
        isinstance(one, Answer) and [math.exp(lp) for lp in one.logprobs] == pytest.approx(KNOWN.truth(ASKS[at]))
        for at, one in found.items()
    )


def test_every_conversation_is_asked_where_its_beginning_is_kept() -> None:
    servers = VllmServer(KNOWN), VllmServer(KNOWN)
    with two(*servers) as replicas:
        before = [one.computed_tokens for one in servers]
        assert held(dict(replicas.respond(ASKS)))
        computed = sum(one.computed_tokens - start for one, start in zip(servers, before, strict=True))
        assert replicas.spent.calls == sum(one.spent.calls for one in replicas.replicas)
    roots = [{prompt[:60] for prompt in one.computed_prompts if len(prompt) > 60} for one in servers]
    assert all(len(one) > 2 for one in roots)
    assert not roots[0] & roots[1], "a conversation was computed at both"
    prompts = [prompt for one in servers for prompt in one.computed_prompts]
    assert computed <= 1.1 * unavoidable(prompts)


def test_the_home_of_a_conversation_does_not_depend_on_what_else_is_asked() -> None:
    homes = [home(root, 4) for root in ROOTS]
    assert set(homes) == {0, 1, 2, 3}
    assert homes == [home(root.assistant("Okay.").user("More."), 4) for root in ROOTS]


def test_where_one_is_gone_the_others_answer_what_it_had_left() -> None:
    servers = VllmServer(KNOWN), VllmServer(KNOWN)
    told: list[str] = []
    with two(*servers) as replicas:
        replicas.on_incident(lambda kind, detail: told.append(kind))
        servers[1].down = True
        assert held(dict(replicas.respond(ASKS)))
        assert "endpoint gone" in told
        servers[0].down = True
        with pytest.raises(ParticipantError):
            list(replicas.respond(ASKS))


def test_a_model_that_is_exchanged_at_one_address_is_not_covered_up_by_the_others() -> None:
    servers = VllmServer(KNOWN), VllmServer(KNOWN)
    with two(*servers) as replicas:
        servers[1].known = KnownModel(seed=1)
        with pytest.raises(EngineError, match="the model changed"):
            list(replicas.respond(ASKS))


def test_addresses_with_different_models_are_refused() -> None:
    other = VllmServer(KNOWN)
    other.dtype = "bfloat16"
    with (
        VllmServer(KNOWN) as one,
        other,
        Replicas([opened(one.url), opened(other.url)]) as replicas,
        pytest.raises(ParticipantError, match="different models"),
    ):
        _ = replicas.capabilities


def test_several_addresses_are_given_with_commas() -> None:
    made = Setup(base_url="http://localhost:1/v1,http://localhost:2/v1").participant("openai:m")
    assert isinstance(made, Replicas)
    assert [one.model.base_url for one in made.replicas] == ["http://localhost:1/v1", "http://localhost:2/v1"]
    inline = Setup().participant("openai:m@http://localhost:1/v1,http://localhost:2/v1")
    assert isinstance(inline, Replicas)
    assert len(inline.replicas) == 2
