"""What comes in: its size, its depth, its packing, streams, and text that acts or cannot be kept."""

from __future__ import annotations

import gzip
import json
import resource
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from affectlab.conversation import Conversation
from affectlab.errors import ParticipantError
from affectlab.participants.remote import Policy
from affectlab.participants.remote.faults import retry_after
from affectlab.participants.remote.incoming import DEEPEST, payload_of
from affectlab.requests import Answer, Reply, Request, Speak
from affectlab.shown import fit
from tests.participants.remote.conftest import asks, opened
from tests.participants.remote.endpoint import Endpoint

DRAWN = Policy(way="sampled", least_draws=2, most_draws=2)


def reply(text: Any, **more: Any) -> dict[str, Any]:
    return {
        "id": "1",
        "model": "synthetic-1",
        "choices": [{"message": {"content": text}, "finish_reason": "stop"}],
        **more,
    }


def late(raw: bytes, **headers: str) -> Any:
    """A hook that sends ``raw`` once the endpoint has been probed."""
    return lambda asked, count: {"raw": raw, "headers": headers} if "Case" in str(asked) else None


BOMB = gzip.compress(b'{"choices": "' + b" " * (200 << 20) + b'"}', mtime=0)
DEEP = {"objects": b'{"a":' * 200_000, "lists": b"[" * 200_000, "whole": b"[" * 100 + b"]" * 100}


@pytest.mark.parametrize(
    ("raw", "headers", "kind", "tries"),
    [
        (BOMB, {"content_encoding": "gzip"}, "too large", 3),
        (b" " * (9 << 20), {}, "too large", 3),
        (b"x", {"content_encoding": "br"}, "undecodable", 3),
        (b"x", {"content_encoding": "gzip"}, "undecodable", 3),
        (DEEP["objects"], {}, "malformed", 3),
        (DEEP["lists"], {}, "malformed", 3),
        (DEEP["whole"], {}, "malformed", 3),
        (b"[" + b"9" * 5000 + b"]", {}, "malformed", 12),
        (b"\xff\xfe", {}, "malformed", 12),
    ],
)
def test_what_no_reply_can_be_is_one_incident_after_another_and_one_line(
    raw: bytes, headers: dict[str, str], kind: str, tries: int
) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with Endpoint(answer=late(raw, **headers)) as endpoint, opened(endpoint.url) as model:
        _ = model.capabilities
        with pytest.raises(ParticipantError) as told:
            list(model.respond(asks(1)))
        counts = model.incidents.counts
    assert "\n" not in str(told.value)
    assert counts[kind] == tries
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000, "kilobytes"


@pytest.mark.parametrize("packing", ["gzip", "deflate"])
def test_a_packed_reply_is_read_although_none_was_asked_for(packing: str) -> None:
    plain = json.dumps(reply("7")).encode()
    raw = gzip.compress(plain, mtime=0) if packing == "gzip" else zlib.compress(plain)
    hook = late(raw, content_encoding=packing)
    with Endpoint(answer=hook) as endpoint, opened(endpoint.url, policy=DRAWN) as model:
        ((_, answer),) = model.respond(asks(1))
    assert isinstance(answer, Answer)
    assert answer.logprobs[7] == 0.0


def events(*texts: str, end: str = "data: [DONE]\n\n") -> bytes:
    pieces = [{"choices": [{"delta": {"content": text}}], "model": "synthetic-1"} for text in texts]
    pieces.append({"choices": [{"delta": {}, "finish_reason": "stop"}]} if end else {"choices": []})
    return ("".join(f"data: {json.dumps(piece)}\n\n" for piece in pieces) + end).encode()


def test_a_stream_is_read_whole_and_none_is_asked_for() -> None:
    flags: set[Any] = set()

    def streams(asked: dict[str, Any], count: int) -> dict[str, Any] | None:
        flags.add(asked.get("stream"))
        return {"raw": events("1", "0")}

    with Endpoint(answer=streams) as endpoint, opened(endpoint.url, policy=DRAWN) as model:
        ((_, answer),) = model.respond(asks(1))
    assert flags == {False}
    assert isinstance(answer, Answer)
    assert answer.logprobs[10] == 0.0
    with pytest.raises(ValueError, match="in the middle"):
        payload_of(events("1", end=""), fit)


def test_an_empty_reply_is_an_answer_and_not_asked_for_again() -> None:
    def empty(asked: dict[str, Any], count: int) -> dict[str, Any] | None:
        return reply("") | {"usage": None} if "Case" in str(asked) else None

    with Endpoint(answer=empty, logprobs=False) as endpoint, opened(endpoint.url, policy=DRAWN) as model:
        _ = model.capabilities
        before = endpoint.asked
        ((_, answer),) = model.respond(asks(1))
        assert endpoint.asked - before == 2
    assert isinstance(answer, Answer)
    assert answer.honoured["replies"] == {"empty": 2}


def test_text_that_acts_or_cannot_be_kept_is_cleaned_at_the_border() -> None:
    hostile = "a\ud83d\x00b\x1b[31mc\x1b]0;title\x07d\u202ee\x9bf\u2066g\x7f\r\nh"

    def sends(asked: dict[str, Any], count: int) -> dict[str, Any] | None:
        if "Case 1." in str(asked):
            return {"status": 400, "error": {"message": f"no {hostile}", "code": hostile}}
        message = {"role": "assistant", "content": hostile}
        return {"choices": [{"message": message, "finish_reason": "stop\x1b[2J"}], "system_fingerprint": hostile}

    start = Conversation.begin("A study.")
    requests: list[Request] = [Speak(start.user(f"Case {index}."), seed=1) for index in (0, 1)]
    got: list[Any] = []
    with Endpoint(answer=sends) as endpoint, opened(endpoint.url, concurrency=1) as model:
        with pytest.raises(ParticipantError) as told:
            got.extend(response for _, response in model.respond(requests))
        written = [*map(repr, got), str(told.value), repr(model.card), *map(str, model.incidents)]
        assert isinstance(got[0], Reply)
        assert got[0].text.startswith("a\ufffd\ufffdbcd")
        assert got[0].text.endswith("h")
        for text in [got[0].text, *written]:
            text.encode()
            assert not set(text) & set("\x00\x1b\x9b\x7f\u202e\u2066")
        assert "\n" not in model.abilities.fingerprint


@given(st.text(st.characters(), max_size=80))
def test_cleaned_text_can_be_kept_and_cleaning_it_again_changes_nothing(text: str) -> None:
    clean = fit(text)
    assert clean.encode().decode() == clean
    assert fit(clean) == clean


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(st.characters(), max_size=12),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
        max_leaves=30,
    )
)
def test_any_payload_is_read_or_refused(payload: Any) -> None:
    read = payload_of(json.dumps(payload).encode(), fit)
    json.dumps(read, ensure_ascii=False).encode()
    deep: Any = payload
    for _ in range(DEEPEST + 1):
        deep = [deep]
    with pytest.raises(ValueError, match="deeply"):
        payload_of(json.dumps(deep).encode(), fit)


@pytest.mark.parametrize("count", [-5, "many", 1e400, [1], {"a": 1}, True])
def test_a_count_of_tokens_that_is_none_costs_no_answer(count: Any) -> None:
    hook = late(json.dumps(reply("7", usage={"prompt_tokens": count, "completion_tokens": count})).encode())
    with Endpoint(answer=hook) as endpoint, opened(endpoint.url, policy=DRAWN) as model:
        ((_, answer),) = model.respond(asks(1))
        assert not model.incidents.counts
        assert model.spent.tokens > 0
    assert isinstance(answer, Answer)
    assert answer.logprobs[7] == 0.0


def test_a_wait_without_an_end_is_none() -> None:
    assert [retry_after({"retry-after": wait}) for wait in ("inf", "nan", "-3", "soon", "2")] == [
        None,
        None,
        0.0,
        None,
        2.0,
    ]
