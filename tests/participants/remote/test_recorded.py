"""What a real vLLM 0.32.0 answered (`benchmarks/real_vllm.py record`): we read it, and our server answers so too."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from affectlab.participants.remote.vllm import NextTokensReader
from tests.participants.remote.vllm_server import VllmServer

EXCHANGES: dict[str, dict[str, Any]] = {
    one["what"]: one for one in json.loads(Path(__file__).with_name("recorded.json").read_text("utf-8"))
}
NOT_SPOKEN = {"unknown model", "chat unknown model", "prompt logprobs"}
"""What our server does not know, as nothing asks for it."""
READ = [what for what in EXCHANGES if what.startswith(("named", "listed")) and EXCHANGES[what]["status"] == 200]


@pytest.fixture(scope="module")
def server() -> Iterator[VllmServer]:
    with VllmServer(most=50) as one:
        yield one


def sent(server: VllmServer, path: str, body: Any) -> tuple[int, Any]:
    data = None if body is None else json.dumps({**body, "model": "synthetic-1"}).encode()
    request = urllib.request.Request(server.url.removesuffix("/v1") + path, data)
    try:
        with urllib.request.urlopen(request, timeout=20) as reply:
            return reply.status, json.loads(reply.read())
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.loads(error.read())


def shape(value: Any, like: Any) -> Any:
    """The keys and kinds of what we say, as far as the real one is made of the same; else what differs."""
    if isinstance(value, dict) and isinstance(like, dict):
        if value and all(isinstance(one, float) for one in (*value.values(), *like.values())):
            by_id = [{key.startswith("token_id:") for key in one} for one in (value, like)]
            return "" if by_id[0] == by_id[1] else "tokens are named otherwise"
        return next((f"{key}: {bad}" for key, one in value.items() if (bad := shape(one, like.get(key, KeyError)))), "")
    if isinstance(value, list) and isinstance(like, list):
        return shape(value[0], like[0]) if value and like else ""
    numbers = isinstance(value, (int, float)) and isinstance(like, (int, float))
    return "" if numbers or type(value) is type(like) or like is None else f"{value!r} for {like!r}"


@pytest.mark.parametrize("what", [what for what in EXCHANGES if what not in NOT_SPOKEN])
def test_our_server_answers_as_the_real_one_did(what: str, server: VllmServer) -> None:
    exchange = EXCHANGES[what]
    status, reply = sent(server, exchange["path"], exchange["body"])
    assert status == exchange["status"]
    if status == 200:
        assert shape(reply, exchange["reply"]) == ""
        for part in ("choices", "data"):
            assert len(reply.get(part, ())) == len(exchange["reply"].get(part, ()))


@pytest.mark.parametrize("what", READ)
def test_what_the_real_one_said_is_read(what: str) -> None:
    body, reply = EXCHANGES[what]["body"], EXCHANGES[what]["reply"]
    wanted = frozenset(body.get("logprob_token_ids", ()))
    reader = NextTokensReader(len(body["prompt"]), wanted, 0 if wanted else body["logprobs"])
    if not body["return_tokens_as_token_ids"]:
        with pytest.raises(Exception, match="by their text"):
            reader(reply)
        return
    read = reader(reply)
    assert len(read.places) == len(body["prompt"])
    assert all(wanted <= place.keys() for place in read.places)
    assert read.usage is not None
    assert read.usage.prompt == sum(map(len, body["prompt"]))
    assert read.fingerprint
    if not wanted:
        assert all(len(place) >= body["logprobs"] and 0.0 <= place.unseen < 1.0 for place in read.places)


def test_temperature_does_not_change_what_the_real_one_shows() -> None:
    warm, cold = (NextTokensReader(1, frozenset((300, 301)))(EXCHANGES[f"named at {t}"]["reply"]) for t in (0.3, 2.0))
    assert [warm.places[0][id] for id in (300, 301)] == pytest.approx([cold.places[0][id] for id in (300, 301)])


def test_a_begun_turn_is_closed_by_default_and_continued_with_both_flags() -> None:
    closed, begun = (EXCHANGES[what]["reply"]["prompt_token_ids"] for what in ("chat begun by default", "chat begun"))
    assert begun == EXCHANGES["begun, continued"]["reply"]["tokens"]
    assert closed[: len(begun)] == begun
    assert len(closed) > len(begun)
