"""The numbers in the figures are those of the findings."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from affectlab.report.evidence import Evidence
from affectlab.report.figures.bias import ALL, biases
from affectlab.report.figures.distribution import OWN as OWN_ANSWER
from affectlab.report.figures.distribution import option_probabilities
from affectlab.report.figures.forest import induction_forest
from affectlab.report.figures.heatmap import heat_map
from affectlab.report.figures.trajectory import paths
from affectlab.report.figures.vignettes import OWN, dots
from affectlab.report.manner import arm_label
from affectlab.report.svg import draw
from affectlab.run import Run
from affectlab.stats.effects import d_z, hedges_g


def test_the_diagonal_of_the_heat_map_is_the_finding_against_neutral(evidence: Evidence) -> None:
    design_cell, instrument = evidence.design_cells[0], evidence.instruments[0]
    data = heat_map(evidence, design_cell, instrument).data
    found = [one for one in evidence.found(design_cell, "induction", instrument.id) if one.against == "neutral"]
    assert [one.state for one in found] == ["fear", "sadness"]
    for one in found:
        (row,) = data[(data["state"] == one.state) & data["target"]].to_dict("records")
        assert row["shift"] == pytest.approx(one.estimate)
        assert (row["low"], row["high"]) == pytest.approx((one.low, one.high))


def test_trajectories_part_where_the_arms_part(evidence: Evidence) -> None:
    design_cell, instrument = evidence.design_cells[0], evidence.instruments[0]
    data = paths(evidence, design_cell, instrument)
    fear = data[data["state"] == "fear"].set_index(["series", "point"])["change"]
    arms = {"breathing", "reading", "no regulation"}
    ends = {series for series, point in fear.index if point == "regulated"}
    assert ends == arms | {"after neutral texts, mean of arms"}
    assert fear["breathing", "regulated"] < fear["reading", "regulated"] < fear["no regulation", "regulated"]
    assert not [series for series, point in fear.index if series in arms and point != "regulated"]


def test_the_bias_of_all_stems_is_the_finding(evidence: Evidence) -> None:
    design_cell = evidence.design_cells[0]
    data = biases(evidence, design_cell, evidence.tasks[0])
    every = data[data["comparison"] == ALL].set_index("state")["difference"]
    for one in evidence.found(design_cell, "error"):
        assert every[one.state] == pytest.approx(one.estimate)
    assert data["comparison"].nunique() == 3


def test_every_vignette_has_its_dot(evidence: Evidence) -> None:
    design_cell, instrument = evidence.design_cells[0], evidence.instruments[0]
    data = dots(evidence, design_cell, instrument)
    own = data[data["group"] == OWN]
    assert own.groupby("state").size().to_dict() == {"fear": 4, "sadness": 4}
    found = evidence.found(design_cell, "induction", instrument.id)
    means = {one.state: one.estimate for one in found if one.against == "baseline"}
    assert own.groupby("state")["shift"].mean().to_dict() == pytest.approx(means)


def test_standardised_effects_are_those_of_stats_on_the_same_vignettes(evidence: Evidence) -> None:
    design_cell, instrument = evidence.design_cells[0], evidence.instruments[0]
    effects, data = evidence.effects, dots(evidence, design_cell, instrument)
    fear = data[data["state"] == "fear"]
    own = fear.loc[fear["group"] == OWN, "shift"].to_numpy()
    neutral = fear.loc[fear["group"] != OWN, "shift"].to_numpy()
    found = {one.against: one for one in evidence.found(design_cell, "induction", instrument.id) if one.state == "fear"}
    for against, size in (("neutral", hedges_g(own, neutral)), ("baseline", d_z(own))):
        estimate = effects.estimate(found[against].contrast)
        further = estimate.further
        assert [further[name] for name in ("d", "g")] == [size.d, size.g]
        # over texts and items, as the interval in raw units is: both say the same of zero
        assert further["d_low"] < size.d < further["d_high"]
        assert (further["d_low"] > 0.0) == (estimate.low > 0.0)
    for claim in ("regulation", "error"):
        assert all("d" in effects.estimate(one.contrast).further for one in evidence.found(design_cell, claim))


def test_single_answers_are_the_distributions_that_were_read(evidence: Evidence) -> None:
    design_cell = evidence.design_cells[0]
    words, ratings = evidence.instruments
    data = option_probabilities(evidence, design_cell, ratings)
    assert set(data["state"]) == {"fear", "sadness"}
    sums = data.groupby(["state", "series", "vignette"])["probability"].sum()
    assert sums.to_numpy() == pytest.approx(np.ones(len(sums)))
    fear = option_probabilities(evidence, design_cell, words)
    fear = fear[(fear["state"] == "fear") & (fear["series"] == OWN_ANSWER)]
    assert set(fear["option"]) == set(words.words["fear"])
    scores = evidence.scores.query("measure == 'words' and scale == 'fear' and point == 'induced' and state == 'fear'")
    for vignette, part in fear.groupby("vignette"):
        read = scores[(scores["vignette"] == vignette) & (scores["item"] == part["item"].iloc[0])]["value"].iloc[0]
        assert np.log(part["probability"].sum()) == pytest.approx(read)


def test_the_controls_of_an_induction_stand_beside_it_and_never_within_it(reported: Callable[..., Run]) -> None:
    plain = Evidence.of(reported(name="plain"))
    scene = {"techniques": ["scene"], "grades": ["moderate"], "texts": 4}
    held = Evidence.of(reported(name="held", induction={**scene, "arms": ["induction-text", "sham"]}))
    design_cell, instrument = held.design_cells[0], held.instruments[0]
    shifts = [heat_map(one, design_cell, instrument).data["shift"].tolist() for one in (plain, held)]
    assert shifts[0] == pytest.approx(shifts[1])
    figure = induction_forest(held, design_cell, instrument)
    assert figure is not None
    assert [look.label for look in figure.legend] == [
        "change from baseline",
        "contrast with neutral texts",
        f"contrast with {arm_label('sham')}",
    ]
    estimates = [held.effects.estimate(one.contrast) for one in held.found(design_cell, "induction", instrument.id)]
    assert all("d" in one.further for one in estimates)


def test_ids_inside_drawings_are_unique_on_the_page(evidence: Evidence) -> None:
    design_cell, instrument = evidence.design_cells[0], evidence.instruments[0]
    (panel,) = heat_map(evidence, design_cell, instrument).panels
    first, second = draw(panel.spec, "One", "one"), draw(panel.spec, "Two", "two")
    assert first.replace("one-", "two-").replace("One", "Two") == second
    assert 'aria-label="One"' in first
