"""A study run from the command line on endpoints of this machine, sound ones and broken ones."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from affectlab.participants.remote import shipped_models
from tests.conftest import Called, Lab
from tests.participants.remote.endpoint import KEY, Endpoint

PRICES = 'currency: EUR\ndate: "2026-11-01"\nmodels:\n  synthetic-1: {input: 2.0, output: 8.0}\n'
CLOSED = "http://127.0.0.1:9/v1"


@pytest.fixture
def command(called: Called, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, lab: Lab) -> Called:
    """Run a command in an empty directory; returns its exit code and what it printed."""
    monkeypatch.chdir(tmp_path)
    for variable in {model.key for model in shipped_models().values() if model.key}:
        monkeypatch.delenv(variable, raising=False)

    return called


WRONG: list[tuple[str, tuple[str, ...], str]] = [
    ("no key", ("--model", "openai:synthetic-1"), "OPENAI_API_KEY is not set"),
    ("no key of a ready model", ("--model", "claude-haiku-4-5"), "ANTHROPIC_API_KEY is not set"),
    ("no key of Gemini", ("--model", "gemini:some"), "GEMINI_API_KEY is not set"),
    ("no key in one's own variable", ("--model", "SERVED", "--key-env", "MY_KEY"), "MY_KEY is not set"),
    ("an address that is none", ("--model", "openai:synthetic-1", "--base-url", "localhost:1"), "not an address"),
    ("nobody at the address", ("--model", f"openai:synthetic-1@{CLOSED}"), "127.0.0.1:9 cannot be reached"),
    ("a path that is none", ("--model", "WRONG PATH"), "there is no such interface at this address"),
    ("a model it does not serve", ("--model", "openai:synthetic-2", "--base-url", "URL"), "did you mean `synthetic-1`"),
    ("no such model", ("--model", "gpt-4.2"), "did you mean `gpt-4.1`"),
    ("no name", ("--model", "openai:"), "names no model"),
    ("a budget of zero", ("--model", "SERVED", "--budget", "0"), "the budget is zero"),
    ("a budget of no money", ("--model", "SERVED", "--budget", "0 EUR", "--prices", "PRICES"), "the budget is zero"),
    ("a budget without prices", ("--model", "SERVED", "--budget", "5 EUR"), "needs the model's price"),
    ("another currency", ("--model", "SERVED", "--budget", "5 USD", "--prices", "PRICES"), "the prices are in EUR"),
    ("no exact answers", ("--model", "BLIND", "--way", "exact"), "gives no exact answers"),
    ("the same model twice", ("--model", "SERVED", "--model", "SERVED"), "name each once"),
]


@pytest.mark.parametrize(("words", "says"), [one[1:] for one in WRONG], ids=[one[0] for one in WRONG])
def test_what_is_wrong_is_told_in_one_line_before_anything_is_spent(
    command: Called, lab: Lab, tmp_path: Path, words: tuple[str, ...], says: str
) -> None:
    (tmp_path / "prices.yaml").write_text(PRICES)
    with Endpoint() as sound, Endpoint(logprobs=False) as blind:
        meant = {
            "SERVED": f"openai:synthetic-1@{sound.url}",
            "BLIND": f"openai:synthetic-1@{blind.url}",
            "WRONG PATH": f"openai:synthetic-1@{sound.url}/nothing",
            "URL": sound.url,
            "PRICES": str(tmp_path / "prices.yaml"),
        }
        code, out, err = command("run", str(lab.study), *(meant.get(word, word) for word in words))
        probes = sound.asked + blind.asked
    assert code == 3
    assert out == ""
    assert len(err.strip().splitlines()) == 1
    assert says in err
    assert "; " in err, "it does not say what to do"
    assert probes <= 20, "more than the probes was sent"
    assert not (tmp_path / "runs").exists()


def test_log_probabilities_that_a_study_requires_and_a_server_does_not_give(
    command: Called, lab: Lab, tmp_path: Path
) -> None:
    lab.study_with(require=["distribution"])
    with Endpoint(logprobs=False) as blind:
        code, out, err = command("run", str(lab.study), "--model", f"openai:synthetic-1@{blind.url}")
        assert blind.asked <= 20, "more than the probes was sent"
    assert (code, out, len(err.strip().splitlines())) == (3, "", 1)
    assert "lacks what the study requires: distribution" in err
    assert not (tmp_path / "runs").exists()


def test_a_wrong_key_is_one_line_without_the_key(
    command: Called, lab: Lab, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MY_KEY", KEY[:-2] + "zz")
    with Endpoint(key=KEY) as endpoint:
        served = f"openai:synthetic-1@{endpoint.url}"
        code, out, err = command("run", str(lab.study), "--model", served, "--key-env", "MY_KEY")
        assert endpoint.asked == 0
    assert (code, out, len(err.strip().splitlines())) == (3, "", 1)
    assert "key refused" in err
    assert KEY[:12] not in err


def test_a_plan_says_what_it_would_cost(command: Called, lab: Lab, tmp_path: Path) -> None:
    (tmp_path / "prices.yaml").write_text(PRICES)
    words = ("plan", str(lab.study), "--model", "openai:synthetic-1", "--prices", "prices.yaml")
    code, out, _ = command(*words)
    assert code == 0
    assert "EUR" in out
    assert "`affectlab probe` finds out whether answers can be read or must be drawn" in " ".join(out.split())
    _, out, _ = command(*words, "--json")
    plan = json.loads(out)
    asks, replies = plan["distinct_asks"], plan["distinct_replies"]
    read = plan["costs"]["openai-synthetic-1"]
    # whether it gives log probabilities is not known before it is probed
    assert read["calls"] == [asks + replies, 2 * 64 * asks + replies]
    assert read["money"][0] == pytest.approx((2.0 * read["prompt"][0] + 8.0 * read["output"][0]) / 1e6)
    _, out, _ = command(*words, "--json", "--way", "bounded")
    assert json.loads(out)["costs"]["openai-synthetic-1"]["calls"] == [asks + replies] * 2
    _, out, _ = command(*words, "--json", "--way", "sampled", "--draws", "16")
    drawn = json.loads(out)["costs"]["openai-synthetic-1"]
    assert drawn["calls"] == [8 * asks + replies, 16 * asks + replies]
    code, _, err = command("plan", str(lab.study), "--model", "openai:other", "--prices", "prices.yaml")
    assert code == 2
    assert "prices.yaml: no price of `other` is listed" in err


def test_ready_models_are_listed_and_shown(command: Called) -> None:
    _, out, _ = command("list", "models")
    assert "OPENAI_API_KEY is not set" in out
    assert all(f"\n{id} " in out for id in shipped_models())
    _, out, _ = command("show", "models", "gpt-4.1")
    assert "base_url: https://api.openai.com/v1" in out
    assert len(shipped_models()) >= 16
    assert sum(model.in_study for model in shipped_models().values()) == 6


def test_a_pilot_says_how_many_draws_the_study_needs(
    command: Called, lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Endpoint(logprobs=False) as endpoint:
        words = ("plan", str(lab.study), "--model", f"openai:synthetic-1@{endpoint.url}", "--standard-error", "0.04")
        code, out, err = command(*words, "--pilot", "6", "--json")
        assert code == 0, err
        (found,) = json.loads(out)["pilots"].values()
        assert endpoint.asked < 6 * 24 + 40
        _, shown, _ = command(*words, "--pilot", "6")
    assert "draws a question for a standard error of 0.04" in " ".join(shown.split())
    assert (found["asked"], found["draws"], found["independent"]) == (6, 6 * 24, True)
    assert found["questions"] == json.loads(out)["distinct_asks"]
    assert all(0 < needed <= 153 for needed in found["needed"]), "no share can need more"
    assert found["total"][0] == pytest.approx(found["questions"] * sum(found["needed"]) / 6, abs=1)
