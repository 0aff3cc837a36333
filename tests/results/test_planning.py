"""Power from an earlier run, and a preregistration that a run is held against."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from affectlab.cli import app
from affectlab.design.plan import Plan
from affectlab.design.preregistration import freeze, load, preregistration_beside, write
from affectlab.design.preregistration_text import preregistration_text
from affectlab.effects.effect import Effect
from affectlab.errors import DataError, InputError
from affectlab.experiment import Experiment
from affectlab.materials.schema import NEUTRAL
from affectlab.participants.simulated import Simulated
from affectlab.report.evidence import Evidence
from affectlab.report.sections.preregistration import section
from affectlab.results.deviations import deviations
from affectlab.results.multiverse import claims
from affectlab.results.power import Spread, needed, power, predicted, spreads
from affectlab.results.summary import summarise
from affectlab.run import Run
from affectlab.stats import power_independent, power_paired, simulated_power, welch_t
from tests.conftest import Lab, run
from tests.effects.planted import made_of
from tests.report.conftest import numbers

EXPECTED = {"hypotheses": ["Fear rises."], "smallest_effect": {"words": 0.3, "endings": 0.3}}
NOISE = {"text": 0.3, "regulation": 0.1, "task": 0.2, "item": 0.1}


def scores(rng: np.random.Generator, units: int, items: int, sd: tuple[float, float, float]) -> pd.DataFrame:
    """Scores of two conditions with known components of units, items and the rest."""
    shared = rng.normal(0, sd[1], items)
    rows = [
        {"condition": condition, "unit": f"{condition}-{unit}", "item": str(item), "value": own + shared[item] + rest}
        for condition in ("first", "second")
        for unit, own in enumerate(rng.normal(0, sd[0], units))
        for item, rest in enumerate(rng.normal(0, sd[2], items))
    ]
    return pd.DataFrame(rows)


def test_the_variance_of_an_earlier_run_is_recovered() -> None:
    rng = np.random.default_rng(1)
    parts = [made_of(scores(rng, 8, 5, (0.5, 1.0, 0.8))) for _ in range(60)]
    (found,) = spreads(parts)
    assert found.variance["unit"] == pytest.approx(0.25, rel=0.15)
    assert found.variance["item"] == pytest.approx(1.0, rel=0.25)
    assert found.variance["residual"] == pytest.approx(0.64, rel=0.1)
    assert found.sd == pytest.approx(np.sqrt(0.25 + 0.64 / 5), rel=0.1), "an item's own level is in both conditions"


def test_the_units_that_are_needed_reach_the_power() -> None:
    for d, paired in ((0.5, True), (0.5, False), (1.5, False)):
        n = needed(d, paired)
        assert n is not None
        assert predicted(d, n, paired) >= 0.8 > predicted(d, n - 1, paired)
    assert predicted(0.5, 34, True) == power_paired(0.5, 34)
    assert predicted(0.5, 64, False) == power_independent(0.5, 64, 64)
    assert needed(0.01, False) is None


@pytest.fixture
def earlier(lab: Lab, simulated: Callable[..., Simulated], tmp_path: Path) -> Run:
    """A run to plan from."""
    study = lab.load(**EXPECTED)
    return run(study, simulated(study, shifts={"fear": {"fear": 1.0}}, noise=NOISE), tmp_path / "earlier")


def test_simulated_power_is_as_predicted_and_false_alarms_are_at_their_level(lab: Lab, earlier: Run) -> None:
    study = lab.load(**EXPECTED)
    found = {(one.kind, one.measure): one for one in power(study, earlier, draws=1500)}
    assert set(found) == {("induction", "words"), ("regulation", "words"), ("error", "endings")}
    for one in found.values():
        assert one.n == 4
        assert one.power == pytest.approx(one.predicted, abs=0.07), "Welch's test has fewer df than the formula"
        assert 0.03 <= one.false_alarms <= 0.07
    first, again = (power(study, earlier, draws=50) for _ in range(2))
    assert [one.row() for one in again] == [one.row() for one in first]


def test_what_cannot_be_planned_is_refused(lab: Lab, earlier: Run) -> None:
    with pytest.raises(DataError, match="no smallest effect"):
        power(lab.load(), earlier)
    with pytest.raises(DataError, match="says nothing of ratings"):
        power(lab.load(measures=["ratings"], smallest_effect={"ratings": 1.0}), earlier)
    alone = lab.load(**EXPECTED, induction={"techniques": ["scene"], "texts": 1})
    assert all("one unit" in one.note and np.isnan(one.power) for one in power(alone, earlier))


def test_a_spread_without_items_is_that_of_units() -> None:
    assert Spread("error", "x", {"unit": 4.0, "item": 0.0, "residual": 0.0}, 1, 8).sd == 2.0


def test_a_study_is_frozen_once(lab: Lab) -> None:
    study = lab.load(**EXPECTED)
    content = freeze(Plan.of(study))
    assert content["plan_hash"] == Plan.of(study).hash
    path = preregistration_beside(lab.study)
    write(content, path)
    assert load(path) == content
    with pytest.raises(InputError, match="already"):
        write(content, path)
    path.write_text(path.read_text("utf-8").replace("Fear rises", "Fear falls"), "utf-8")
    with pytest.raises(InputError, match="changed after it was frozen"):
        load(path)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"smallest_effect": EXPECTED["smallest_effect"]}, "no hypotheses"),
        ({"hypotheses": ["Fear rises."], "smallest_effect": {"words": 0.3}}, "endings"),
    ],
)
def test_what_is_not_declared_is_not_frozen(lab: Lab, changes: dict[str, object], why: str) -> None:
    with pytest.raises(InputError, match=why):
        freeze(Plan.of(lab.load(**changes)))


def test_a_run_keeps_the_preregistration_beside_its_study(
    lab: Lab, simulated: Callable[..., Simulated], tmp_path: Path
) -> None:
    study = lab.load(**EXPECTED)
    write(freeze(Plan.of(study)), preregistration_beside(lab.study))
    done = run(study, simulated(study), tmp_path / "done")
    frozen = done.store.described("preregistration")
    assert deviations(done, frozen) == []
    done.store.close()
    said = CliRunner().invoke(app, ["deviations", str(tmp_path / "done"), "--json"])
    assert json.loads(said.stdout)["deviations"] == []


def test_what_deviates_is_named(lab: Lab, simulated: Callable[..., Simulated], tmp_path: Path) -> None:
    frozen = freeze(Plan.of(lab.load(**EXPECTED)))
    changed = lab.load(**{**EXPECTED, "states": ["fear", "neutral"], "smallest_effect": {"words": 0.1, "endings": 0.3}})
    done = run(changed, simulated(changed), tmp_path / "done")
    found = {one.what: (one.planned, one.done) for one in deviations(done, frozen)}
    assert found["states"] == ("fear, sadness, neutral", "fear, neutral")
    assert found["smallest_effect.words"] == ("0.3", "0.1")
    assert "hypotheses" not in found


def test_another_text_of_a_material_deviates(lab: Lab, simulated: Callable[..., Simulated], tmp_path: Path) -> None:
    study = lab.load(**EXPECTED)
    done = run(study, simulated(study), tmp_path / "done")
    frozen = {**freeze(Plan.of(study)), "plan_hash": "0" * 64}
    assert [one.what for one in deviations(done, frozen)] == ["texts of the materials"]


def test_the_report_marks_what_deviates(lab: Lab, simulated: Callable[..., Simulated], tmp_path: Path) -> None:
    study = lab.load(**EXPECTED)
    done = run(study, simulated(study), tmp_path / "done")
    assert section(Evidence.of(done)) is None
    done.store.describe("preregistration", {**freeze(Plan.of(study)), "seed": 8})
    made = section(Evidence.of(done))
    assert made is not None
    assert "1\N{NO-BREAK SPACE}deviation" in made.sentences[0]
    assert numbers(made, "Deviations from the preregistration").values.tolist() == [["seed", "8", "7"]]


def test_the_commands_say_what_they_do(lab: Lab, earlier: Run) -> None:
    lab.study_with(**EXPECTED)
    said = CliRunner().invoke(app, ["freeze", str(lab.study), "--json"])
    assert json.loads(said.stdout)["file"] == str(preregistration_beside(lab.study))
    planned = CliRunner().invoke(app, ["power", str(lab.study), "--from", str(lab.folder / "earlier"), "--json"])
    assert {one["measure"] for one in json.loads(planned.stdout)["power"]} == {"words", "endings"}
    blind = json.loads(CliRunner().invoke(app, ["power", str(lab.study), "--json"]).stdout)
    assert blind["from"] is None
    assert blind["power"][1]["power"] == pytest.approx(power_independent(0.5, 4, 4))


@pytest.mark.parametrize("studies", [40, pytest.param(400, marks=pytest.mark.long)])
def test_studies_with_a_planted_effect_find_it_as_often_as_power_says(
    lab: Lab, simulated: Callable[..., Simulated], studies: int
) -> None:
    """From the answers of a participant with a truth to findings for its items, against the power of their variance."""
    study = lab.load(states=["fear", "neutral"], regulations=["none"], tasks=[], measures=["words"])
    parts: list[Effect] = []
    found = 0
    for seed in range(studies):
        done = run(study, simulated(study, seed=seed, shifts={"fear": {"fear": 0.6}}, noise=NOISE))
        summary = summarise(done)
        (claim,) = claims(summary.effects)
        (finding,) = [one for one in summary.findings if one.against == NEUTRAL]
        parts.append(claim)
        found += finding.low_these_items > 0
        done.store.close()
    (spread,) = spreads(parts)
    welch = simulated_power(
        lambda rng: welch_t(rng.normal(0.6, spread.sd, 4), rng.normal(0, spread.sd, 4)).p, seed=1, draws=4000
    )
    expected = welch.value
    assert 0.3 < expected < 0.9, "an effect that is sometimes found"
    assert abs(found / studies - expected) < 3 * np.sqrt(expected * (1 - expected) / studies)


def test_the_text_has_the_headings_of_the_form_and_what_is_frozen(lab: Lab, tmp_path: Path) -> None:
    study = lab.load(**EXPECTED)
    content = freeze(Plan.of(study))
    text = preregistration_text(content)
    headings = [line.removeprefix("## ") for line in text.splitlines() if line.startswith("## ")]
    assert headings == ["Study Information", "Design Plan", "Sampling Plan", "Variables", "Analysis Plan", "Other"]
    for said in ("Fear rises.", content["plan_hash"], content["checksum"], "smallest effect of interest 0.3"):
        assert said in text, said
    experiment = Experiment(study, models=["simulated"])
    experiment.freeze(tmp_path / "own.yaml", text=tmp_path / "own.md")
    assert "### Stopping rule" in (tmp_path / "own.md").read_text("utf-8")
    with pytest.raises(InputError, match="is there already; name another file with --text"):
        experiment.freeze(tmp_path / "more.yaml", text=tmp_path / "own.md")
