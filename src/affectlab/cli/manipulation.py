"""The command that prints the manipulation checks of a run."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from affectlab.cli.app import Json, RunName, Scoring, app, emit, print_columns

if TYPE_CHECKING:
    import pandas as pd

    from affectlab.analysis.summary import Summary
    from affectlab.run import Run

_TITLES = {
    "convergence": "Convergence: shift of each state's own scale",
    "discrimination": "Discrimination: state by scale, minus the neutral condition; r, c: highest of its row, column",
    "dose": "Dose–response: own scale, step from grade to grade",
    "specificity": "Specificity: shift of the own scale under the text minus under a control",
    "course": "Time course: own scale, change from baseline",
    "conditions": "Conditions: shift of the own scale under a level of a factor minus under its first level",
    "performance": "Performance in the protocols",
}


@app.command()
def manipulation(run: RunName, scoring: Scoring = None, as_json: Json = False) -> None:
    """Check what the inductions of a run did: convergence, discrimination, dose, specificity, time course."""
    from affectlab.analysis.summary import summarise
    from affectlab.run import Run

    opened = Run.open(run, scoring=scoring)
    summary = summarise(opened)
    tables = _tables(opened, summary)
    if as_json:
        emit({name: _records(table, summary) for name, table in tables.items()})
        return
    _print_usable(tables, summary)


def print_checks(run: Run, summary: Summary) -> None:
    """The checks that a run's own findings do not show, as far as its study is about them."""
    study = run.study
    about = {
        "dose": len(study.induction.grades) > 1,
        "course": bool(study.neutral_turns or study.protocols),
        "conditions": any(len(levels) > 1 for levels in (study.frame_ids, study.induction.deliveries, study.contexts)),
        "performance": bool(study.protocols),
    }
    if any(about.values()):
        tables = _tables(run, summary)
        print()
        _print_usable({name: table for name, table in tables.items() if about.get(name)}, summary)


def _tables(run: Run, summary: Summary) -> dict[str, pd.DataFrame]:
    from affectlab.analysis.manipulation import manipulation as check

    return check(summary.effects, run.numbers()).tables()


def _print_usable(tables: Mapping[str, pd.DataFrame], summary: Summary) -> None:
    for name, table in tables.items():
        kept = [_usable(summary, row) for row in table.to_dict("records")]
        usable = table.iloc[[number for number, one in enumerate(kept) if one]]
        if len(usable):
            print(_TITLES[name])
            _print(_LAID_OUT.get(name, _listed)(usable))


def _usable(summary: Summary, row: dict[Any, Any]) -> bool:
    """Whether the row rests on a measure that its model can use; what was done in a protocol always counts."""
    return "measure" not in row or summary.usability[row["model"]][row["measure"]].usable


def _records(table: pd.DataFrame, summary: Summary) -> list[dict[str, Any]]:
    from affectlab.plain import record

    return [{**record(row), "usable": _usable(summary, row)} for row in table.to_dict("records")]


def _listed(table: pd.DataFrame) -> pd.DataFrame:
    """The table as it is read: without columns that tell nothing, the interval in one."""
    shown = table.drop(columns=[*_idle(table), "contrast"])
    shown.insert(list(shown.columns).index("low"), "95 % interval", _intervals(table))
    if "p_rising" in shown:
        shown["p_rising"] = [f"{p:.3f}" for p in table["p_rising"]]
    shown = shown.drop(columns=["low", "high"])
    return shown if table["note"].any() else shown.drop(columns="note")


def _matrix(table: pd.DataFrame) -> pd.DataFrame:
    """State by scale: what is highest in its row (r) and column (c) is marked."""
    marks = [
        f"{row.estimate:+.2f}{'r' if row.highest_in_row else ''}{'c' if row.highest_in_column else ''}"
        for row in table.itertuples()
    ]
    return _spread(table.assign(cell=marks), "scale")


def _path(table: pd.DataFrame) -> pd.DataFrame:
    """One line for each state and measure, against the neutral condition where there is one."""
    neutral = table[table["against"] == "neutral"]
    told = neutral if len(neutral) else table
    cells = [
        f"{estimate:+.2f} {interval}" for estimate, interval in zip(told["estimate"], _intervals(told), strict=True)
    ]
    return _spread(told.assign(cell=cells), "point")


_LAID_OUT: Mapping[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "discrimination": _matrix,
    "course": _path,
    # that a count is the same in every session needs no explanation
    "performance": lambda table: _listed(table.assign(note="")),
}


def _spread(table: pd.DataFrame, over: str) -> pd.DataFrame:
    """The cells of a table, a column for each level of a factor."""
    from affectlab.effects.shifts import DESIGN

    keys = [name for name in (*DESIGN, "measure", "state", "against") if name in table and name not in _idle(table)]
    order = list(table[over].unique())
    shown = table.pivot(index=keys, columns=over, values="cell")[order]
    return shown.reindex(table.set_index(keys).index.unique()).reset_index().fillna("")


def _idle(table: pd.DataFrame) -> list[str]:
    from affectlab.effects.shifts import DESIGN
    from affectlab.plain import idle

    return idle(table, DESIGN)


def _intervals(table: pd.DataFrame) -> list[str]:
    bounds = zip(table["low"], table["high"], strict=True)
    return ["-" if math.isnan(low) else f"[{low:+.2f}, {high:+.2f}]" for low, high in bounds]


def _print(table: pd.DataFrame) -> None:
    """The columns side by side."""
    head = [str(name).replace("_", " ") for name in table]
    print_columns(head, [[_shown(value) for value in row] for row in table.to_numpy()])
    print()


def _shown(value: Any) -> str:
    if isinstance(value, float):
        return "-" if math.isnan(value) else f"{value:+.2f}"
    return str(value)
