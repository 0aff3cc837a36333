"""Everything that a run says of regulation, in one place: for the command line and the report."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from affectlab.effects.contrast import ALL
from affectlab.errors import DataError
from affectlab.results.clinical_trial import allocation_kept, flow, trial_effects
from affectlab.results.hypotheses import beside_regulations
from affectlab.results.ranking import Order, compared_with_people, orders
from affectlab.results.regulation import dose_trend, persistence, regulation_table
from affectlab.results.summary import Summary, summarise
from affectlab.results.talks import adherence, blinding, choices
from affectlab.run import Run

TITLES = {
    "screen": "Techniques against each control, and each other in pairs: change of the target scale under the first, "
    "contrast with the second",
    "beside": "Beside it: the same after neutral texts, where there is no state to regulate, and script by script",
    "course": "The same after each round or turn, and later",
    "dose": "Whether more rounds or turns bring more",
    "persistence": "What is left of the effect later, and after a second induction",
    "choices": "What was chosen",
    "adherence": "Adherence: the probability of the answer that a manual asks for, in its own talks and in others",
    "blinding": "The manual guessed by a reader who was told neither arm nor state",
    "flow": "The sessions of the trial",
    "clinical_trial": "The primary outcome of the trial against each control",
}


@dataclass(frozen=True)
class Regulated:
    """What a run says of regulation."""

    tables: dict[str, pd.DataFrame]
    """By the names of ``TITLES``; only those that hold something."""
    orders: tuple[Order, ...]
    """Whether the techniques stand in the order known from people."""
    notes: tuple[str, ...]


def regulation_tables(run: Run, summary: Summary | None = None) -> Regulated:
    """Everything that a run says of regulation, on measures that its models can use.

    Args:
        summary: of the run, where it has been made.

    Raises:
        DataError: no session is complete, or nothing was regulated and nothing chosen.
    """
    known = summary or summarise(run)
    table = regulation_table(run, known)
    notes: list[str] = []
    if not table.empty:
        table = table[table["usable"]]
    notes += [f"{row.measure} with {row.model} is left out: {row.reason}." for row in known.left_out().itertuples()]
    found: dict[str, pd.DataFrame] = {"choices": choices(run)}
    if not table.empty:
        found |= {"screen": compared_with_people(run, table), "course": _course(table)}
        found["beside"] = beside_regulations(run, known)
        rising = dose_trend(run, known)
        found |= {
            "dose": rising if rising.empty else known.usable_rows(rising),
            "persistence": _over_states(persistence(table)),
        }
    if run.study.manuals:
        found |= {"adherence": adherence(run), "blinding": blinding(run)}
    if run.study.clinical_trial is not None:
        primary = run.study.clinical_trial.primary.measure
        outcome = trial_effects(run, known.effects)
        if not outcome.empty:
            outcome = known.usable_rows(outcome.assign(measure=primary))
        found |= {"flow": flow(run), "clinical_trial": outcome}
        kept = "is" if allocation_kept(run) else "is NOT"
        notes.append(f"The stored allocation {kept} the one that the seed gives.")
    tables = {name: found[name] for name in TITLES if name in found and not found[name].empty}
    if not tables:
        raise DataError("nothing was regulated in this run", hint="name techniques and controls in `regulations`")
    return Regulated(tables, tuple(orders(run, table)), tuple(notes))


def _course(table: pd.DataFrame) -> pd.DataFrame:
    """All points, over states where these are a sample, where there are more points than the one right after."""
    points = table["point"].nunique()
    return _over_states(table) if points > 1 else table.iloc[:0]


def _over_states(table: pd.DataFrame) -> pd.DataFrame:
    """The rows over states, where these are a sample."""
    together = table["state"] == ALL
    return table[together] if together.any() else table
