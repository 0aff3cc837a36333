"""Where a regulation begins: at one point in every table, whether the study measures after the stabilisation or not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from affectlab.cli.multiverse import multiverse
from affectlab.design.load import load_study
from affectlab.design.plan import Plan
from affectlab.design.preregistration import described_plan
from affectlab.effects.contrast import ALL
from affectlab.effects.shifts import starts
from affectlab.materials.schema import NOTHING
from affectlab.report.document import document
from affectlab.report.evidence import Evidence
from affectlab.report.figures.trajectory import BEFORE, paths, trajectories
from affectlab.report.manner import FEW
from affectlab.report.numbers import number_shown
from affectlab.report.registry import sections
from affectlab.report.render.terminal import WIDTH, plain_text
from affectlab.report.sentences import findings_paragraph
from affectlab.results.multiverse import claims
from affectlab.results.multiverse import multiverse as curves
from affectlab.results.regulation import regulation_table
from affectlab.results.summary import Summary, summarise
from affectlab.run import Run
from affectlab.stats.effects import d_z
from tests.conftest import Lab, run
from tests.results.test_regulation import CONTROLS, NOISE, REMOVES, SCREEN, SHIFTS, TECHNIQUES, TRIAL, Make

SHORT = ["baseline", "induced", "regulated"]
TASK = {"task": "endings", "at": "stabilised"}
DATA = Path(__file__).parents[2] / "src/affectlab/materials/data/studies"


@pytest.fixture
def made(lab: Lab, simulated: Make) -> Callable[..., Run]:
    """Run the screen, with some keys changed."""

    def make(**changes: Any) -> Run:
        study = lab.load(**{**SCREEN, **changes})
        return run(study, simulated(study, seed=2, shifts=SHIFTS, removes=REMOVES, noise=NOISE))

    return make


def regulations(summary: Summary) -> dict[tuple[str, ...], float]:
    """The findings of regulation by what they belong to."""
    return {
        (str(one.order), one.state, str(one.regulation), one.against): one.estimate
        for one in summary.findings
        if one.claim == "regulation"
    }


def screened(done: Run) -> dict[tuple[str, ...], float]:
    """The same as the techniques' own table has it."""
    table = regulation_table(done)
    rows = table[(table["role"] == "technique") & (table["point"] == "regulated") & (table["state"] != ALL)]
    keys = zip(rows["order"], rows["state"], rows["regulation"], rows["against"], strict=True)
    return dict(zip(keys, rows["estimate"], strict=True))


@pytest.mark.parametrize(
    ("points", "tasks", "begins"),
    [
        (["baseline", "induced", "stabilised", "regulated"], [], "stabilised"),
        (SHORT, [], "induced"),
        (SHORT, [TASK], "induced"),
    ],
    ids=["stabilised", "induced", "a task at a point without measures"],
)
def test_a_regulation_begins_at_one_point_in_every_table(
    made: Callable[..., Run], points: list[str], tasks: list[Any], begins: str
) -> None:
    done = made(measure_at=points, tasks=tasks)
    summary = summarise(done)
    assert starts(summary.points, "after") == {"words": begins}
    found = regulations(summary)
    assert len(found) == len(TECHNIQUES) * len(CONTROLS) * 2
    assert found == pytest.approx(screened(done))
    asked = [one for one in claims(summary.effects) if one.contrast.kind == "regulation"]
    assert len(asked) == len(found)
    for each in asked:
        means = each.items.groupby("condition")["value"].mean()
        place = ("after", each.contrast.state, each.contrast.first["regulation"], each.contrast.against)
        assert found[place] == pytest.approx(means["first"] - means["second"])
    evidence = Evidence.of(done)
    assert f"Regulation: change of the target scale from {begins} to regulated." in printed(evidence)
    one = next(one for one in summary.findings if one.regulation == "acceptance" and one.state == "fear")
    effect = evidence.effects.by_id[one.contrast]
    assert effect.second is not None
    assert effect.estimate.further["d"] == d_z(effect.first.to_numpy(float), effect.second.to_numpy(float)).d


def test_a_measure_without_answers_at_one_point_begins_at_the_one_before() -> None:
    place = {"arm": "induction-text", "state": "fear", "scale": "fear"}
    rows = [
        {**place, "measure": "whole", "induced": 1.0, "stabilised": 1.0},
        {**place, "measure": "refused", "induced": 1.0, "stabilised": None},
        {**place, "measure": "never", "induced": None, "stabilised": None},
        {**place, "measure": "others", "scale": "sadness", "induced": 1.0, "stabilised": 1.0},
        {**place, "measure": "controls", "arm": "sham", "induced": 1.0, "stabilised": 1.0},
    ]
    assert starts(pd.DataFrame(rows), "after") == {"whole": "stabilised", "refused": "induced"}
    assert starts(pd.DataFrame(rows), "before") == {}


def test_before_and_after_the_induction_each_count_from_their_start(
    made: Callable[..., Run],
) -> None:
    arms = ["reappraisal-event", "neutral-reading", NOTHING]
    points = ["baseline", "prepared", "induced", "regulated"]
    done = made(measure_at=points, regulations=arms, regulation={"orders": ["before", "after"]})
    summary = summarise(done)
    found = regulations(summary)
    assert found == pytest.approx(screened(done))
    assert {order for order, *_ in found} == {"before", "after"}
    evidence = Evidence.of(done)
    told = printed(evidence)
    assert "Regulation: change of the target scale from induced to regulated." in told
    assert "Regulation, before the induction: change of the target scale from baseline to regulated." in told
    said = findings_paragraph(evidence, evidence.design_cells[0])
    assert "under reappraisal event the target scale fell further than under neutral reading in" in said
    assert (
        "under reappraisal event, before the induction, the target scale rose less than under neutral reading in"
        in said
    )
    drawn = [one for one in document(evidence).figures if one.id.startswith("regulation-")]
    assert ["Change from induced" in one.caption for one in drawn] == [True, False]
    assert ["Change from baseline" in one.caption for one in drawn] == [False, True]
    asked = [one for one in claims(summary.effects) if one.contrast.kind == "regulation"]
    assert {one.contrast.against for one in asked} == {"neutral-reading", NOTHING}, (
        "nothing said is a control of what comes after"
    )


def printed(evidence: Evidence) -> list[str]:
    """The section on regulation, as a terminal has it."""
    return plain_text(next(sections(evidence, ["regulation"])))


def test_many_techniques_are_shown_by_state_and_none_is_lost(made: Callable[..., Run]) -> None:
    done = made(measure_at=SHORT)
    summary = summarise(done)
    found = [one for one in summary.findings if one.claim == "regulation"]
    assert len(TECHNIQUES) > FEW
    evidence = Evidence.of(done)
    told = printed(evidence)
    assert max(map(len, told)) <= WIDTH
    assert len(told) < len(found)
    (table,) = next(sections(evidence, ["regulation"])).tables
    rows = [row for row in table.rows if row[1] == "rumination − neutral reading"]
    own = {one.state: one for one in found if (one.regulation, one.against) == ("rumination", CONTROLS[0])}
    assert [row[0] for row in rows] == list(own)
    assert all(row[2] == number_shown(own[row[0]].estimate, 2) for row in rows)
    assert all(any(row[2] in line for line in told) for row in rows)
    (drawn,) = [one for one in document(evidence).figures if one.id.startswith("regulation-")]
    assert len(drawn.data) == len(TECHNIQUES) * 2
    assert set(drawn.data["difference"]) == {one.estimate for one in found if one.against == CONTROLS[0]}
    said = findings_paragraph(evidence, evidence.design_cells[0])
    below = [one for one in found if one.against == CONTROLS[0] and one.high < 0.0]
    assert f"than under neutral reading in {len(below)} of 14" in said.replace("\N{NO-BREAK SPACE}", " ")
    assert len(said) < 2000


@pytest.mark.parametrize(
    ("study", "said"),
    [
        ("dresden", "from stabilised to regulated: each technique"),
        ("regulation-screen", "from induced to regulated: each technique"),
        ("prophylaxis", "from baseline (before the induction) or induced (after the induction) to regulated"),
    ],
)
def test_a_preregistration_says_where_a_regulation_begins(study: str, said: str) -> None:
    assert said in described_plan(Plan.of(load_study(DATA / f"{study}.yaml")))["analysis"]["regulation"]


def test_trajectories_part_where_regulation_begins(made: Callable[..., Run]) -> None:
    many = Evidence.of(made(measure_at=SHORT))
    figure = trajectories(many, many.design_cells[0], many.instruments[0])
    assert figure is not None
    assert [look.label for look in figure.legend] == [BEFORE, "each technique", "each control"]
    lines_drawn = pd.DataFrame(figure.panels[0].spec["data"]["values"])
    kinds = lines_drawn.drop_duplicates("series")["kind"].value_counts()
    assert (kinds["each technique"], kinds["each control"]) == (len(TECHNIQUES), len(CONTROLS))
    arms = ["reappraisal-event", "neutral-reading", NOTHING]
    points = ["baseline", "prepared", "induced", "regulated"]
    first = Evidence.of(made(measure_at=points, regulations=arms, regulation={"orders": ["before"]}))
    data = paths(first, first.design_cells[0], first.instruments[0])
    assert set(data.loc[data["series"] == BEFORE, "point"]) == {"baseline"}


def test_the_report_of_a_trial_shows_its_talks(lab: Lab, simulated: Make) -> None:
    study = lab.load(**TRIAL)
    removes = {"cognitive-restructuring": 0.4, "supportive-listening": 0.1}
    evidence = Evidence.of(run(study, simulated(study, shifts=SHIFTS, removes=removes, noise=NOISE)))
    data = paths(evidence, evidence.design_cells[0], evidence.instruments[0])
    ends = data[data["point"] == "regulated"].set_index("series")["change"]
    assert ends["cognitive restructuring"] < ends["supportive listening"] < ends["no regulation"]
    assert set(data.loc[data["series"] == BEFORE, "point"]) == {"baseline", "induced", "stabilised"}
    found = [one for one in evidence.summary.findings if one.claim == "regulation"]
    assert found
    assert all("d" in evidence.effects.estimate(one.contrast).further for one in found)


def test_curves_of_many_techniques_are_told_control_by_control(
    made: Callable[..., Run], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    done = made(measure_at=SHORT)
    monkeypatch.setattr(Run, "open", lambda *_, **__: done)
    multiverse("run")
    rows = [line.split() for line in capsys.readouterr().out.splitlines() if line]
    every = curves(done)
    for control in CONTROLS:
        medians = [one.median for one in every if one.question.against == control]
        told = next(row for row in rows if row[0] == control)
        assert told[1] == str(len(medians)) == str(len(TECHNIQUES) * 2)
        assert told[2] == number_shown(min(medians), 3)
        assert told[4] == number_shown(max(medians), 3)
