"""A measure that a model cannot use is out of everything that is told, and named; a scale without a state is told."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from affectlab.design.check import checked_study, file_mistakes
from affectlab.effects.matrix import largest
from affectlab.experiment.results import Results
from affectlab.participants.simulated import Simulated
from affectlab.report.evidence import Evidence
from affectlab.report.export import export
from affectlab.report.registry import sections
from affectlab.report.render.terminal import plain_text
from affectlab.report.tables import findings_tables
from affectlab.results.manipulation import discrimination
from affectlab.results.multiverse import multiverse
from affectlab.results.summary import summarise
from affectlab.run import Run
from affectlab.validity import validity
from tests.conftest import HEAD, Called, Lab, run

REASON = "needed"


def cloze(lab: Lab, id: str, least: float, **words: list[str]) -> None:
    stems = [{"id": "now", "text": "Right now I am"}, {"id": "here", "text": "Here I am"}]
    lab.write(
        f"instruments/{id}.yaml",
        kind="instrument",
        id=id,
        form="cloze",
        question="Finish the line.",
        minimum_coverage=least,
        stems=stems,
        words=words,
        **{**HEAD, "title": f"Cloze {id}"},
    )


@pytest.fixture
def done(lab: Lab, simulated: Callable[..., Simulated]) -> Run:
    """Two states; one measure that cannot be read, and one with a scale that is no state's."""
    cloze(lab, "rare", 0.99, fear=["shaky", "startled"], sadness=["blue", "tearful"])
    cloze(lab, "own", 0.0, fear=["fearful", "panicky"], selfeval=["worthy", "capable"])
    study = lab.load(
        measures=["words", "rare", "own"],
        smallest_effect={"words": 0.2, "rare": 0.2},
        hypotheses={"rare": {"primary": True, "outcome": "rare", "exceeds": ["neutral"]}},
        contexts=["branched"],
        tasks=[{"task": "endings", "at": "induced"}],
    )
    noise = {"text": 0.3, "regulation": 0.1, "task": 0.2, "item": 0.1}
    shifts = {"fear": {"fear": 2.0}, "sadness": {"sadness": 2.0}}
    return run(study, simulated(study, shifts=shifts, noise=noise), lab.folder / "run")


def test_what_cannot_be_used_is_in_no_result_and_named_with_its_reason(
    done: Run, called: Called, tmp_path: Path
) -> None:
    folder = str(done.store.path.parent)
    evidence = Evidence.of(done)
    left_out = summarise(done).left_out()
    assert list(left_out["measure"]) == ["rare"]
    assert REASON in left_out["reason"].iloc[0]
    tables = [table for cell in evidence.design_cells for claim in ("induction", "regulation", "scale")
              for table in findings_tables(evidence, cell, claim)]  # fmt: skip
    assert tables
    assert not [table for table in tables if "rare" in table.caption.lower()]
    assert all("rare" not in curve.question.label for curve in multiverse(done))

    record = Results(done).record()
    assert [(row["measure"], REASON in row["reason"]) for row in record["left_out"]] == [("rare", True)]
    assert {row["measure"] for row in record["findings"] if not row["usable"]} == {"rare"}
    told = json.loads(called("tables", folder, "--json")[1])
    assert [row["measure"] for row in told.pop("left out")] == ["rare"]
    assert not [name for name, rows in told.items() for row in rows if "rare" in row.values()]
    people = json.loads(called("humans", folder, "--json")[1])
    assert [row["measure"] for row in people.pop("left_out")] == ["rare"]
    assert "rare" not in json.dumps(people)
    regulated = json.loads(called("regulation", folder, "--json")[1])
    notes = regulated.pop("notes")
    assert any("rare" in note and REASON in note for note in notes)
    assert "rare" not in json.dumps(regulated)
    power = json.loads(called("power", str(done.store.path.parents[1] / "study.yaml"), "--from", folder,
                              "--draws", "100", "--json")[1])["power"]  # fmt: skip
    (row,) = [row for row in power if row["measure"] == "rare"]
    assert row["power"] is None
    assert REASON in row["note"]
    contrasts = pd.read_csv(export(done, tmp_path / "export") / "analysis" / "contrasts.csv")
    assert set(contrasts["measure"]) == {"words", "own", "endings"}
    said = "\n".join(plain_text(next(sections(evidence, ["withheld"])), 400))
    assert "Cloze rare" in said
    assert REASON in said


def test_nothing_is_withheld_in_silence(done: Run) -> None:
    said = "\n".join(plain_text(next(sections(Evidence.of(done), ["withheld"])), 400))
    assert "standardised effects need 10 units per condition; here are 4" in said
    assert "verdict" in said


def test_a_scale_that_belongs_to_no_state_is_a_finding_and_named_by_check(done: Run, lab: Lab) -> None:
    found = [one for one in summarise(done).findings if one.claim == "scale"]
    assert {(one.measure, one.scale) for one in found} == {("own", "selfeval")}
    assert {(one.state, one.against) for one in found} == {
        (state, against) for state in ("fear", "sadness") for against in ("baseline", "neutral")
    }
    (fear,) = [one for one in found if one.state == "fear" and one.against == "neutral"]
    rows = done.numbers()
    rows = rows[(rows["measure"] == "own") & (rows["scale"] == "selfeval") & (rows["arm"] == "induction-text")]
    means = rows.groupby(["state", "point"], observed=True)["value"].mean().unstack("point")
    moved = means["induced"] - means["baseline"]
    assert fear.estimate == pytest.approx(moved["fear"] - moved["neutral"], abs=1e-9)
    paragraph = next(sections(Evidence.of(done), ["findings"])).sentences[0]
    assert "selfeval" in paragraph
    remarks = [str(one) for one in checked_study(lab.study).remarks]
    assert any("`selfeval` belongs to no state" in one for one in remarks), file_mistakes(lab.study)


def one_state(lab: Lab, simulated: Callable[..., Simulated], **changes: Any) -> Run:
    study = lab.load(states=["fear", "neutral"], **changes)
    return run(study, simulated(study, shifts={"fear": {"fear": 1.0}}, noise={"text": 0.3}))


def test_one_state_is_the_largest_of_nothing(lab: Lab, simulated: Callable[..., Simulated]) -> None:
    done = one_state(lab, simulated, validity=["specificity"])
    assert {one.largest for one in summarise(done).findings} == {None}
    (check,) = [one for one in validity(done) if one.name == "Discriminant validity"]
    assert check.verdict == "not measurable"


def test_the_largest_is_that_of_its_row_and_of_its_column(lab: Lab, simulated: Callable[..., Simulated]) -> None:
    study = lab.load()
    # texts of fear move the scale of sadness more than their own, though no texts move that of fear as much
    shifts = {"fear": {"fear": 1.0, "sadness": 2.0}, "sadness": {"sadness": 3.0}}
    done = run(study, simulated(study, shifts=shifts))
    told = {one.state: one.largest for one in summarise(done).findings if one.claim == "induction"}
    assert told == {"fear": False, "sadness": True}
    effects = summarise(done).effects
    table = discrimination(effects).set_index(["state", "scale"])
    assert not table.loc[("fear", "fear"), "highest_in_row"]
    assert table.loc[("fear", "fear"), "highest_in_column"]
    assert sorted(largest(effects).values()) == [False, True]


def test_nothing_said_is_told_once_as_baseline(lab: Lab, simulated: Callable[..., Simulated]) -> None:
    arms = {"techniques": ["scene"], "grades": ["moderate"], "texts": 4, "arms": ["induction-text", "no-text", "sham"]}
    claims = {"main": {"primary": True, "outcome": "words", "exceeds": ["no-text", "sham"]}}
    study = lab.load(induction=arms, hypotheses=claims)
    done = run(study, simulated(study, shifts={"fear": {"fear": 1.0}}, noise={"text": 0.3, "item": 0.1}))
    evidence = Evidence.of(done)
    found = [one for one in evidence.summary.findings if one.claim == "induction"]
    assert {one.against for one in found} == {"baseline", "neutral", "sham"}
    baseline = {one.state: one for one in found if one.against == "baseline"}
    (judged,) = evidence.judgements
    for one in judged.controls["no-text"]:
        assert one.excess.difference == baseline[one.excess.part].estimate
        assert one.excess.contrast == baseline[one.excess.part].contrast
    assert "equals the baseline" in "\n".join(plain_text(next(sections(evidence, ["withheld"])), 400))
