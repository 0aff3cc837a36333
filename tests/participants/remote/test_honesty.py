"""Endpoints that seem to do what they do not: continue a turn, draw anew, stay the same model."""

from __future__ import annotations

import json
from typing import Any

import pytest

from affectlab.errors import EngineError
from affectlab.participants.remote import Policy
from affectlab.participants.remote.abilities import Abilities
from affectlab.participants.remote.calls import ModelTurn
from affectlab.participants.remote.draw_counts import Draw, DrawCounts
from affectlab.participants.remote.make import model_of
from affectlab.participants.remote.openai import OpenAI
from affectlab.participants.remote.participant import RemoteParticipant
from affectlab.participants.remote.probe import _continuation
from affectlab.requests import Answer
from tests.participants.remote.conftest import RATINGS, asks, opened
from tests.participants.remote.endpoint import Endpoint, Model


def said(text: str, **more: Any) -> dict[str, Any]:
    message = {"role": "assistant", "content": text}
    return {"choices": [{"index": 0, "finish_reason": "stop", "message": message}], **more}


@pytest.mark.parametrize(
    ("reply", "continues"),
    [
        ("inary", True),
        ("inary.", True),
        ("extraordinary", False),
        (" inary", False),
        ("\ninary", False),
        ("Extraordinary", False),
        ("extraord inary", False),
        ("<think>\n</think>inary", False),
        ("", False),
    ],
)
def test_a_continued_turn_is_judged_by_what_came(reply: str, continues: bool) -> None:
    """A server that opens a new turn repeats the word; cutting that off first would make it one that continues."""

    def answer(asked: dict[str, Any], count: int) -> dict[str, Any] | None:
        return said(reply) if asked["messages"][-1]["role"] == "assistant" else None

    with Endpoint(answer=answer) as endpoint, opened(endpoint.url) as model:
        assert bool(model.abilities.continuation) == continues
        assert model.capabilities.opening == continues


def test_a_template_that_closes_the_turn_is_no_continuation() -> None:
    model = model_of("openai:m")
    steps = _continuation(OpenAI("m", model.quirks), model, Abilities(server="llama.cpp"))
    [call] = next(steps)
    assert call.path == "//apply-template"
    with pytest.raises(StopIteration) as end:
        steps.send([call.read({"prompt": "<|user|>Repeat<|assistant|>extraord"})])
    assert end.value.value.continuation == "prefill"


def test_a_model_that_is_exchanged_is_found_out_by_its_first_words_where_it_tells_no_fingerprint() -> None:
    class Unmarked(Model):
        fingerprint = ""
        favourite = "3"

        def shares(self, text: str) -> dict[str, float]:
            return {self.favourite: 0.7, "Hm": 0.3}

    with Endpoint(model=Unmarked()) as endpoint, opened(endpoint.url) as model:
        assert len(list(model.respond(asks(5)))) == 5
        assert len(list(model.respond(asks(5)))) == 5
        endpoint.model.favourite = "4"  # type: ignore[attr-defined]
        with pytest.raises(EngineError, match="first words of a reply moved"):
            list(model.respond(asks(5)))


class Cache:
    """A gateway that gives one reply for all requests that it takes for the same."""

    def __init__(self, *ignored: str, late: bool = False) -> None:
        self.ignored = ignored
        self.late = late
        self.kept: dict[str, dict[str, Any]] = {}
        self.made = 0

    def __call__(self, asked: dict[str, Any], count: int) -> dict[str, Any] | None:
        if self.late and "Case" not in str(asked):
            return {"id": f"probe-{count}"}
        key = json.dumps({name: value for name, value in asked.items() if name not in self.ignored})
        if key not in self.kept:
            self.made += 1
            self.kept[key] = said(str(self.made % 11), id=f"chatcmpl-{self.made}", usage=None)
        return self.kept[key]


DRAWN = Policy(way="sampled", least_draws=8, most_draws=32)


def drawn(hook: Any, policy: Policy = DRAWN) -> tuple[Answer, RemoteParticipant]:
    with Endpoint(answer=hook, logprobs=False) as endpoint, opened(endpoint.url, policy=policy) as model:
        _ = model.capabilities
        ((_, answer),) = model.respond(asks(1))
    assert isinstance(answer, Answer)
    return answer, model


@pytest.mark.parametrize("hook", [Cache("seed", "user"), Cache("seed", "user", late=True)])
def test_copies_of_one_reply_are_one_draw_without_a_standard_error(hook: Cache) -> None:
    answer, model = drawn(hook, Policy(way="sampled", least_draws=32, most_draws=32))
    assert answer.honoured["standard_error"] is None
    assert answer.honoured["independent"] is False
    assert (answer.honoured["draws"], answer.honoured["copies"]) == (1, 31)
    assert model.incidents.counts["draws are copies"] == 1


def test_copies_are_not_drawn_on() -> None:
    with (
        Endpoint(answer=Cache("seed", "user"), logprobs=False) as endpoint,
        opened(endpoint.url, policy=DRAWN) as model,
    ):
        _ = model.capabilities
        before = endpoint.asked
        list(model.respond(asks(3)))
        assert endpoint.asked - before == 3 * 8


def test_a_cache_is_passed_by_a_seed_or_a_new_user() -> None:
    for hook, nonce in ((Cache(), ""), (Cache("seed"), "user")):
        answer, model = drawn(hook)
        assert model.abilities.nonce == nonce
        assert answer.honoured["standard_error"] > 0.0
        assert len(set(answer.logprobs)) >= 2, "draws that differ"
        assert not model.incidents.counts


def test_a_server_that_always_says_the_same_draws_nothing() -> None:
    answer, model = drawn(lambda asked, count: said("7", id=f"id-{count}"))
    assert not model.abilities.varies
    assert answer.honoured["standard_error"] is None
    assert model.incidents.counts["draws are copies"] == 1


def test_equal_numbers_that_are_chance_or_mean_nothing_are_no_copies() -> None:
    def counts(ids: list[str], texts: list[str]) -> DrawCounts:
        made = DrawCounts(11)
        made.draws = [Draw.of(ModelTurn(text, id=id), RATINGS) for id, text in zip(ids, texts, strict=True)]
        return made

    assert counts(["x"] * 8, list("77777778")).copies == 0, "one number for all replies, which differ"
    assert counts([str(n % 31) for n in range(32)], ["7"] * 32).copies == 0, "one of a thousand, met twice"
    assert counts(["x"] * 8, ["7"] * 8).copies == 7
    assert counts(["x"] * 16 + list("abcdefghijklmnop"), ["7"] * 16 + ["3"] * 16).copies == 15
    assert counts([""] * 8, ["7"] * 8).copies == 0
    assert len(counts(["x"] * 8 + ["y"] * 8, ["7"] * 8 + ["3"] * 8).distinct().draws) == 2


def test_another_fingerprint_stops_at_a_server_of_ones_own() -> None:
    """A model exchanged behind the same name: no answer stands under the first one's."""

    def exchanged(asked: dict[str, Any], count: int) -> dict[str, Any] | None:
        return {"system_fingerprint": "fp_2"} if count > 60 else None

    with Endpoint(answer=exchanged) as endpoint, opened(endpoint.url) as model:
        got = []
        with pytest.raises(EngineError, match="fingerprint fp_1 became fp_2"):
            got.extend(model.respond(asks(200)))
        assert 20 < len(got) < 60
        assert model.incidents.counts["model changed"] >= 1
    assert {answer.honoured["fingerprint"] for _, answer in got} == {"fp_1"}


def test_another_fingerprint_is_an_incident_at_a_provider(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("affectlab.participants.remote.participant.is_local", lambda url: False)

    def many(asked: dict[str, Any], count: int) -> dict[str, Any] | None:
        return {"system_fingerprint": f"fp_{count % 3}"} if count > 40 else None

    with Endpoint(answer=many) as endpoint, opened(endpoint.url) as model:
        assert len(list(model.respond(asks(60)))) == 60
        assert model.incidents.counts == {"fingerprint changed": 2}
