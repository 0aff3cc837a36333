"""How far the same texts move the answers of several models, and by how much the models differ."""

from __future__ import annotations

import pandas as pd

from affectlab.effects.models import EVERY
from affectlab.plain import idle
from affectlab.report.checked import counted_intervals, readable
from affectlab.report.evidence import Evidence
from affectlab.report.figure import plain_rows
from affectlab.report.numbers import estimate_text
from affectlab.report.section import Section
from affectlab.report.tabled import all_tabled
from affectlab.results.models import OTHER_FACTORS, models


def section(evidence: Evidence) -> Section | None:
    """Each model's susceptibility, and the difference of each pair."""
    found = models(evidence.effects)
    each = readable(evidence, found.susceptibility)
    # where one model is all that can be read, its name tells nothing and is left out
    if each.empty or "model" not in each or each["model"].nunique() < 2:
        return None
    pairs = found.differences
    both = [
        evidence.usable(first, measure) and evidence.usable(second, measure)
        for first, second, measure in plain_rows(pairs, "first", "second", "measure")
    ]
    pairs = _told(pairs.loc[pd.Series(both, pairs.index, dtype=bool)])
    whole = each[each["state"] == EVERY] if (each["state"] == EVERY).any() else each
    columns = ["model", "measure", "estimate", "low", "high"]
    said = [
        f"{model}, {measure}: {estimate_text(mean, low, high, evidence.probes[measure].unit)}"
        for model, measure, mean, low, high in plain_rows(whole, *columns)
    ]
    prose = (
        f"Shift of the states' target scales from baseline to induced, beyond that under neutral texts where a session "
        f"had such, as the mean over states: {'; '.join(said)}.",
        *([counted_intervals(pairs, "difference")] if len(pairs) else []),
        "All models were shown the same texts, so that a difference is taken text by text (over texts and items; over "
        "states, of the states' mean, with p adjusted after Holm over the pairs). " + _ways(evidence),
    )
    tables = {SUSCEPTIBILITY: _told(each)}
    if len(pairs):
        tables[DIFFERENCES] = pairs
    return Section("models", "Models compared", prose, all_tabled(evidence.titles, tables))


SUSCEPTIBILITY = "Susceptibility of each model: shift of the target scale, with 95 % intervals over texts and items"
DIFFERENCES = "Differences between models under the same texts, contrast of the first with the second"


def _told(table: pd.DataFrame) -> pd.DataFrame:
    """Without columns that say the same in every row."""
    return table.drop(columns=idle(table, (*OTHER_FACTORS, "note")))


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
