"""A trial: the flow of its sessions, and its primary outcome against each control, over vignettes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from affectlab.design.parts import ClinicalTrial
from affectlab.effects.clinical_trial import allocated_contrasts, contrasts_by_question, same
from affectlab.effects.contrast import ALL, ContrastOutcome
from affectlab.effects.effect import Effect
from affectlab.effects.find import Effects
from affectlab.errors import DataError
from affectlab.materials.instrument import Instrument
from affectlab.results.summary import effects_of
from affectlab.run import Run
from affectlab.stats.multiplicity import holm

FLOW = ("planned", "run", "refused", "unusable", "analysed")


def flow(run: Run) -> pd.DataFrame:
    """Per model and arm, how many sessions were planned, run, refused, unusable and analysed.

    Refused: no legal answer on the target scale of the primary measure, before or after. Unusable: the median coverage
    of these answers is below what the measure needs. What is left is the analysis set, fixed by this rule.
    """
    sessions = _sessions(run)
    planned = [(cell.model, cell.regulation) for cell in run.plan.cells]
    table = pd.DataFrame(planned, columns=["model", "arm"]).value_counts(sort=False).rename("planned").to_frame()
    for name in FLOW[1:]:
        rows = sessions if name == "run" else sessions[sessions["fate"] == name]
        table[name] = rows.groupby(["model", "arm"], observed=True).size().reindex(table.index, fill_value=0)
    order = list(run.study.regulations)
    return (
        table.reset_index().sort_values(["model", "arm"], key=lambda one: one.map(_rank(order))).reset_index(drop=True)
    )


def _rank(order: list[str]) -> Any:
    return lambda value: order.index(value) if value in order else -1


def allocation_kept(run: Run) -> bool:
    """Whether the allocation that was stored is the one that the seed gives."""
    stored = run.store.described("allocation")
    return bool(stored == [list(row) for row in run.plan.allocation])


def trial_effects(run: Run, effects: Effects | None = None) -> pd.DataFrame:
    """The primary outcome of each treatment against each control, per state, and over states where these are a sample.

    The outcome of a vignette in an arm is the mean change over its sessions. Where each vignette has every arm equally
    often the comparison is within vignettes, else between them.

    Columns: model, state, arm, control, ``estimate``, ``low``, ``high``, ``unit``, ``p``; ``p_holm``, adjusted over all
    comparisons of a model over states, or, where the states are no sample, over all comparisons in all states; ``n``
    vignettes of the arm (states, over states), ``n_control``, ``comparison``, ``note``;
    ``contrast``, its id. Where every session is analysed these are the estimates of the run's own contrasts.

    Args:
        effects: of the run, where they have been found.

    Raises:
        DataError: the study is no trial.
    """
    clinical_trial, study = _clinical_trial(run), run.study
    controls = study.controls
    pairs = [(arm, one) for arm in study.regulations if arm not in controls for one in controls]
    pairs += study.pairs
    outcome = ContrastOutcome(
        clinical_trial.primary.measure, ALL, study.catalogue.get(Instrument, clinical_trial.primary.measure).unit
    )
    sessions = _sessions(run)
    analysed = sessions[sessions["fate"] == "analysed"]
    vignettes = analysed.groupby(["model", "state", "vignette", "arm"], observed=True, sort=False)["change"].mean()
    within = clinical_trial.sessions * run.plan.replicates % len(study.regulations) == 0
    span = (clinical_trial.primary.before, clinical_trial.primary.point)
    everybody = contrasts_by_question(effects or effects_of(run)) if len(analysed) == len(sessions) else {}
    found = [same(one, everybody) for one in allocated_contrasts(vignettes, outcome, span, pairs, within=within)]
    return _adjusted(pd.DataFrame([_row(one) for one in found]))


def _row(one: Effect) -> dict[str, Any]:
    contrast, found = one.contrast, one.estimate
    return {
        "model": contrast.cell["model"],
        "state": contrast.state,
        "arm": contrast.first["regulation"],
        "control": contrast.against,
        "unit": contrast.outcome.unit,
        "n": found.units,
        "n_control": found.n_second[contrast.unit],
        "comparison": "within vignettes" if contrast.paired else "between vignettes",
        "estimate": found.difference,
        "low": found.low,
        "high": found.high,
        "p": found.p,
        "note": found.gap,
        "contrast": contrast.id,
    }


def _adjusted(table: pd.DataFrame) -> pd.DataFrame:
    if table.empty:
        return table
    table["p_holm"] = np.nan
    family = table[table["state"] == ALL] if (table["state"] == ALL).any() else table
    for _, part in family[family["p"].notna()].groupby("model", observed=True):
        table.loc[part.index, "p_holm"] = holm(part["p"].to_numpy(float))
    return table


def _sessions(run: Run) -> pd.DataFrame:
    """One row for each session that was run: its stratum, vignette, arm, change of the primary outcome, and fate."""
    primary = _clinical_trial(run).primary
    least = run.study.catalogue.get(Instrument, primary.measure).minimum_coverage
    scores = run.numbers()
    rows = scores[
        (scores["measure"] == primary.measure)
        & (scores["scale"] == scores["state"])
        & scores["point"].isin([primary.before, primary.point])
    ]
    wide = rows.pivot_table(index=["session", "item"], columns="point", values="value", observed=True)
    wide = wide.reindex(columns=[primary.before, primary.point])
    change = (wide[primary.point] - wide[primary.before]).groupby(level="session").mean()
    coverage = rows.groupby("session")["coverage"].median()
    cells = run.sessions().set_index("session")
    table = cells[["model", "state", "vignette", "regulation"]].rename(columns={"regulation": "arm"})
    table = table.assign(change=change.reindex(table.index), coverage=coverage.reindex(table.index))
    fate = np.where(table["change"].isna(), "refused", np.where(table["coverage"] < least, "unusable", "analysed"))
    return table.assign(fate=fate).reset_index()


def _clinical_trial(run: Run) -> ClinicalTrial:
    if run.study.clinical_trial is None:
        raise DataError(f"`{run.study.id}` is no trial", hint="its file has no `clinical_trial:`")
    return run.study.clinical_trial
