"""Reasoning in front of an answer: whatever its marks, with and without the opening one, found out by the probe."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from affectlab.participants.remote import Policy
from affectlab.participants.remote.calls import ModelTurn
from affectlab.participants.remote.draw_counts import Draw
from affectlab.participants.remote.thoughts import split_thoughts
from affectlab.requests import Answer
from tests.participants.remote.conftest import RATINGS, asks, opened
from tests.participants.remote.endpoint import Endpoint

MARKS = [
    ("<think>", "</think>"),
    ("<thinking>", "</thinking>"),
    ("<THINK>", "</THINK>"),
    ("<reasoning>", "</reasoning>"),
    ("<thought>", "</thought>"),
    ("<seed:think>", "</seed:think>"),
    ("[THINK]", "[/THINK]"),
    ("◁think▷", "◁/think▷"),
    ("<|START_THINKING|>", "<|END_THINKING|>"),
    ("<|begin_of_thought|>", "<|end_of_thought|>"),
    ("<|channel|>analysis<|message|>", "<|end|><|start|>assistant<|channel|>final<|message|>"),
    ("<|channel|>analysis<|message|>", "<|channel|>final <|constrain|>json<|message|>"),
    ("<|channel>thought\n", "<channel|>"),
    ("analysis", "assistantfinal"),
]
THOUGHT = "3 is low, hmm. "


def read(text: str, **how: Any) -> int | None:
    return Draw.of(ModelTurn(split_thoughts(text, **how)[0]), RATINGS).option


@pytest.mark.parametrize(("begin", "end"), MARKS)
def test_the_answer_is_what_follows_the_last_end(begin: str, end: str) -> None:
    assert read(f"{begin}{THOUGHT}{end}8") == 8
    assert read(f"{begin}\n{THOUGHT}\n{end}\n\n8<|return|>") == 8
    assert read(f"{begin}4{end}5{begin}6{end} 8") == 8
    assert read(f"{begin}{THOUGHT}{end}") is None
    assert read(f"{begin}{THOUGHT}{end}{begin}7") is None
    if begin != "analysis":  # without marks only the whole form is one
        assert read(f"{THOUGHT}{end} 8") == 8
        assert read(f"{begin}{THOUGHT}") is None


@given(st.text(max_size=60), st.sampled_from(MARKS[:-1]), st.integers(0, 10), st.booleans())
def test_no_thought_is_counted_as_an_answer(thought: str, marks: tuple[str, str], rating: int, begun: bool) -> None:
    begin, end = marks
    assert read(f"{'' if begun else begin}{thought}{end}{rating}") == rating


def test_a_thought_that_was_cut_off_is_no_answer() -> None:
    assert read("3 is low", begun=True) is None
    assert read("3 is low") == 3
    assert read("3 is low <fin> 8", marks=("<fin>",)) == 8


def thinker(begin: str, end: str, cut: int = 10**6) -> Any:
    """Answers 8 to questions, and yes to a greeting, after a thought that takes more than a few tokens."""

    def answer(asked: dict[str, Any], count: int) -> dict[str, Any]:
        said = "yes" if "word yes" in str(asked) else "8"
        whole = f"{begin}3 is low, hmm; {said} {count}, then.{end}{said}"
        limit = asked["max_tokens"] * 4 if "Case" not in str(asked) else cut
        message = {"role": "assistant", "content": whole[:limit]}
        finish = "stop" if limit >= len(whole) else "length"
        choice: dict[str, Any] = {"index": 0, "finish_reason": finish, "message": message}
        if asked.get("logprobs"):
            top = [{"token": "3", "logprob": -0.1}, {"token": "8", "logprob": -3.0}]
            choice["logprobs"] = {"content": [{"token": "3", "top_logprobs": top}]}
        return {"id": f"r{count}", "choices": [choice], "usage": None}

    return answer


@pytest.mark.parametrize(("begin", "end"), [*MARKS[:-1], ("<|muse|>", "<|fin|>"), ("[MUSE]", "[DONE_MUSING]")])
@pytest.mark.parametrize("template", [False, True])
def test_the_probe_finds_the_marks_and_the_answer_is_behind_them(begin: str, end: str, template: bool) -> None:
    policy = Policy(least_draws=4, most_draws=4)
    hook = thinker("" if template else begin, end)
    with Endpoint(answer=hook) as endpoint, opened(endpoint.url, policy=policy) as model:
        assert model.abilities.reasons
        assert not model.capabilities.distribution, "its first token belongs to a thought"
        ((_, answer),) = model.respond(asks(1))
        endpoint.answer = thinker("" if template else begin, end, cut=12)
        ((_, unfinished),) = model.respond(asks(1, "Another one, cut off?"))
    assert isinstance(answer, Answer)
    assert answer.logprobs[8] == 0.0
    assert answer.honoured["reasoning"]["letters"] > 10
    assert isinstance(unfinished, Answer)
    assert unfinished.coverage == 0.0


def test_marks_can_be_named_in_a_model_file(tmp_path: Any) -> None:
    file = tmp_path / "mine.yaml"
    with Endpoint(answer=thinker("", "~~~~")) as endpoint:
        file.write_text(
            "id: mine\ntitle: Mine\nmaker: us\ndialect: openai\nmodel: synthetic-1\nsource: own\n"
            f"base_url: {endpoint.url}\nquirks:\n  reasons: true\n  reasoning_ends: ['~~~~']\n  reasoning_begun: true\n"
        )
        from affectlab.participants.remote import remote

        with remote(str(file), policy=Policy(least_draws=4, most_draws=4)) as model:
            ((_, answer),) = model.respond(asks(1))
    assert isinstance(answer, Answer)
    assert answer.logprobs[8] == 0.0


@pytest.mark.parametrize(
    "part", [{"type": "thinking", "thinking": [{"text": "3!"}]}, {"type": "reasoning", "text": "3!"}]
)
def test_reasoning_in_parts_of_its_own_is_no_answer(part: dict[str, Any]) -> None:
    def answer(asked: dict[str, Any], count: int) -> dict[str, Any]:
        message = {"role": "assistant", "content": [part, {"type": "text", "text": "8"}]}
        return {"id": f"r{count}", "choices": [{"finish_reason": "stop", "message": message}]}

    policy = Policy(least_draws=4, most_draws=4)
    with Endpoint(answer=answer, logprobs=False) as endpoint, opened(endpoint.url, policy=policy) as model:
        assert model.abilities.reasons
        ((_, got),) = model.respond(asks(1))
    assert isinstance(got, Answer)
    assert got.logprobs[8] == 0.0
