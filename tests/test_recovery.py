"""Planted effects are recovered; where nothing is planted, intervals cover zero at their nominal rate."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from scipy.stats import binom

from affectlab.participants.simulated import Simulated
from affectlab.results.findings import Finding
from affectlab.results.summary import summarise
from tests.conftest import Lab, run

Make = Callable[..., Simulated]


def one(found: tuple[Finding, ...], **wanted: Any) -> Finding:
    (match,) = [row for row in found if all(getattr(row, name) == value for name, value in wanted.items())]
    return match


def test_planted_shifts_are_recovered_exactly_without_noise(lab: Lab, simulated: Make) -> None:
    study = lab.load()
    truth = {
        "shifts": {"fear": {"fear": 1.5}, "sadness": {"sadness": 0.75}},
        "removes": {"breathing": 0.5, "reading": 0.2},
        "tasks": {"endings": {"sadness": 0.6}},
    }
    found = summarise(run(study, simulated(study, **truth))).findings

    induced = one(found, claim="induction", state="fear", against="neutral")
    assert induced.estimate == pytest.approx(1.5)
    assert induced.n == 4
    assert induced.n_unit == "vignette"
    against_reading = one(found, claim="regulation", state="fear", against="reading")
    assert against_reading.estimate == pytest.approx(-1.5 * (0.5 - 0.2))
    against_nothing = one(found, claim="regulation", state="fear", against="none")
    assert against_nothing.estimate == pytest.approx(-1.5 * 0.5)
    assert one(found, claim="error", state="sadness").estimate == pytest.approx(0.6)
    assert one(found, claim="error", state="fear").estimate == pytest.approx(0.0)


def test_ratings_recover_the_planted_points(lab: Lab, simulated: Make) -> None:
    study = lab.load(measures=["ratings", "deq"])
    found = summarise(run(study, simulated(study, shifts={"fear": {"fear": 1.0}}, points=1.25))).findings
    for measure in ("ratings", "deq"):
        assert one(
            found, claim="induction", state="fear", measure=measure, against="neutral"
        ).estimate == pytest.approx(1.25)


def test_without_spread_there_is_no_interval_and_a_reason(lab: Lab, simulated: Make) -> None:
    study = lab.load()
    found = summarise(run(study, simulated(study, shifts={"fear": {"fear": 1.0}}))).findings
    induced = one(found, claim="induction", state="fear", against="baseline")
    assert induced.row()["low"] is None
    assert induced.note


def test_repeated_reads_are_not_units(lab: Lab, simulated: Make) -> None:
    study = lab.load(replicates=10)
    noise = {"text": 0.3, "item": 0.2}
    found = summarise(run(study, simulated(study, shifts={"fear": {"fear": 1.0}}, noise=noise))).findings
    assert {row.n for row in found} == {4}


def test_a_refused_answer_is_a_row_and_no_number(lab: Lab, simulated: Make) -> None:
    study = lab.load()
    done = run(study, simulated(study, shifts={"fear": {"fear": 1.0}}, refusals=0.3))
    scores = done.scores()
    refused = scores[(scores["refused"] == 1.0)]
    assert len(refused) > 0
    assert refused["value"].isna().all()
    assert (refused["coverage"] == 0.0).all()
    everything = run(study, simulated(study, shifts={"fear": {"fear": 1.0}})).scores()
    assert len(scores) == len(everything)
    assert summarise(done).usability["simulated"]["words"].refused > 0


@pytest.mark.parametrize("studies", [30, pytest.param(400, marks=pytest.mark.long)])
def test_intervals_cover_nothing_at_their_nominal_rate(lab: Lab, simulated: Make, studies: int) -> None:
    """Studies in which nothing has an effect, 5 tests each; 95 % intervals for these items, so 5 % miss.

    Items do not move apart in them, so that the intervals over texts and items miss less often, and never more.

    The bounds are the 99.9 % range of a binomial with the number of independent studies as its n, which is on
    the wide side because the five tests of a study share some vignettes.
    """
    study = lab.load(states=["fear", "neutral"])
    noise = {"text": 0.3, "regulation": 0.2, "task": 0.2, "item": 0.1}
    misses: dict[tuple[str, str], int] = {}
    for seed in range(studies):
        done = run(study, simulated(study, seed=seed, noise=noise))
        for row in summarise(done).findings:
            place = (row.claim, row.against)
            misses[place] = misses.get(place, 0) + (not row.low_these_items <= 0.0 <= row.high_these_items)
            assert row.low <= row.low_these_items
            assert row.high >= row.high_these_items
        done.store.close()
    assert len(misses) == 5
    least, most = binom.interval(0.999, studies, 0.05)
    for place, count in misses.items():
        assert least <= count <= most, (place, count / studies)
    least, most = binom.interval(0.999, 5 * studies, 0.05)
    assert least <= sum(misses.values()) <= most


def test_each_control_of_an_induction_is_recovered(lab: Lab, simulated: Make) -> None:
    study = lab.load(
        induction={"techniques": ["scene"], "texts": 4, "arms": ["induction-text", "sham", "scrambled", "no-text"]}
    )
    truth = {"shifts": {"fear": {"fear": 2.0}}, "arms": {"sham": 0.75, "scrambled": 0.1}}
    found = summarise(run(study, simulated(study, **truth))).findings
    for against, share in (("sham", 0.75), ("scrambled", 0.1), ("baseline", 0.0)):
        effect = one(found, claim="induction", state="fear", against=against)
        assert effect.estimate == pytest.approx(2.0 * (1.0 - share))
        assert effect.n == 4


def test_rounds_steps_and_orders_of_a_regulation_are_recovered(lab: Lab, simulated: Make) -> None:
    study = lab.load(
        regulations=["mindfulness-breathing", "none"],
        regulation={"deliveries": ["scripted", "guided"], "rounds": 2, "orders": ["after", "before"]},
        tasks=[],
    )
    truth = {
        "shifts": {"fear": {"fear": 2.0}},
        "removes": {"mindfulness-breathing": 0.5},
        "prevents": {"mindfulness-breathing": 0.2},
    }
    found = summarise(run(study, simulated(study, **truth))).findings
    for guidance in ("scripted", "guided"):
        place = {"claim": "regulation", "state": "fear", "against": "none", "guidance": guidance}
        assert one(found, order="after", **place).estimate == pytest.approx(-2.0 * (1 - 0.5**2))
        assert one(found, order="before", **place).estimate == pytest.approx(-2.0 * (1 - 0.8**2))


@pytest.mark.parametrize("context", ["sequential", "battery"])
def test_ratings_in_one_conversation_recover_the_planted_points(lab: Lab, simulated: Make, context: str) -> None:
    study = lab.load(measures=["ratings"], contexts=[context], tasks=[])
    found = summarise(run(study, simulated(study, shifts={"fear": {"fear": 1.0}}, points=1.25))).findings
    effect = one(found, claim="induction", state="fear", against="neutral")
    assert effect.context == context
    assert effect.estimate == pytest.approx(1.25)
