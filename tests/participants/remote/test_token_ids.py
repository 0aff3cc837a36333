"""Exact answers in one call from a server that takes token ids, on a model whose every probability is known."""

from __future__ import annotations

import math
from collections.abc import Sequence
from random import Random
from typing import Any

import pytest

from affectlab.conversation import Conversation
from affectlab.errors import EngineError
from affectlab.participants.remote import Policy, RemoteParticipant, estimate_cost
from affectlab.participants.remote.make import model_of
from affectlab.participants.remote.order import by_prefix
from affectlab.requests import Answer, Ask, Speak
from tests.participants.remote.conftest import opened
from tests.participants.remote.known_model import KnownModel
from tests.participants.remote.vllm_server import PrefixCache, VllmServer

START = Conversation.begin("You take part in a study.")
NUMBERS = tuple(f" {number}" for number in range(11))
KNOWN = KnownModel(likely=(" yes", " 1", " sad", "happy"))
TWELVE = ("sad", "calm", "afraid", "angry", "happy", "sure", "unsure", "now", "not", "very", "you", "feel")
MANY = tuple(f" {a}{b}" for a in "abcdefghij" for b in "abcdefghijklmnop")
FORMS = {
    "words": Ask(START.user("How are you?"), "I feel", (" sad", " happy")),
    "nested": Ask(START.user("How afraid are you?"), "- afraid:", NUMBERS),
    "merged over the seam": Ask(START.user("How are you?"), "I am un", ("happy", "sure")),
    "an opening that ends with a blank": Ask(START.user("How are you?"), "I feel ", ("sad", "calm")),
    "merged with the end of the conversation": Ask(START.user("How are you?"), "", ("\n", "yes")),
    "halves of characters": Ask(START.user("Wie geht es?"), "Ich bin", (" müde", " fröhlich", " 😀")),
    "no opening": Ask(START.user("Is it?"), "", ("yes", "no")),
    "more than a request can name": Ask(START.user("Which?"), "It is", MANY),
}


def answers(participant: RemoteParticipant, asks: Sequence[Ask]) -> list[Answer]:
    found = [one for _, one in sorted(participant.respond(asks))]
    assert all(isinstance(one, Answer) for one in found)
    return found  # type: ignore[return-value]


def held(answer: Answer, truth: Sequence[float]) -> bool:
    """Whether the truth lies in every interval."""
    bounds = answer.bounds or tuple((math.exp(lp), math.exp(lp)) for lp in answer.logprobs)
    return all(low - 1e-7 <= p <= high + 1e-7 for p, (low, high) in zip(truth, bounds, strict=True))


@pytest.fixture(scope="module")
def whole() -> Any:
    """A server that lists its whole vocabulary, and a participant at it."""
    with VllmServer(KNOWN, most=-1) as server, opened(server.url) as participant:
        _ = participant.capabilities
        yield server, participant


@pytest.mark.parametrize("form", FORMS)
def test_every_option_has_the_probability_that_the_embedded_engine_would_give(form: str, whole: Any) -> None:
    server, participant = whole
    before = server.model_calls
    (answer,) = answers(participant, [FORMS[form]])
    assert answer.obtained == "exact"
    assert [math.exp(lp) for lp in answer.logprobs] == pytest.approx(KNOWN.truth(FORMS[form]), abs=1e-7)
    assert answer.honoured["form"] == ("continued" if FORMS[form].opening else "as asked")
    assert answer.honoured["fingerprint"] == "vllm-0.32.0-float32"
    calls = {"nested": 2, "more than a request can name": 2}
    assert server.model_calls - before == calls.get(form, 1)


def test_a_nested_option_is_bounded_from_both_sides_where_not_all_is_listed() -> None:
    asks = [Ask(START.user(f"Case {case}."), "- afraid:", NUMBERS) for case in range(20)]
    with VllmServer(KNOWN, most=20) as server, opened(server.url) as participant:
        found = answers(participant, asks)
    for ask, answer in zip(asks, found, strict=True):
        truth = KNOWN.truth(ask)
        assert answer.obtained == "bounded"
        assert held(answer, truth)
        widths = [high - low for low, high in answer.bounds]
        assert answer.honoured["unaccounted"] == pytest.approx(max(widths), abs=1e-8)
        assert [width > 0 for width in widths] == [option == " 1" for option in NUMBERS]
        assert math.exp(answer.logprobs[1]) > answer.bounds[1][0], "the lower end is no estimate"


@pytest.mark.parametrize(
    "policy", [Policy(way="bounded"), Policy(way="bounded", alternatives=3), Policy(alternatives=5)]
)
def test_bounds_from_the_likeliest_alone_hold_the_truth(policy: Policy) -> None:
    asks = [Ask(START.user(f"Case {case}."), "I feel", (" sad", " happy", " calm")) for case in range(40)]
    with VllmServer(KNOWN) as server, opened(server.url, policy=policy) as participant:
        found = answers(participant, asks)
    assert {answer.honoured["by"] for answer in found} <= {"token ids", "first token"} | (
        {None} if policy.way == "best" else set()
    )
    bounded = [(ask, one) for ask, one in zip(asks, found, strict=True) if one.obtained in ("bounded", "exact")]
    assert len(bounded) > 20
    assert all(held(one, KNOWN.truth(ask)) for ask, one in bounded)
    assert any(one.obtained == "bounded" for _, one in bounded)


LIES: dict[str, dict[str, Any]] = {
    # what it does wrong: what is concluded of it
    "names no ids": {"token_ids": True, "named": False},
    "wrong id": {"named": False},
    "ids as text": {"token_ids": False, "named": False},
    "no tokenizer": {"token_ids": False},
    "one place too few": {"named": False},
    "closes the turn": {"continuation": "", "named": True},
    "closes the turn unseen": {"continuation": "", "named": True},
    "ignores the seed": {"seed": False},
    "ignores biases": {"logit_bias": False, "named": True},
    "ignores the constraint": {"constraint": "", "named": True},
    "processed": {"processed": True, "named": True},
    "no prompt ids": {"continuation": "flag", "named": True},
}


@pytest.mark.parametrize("lie", LIES)
def test_a_server_that_lies_about_one_thing_is_found_out_and_no_answer_is_wrong(lie: str) -> None:
    lies = ["closes the turn", lie] if lie == "closes the turn unseen" else [lie]
    asks = [*FORMS.values()][:4]
    policy = Policy(least_draws=2, most_draws=2)
    with VllmServer(KNOWN, most=-1, lies=lies) as server, opened(server.url, policy=policy) as participant:
        abilities = participant.abilities
        found = answers(participant, asks)
    assert {name: getattr(abilities, name) for name in LIES[lie]} == LIES[lie]
    for ask, answer in zip(asks, found, strict=True):
        if answer.obtained in ("exact", "bounded") and answer.honoured["form"] == "continued":
            assert held(answer, KNOWN.truth(ask)), (lie, ask.opening)
        if LIES[lie].get("named"):
            assert answer.obtained == "exact"


def test_of_a_distribution_that_is_cut_off_nothing_is_read() -> None:
    policy = Policy(least_draws=2, most_draws=2)
    lies = ["processed", "truncates"]
    with VllmServer(KNOWN, lies=lies) as server, opened(server.url, policy=policy) as participant:
        assert participant.abilities.truncated
        assert "cut off" in participant.abilities.evidence["truncated"]
        (answer,) = answers(participant, [FORMS["words"]])
    assert answer.obtained in ("sampled", "constrained")
    assert answer.honoured["truncation"] == "the endpoint's default"


def test_what_a_server_says_of_its_cache_cannot_exceed_the_prompt() -> None:
    with VllmServer(KNOWN, lies=["wrong cached"]) as server, opened(server.url) as participant:
        answers(participant, [FORMS["words"]])
        assert 0 < participant.spent.cached <= participant.spent.prompt


def test_a_limit_is_read_from_the_servers_refusal() -> None:
    with VllmServer(KNOWN, most=50) as server, opened(server.url) as participant:
        assert participant.abilities.listed == 50
        assert "50 at most" in participant.abilities.evidence["listed"]


def test_faults_change_no_answer() -> None:
    asks = [Ask(START.user(f"Case {case}."), "- afraid:", NUMBERS) for case in range(15)]
    with VllmServer(KNOWN, most=-1, faults=0.3) as server, opened(server.url, concurrency=4) as participant:
        _ = participant.capabilities
        server.quiet = False
        server.answered.clear()
        found = answers(participant, asks)
        assert server.injected.total() > 5
        assert max(server.answered.values()) == 1, "something was asked again that had been answered"
    for ask, answer in zip(asks, found, strict=True):
        assert [math.exp(lp) for lp in answer.logprobs] == pytest.approx(KNOWN.truth(ask), abs=1e-7)


@pytest.mark.parametrize("lies", [[], ["no fingerprint"]])
def test_a_model_that_is_exchanged_in_mid_run_stops_it_at_the_first_answer(lies: list[str]) -> None:
    asks = [Ask(START.user(f"Case {case}."), "I feel", (" sad", " happy")) for case in range(30)]
    found: list[int] = []
    with VllmServer(KNOWN, lies=lies) as server, opened(server.url, concurrency=1) as participant:
        with pytest.raises(EngineError, match="the model changed in mid-run"):  # noqa: PT012
            for position, answer in participant.respond(asks):
                assert isinstance(answer, Answer)
                truth = KNOWN.truth(asks[position])
                assert [math.exp(lp) for lp in answer.logprobs] == pytest.approx(truth, abs=1e-7)
                found.append(position)
                if len(found) == 10:
                    server.known, server.dtype = KnownModel(seed=1, likely=(" yes", " 1", " sad", "happy")), "bfloat16"
        assert 10 <= len(found) < 30
        assert [one.kind for one in participant.incidents] == ["model changed"]


def test_replies_of_another_model_are_not_kept_where_it_tells_no_fingerprint() -> None:
    """Replies carry nothing to be known by, so the sentinel is asked before and after them."""
    speaks = [Speak(START.user(f"Case {case}."), seed=case, max_tokens=4) for case in range(6)]
    with VllmServer(KNOWN, lies=["no fingerprint"]) as server, opened(server.url) as participant:
        assert len(list(participant.respond(speaks))) == 6
        server.known = KnownModel(seed=1)
        with pytest.raises(EngineError, match="the model changed in mid-run"):
            list(participant.respond(speaks))


def test_what_is_computed_is_what_the_block_size_makes_unavoidable() -> None:
    """With a cache that holds no more than two conversations: in another order most of it would be computed again."""
    told = [START.user("word " * 60 + f"text {text}").assistant("Okay.") for text in range(6)]
    asks = [Ask(one.user(f"How {word}?"), "- afraid:", NUMBERS) for one in told for word in ("sad", "calm", "afraid")]
    order = Random(1).sample(asks, len(asks))
    longest = max(len(KNOWN.tokenize(KNOWN.render(ask.conversation.messages))) for ask in asks)
    with (
        VllmServer(KNOWN, most=-1, blocks=2 * longest // 16) as server,
        opened(server.url, concurrency=4) as participant,
    ):
        _ = participant.capabilities
        spent = server.computed_tokens
        server.computed_prompts.clear()
        answers(participant, order)
        assert server.computed_tokens - spent <= 1.1 * server.unavoidable()
        again = PrefixCache(16, 2 * longest // 16)
        assert sum(map(again.computed, Random(2).sample(server.computed_prompts, len(server.computed_prompts)))) > (
            2 * server.unavoidable()
        )


def test_a_long_conversation_is_computed_once_and_not_once_for_every_option() -> None:
    told = START.user("word " * 900)
    asks = [Ask(told.user(f"How {word}?"), "- calm:", NUMBERS) for word in TWELVE]
    with VllmServer(KNOWN, most=-1) as server, opened(server.url) as participant:
        _ = participant.capabilities
        before = server.computed_tokens
        answers(participant, asks)
        computed = server.computed_tokens - before
    every_option = sum(
        len(KNOWN.tokenize(KNOWN.render(ask.conversation.messages) + ask.opening + option))
        for ask in asks
        for option in ask.options
    )
    assert every_option / len(asks) / len(NUMBERS) > 800
    assert every_option > 50 * computed


@pytest.mark.parametrize("block", [16, 32])
def test_a_plan_counts_what_a_run_then_spends(block: int) -> None:
    """In the model's own tokens: calls to the letter, tokens sent and computed within a tenth."""
    told = [START.user("word " * 60 + f"text {text}").assistant("Okay.") for text in range(4)]
    asks = [
        ask
        for one in told
        for ask in (
            Ask(one.user("How sad?"), "- sad:", NUMBERS),
            Ask(one.user("How calm?"), "- calm:", NUMBERS),
            Ask(one.user("How are you?"), "I feel", (" sad", " happy", " calm")),
        )
    ]
    around = len(KNOWN.tokenize("<|im_start|>user\n<|im_end|>\n"))
    with VllmServer(KNOWN, block=block, most=-1) as server, opened(server.url, concurrency=1) as participant:
        _ = participant.capabilities
        server.computed_prompts.clear()
        calls, sent, computed = server.model_calls, server.prompt_tokens, server.computed_tokens
        answers(participant, asks)
        spent = participant.spent
        calls, sent, computed = (
            server.model_calls - calls,
            server.prompt_tokens - sent,
            server.computed_tokens - computed,
        )
    model = model_of("vllm:synthetic-1")
    cost = estimate_cost(by_prefix_of(asks), model, spell=KNOWN.tokenize, around=around)
    assert cost.calls == (calls, calls)
    assert cost.prompt[0] == pytest.approx(sent, rel=0.1)
    if block == 16:
        assert cost.prompt[0] - cost.cached[0] == pytest.approx(computed, rel=0.1)
    assert spent.prompt >= sent


def by_prefix_of(asks: Sequence[Ask]) -> list[Ask]:
    return [asks[at] for at in by_prefix(asks)]


def test_a_certificate_says_how_far_answers_move() -> None:
    """0.06 nats are found, by which some servers move between cold and warm; one that does not move has a clean one."""
    moved = {}
    for lies in ([], ["drifts"]):
        with VllmServer(KNOWN, most=-1, lies=lies) as server, opened(server.url) as participant:
            moved[bool(lies)] = participant.resolution()
    assert set(moved[True]) == {"asked again", "another order", "asked alone"}
    assert all(part["log probability"] == 0.0 for part in moved[False].values())
    assert all(part["log probability"] > 0.05 for part in moved[True].values())


def test_a_server_that_has_moved_since_the_run_began_is_found_out_at_its_end() -> None:
    with VllmServer(KNOWN, most=-1) as server, opened(server.url) as participant:
        first = participant.resolution()
        server.lies = frozenset({"has moved"})
        last = participant.resolution()
    assert set(last) - set(first) == {"asked later in the run"}
    assert last["asked again"]["log probability"] == 0.0
    assert last["asked later in the run"]["log probability"] > 0.05
