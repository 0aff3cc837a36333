"""The evidence of a run: its scores aggregated once, from which every figure, table and sentence is made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from affectlab.design.plan import TALK
from affectlab.design.study import Study
from affectlab.effects.find import Effects
from affectlab.effects.judgement import Judgement
from affectlab.effects.shifts import change
from affectlab.materials.instrument import Instrument
from affectlab.materials.manual import Manual
from affectlab.materials.menu import Menu
from affectlab.materials.protocol import Protocol
from affectlab.materials.schema import INDUCTION_TEXT, Material, Regulation, Technique
from affectlab.materials.state import State
from affectlab.materials.tasks import Task
from affectlab.report.check import ORDER, ShownCheck
from affectlab.report.design_cell import DesignCell, GroupedTable, design_cells
from affectlab.results.findings import Finding
from affectlab.results.hypotheses import judgements
from affectlab.results.manipulation import discrimination
from affectlab.results.regulated import Regulated
from affectlab.results.regulated import regulation_tables as everything
from affectlab.results.resolution import resolution
from affectlab.results.summary import Summary, control_arms, probes, summarise
from affectlab.results.usability import respondent, respondents
from affectlab.run import Run
from affectlab.score import REPLY
from affectlab.validity import Checked, validity

Values = np.ndarray[Any, np.dtype[np.float64]]

_REPLIES = """
SELECT score_rows.session, score_rows.point, score_rows.measure, score_rows.item, responses.text, responses.finish
FROM score_rows JOIN responses ON responses.id = score_rows.response WHERE score_rows.scale = 'reply'
ORDER BY score_rows.number"""


_KINDS = """
SELECT participant, kind, obtained, asked.text AS requested, kept.text AS honoured, attempt, many AS count FROM (
  SELECT participant, kind, obtained, requested, honoured, attempt, count(*) AS many FROM responses
  GROUP BY participant, kind, obtained, requested, honoured, attempt) AS responses
JOIN texts AS asked ON asked.id = requested JOIN texts AS kept ON kept.id = honoured"""


@dataclass(frozen=True)
class Evidence:
    """What the report rests on. Tables are over vignettes; nothing in them is a repeated read of one text."""

    run: Run
    study: Study
    probes: Mapping[str, Instrument | Task]
    controls: tuple[str, ...]
    summary: Summary
    scores: pd.DataFrame
    """The rows of ``Run.numbers()``: one for each number."""
    every: pd.DataFrame
    """Items of each vignette, arm of the induction and regulation in every manner, a column for each point."""
    points: pd.DataFrame
    """Items of each vignette and regulation, a column for each point: of the texts themselves, not of the controls
    of the induction, and of regulation in the first manner that the study names."""
    changes: Mapping[str, pd.DataFrame]
    """Per later point, the change from baseline of each vignette and regulation on each scale."""
    answers: pd.DataFrame
    """Per model and measure: answers, refusals, and the coverage's 5th, 50th and 95th percentile."""
    refusals: pd.DataFrame
    """Per model, measure, state and arm: answers, and those without a legal option."""
    noted: tuple[ShownCheck, ...] = ()
    """Checks that were made of the run elsewhere."""

    @classmethod
    def of(cls, run: Run, summary: Summary | None = None, *, checks: Sequence[ShownCheck] = ()) -> Evidence:
        """Read a run.

        Args:
            summary: of the run, where it has been made.
            checks: validity checks that were made of the run elsewhere, to stand beside its own.

        Raises:
            DataError: no session of the run is complete.
        """
        run.require_sessions()
        scores, study = run.numbers(), run.study
        materials = probes(run)
        summary = summary or summarise(run)
        asked = scores.loc[scores["measure"].isin(list(materials)) & (scores["scale"] != REPLY), _ASKED]
        every = summary.points
        points = _usual(every, study)
        later = [point for point in study.points if point != "baseline" and point in points]
        return cls(
            run=run,
            study=study,
            probes=materials,
            controls=control_arms(run),
            summary=summary,
            scores=scores,
            every=every,
            points=points,
            changes={point: change(points, "baseline", point) for point in later},
            answers=_answers(asked),
            refusals=_refusals(asked),
            noted=tuple(checks),
        )

    @property
    def effects(self) -> Effects:
        """All contrasts of the run."""
        return self.summary.effects

    @cached_property
    def discrimination(self) -> pd.DataFrame:
        """Each state on every scale (``manipulation.discrimination``)."""
        return discrimination(self.effects)

    @cached_property
    def design_cells(self) -> tuple[DesignCell, ...]:
        """The design cells of the run, in the order of the plan."""
        answered = set(design_cells(self.points))
        return tuple(one for one in design_cells(self.run.sessions()) if one in answered)

    @cached_property
    def instruments(self) -> tuple[Instrument, ...]:
        """The instruments, in the order of the study."""
        return tuple(probe for probe in self.probes.values() if isinstance(probe, Instrument))

    @cached_property
    def tasks(self) -> tuple[Task, ...]:
        """The tasks, in the order of the study."""
        return tuple(probe for probe in self.probes.values() if isinstance(probe, Task))

    @cached_property
    def judgements(self) -> list[Judgement]:
        """The hypotheses of the study with their verdicts."""
        return judgements(self.run, self.summary)

    @cached_property
    def validity(self) -> list[Checked]:
        """The validity checks of the run's study."""
        return validity(self.run, self.summary)

    @cached_property
    def checks(self) -> list[ShownCheck]:
        """Every check that was made of the run; what speaks against a finding first."""
        made: list[ShownCheck] = [*self.noted, *self.validity]
        return sorted(made, key=lambda one: ORDER.index(one.verdict))

    @cached_property
    def regulation(self) -> Regulated:
        """Everything that the run says of regulation.

        Raises:
            DataError: nothing was regulated and nothing chosen.
        """
        return everything(self.run, self.summary)

    @cached_property
    def left_out(self) -> tuple[str, ...]:
        """Which measures carry no number with a model, and why, a sentence for each."""
        rows = self.summary.left_out().itertuples()
        return tuple(
            f"{self.probes[str(row.measure)].title} with {row.model} is left out of all results: {row.reason}."
            for row in rows
        )

    def title(self, id: str) -> str:
        """What is called that was asked: a measure, a task, or what asked for the participant's own words."""
        if id in self.probes:
            return self.probes[id].title
        catalogue = self.study.catalogue
        kinds: tuple[type[Material], ...] = (Protocol, Technique, Regulation, Manual, Menu)
        return next((catalogue.get(kind, id).title for kind in kinds if id in catalogue.ids(kind)), id)

    def points_of(self, design_cell: DesignCell) -> pd.DataFrame:
        """The rows of ``points`` of a design cell."""
        return self._points.of(design_cell)

    def changes_of(self, design_cell: DesignCell) -> dict[str, pd.DataFrame]:
        """The rows of ``changes`` of a design cell, per point."""
        return {point: table.of(design_cell) for point, table in self._changes.items()}

    def sessions_of(self, design_cell: DesignCell) -> pd.DataFrame:
        """The sessions of a design cell, with the factors of their cells."""
        return self._sessions.of(design_cell)

    @cached_property
    def _sessions(self) -> GroupedTable:
        return GroupedTable(self.run.sessions())

    @cached_property
    def _points(self) -> GroupedTable:
        return GroupedTable(self.points)

    @cached_property
    def _changes(self) -> dict[str, GroupedTable]:
        return {point: GroupedTable(table) for point, table in self.changes.items()}

    @cached_property
    def responses(self) -> pd.DataFrame:
        """How many responses there are (``count``) per participant, kind (answer or reply), obtained, requested and
        honoured (parameters, as JSON), and attempt (the start of the run)."""
        columns, rows = self.run.store.query(_KINDS)
        return pd.DataFrame(rows, columns=columns)

    @cached_property
    def replies(self) -> pd.DataFrame:
        """Free replies, with the cell of their session."""
        columns, rows = self.run.store.query(_REPLIES)
        cells = self.run.sessions()
        return pd.DataFrame(rows, columns=columns).merge(cells, on="session", how="left")

    @property
    def states(self) -> tuple[str, ...]:
        """The induced states, without the neutral condition."""
        return self.study.induced

    @cached_property
    def titles(self) -> dict[str, str]:
        """The titles of the measures and tasks, by id."""
        return {id: one.title for id, one in self.probes.items()}

    def noun(self, state: str) -> str:
        """What a state is called in a sentence; its id, where its file is withheld."""
        catalogue = self.study.catalogue
        return catalogue.get(State, state).label.noun if state in catalogue.ids(State) else state

    @property
    def techniques(self) -> tuple[str, ...]:
        """The regulation arms that are not controls."""
        return tuple(arm for arm in self.study.regulations if arm not in self.controls)

    @cached_property
    def resolutions(self) -> dict[str, dict[str, float]]:
        """Per model and unit, how far its answers moved with what ought not to matter."""
        models = dict.fromkeys(one.model for one in self.summary.findings)
        return {model: found for model in models if (found := resolution(self.run, model))}

    def unresolved(self, finding: Finding) -> bool:
        """Whether an effect is smaller than the resolution of the run, so that it is not named."""
        return abs(finding.estimate) < self.resolutions.get(finding.model, {}).get(finding.unit, 0.0)

    def usable(self, model: str, measure: str, language: str = "") -> bool:
        """Whether the model can use the measure in a language."""
        return self.summary.usability[respondent(model, language)][measure].usable

    def performed(self, design_cell: DesignCell) -> tuple[Task, ...]:
        """The tasks that the design cell's model can use."""
        return tuple(one for one in self.tasks if self.usable(design_cell.model, one.id, design_cell.language))

    def readable(self, design_cell: DesignCell) -> tuple[Instrument, ...]:
        """The instruments that the design cell's model can use."""
        return tuple(one for one in self.instruments if self.usable(design_cell.model, one.id, design_cell.language))

    def found(self, design_cell: DesignCell, claim: str, measure: str = "") -> list[Finding]:
        """The findings of a claim in a design cell, in the order of the study."""
        found = [
            finding
            for finding in self._by_design_cell.get(design_cell, [])
            if finding.claim == claim and measure in ("", finding.measure)
        ]
        measures, states = list(self.probes), self.study.states
        return sorted(found, key=lambda one: (measures.index(one.measure), states.index(one.state)))

    @cached_property
    def _by_design_cell(self) -> dict[DesignCell, list[Finding]]:
        grouped: dict[DesignCell, list[Finding]] = {}
        for finding in self.summary.findings:
            grouped.setdefault(DesignCell.of(finding), []).append(finding)
        return grouped


def _usual(points: pd.DataFrame, study: Study) -> pd.DataFrame:
    """What was said as a text, and regulated in the first manner that the study names, or in a talk."""
    order, guidance = study.regulation.orders[0], study.regulation.deliveries[0]
    manner = (points["order"] == order) & points["guidance"].isin([guidance, TALK])
    return points[(points["arm"] == INDUCTION_TEXT) & manner].reset_index(drop=True)


_ASKED = ["model", "language", "measure", "state", "regulation", "coverage", "response"]


def _answers(scores: pd.DataFrame) -> pd.DataFrame:
    answers = respondents(scores).drop_duplicates("response")
    answers = answers.assign(refused=answers["coverage"] <= 0.0)
    by_measure = answers.groupby(["model", "measure"], observed=True, sort=False)
    grouped = by_measure["coverage"]
    spread = grouped.quantile(np.array([0.05, 0.5, 0.95])).unstack()
    spread.columns = pd.Index(["low", "median", "high"])
    counts = by_measure["refused"].agg(answers="size", refused="sum")
    return spread.join(counts).reset_index()


def _refusals(scores: pd.DataFrame) -> pd.DataFrame:
    answers = respondents(scores).drop_duplicates(["response", "state", "regulation"])
    refused = answers.assign(refused=answers["coverage"] <= 0.0)
    grouped = refused.groupby(["model", "measure", "state", "regulation"], observed=True, sort=False)["refused"]
    return grouped.agg(answers="size", refused="sum").reset_index()
