"""The hypotheses of a run's study, each with its verdict: what was claimed, what was found, what speaks against it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

import pandas as pd

from affectlab.design.hypothesis import BASELINE, Hypothesis, sentence
from affectlab.design.reach import lacking, narrowed, unmeasured
from affectlab.design.study import Study
from affectlab.effects.answer import Answers
from affectlab.effects.claims import ClaimContrast, claim_contrasts, rivals
from affectlab.effects.effect import under
from affectlab.effects.judgement import Claim, Excess, Judgement, judge
from affectlab.materials.instrument import Instrument
from affectlab.materials.schema import NEUTRAL
from affectlab.materials.tasks import Task
from affectlab.results.ranking import orders
from affectlab.results.regulation import regulation_table
from affectlab.results.summary import Summary, probes, summarise
from affectlab.results.usability import respondent
from affectlab.results.verdict import MARGIN_G, MARGINS
from affectlab.run import Run


def judgements(run: Run, summary: Summary | None = None) -> list[Judgement]:
    """Every hypothesis of the run's study with its verdict, the primary one first; of several models one after another.

    Args:
        run: what was done.
        summary: of the run, where it has been made.

    Raises:
        DataError: no session of the run is complete.
    """
    known = summary or summarise(run)
    found: list[Judgement] = []
    for model in known.models:
        one = _Model(run, run.study, known, model, Answers(known.effects, model), probes(run))
        claims = [one.claim(name, hypothesis) for name, hypothesis in one.study.hypotheses.items()]
        found += sorted(judge(claims), key=lambda judged: not judged.claim.primary)
    return found


def beside_regulations(run: Run, summary: Summary) -> pd.DataFrame:
    """What every effect of a technique is to be seen beside, whether or not a hypothesis is about it: the same contrast
    after neutral texts, where there is no state to regulate, and after the texts with each of its scripts alone.

    Of more than six techniques against the first control of the study, else against each. Columns: model, frame, order,
    guidance, measure, ``regulation``, ``against``, ``beside``, ``estimate``, ``low``, ``high``, ``unit``, ``n``,
    ``n_unit``, ``note``, ``contrast``.
    """
    study, materials = run.study, probes(run)
    techniques = [arm for arm in study.regulations if study.role(arm) == "technique"]
    controls = study.controls if len(techniques) <= FEW else study.controls[:1]
    rows = []
    for model in summary.models:
        one = _Model(run, study, summary, model, Answers(summary.effects, model), materials)
        for measure, technique in product(study.measures, techniques):
            asked = Hypothesis(outcome={measure: ""}, technique=(technique,), exceeds=controls, direction="lower")
            rows += [_row(model, technique, *found) for found in one.beside(asked)] if controls else []
    return pd.DataFrame(rows)


def _row(model: str, technique: str, like: ClaimContrast, found: Excess) -> dict[str, object]:
    manner = {name: like.first.get(name, "") for name in ("order", "guidance")}
    return {
        "model": model,
        "frame": like.cell.get("frame", ""),
        **manner,
        "measure": like.measure,
        "regulation": technique,
        "against": found.against,
        "beside": found.part,
        "estimate": found.difference,
        "low": found.low,
        "high": found.high,
        "unit": found.unit,
        "n": found.n,
        "n_unit": found.sampled,
        "note": found.gap,
        "contrast": found.contrast,
    }


FEW = 6
"""Techniques of which each is told against every control."""
AFTER_NEUTRAL, SCRIPT = "after neutral texts, nothing to regulate", "script"
"""What stands beside a claim about regulation: how its parts begin."""


def _states(one: ClaimContrast) -> tuple[str, ...]:
    return one.states or ((one.first["state"],) if "state" in one.first else ())


def _part(named: str, part: str) -> str:
    return f"{named}, {part}" if named else part


@dataclass(frozen=True)
class _Model:
    """What there is of one model."""

    run: Run
    study: Study
    summary: Summary
    name: str
    answers: Answers
    probes: Mapping[str, Instrument | Task]

    def claim(self, name: str, one: Hypothesis) -> Claim:
        """A hypothesis with what was estimated of it."""
        blank = Claim(name, sentence(one), one.corrected_with, one.primary, self.name)
        if not one.computable:
            return replace(blank, family="", withheld="it is a sentence, from which nothing is computed")
        left, gone = narrowed(self.study, one), tuple(unmeasured(self.study, one))
        if one.technique and NEUTRAL not in self.study.states:
            gone = (*gone, "the regulation after neutral texts, where there is no state to take back")
        if left is None:
            return replace(blank, withheld="; ".join(gone), unmeasured=gone)
        against = [] if left.correlates else list(self.estimates(rivals(self.study, left, self.margin)))
        against += [excess for _, excess in self.beside(left)]
        claimed = (
            self.correlation(left)
            if left.correlates
            else self.estimates(claim_contrasts(self.study, left, self.margin))
        )
        excesses = tuple(claimed)
        return replace(
            blank,
            noun="states" if {one.part for one in excesses} <= {*self.study.states} else "parts",
            excesses=excesses,
            rivals=tuple(against),
            withheld=self.withheld(left, excesses),
            unmeasured=gone,
            lacking=lacking(self.study, one),
        )

    def estimates(self, contrasts: Iterator[ClaimContrast]) -> Iterator[Excess]:
        """What was found of each contrast; of a measure that the model cannot use, nothing."""
        for one in contrasts:
            if not self.obstacle(one.measure):
                yield self.answers.excess(one, self.unit(one))

    def beside(self, one: Hypothesis) -> Iterator[tuple[ClaimContrast, Excess]]:
        """What a claim about regulation is to be seen beside: the same where there is no state, and script by script.

        Both are computed whether or not the study names them among its rivals, and decide nothing. Each stands with a
        contrast of the claim that is made in the same manner.
        """
        if not one.technique or one.correlates or one.over or self.obstacle(one.measure):
            return
        alike: dict[tuple[str, ...], list[ClaimContrast]] = {}
        for contrast in claim_contrasts(self.study, one, self.margin):
            levels = {name: level for name, level in contrast.first.items() if name != "state"}
            if contrast.second is not None and "regulation" in levels:
                alike.setdefault((contrast.against, *levels.values(), *contrast.cell.values()), []).append(contrast)
        for found in alike.values():
            states = tuple(dict.fromkeys(state for contrast in found for state in _states(contrast)))
            own = one.scale or ("" if one.measure in self.study.measures else found[0].scale)
            first = replace(found[0], scale=own)  # each state on its own scale, not all on that of the first
            named = first.first["regulation"] if len(one.technique) > 1 else ""
            unit = self.unit(first)
            if NEUTRAL in self.study.states:
                told = replace(first, part=_part(named, AFTER_NEUTRAL))
                yield first, self.answers.as_excess(told, self.answers.after_neutral(first, states).estimate, unit)
            for script, texts in self._scripts(first, states).items():
                told = replace(first, part=f"{SCRIPT} {script}")
                yield first, self.answers.as_excess(told, self.answers.of_script(first, script, texts).estimate, unit)

    def _scripts(self, one: ClaimContrast, states: Sequence[str]) -> Mapping[str, Mapping[str, Sequence[str]]]:
        """Per script of the technique, the texts of each state after which it was said; nothing of a single one."""
        rows = under(self.run.numbers(), {"model": self.name, "regulation": one.first["regulation"]})
        rows = rows[rows["state"].isin(list(states))][["script", "state", "vignette"]].drop_duplicates().astype(str)
        found: dict[str, dict[str, list[str]]] = {}
        for script, state, vignette in rows.itertuples(index=False, name=None):
            found.setdefault(script, {}).setdefault(state, []).append(vignette)
        return found if len(found) > 1 else {}

    def correlation(self, one: Hypothesis) -> Iterator[Excess]:
        """The rank correlation with people, over techniques, in each manner in which they are given."""
        wanted: dict[str, str] = {"measure": one.measure, "against": one.exceeds[0]} | {
            str(k): v for k, v in one.where.items()
        }
        found = [
            order for order in orders(self.run, regulation_table(self.run, self.summary)) if order.model == self.name
        ]
        alike = [
            order for order in found if all(getattr(order, name, level) == level for name, level in wanted.items())
        ]
        varied = [
            name
            for name in ("state", "frame", "guidance", "order")
            if len({getattr(order, name) for order in alike}) > 1
        ]
        for order in alike:
            part = ", ".join(["techniques", *(getattr(order, name) for name in varied)])
            yield Excess(
                part, "people", order.rho, order.low, order.high, math.inf, order.techniques, "", one.direction,
                one.smallest or 0.0, "technique", correlation=True, gap=order.note,
            )  # fmt: skip

    def withheld(self, one: Hypothesis, excesses: tuple[Excess, ...]) -> str:
        """Why a claim has no verdict, where it has none."""
        wall = self.obstacle(one.measure) if one.measure else ""
        if wall:
            return wall
        if not excesses:
            if not (one.exceeds or one.over or one.among):
                return "no control is declared"
            return "nothing that it is about was measured"
        if one.exceeds == (BASELINE,):
            return "no control is declared; the change from baseline describes"
        return ""

    def obstacle(self, measure: str) -> str:
        """Why nothing can be said of a measure, where the model cannot use it in one of the languages."""
        found = (self._obstacle(measure, respondent(self.name, one)) for one in self.study.languages or ("",))
        return next(filter(None, found), "")

    def _obstacle(self, measure: str, name: str) -> str:
        known = self.summary.usability.get(name, {}).get(measure)
        if known is None:
            return f"{measure} was not answered"
        if known.usable:
            return ""
        title = self.probes[measure].title
        if not known.moves:
            return f"{name} gives the same answers to {title} throughout"
        return f"{title} has {known.coverage:.1%} coverage with {name} ({known.minimum:.0%} needed)"

    def unit(self, one: ClaimContrast) -> str:
        """The unit of an outcome."""
        probe = self.probes[one.measure]
        return probe.units.get(one.scale, probe.unit) if isinstance(probe, Task) else probe.unit

    def margin(self, task: Task, outcome: str) -> float:
        """Within which an outcome counts as none: what the study says, else what the laboratory says of its unit."""
        unit = task.units.get(outcome, "")
        stated = self.study.smallest_effect.get(task.id)
        return stated if stated is not None and unit == task.unit else MARGINS.get(unit, MARGIN_G)
