"""How far the same texts move the answers of several models, and by how much the models differ."""

from __future__ import annotations

import pandas as pd

from affectlab.design.testable import FEWEST_RANDOM
from affectlab.effects.models import EVERY
from affectlab.report.checked import counted_intervals, readable
from affectlab.report.evidence import Evidence
from affectlab.report.figure import plain_rows
from affectlab.report.numbers import estimate_text, listed
from affectlab.report.section import Section
from affectlab.report.tabled import all_tabled
from affectlab.results.columns import constant_columns
from affectlab.results.models import OTHER_FACTORS, models, over_models


def section(evidence: Evidence) -> Section | None:
    """Each model's susceptibility, and the difference of each pair."""
    found = models(evidence.effects)
    each = readable(evidence, found.susceptibility)
    # where one model is all that can be read, its name tells nothing and is left out
    if each.empty or "model" not in each or each["model"].nunique() < 2:
        return None
    pairs = found.differences
    both = [
        all(evidence.usable(model, measure, language) for model in (first, second))
        for first, second, measure, language in plain_rows(pairs, "first", "second", "measure", "language")
    ]
    pairs = _told(pairs.loc[pd.Series(both, pairs.index, dtype=bool)])
    over = bool((each["state"] == EVERY).any())
    columns = ["model", "measure", "state", "estimate", "low", "high"]
    said = [
        f"{model}, {measure}{'' if over else f', {state}'}: "
        f"{estimate_text(mean, low, high, evidence.probes[measure].unit)}"
        for model, measure, state, mean, low, high in plain_rows(
            each[each["state"] == EVERY] if over else each, *columns
        )
    ]
    whole = "over states, as a sample of states" if over else "in each state"
    prose = (
        f"Shift of the states' target scales from baseline to induced, beyond that under neutral texts where a session "
        f"had such, {whole}: {'; '.join(said)}.",
        *([counted_intervals(pairs, "difference")] if len(pairs) else []),
        "All models were shown the same texts, so that a difference is taken text by text (over texts and items; "
        f"{whole}, with p adjusted after Holm over the pairs{'' if over else ' and states'}). " + _ways(evidence),
        _of_whom(each),
    )
    general = over_models(evidence.effects, evidence.summary.rests)
    tables = {SUSCEPTIBILITY: _told(each)} | ({OVER_MODELS: _told(general)} if len(general) else {})
    if len(pairs):
        tables[DIFFERENCES] = pairs
    return Section("models", "Models compared", prose, all_tabled(evidence.titles, tables))


SUSCEPTIBILITY = "Susceptibility of each model: shift of the target scale, with 95 % intervals over texts and items"
OVER_MODELS = "Over models, as a sample of models: shift of the target scale, with 95 % intervals over texts and models"
DIFFERENCES = "Differences between models under the same texts, contrast of the first with the second"


def _of_whom(each: pd.DataFrame) -> str:
    """Whether anything is said of models in general."""
    names = [str(one) for one in each["model"].unique()]
    if len(names) < FEWEST_RANDOM:
        return (
            f"These are {len(names)} statements side by side, on {listed(names)}. Nothing is said of models in "
            f"general, of which {len(names)} are no sample; {FEWEST_RANDOM} are needed."
        )
    return "Each row of a model holds for that model. What is said over models takes them for a sample."


def _told(table: pd.DataFrame) -> pd.DataFrame:
    """Without columns that say the same in every row."""
    return table.drop(columns=constant_columns(table, (*OTHER_FACTORS, "note")))


def _ways(evidence: Evidence) -> str:
    """How the answers of each model were obtained: what was read and what was drawn differ in more than the model."""
    scores = evidence.scores
    asked = scores[scores["measure"].isin([one.id for one in evidence.instruments])]
    ways = {
        str(model): ", ".join(sorted(map(str, part["obtained"].unique())))
        for model, part in asked.groupby("model", observed=True, sort=False)
    }
    if len(set(ways.values())) == 1:
        return f"The answers of all were obtained in the same way ({next(iter(ways.values()))})."
    listed = "; ".join(f"{model}: {way}" for model, way in ways.items())
    return f"Their answers were not obtained in the same way ({listed}), which is part of every difference."
