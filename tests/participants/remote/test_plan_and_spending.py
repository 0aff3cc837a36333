"""What a plan says that a study costs, against what a run of it then spends, on servers of five kinds that count.

They count in the vocabulary in which plans do. The fifth, llama.cpp's own, is in ``test_server.py``.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from affectlab.experiment import Experiment
from affectlab.experiment import cost as cost_of_plans
from affectlab.experiment.settings import Settings
from affectlab.participants.remote.plan import BLOCK, CostEstimate
from affectlab.participants.remote.spending import Spent
from affectlab.participants.tokens import EmbeddedTokens
from affectlab.requests import Ask
from affectlab.session.count import requests
from tests.conftest import Lab
from tests.participants.remote.closed_servers import AnthropicServer, ClosedServer, GeminiServer
from tests.participants.remote.conftest import weights
from tests.participants.remote.endpoint import KEY, Endpoint, Model
from tests.participants.remote.known_model import KnownModel
from tests.participants.remote.test_runs import SIZE
from tests.participants.remote.vllm_server import VllmServer

pytestmark = pytest.mark.model
KNOWN = KnownModel()
PRICES = 'currency: EUR\ndate: "2026-11-01"\nmodels:\n  synthetic-1: {input: 2.0, output: 8.0, cached: 0.5}\n'
MODEL = """
id: synthetic-1
title: Synthetic
maker: Nobody
dialect: openai
model: synthetic-1
base_url: {url}
source: a test
quirks: {{alternatives: 20, prefill: false}}
"""


@pytest.fixture(scope="module")
def tokens() -> EmbeddedTokens:
    weights()
    return EmbeddedTokens()


class Options(Model):
    """A model that says nothing but options of a study."""

    def __init__(self, options: list[str]) -> None:
        self.options = options

    def shares(self, text: str) -> dict[str, float]:
        return dict.fromkeys(self.options, 1 / len(self.options))


class ChatServer(Endpoint):
    """Chat completions with log probabilities, which count in the vocabulary of plans."""

    def __init__(self, tokens: EmbeddedTokens, **more: Any) -> None:
        super().__init__(**more)
        self.tokens = tokens

    def _said(self, asked: dict[str, Any]) -> dict[str, Any]:
        said = super()._said(asked)
        prompt = sum(len(self.tokens.of(one["content"])) + self.tokens.around for one in asked["messages"])
        reply = len(self.tokens.of(said["choices"][0]["message"]["content"]))
        said["usage"] = {"prompt_tokens": prompt + self.tokens.begins, "completion_tokens": reply}
        return said


def planned_and_spent(study: Any, model: str, folder: Path, **settings: Any) -> tuple[CostEstimate, Spent]:
    """Both, probing left out: it costs the same whatever the study."""
    experiment = Experiment(study, models=[model], out=folder, settings=Settings(**settings))
    (cost,) = experiment.cost().values()
    steps = experiment.run()
    next(steps)
    (probed,) = experiment.spent.values()
    for _ in steps:
        pass
    (spent,) = experiment.spent.values()
    used = {part: getattr(spent, part) - getattr(probed, part) for part in ("calls", "prompt", "output", "cached")}
    money = None if spent.money is None or probed.money is None else spent.money - probed.money
    return cost, Spent(**used, money=money)


def holds(cost: tuple[float, float], spent: float) -> bool:
    """Whether what was spent lies in the range, or within a tenth of it."""
    return 0.9 * cost[0] <= spent <= 1.1 * cost[1]


def test_alternatives_of_a_provider(lab: Lab, tmp_path: Path, tokens: EmbeddedTokens) -> None:
    """One call a question, in the form in which it is asked where no turn can be begun."""
    study = lab.load(**{**SIZE, "regulations": ["none"], "tasks": []})
    plan = Experiment(study, models=["simulated"]).plan
    asked = [one for cell in plan.cells for one in requests(plan, cell)]
    options = sorted({option.strip() for one in asked if isinstance(one, Ask) for option in one.options})
    (tmp_path / "prices.yaml").write_text(PRICES)
    with ChatServer(tokens, model=Options(options)) as server:
        model = tmp_path / "model.yaml"
        model.write_text(MODEL.format(url=server.url))
        cost, spent = planned_and_spent(study, str(model), tmp_path / "run", prices=tmp_path / "prices.yaml")
    assert cost.sampled == "no"
    assert cost.calls == (spent.calls, spent.calls)
    assert cost.prompt[0] == pytest.approx(spent.prompt, rel=0.1)
    assert cost.money is not None
    assert spent.money is not None
    assert holds(cost.money, spent.money)


DRAWN: dict[str, Callable[..., ClosedServer]] = {"anthropic": AnthropicServer, "gemini": GeminiServer}


@pytest.mark.parametrize("provider", DRAWN)
def test_draws_of_closed_models(
    lab: Lab, tmp_path: Path, tokens: EmbeddedTokens, provider: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As many draws as were asked for, to the letter; where a constraint may follow, no more than the most."""
    monkeypatch.setenv("PLANTED_KEY", KEY)
    study = lab.load(**SIZE)
    spent_by_way = {}
    for way in ("sampled", "best"):
        with DRAWN[provider](count=lambda text: len(tokens.of(text)), around=tokens.around) as server:
            name = f"{provider}:{server.model.name}@{server.url}"
            settings = {"key_env": "PLANTED_KEY", "draws": 8, "way": way}
            cost, spent = planned_and_spent(study, name, tmp_path / f"{provider} {way}", **settings)
        spent_by_way[way] = spent.calls
        assert cost.sampled == ("perhaps" if (provider, way) == ("gemini", "best") else "yes")
        assert holds(cost.calls, spent.calls)
        assert holds(cost.prompt, spent.prompt)
        assert holds(cost.output, spent.output)
        if way == "sampled":
            assert cost.calls == (spent.calls, spent.calls)
            assert cost.prompt[0] == pytest.approx(spent.prompt, rel=0.1)
    assert spent_by_way["best"] > spent_by_way["sampled"], "no answer was drawn under a constraint"


class KnownTokens:
    """The tokens of a known model, as a plan asks for them."""

    around = len(KNOWN.tokenize("<|im_start|>user\n<|im_end|>\n"))
    of = staticmethod(KNOWN.tokenize)


def test_a_server_that_keeps_prefixes(lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the server's own count; its resolution, asked for at the start and at the end, and probing are among it."""
    monkeypatch.setattr(cost_of_plans, "_tokens", KnownTokens)
    study = lab.load(**SIZE)
    with VllmServer(KNOWN, block=BLOCK, most=-1) as server:
        settings = Settings(concurrency=1)
        where = {"models": [f"vllm:synthetic-1@{server.url}"], "out": tmp_path / "run"}
        experiment = Experiment(study, settings=settings, **where)  # type: ignore[arg-type]
        (cost,) = experiment.cost().values()
        for _ in experiment.run():
            pass
    assert cost.calls[0] == pytest.approx(server.model_calls, rel=0.1)
    assert cost.prompt[0] == pytest.approx(server.prompt_tokens, rel=0.1)
    assert cost.prompt[0] - cost.cached[0] == pytest.approx(server.computed_tokens, rel=0.1)
