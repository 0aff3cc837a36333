"""The command that shows what regulation did: techniques against controls, courses, choices, talks, a trial."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from affectlab.cli.app import Json, RunName, app, emit

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console

    from affectlab.analysis.regulated import Regulated

_MANNER = ("model", "frame", "technique", "grade", "delivery", "context", "measure", "order", "guidance")
_COLUMNS = {
    "dose": ("regulation", "against", "doses", "first", "last", "strength", "p", "n"),
    "persistence": ("regulation", "against", "point", "estimate", "low", "high", "share", "n"),
    "choices": ("state", "technique", "probability", "drawn", "n"),
    "adherence": ("manual", "criterion", "fulfilled", "own", "others", "n"),
    "blinding": ("right", "chance", "alpha", "low", "high", "n"),
    "flow": ("arm", "planned", "run", "refused", "unusable", "analysed"),
    "trial": ("state", "arm", "control", "estimate", "low", "high", "p", "p_holm", "n", "comparison"),
}
"""What is printed of each table; `--json` has all of it."""


@app.command()
def regulation(run: RunName, as_json: Json = False) -> None:
    """Show what regulation did in a run: techniques against each control, beside people; courses, talks, a trial."""
    from affectlab.analysis.regulated import regulated
    from affectlab.run import Run

    found = regulated(Run.open(run))
    if as_json:
        tables = {name: _records(table) for name, table in found.tables.items()}
        emit({**tables, "orders": [one.row() for one in found.orders], "notes": list(found.notes)})
        return
    _print(found)


def _print(found: Regulated) -> None:
    from rich.console import Console

    from affectlab.analysis.regulated import TITLES

    console = Console()
    for name, table in found.tables.items():
        if name in ("screen", "course"):
            across = "against" if name == "screen" else "point"
            for manner, part in _by_manner(table, across):
                _show(console, " · ".join([TITLES[name], *manner]), part)
        else:
            columns = [column for column in ("model", *_COLUMNS[name]) if column in table]
            several = "model" in table and table["model"].nunique() > 1
            _show(console, TITLES[name], table[columns if several else [one for one in columns if one != "model"]])
    if "screen" in found.tables:
        console.print("* the 95 % interval holds no zero. Below zero: more relief than under the control.")
    for one in found.orders:
        ratio = "" if math.isnan(one.ratio) else f" Median effect here over that in people: {one.ratio:.1f}."
        if one.sentence:
            console.print(f"{one.measure}, {one.guidance}: {one.sentence}{ratio}", highlight=False)
    for note in found.notes:
        console.print(note, highlight=False)


def _by_manner(table: pd.DataFrame, across: str) -> Sequence[tuple[list[str], pd.DataFrame]]:
    """The techniques down, the controls or points across; one table for each manner in which they were given."""
    differ = [name for name in _MANNER if table[name].nunique() > 1]
    rows = ["regulation"] if across == "against" else ["regulation", "against"]
    groups = table.groupby(list(_MANNER), observed=True, sort=False)
    found = []
    for place, part in groups:
        marked = part.assign(shown=[_marked(*row) for row in part[["estimate", "low", "high"]].to_numpy(float)])
        names = [*rows, "human"] if across == "against" and "human" in part else rows
        wide = marked.pivot(index=[*rows, "state"], columns=across, values="shown").fillna("")
        order = list(dict.fromkeys(part[across]))
        wide = wide[order].reset_index()
        if "human" in names:
            people = part.drop_duplicates("regulation").set_index("regulation")["human"]
            wide["in people"] = wide["regulation"].map(people)
        if part["state"].nunique() == 1:
            wide = wide.drop(columns="state")
        first = part[part["against"] == part["against"].iloc[0]].groupby("regulation")["estimate"].mean()
        wide = wide.iloc[wide["regulation"].map(first).argsort(kind="stable")]
        found.append(([str(dict(zip(_MANNER, place, strict=True))[name]) for name in differ], wide))
    return found


def _marked(estimate: float, low: float, high: float) -> str:
    return f"{estimate:+.2f}{'*' if low * high > 0.0 else ' '}"


def _show(console: Console, title: str, table: pd.DataFrame) -> None:
    from rich.table import Table

    shown = Table(title=title, title_justify="left", box=None, pad_edge=False)
    for number, column in enumerate(table.columns):
        words = table[column].dtype == object and not str(table[column].iloc[0]).startswith(("+", "-"))
        shown.add_column(
            str(column).replace("-", " "), justify="left" if words else "right", no_wrap=number == 0, overflow="fold"
        )
    for row in table.itertuples(index=False):
        shown.add_row(*map(_cell, row))
    console.print(shown)


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return "-" if math.isnan(value) else f"{value:+.2f}"
    return str(value)


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): _plain(value) for name, value in row.items()} for row in table.to_dict("records")]


def _plain(value: Any) -> Any:
    value = value.item() if hasattr(value, "item") else value
    return None if isinstance(value, float) and not math.isfinite(value) else value
