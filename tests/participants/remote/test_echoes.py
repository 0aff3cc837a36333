"""A key that an endpoint repeats, in whatever field and form, is written nowhere."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from affectlab.conversation import Conversation
from affectlab.participants.remote import Policy
from affectlab.participants.remote.echoes import PLACEHOLDER, without
from affectlab.requests import Request, Speak
from tests.participants.remote.conftest import asks, opened
from tests.participants.remote.endpoint import KEY, Endpoint

FORMS: dict[str, str] = {
    "plain": KEY,
    "upper case": KEY.upper(),
    "reversed": KEY[::-1],
    "base64": base64.b64encode(KEY.encode()).decode(),
    "base64 for addresses": base64.urlsafe_b64encode(KEY.encode()).decode().rstrip("="),
    "base64 of a header": base64.b64encode(f"Bearer {KEY}".encode()).decode(),
    "base64 in something longer": base64.b64encode(f"x{KEY} and more".encode()).decode(),
    "base64 reversed": base64.b64encode(KEY.encode()).decode()[::-1],
    "hexadecimal": KEY.encode().hex(),
    "quoted": quote(KEY, safe=""),
    "every character quoted": "".join(f"%{byte:02X}" for byte in KEY.encode()),
    "spaced out": " ".join(KEY),
    "in lines": "\n".join(KEY[at : at + 5] for at in range(0, len(KEY), 5)),
    "with dots": ".".join(KEY),
    "with characters of no width": "\u200b".join(KEY),
    "first half": KEY[: len(KEY) // 2 + 1],
    "second half": KEY[len(KEY) // 2 :],
    "escaped": json.loads('"' + "".join(f"\\u{ord(char):04x}" for char in KEY) + '"'),
}


def bare(text: str) -> str:
    return "".join(filter(str.isalnum, text)).lower()


def leaks(text: str) -> list[str]:
    """The forms of the key that a text still holds, by a search of its own."""
    return [name for name, form in FORMS.items() if form in text or bare(form) in bare(text)]


@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_found_wherever_it_stands(form: str) -> None:
    for around in ("{}", "fp_1 {}", "{} is yours", "xx{}yy", "ÄÖ İ {} ß"):
        clean = without(around.format(FORMS[form]), KEY)
        assert PLACEHOLDER in clean
        assert not leaks(clean)


@given(st.text(max_size=80), st.text(max_size=80))
def test_what_stands_around_a_key_stays(before: str, after: str) -> None:
    clean = without(f"{before} {KEY} {after}", KEY)
    assert clean == f"{before} {PLACEHOLDER} {after}"


def test_ordinary_words_are_no_key() -> None:
    said = "I feel nothing of the kind, rather empty, and I test the water first."
    assert without(said, "EMPTY") == said
    assert without(said, KEY) == said


@pytest.mark.parametrize("form", ["plain", "reversed", "base64", "spaced out", "first half", "hexadecimal"])
def test_a_key_in_every_field_of_every_reply_is_kept_nowhere(
    form: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MY_KEY", KEY)
    echo = FORMS[form]
    start = Conversation.begin("A study.")
    requests: list[Request] = [*asks(3), Speak(start.user("Case 9. Tell me."), seed=1)]

    def leaky(asked: dict[str, Any], count: int) -> dict[str, Any] | None:
        if count % 7 == 0:
            return {"status": 500, "error": {"message": f"failed: {echo}", "code": echo, "type": echo}}
        if "Case" not in str(asked):
            return {"system_fingerprint": echo}
        message = {"role": "assistant", "content": f"7 {echo}", "reasoning_content": echo, "refusal": None}
        top = [{"token": "7", "logprob": -0.1}, {"token": echo, "logprob": -3.0}]
        choice = {
            "finish_reason": echo,
            "message": message,
            "logprobs": {"content": [{"token": echo, "top_logprobs": top}]},
        }
        return {"id": echo, "object": echo, "system_fingerprint": echo, "service_tier": echo, "choices": [choice]}

    written: list[str] = []
    draw_log = tmp_path / "draws.jsonl"
    for policy in (Policy(), Policy(way="sampled", least_draws=4, most_draws=4)):
        with (
            Endpoint(key=KEY, answer=leaky) as endpoint,
            opened(endpoint.url, api_key_env="MY_KEY", policy=policy, draw_log=draw_log) as model,
        ):
            written += [repr(response) for response in dict(model.respond(requests)).values()]
            written += [repr(model.card), model.revision, *map(repr, model.incidents)]
    written.append(draw_log.read_text("utf-8"))
    assert any(PLACEHOLDER in text for text in written), "the key never came near"
    assert not [leak for text in written for leak in leaks(text)]
