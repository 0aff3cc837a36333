"""The figure of a claim has every contrast with its verdict; means, standard deviations and n are those of the rows."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from affectlab.report.evidence import Evidence
from affectlab.report.registry import sections
from affectlab.run import Run
from tests.effects.test_hypotheses import CLAIMS
from tests.report.conftest import numbers


@pytest.fixture
def judged(reported: Callable[..., Run]) -> Evidence:
    return Evidence.of(reported(hypotheses=CLAIMS))


def test_each_claim_has_a_figure_with_every_contrast_the_hardest_control_first(judged: Evidence) -> None:
    (made,) = sections(judged, ["hypotheses"])
    claims = [part for part in made.parts if part.id.startswith("hypothesis-")]
    assert len(claims) == len(judged.judgements) == 3
    for part, one in zip(claims, judged.judgements, strict=True):
        (figure,) = part.figures
        contrasts = [contrast for found in one.controls.values() for contrast in found]
        assert list(figure.data["difference"]) == [contrast.excess.difference for contrast in contrasts]
        assert list(figure.data["verdict"]) == [str(contrast.verdict) for contrast in contrasts]
        assert {look.label for look in figure.legend} == set(figure.data["verdict"])
        assert part.title.split(": ")[1].startswith(str(one.verdict))


def test_a_verdict_is_told_by_shape_as_well_as_by_colour() -> None:
    from affectlab.report.figures.claims import LOOKS

    assert len({look.shape for look in LOOKS}) == len(LOOKS)


def test_means_deviations_and_n_are_those_of_the_vignettes(evidence: Evidence) -> None:
    (made,) = sections(evidence, ["means"])
    table = numbers(made, "For a test (nats)").set_index(["scale", "state", "point", "regulation"])
    rows = evidence.scores.query("measure == 'words' and scale == 'fear' and state == 'fear'")
    before = rows[rows["point"] == "induced"].groupby(["vignette", "item"], observed=True)["value"].mean()
    induced = before.groupby("vignette", observed=True).mean()
    assert table.loc[("fear", "fear", "induced", ""), "M"] == pytest.approx(induced.mean())
    assert table.loc[("fear", "fear", "induced", ""), "SD"] == pytest.approx(induced.std())
    assert table.loc[("fear", "fear", "induced", ""), "n"] == 4
    after = rows[(rows["point"] == "regulated") & (rows["regulation"] == "breathing")]
    regulated = after.groupby(["vignette", "item"], observed=True)["value"].mean().groupby("vignette", observed=True)
    found = table.loc[("fear", "fear", "regulated", "breathing")]
    assert (found["M"], found["SD"]) == pytest.approx((regulated.mean().mean(), regulated.mean().std()))
    assert ("fear", "neutral", "induced", "") in table.index, "neutral texts on the scale of each state"
    assert ("calm", "fear", "induced", "") not in table.index


def test_a_task_is_told_on_its_primary_outcome(evidence: Evidence) -> None:
    (made,) = sections(evidence, ["means"])
    (task,) = evidence.tasks
    table = numbers(made, f"{task.title} ({task.unit})")
    assert set(table["scale"]) == {task.primary}
    assert set(table["state"]) == set(evidence.study.states)
