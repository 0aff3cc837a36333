"""The command that shows what regulation did: techniques against controls, courses, choices, talks, a trial.

The lines are plain text, the same on a terminal and in a file.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from string import ascii_uppercase
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from affectlab.cli.app import Json, RunName, Scoring, app, emit
from affectlab.cli.tables import table as laid_out

if TYPE_CHECKING:
    import pandas as pd

    from affectlab.analysis.regulated import Regulated

WIDTH = 80
_MANNER = ("model", "frame", "technique", "grade", "delivery", "context", "measure", "order", "guidance")
_COLUMNS = {
    "dose": ("regulation", "against", "doses", "first", "last", "strength", "p", "n"),
    "persistence": ("regulation", "against", "point", "estimate", "low", "high", "share", "n"),
    "choices": ("state", "regulation", "probability", "drawn", "n"),
    "adherence": ("manual", "criterion", "fulfilled", "own", "others", "n"),
    "blinding": ("right", "chance", "alpha", "low", "high", "n"),
    "flow": ("arm", "planned", "run", "refused", "unusable", "analysed"),
    "trial": ("state", "arm", "control", "estimate", "low", "high", "p_holm", "n"),
}
"""What is printed of each table; `--json` has all of it."""


@app.command()
def regulation(run: RunName, scoring: Scoring = None, as_json: Json = False) -> None:
    """Show what regulation did in a run: techniques against each control, beside people; courses, talks, a trial."""
    from affectlab.analysis.regulated import regulated
    from affectlab.plain import records
    from affectlab.run import Run

    found = regulated(Run.open(run, scoring=scoring))
    if as_json:
        tables = {name: records(table) for name, table in found.tables.items()}
        emit({**tables, "orders": [one.row() for one in found.orders], "notes": list(found.notes)})
        return
    for line in lines(found):
        print(line)


def lines(found: Regulated) -> Iterator[str]:
    """Everything that a run says of regulation, as lines of text."""
    from affectlab.analysis.regulated import TITLES

    for name, table in found.tables.items():
        yield from wrap(TITLES[name], WIDTH)
        if name in _BY_MANNER:
            yield from _by_manner(table, name)
        else:
            several = ["model"] if "model" in table and table["model"].nunique() > 1 else []
            yield from _rows(table[[*several, *(one for one in _COLUMNS[name] if one in table)]])
        yield ""
    for one in found.orders:
        if one.sentence:
            ratio = "" if math.isnan(one.ratio) else f" Median of the effect here over that in people: {one.ratio:.1f}."
            yield from wrap(f"{one.measure}, {one.guidance}: {one.sentence}{ratio}", WIDTH)
    for note in found.notes:
        yield from wrap(note, WIDTH)


def _by_manner(table: pd.DataFrame, name: str) -> Iterator[str]:
    """One part for each manner in which techniques were given."""
    differ = [factor for factor in _MANNER if table[factor].nunique() > 1]
    for place, part in table.groupby(list(_MANNER), observed=True, sort=False):
        of = dict(zip(_MANNER, place, strict=True))
        shown = dict.fromkeys((*differ, "measure", "guidance"))
        yield from ("", f"  {', '.join(str(of[factor]) for factor in shown)}, {part['unit'].iloc[0]}")
        yield from _BY_MANNER[name](part)


def _screen(part: pd.DataFrame) -> Iterator[str]:
    """Against the first control with intervals and beside people; then against each, marked."""
    first = str(part["against"].iloc[0])
    main = part[part["against"] == first].sort_values("estimate", kind="stable")
    columns = ("technique", f"minus {first}", "95 % interval", "n", "d here", "d people")
    yield from _table(
        columns,
        [
            (
                str(row["regulation"]),
                *_estimated(row),
                str(row["n"]),
                _number(row["relief"]),
                _number(row["human"]) + ("~" if row["nearness"] == "near" else ""),
            )
            for row in main.to_dict("records")
        ],
    )
    yield "  d: relief in standard deviations; people: the registry's effect; ~ of a near technique"
    yield ""
    yield from _against_each(part, list(main["regulation"]))


def _against_each(part: pd.DataFrame, order: Sequence[str]) -> Iterator[str]:
    """The difference from every control; the controls themselves against saying nothing."""
    against = list(dict.fromkeys(part["against"]))
    letters = dict(zip(against, ascii_uppercase, strict=False))
    marked = part.assign(
        cell=[_marked(*map(float, row)) for row in part[["estimate", "low", "high"]].to_numpy(float)],
        letter=part["against"].map(letters),
    )
    wide = marked.pivot(index="regulation", columns="letter", values="cell").fillna("")
    rows = [*order, *(one for one in dict.fromkeys(part["regulation"]) if one not in order)]
    yield from _table(("minus", *wide.columns), [(one, *wide.loc[one]) for one in rows])
    key = ", ".join(f"{letter} {control.replace('-', ' ')}" for control, letter in letters.items())
    yield from (f"  {line}" for line in wrap(f"{key}; * the 95 % interval holds no zero; below zero: more relief", 76))


def _course(part: pd.DataFrame) -> Iterator[str]:
    """Each technique against each control, point by point."""
    columns = ("technique", "minus", "point", "difference", "95 % interval", "n")
    ordered = part.sort_values(["against", "regulation"], kind="stable", key=lambda one: one.map(_places(one)))
    yield from _table(
        columns,
        [
            (str(row["regulation"]), str(row["against"]), str(row["point"]), *_estimated(row), str(row["n"]))
            for row in ordered[ordered["role"] == "technique"].to_dict("records")
        ],
    )


_BY_MANNER = {"screen": _screen, "course": _course}


def _places(column: pd.Series[Any]) -> dict[Any, int]:
    """Each value's place in the order in which it first stands."""
    return {value: place for place, value in enumerate(dict.fromkeys(column))}


def _estimated(row: dict[Any, Any]) -> tuple[str, str]:
    low, high = float(row["low"]), float(row["high"])
    interval = "-" if math.isnan(low) else f"[{low:+.2f}, {high:+.2f}]"
    return f"{row['estimate']:+.2f}", interval


def _marked(estimate: float, low: float, high: float) -> str:
    return "" if math.isnan(estimate) else f"{estimate:+.2f}{'*' if low * high > 0.0 else ' '}"


def _rows(table: pd.DataFrame) -> Iterator[str]:
    head = [str(name).replace("_", " ") for name in table]
    yield from _table(head, [tuple(map(_cell, head, row)) for row in table.itertuples(index=False)])


def _table(head: Sequence[str], rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    words = {"model", "state", "point", "comparison", "criterion", *_NAMES}
    right = frozenset(head) - words
    yield from (f"  {line}" for line in laid_out(head, rows, right=right))


_NAMES = ("technique", "minus", "regulation", "against", "manual", "arm", "control")


_SHARES = {"probability": 2, "p": 3, "p holm": 3, "own": 2, "others": 2, "right": 2, "chance": 2, "share": 2}
"""Columns whose numbers have no direction, and how many decimals they have."""


def _cell(name: str, value: Any) -> str:
    if not isinstance(value, float):
        return str(value)
    if name in _SHARES and not math.isnan(value):
        return f"{value:.{_SHARES[name]}f}"
    return _number(value)


def _number(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:+.2f}"
