"""What a run found: its findings, and which measures its models could use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from affectlab.design.parts import Order
from affectlab.effects.contrast import Contrast
from affectlab.effects.find import Effects
from affectlab.effects.shifts import LANGUAGE, beginnings, by_point
from affectlab.effects.terms import Terms
from affectlab.materials.control import Control
from affectlab.materials.instrument import Instrument
from affectlab.materials.schema import INDUCTION_TEXT
from affectlab.materials.tasks import Task
from affectlab.results.findings import Finding, findings
from affectlab.results.usability import Usability, respondent, usability
from affectlab.run import Run


@dataclass(frozen=True)
class Summary:
    """The findings of a run and the usability of its measures, per respondent: per model, and in each language."""

    findings: tuple[Finding, ...]
    usability: Mapping[str, Mapping[str, Usability]]
    effects: Effects
    """All contrasts of the run, from which every number of one is taken."""

    @property
    def points(self) -> pd.DataFrame:
        """What the contrasts rest on: items of each vignette and arm, a column for each point (``by_point``)."""
        return self.effects.points

    @property
    def models(self) -> list[str]:
        """The models that answered."""
        return list(dict.fromkeys(str(one) for one in self.points["model"]))

    @cached_property
    def begins(self) -> Mapping[Order, Mapping[str, str]]:
        """The point at which a regulation of each order begins, per measure."""
        return beginnings(self.points)

    def begins_of(self, finding: Finding) -> str:
        """The point from which a finding of regulation counts the change."""
        return self.begins["before" if finding.order == "before" else "after"][finding.measure]

    def usable(self, finding: Finding) -> bool:
        """Whether the finding rests on a measure that its model can use."""
        return self.usability[respondent(finding.model, finding.language)][finding.measure].usable

    def rests(self, contrast: Contrast) -> bool:
        """Whether a contrast rests on a measure that its model can use, in each language that it compares."""
        conditions = [contrast.first, *([contrast.second] if contrast.second is not None else [])]
        levels = [{**contrast.cell, **condition} for condition in conditions]
        names = {respondent(one["model"], one.get("language", "")) for one in levels if "model" in one}
        return all(self.usability[name][contrast.outcome.measure].usable for name in names)

    def left_out(self) -> pd.DataFrame:
        """The measures that a model cannot use, which carry no number: model, measure, coverage, minimum, reason."""
        rows = [
            (model, measure, one.coverage, one.minimum, one.why)
            for model, measures in self.usability.items()
            for measure, one in measures.items()
            if not one.usable
        ]
        return pd.DataFrame(rows, columns=["model", "measure", "coverage", "minimum_coverage", "reason"])

    def usable_rows(self, table: pd.DataFrame) -> pd.DataFrame:
        """The rows of a table, with a model and a measure in each, that rest on measures which the model can use.

        What a protocol has somebody do, such as speaking before a panel, is nothing that a model could not use.
        """
        return table[pd.Series(self.resting(table), table.index, dtype=bool)]

    def resting(self, table: pd.DataFrame) -> list[bool]:
        """Whether each row of a table, with a model and a measure in it, rests on a measure that the model can use.

        A row that compares two languages must in both.
        """
        found = []
        for row in table.itertuples():
            compared = getattr(row, "factor", "") == LANGUAGE
            languages = (row.level, row.against) if compared else (getattr(row, LANGUAGE, ""),)
            used = (self.usability[respondent(str(row.model), str(one))].get(str(row.measure)) for one in languages)
            found.append(all(one is None or one.usable for one in used))
        return found

    def measures(self) -> dict[str, dict[str, Any]]:
        """Per measure, what holds for every model: the lowest coverage, and whether all can use it."""
        of: dict[str, dict[str, Usability]] = {}
        for model, measures in self.usability.items():
            for measure, one in measures.items():
                of.setdefault(measure, {})[model] = one
        return {
            measure: {
                "coverage": min(one.coverage for one in models.values()),
                "usable": all(one.usable for one in models.values()),
                "minimum_coverage": next(iter(models.values())).minimum,
                "models": {
                    model: {"coverage": one.coverage, "usable": one.usable, "refused": one.refused}
                    for model, one in models.items()
                },
            }
            for measure, models in of.items()
        }


def summarise(run: Run) -> Summary:
    """The findings of a run.

    Raises:
        DataError: no session of the run is complete.
    """
    scores = run.numbers()
    materials = probes(run)
    minimum = {id: material.minimum_coverage for id, material in materials.items()}
    effects = Effects(by_point(scores), terms(run))
    return Summary(tuple(findings(effects)), usability(scores, minimum), effects)


def terms(run: Run) -> Terms:
    """What has to be known of a run's study to find its contrasts."""
    materials, study = probes(run), run.study
    return Terms(
        {id: material.unit for id, material in materials.items()},
        control_arms(run),
        primary_outcomes(materials),
        study.unit,
        study.points,
        fixed=[
            arm
            for arm in study.induction.arms
            if arm != INDUCTION_TEXT and study.catalogue.get(Control, arm).uses == "word"
        ],
        outcomes={
            (id, scale): unit
            for id, material in materials.items()
            if isinstance(material, Task)
            for scale, unit in material.units.items()
        },
        fixed_items=[id for id, material in materials.items() if material.items_are == "fixed"],
        protocols=study.protocol_techniques,
        silent=[
            arm
            for arm in study.induction.arms
            if arm != INDUCTION_TEXT and study.catalogue.get(Control, arm).uses == "nothing"
        ],
        states=[state.id for state in study.catalogue.states],
        apart={
            id: [scale for scale in material.scales if material.set_apart(scale)]
            for id, material in materials.items()
            if isinstance(material, Instrument)
        },
        pairs=study.pairs,
    )


def effects_of(run: Run) -> Effects:
    """All contrasts of a run.

    Raises:
        DataError: no session of the run is complete.
    """
    return Effects(by_point(run.numbers()), terms(run))


def probes(run: Run) -> dict[str, Instrument | Task]:
    """The instruments and tasks of a run, by id."""
    study = run.study
    found: dict[str, Instrument | Task] = {}
    for id in study.measures:
        found[id] = study.catalogue.get(Instrument, id)
    for testing in study.tasks:
        found[testing.task] = study.catalogue.get(Task, testing.task)
    return found


def primary_outcomes(materials: Mapping[str, Instrument | Task]) -> dict[str, str]:
    """Per task, the outcome that it is about."""
    return {id: material.primary for id, material in materials.items() if isinstance(material, Task)}


def control_arms(run: Run) -> tuple[str, ...]:
    """The regulation arms that are controls, nothing among them."""
    return run.study.controls
