"""Agents with known parameters do the shipped tasks; the scoring finds the parameters."""

from __future__ import annotations

import math

import pytest

from affectlab.materials.tasks import Task
from affectlab.tasks.completion import Completion
from affectlab.tasks.estimates import ConditionContrast
from affectlab.tasks.item import ACCURACY, CONTROL
from affectlab.tasks.options import Options
from affectlab.tasks.rating import RatingTask
from tests.tasks.participants import SHIPPED, agent, given, mean, scored, task, value, values

TASKS = {one.id: one for one in SHIPPED.all(Task)}
every_task = pytest.mark.parametrize("id", TASKS)


@every_task
def test_a_planted_shift_reaches_the_primary_outcome_and_no_control(id: str) -> None:
    """A state that moves the agent moves the primary outcome in its sense, and leaves the controls where they are."""
    material = task(id)
    size = 0.1 if "bandit" in id and material.primary != "directed" else 0.5
    still, moved = scored(material, agent(material)), scored(material, agent(material, size))
    if id == "bandit-restless":
        return  # its agent has a parameter for what its primary outcome sums up; see below
    assert mean(moved, material.primary) > mean(still, material.primary) + 0.02
    controls = [(score.item, score.scale, score.value) for score in still if score.scale.endswith(CONTROL)]
    after = [(score.item, score.scale, score.value) for score in moved if score.scale.endswith(CONTROL)]
    assert controls == after
    assert controls or isinstance(material, Completion)


@every_task
def test_every_outcome_that_has_a_unit_is_scored_and_finite(id: str) -> None:
    material = task(id)
    scores = scored(material, agent(material, caution=1.0, directed=0.3))
    named = {score.scale.removesuffix(CONTROL) for score in scores}
    assert named == set(material.units) | ({"position"} & named)
    for score in scores:
        if not score.scale.endswith(CONTROL):
            assert math.isfinite(score.value), (score.item, score.scale)


@pytest.mark.parametrize("odds", [-1.5, 0.0, 0.75])
@pytest.mark.parametrize("id", ["ambiguous-scenarios", "hostile-intent", "homophones", "threat-cues"])
def test_log_odds_of_a_choice_whatever_position_does(id: str, odds: float) -> None:
    material = task(id)
    scores = scored(material, agent(material, base=odds, position=0.7))
    for found in values(scores, material.primary):
        assert found == pytest.approx(odds)


@pytest.mark.parametrize("odds", [-0.8, 0.4])
def test_log_odds_of_a_completion(odds: float) -> None:
    material = task("sentence-completion")
    assert mean(scored(material, agent(material, base=odds)), "negativity") == pytest.approx(odds)


@pytest.mark.parametrize("points", [-1.3, 0.0, 2.25])
@pytest.mark.parametrize("id", ["risk-frequency", "moral-severity", "trust", "dictator", "ultimatum-proposer"])
def test_points_of_a_rating(id: str, points: float) -> None:
    material = task(id)
    assert isinstance(material, RatingTask)
    middle = (material.scale.values[0] + material.scale.values[-1]) / 2.0
    assert mean(scored(material, agent(material, base=points)), material.primary) == pytest.approx(middle + points)


@pytest.mark.parametrize("id", [id for id, one in TASKS.items() if one.primary == ACCURACY and one.form == "choice"])
def test_skill(id: str) -> None:
    material = task(id)
    assert mean(scored(material, agent(material, skill=1.2)), ACCURACY) == pytest.approx(1 / (1 + math.exp(-1.2)))


@pytest.mark.parametrize("id", ["risk-optimism", "blame"])
def test_contrasts_of_ratings(id: str) -> None:
    material = task(id)
    scores = scored(material, agent(material, 1.5))
    assert values(scores, material.primary if id == "risk-optimism" else "blame")
    (contrast,) = (one for one in material.estimates if isinstance(one, ConditionContrast))  # type: ignore[attr-defined]
    if material.primary == contrast.name:
        assert mean(scores, contrast.name) == pytest.approx(1.5)


@pytest.mark.parametrize("log_k", [-7.0, -5.0, -3.0])
@pytest.mark.parametrize("present_bias", [0.0, 0.15, 0.4])
@pytest.mark.parametrize("slope", [3.0, 8.0])
def test_discount_rate_and_present_bias(log_k: float, present_bias: float, slope: float) -> None:
    material = task("discounting")
    scores = scored(material, agent(material, log_k=log_k, present_bias=present_bias, slope=slope))
    assert value(scores, "log_k") == pytest.approx(log_k, abs=0.05)
    assert value(scores, "present_bias") == pytest.approx(present_bias, abs=0.01)


@pytest.mark.parametrize("aversion", [0.8, 1.0, 1.8, 2.6])
@pytest.mark.parametrize("sensitivity", [0.1, 0.4])
def test_loss_aversion(aversion: float, sensitivity: float) -> None:
    material = task("gambles")
    scores = scored(material, agent(material, loss_aversion=aversion, sensitivity=sensitivity))
    assert value(scores, "loss_aversion") == pytest.approx(aversion, abs=0.02)


@pytest.mark.parametrize("d_prime", [0.0, 0.8, 2.2])
@pytest.mark.parametrize("criterion", [-0.4, 0.0, 0.6])
def test_sensitivity_and_criterion_of_recognition(d_prime: float, criterion: float) -> None:
    material = task("recognition")
    scores = scored(material, agent(material, d_prime=d_prime, criterion=criterion))
    for kind in ("negative", "positive"):
        assert value(scores, f"{kind}_d_prime") == pytest.approx(d_prime, abs=1e-6)
        assert value(scores, f"{kind}_criterion") == pytest.approx(criterion, abs=1e-6)


@pytest.mark.parametrize("d_prime", [0.0, 1.0, 2.5])
@pytest.mark.parametrize("criterion", [-0.5, 0.0, 0.5])
def test_sensitivity_and_criterion_of_n_back(d_prime: float, criterion: float) -> None:
    material = task("n-back")
    scores = scored(material, agent(material, d_prime=d_prime, criterion=criterion))
    for found in values(scores, "d_prime"):
        assert found == pytest.approx(d_prime, abs=1e-6)
    for found in values(scores, "criterion"):
        assert found == pytest.approx(criterion, abs=1e-6)


@pytest.mark.parametrize("id", ["bandit-two-armed", "bandit-restless"])
@pytest.mark.parametrize("rate", [0.15, 0.4, 0.8])
@pytest.mark.parametrize("temperature", [1.0, 3.0])
def test_learning_rate_and_temperature(id: str, rate: float, temperature: float) -> None:
    material = task(id)
    scores = scored(material, agent(material, learning_rate=rate, temperature=temperature))
    assert value(scores, "learning_rate") == pytest.approx(rate, abs=0.02)
    assert value(scores, "temperature") == pytest.approx(temperature, rel=0.1)


@pytest.mark.parametrize("weight", [-0.6, 0.0, 0.8])
def test_directed_exploration(weight: float) -> None:
    """Found together with a learning rate, of which it takes a little where both explain the same choices."""
    material = task("bandit-two-armed")
    scores = scored(material, agent(material, directed=weight, learning_rate=0.3))
    assert value(scores, "directed") == pytest.approx(weight, abs=0.15)


@pytest.mark.parametrize("base", [-0.5, 0.0, 1.0])
@pytest.mark.parametrize("caution", [0.4, 1.0])
def test_risk_of_the_balloon(base: float, caution: float) -> None:
    """The agent goes on with log odds of base - caution (puffs - 2), so it is indifferent at 2 + base / caution."""
    material = task("balloon")
    scores = scored(material, agent(material, base=base, caution=caution))
    for found in values(scores, "indifference"):
        assert found == pytest.approx(2.0 + base / caution, abs=0.05)


@pytest.mark.parametrize("base", [-1.0, 0.0, 1.5])
def test_choice_among_the_decks(base: float) -> None:
    """Two decks of four have the log weight base: the good ones are chosen with probability logistic(base)."""
    material = task("decks")
    assert mean(scored(material, agent(material, base=base)), "net_good") == pytest.approx(math.tanh(base / 2.0))


def test_agents_that_choose_alike_meet_the_same_rewards() -> None:
    """What is drawn belongs to the step: a shift too small to turn a choice turns nothing."""
    material = task("bandit-two-armed")
    first = [one.probe.request for one in given(material, agent(material))]
    again = [one.probe.request for one in given(material, agent(material, 1e-9))]
    assert first == again


def test_position_is_found_and_does_not_move_an_accuracy() -> None:
    material = task("syllogisms")
    assert isinstance(material, Options)
    scores = scored(material, agent(material, skill=0.0, position=1.0))
    assert mean(scores, "position") == pytest.approx(1 / (1 + math.exp(-1.0)))
    assert mean(scores, ACCURACY) == pytest.approx(0.5)
