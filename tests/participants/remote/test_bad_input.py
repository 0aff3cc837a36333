"""What a person can get wrong: one line each, exit code 3, before anything is spent on a study."""

from __future__ import annotations

import logging
import pickle
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from affectlab.errors import AffectlabError, CapabilityError, InputError, ParticipantError
from affectlab.participants.base import require
from affectlab.participants.remote import Budget, Policy, Prices, RemoteParticipant, remote, shipped_models
from tests.participants.remote.conftest import asks, mixed, opened
from tests.participants.remote.endpoint import KEY, Endpoint


def told(make: Callable[[], Any]) -> AffectlabError:
    with pytest.raises(ParticipantError) as caught:
        make()
    error = caught.value
    assert error.exit_code == 3
    assert "\n" not in str(error)
    assert error.hint
    return error


def test_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    assert "OPENAI_API_KEY is not set" in str(told(lambda: remote("openai:gpt-4o")))
    with Endpoint() as endpoint:
        assert "MY_KEY is not set" in str(told(lambda: opened(endpoint.url, api_key_env="MY_KEY")))
        assert endpoint.asked == 0


def test_a_wrong_key_is_refused_and_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_KEY", KEY[:-2] + "zz")
    with Endpoint(key=KEY) as endpoint:
        with opened(endpoint.url, api_key_env="MY_KEY") as participant:
            error = told(lambda: participant.capabilities)
        assert "key refused" in str(error)
        assert KEY[:10] not in str(error)
        assert endpoint.asked == 0


def test_a_key_is_needed_but_not_named() -> None:
    with Endpoint(key=KEY) as endpoint, opened(endpoint.url) as participant:
        assert "key refused" in str(told(lambda: participant.capabilities))


def test_wrong_url() -> None:
    assert "not an address" in str(told(lambda: opened("localhost:8000")))
    with opened("http://127.0.0.1:9/v1") as participant:
        assert "127.0.0.1:9 cannot be reached" in str(told(lambda: participant.capabilities))
    with opened("http://no-such-host.invalid/v1") as participant:
        assert "no-such-host.invalid cannot be reached" in str(told(lambda: participant.capabilities))
    with Endpoint() as endpoint, opened(endpoint.url.replace("/v1", "/v2/nothing")) as participant:
        endpoint.answer = lambda asked, number: {"status": 404, "error": {"message": "no such path"}}
        told(lambda: participant.capabilities)


def test_a_key_in_the_address_is_refused() -> None:
    error = told(lambda: opened(f"http://user:{KEY}@127.0.0.1:9/v1"))
    assert KEY not in str(error)
    error = told(lambda: opened(f"http://127.0.0.1:9/v1?key={KEY}"))
    assert KEY not in str(error)


def test_unknown_model() -> None:
    with Endpoint() as endpoint:
        with remote("openai:synthetic-2", base_url=endpoint.url) as participant:
            error = told(lambda: participant.capabilities)
        assert "unknown model `synthetic-2`" in str(error)
        assert "did you mean `synthetic-1`?" in str(error)
        assert endpoint.asked == 0
    assert "did you mean" in str(told(lambda: remote("gpt-4o-2024-08")))
    assert "NAME" in str(told(lambda: remote("openai:")))


def test_a_model_of_ones_own_needs_an_address() -> None:
    local = next(model for model in shipped_models().values() if model.local)
    assert "--base-url" in str(told(lambda: remote(local.id)))


def test_no_log_probabilities_although_required() -> None:
    with Endpoint(logprobs=False) as endpoint, opened(endpoint.url) as participant:
        error = told(lambda: require(participant, ["seed", "distribution"]))
        assert isinstance(error, CapabilityError)
        assert "distribution" in str(error)
        assert endpoint.asked <= 20, "more than the probes was sent"
    with Endpoint(logprobs=False) as endpoint, opened(endpoint.url, policy=Policy(way="exact")) as participant:
        told(lambda: list(participant.respond(asks(1))))
    with Endpoint() as endpoint, opened(endpoint.url) as participant:
        require(participant, ["seed", "distribution"])
        assert "requirement" in str(told(lambda: require(participant, ["magic"])))


def test_a_budget_of_zero() -> None:
    assert "the budget is zero" in str(told(lambda: opened("http://127.0.0.1:9/v1", budget=Budget(tokens=0))))
    assert "needs the model's price" in str(told(lambda: opened("http://127.0.0.1:9/v1", budget=Budget(money=1))))
    with pytest.raises(InputError, match="not a budget"):
        Budget.parse("plenty")


def test_a_file_of_prices_is_checked(tmp_path: Path) -> None:
    file = tmp_path / "prices.yaml"
    file.write_text('currency: USD\ndate: "2026-11-01"\nmodels:\n  m:\n    input: 1\n    outptu: 4\n')
    with pytest.raises(InputError, match=r"prices\.yaml:\d+"):
        Prices.load(file)


def test_a_planted_key_is_nowhere(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """Through answers, incidents, errors, reprs, cards, logs at their chattiest and tracebacks with locals."""
    monkeypatch.setenv("MY_KEY", KEY)
    caplog.set_level(logging.DEBUG)
    written: list[str] = []

    def leaky(asked: dict[str, Any], number: int) -> dict[str, Any] | None:
        if "Case 3." in str(asked):
            return {"status": 400, "error": {"message": f"your key {KEY} and header Bearer {KEY} are fine, but no"}}
        return None

    with Endpoint(key=KEY, faults=0.3, answer=leaky) as endpoint:
        participant: RemoteParticipant = opened(endpoint.url, api_key_env="MY_KEY")
        with participant:
            written += [repr(participant.card), participant.revision, repr(participant), repr(vars(participant))]
            written += [repr(value) for value in vars(participant._exchange).values()]
            endpoint.quiet = False
            try:
                for item in participant.respond(mixed(40)):
                    written.append(repr(item))
            except ParticipantError as error:
                shown = traceback.TracebackException.from_exception(error, capture_locals=True)
                written += ["".join(shown.format()), repr(error), repr(pickle.dumps(error.args))]
            # how much came before the refusal, and whether another error came first, is up to who was faster
            assert any("your key ‹key› and header" in text for text in written)
            written += [repr(incident) for incident in participant.incidents]
    assert participant.card["key"] == "MY_KEY"
    written += [record.getMessage() for record in caplog.records]
    assert caplog.records
    assert not [text for text in written if KEY in text]
