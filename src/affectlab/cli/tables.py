"""Findings on a terminal, in raw units, with the control beside the effect: one line each, or techniques by state.

The lines are plain text of at most 80 characters, the same on a terminal and in a file: nothing is cut.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from string import ascii_uppercase
from textwrap import wrap
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from affectlab.analysis.findings import Finding
    from affectlab.analysis.summary import Summary
    from affectlab.report.setting import Setting

_TITLES = {
    "induction": "Induction: shift of the own scale from baseline to the end of the induction",
    "regulation": "Regulation: change of the own scale",
    "error": "Errors: negativity after the state",
}
_COLUMNS = ("state", "minus", "difference", "95 % interval", "n", "largest")
_MEASURES = ("model", "measure", "coverage", "needed", "answers", "none legal", "usable")
_RIGHT = frozenset(_COLUMNS[2:5] + _MEASURES[2:6])
_USUAL = frozenset({None, "after", "scripted"})


class Group(NamedTuple):
    """What the lines of one table share; it stands above them."""

    claim: str
    setting: Setting
    measure: str
    unit: str
    regulation: str | None
    order: str | None
    guidance: str | None

    @classmethod
    def of(cls, one: Finding) -> Group:
        """The group of a finding."""
        from affectlab.report.setting import Setting

        return cls(one.claim, Setting.of(one), one.measure, one.unit, one.regulation, one.order, one.guidance)


def print_findings(summary: Summary) -> None:
    """Print the findings on usable measures as tables, and name the measures that are not usable."""
    for line in lines(summary):
        print(line)


def lines(summary: Summary) -> Iterator[str]:
    """The findings and the measures as lines of text."""
    from affectlab.report.setting import Setting

    found = [one for one in summary.findings if summary.usable(one)]
    settings = list(dict.fromkeys(map(Setting.of, found)))
    ordered = sorted(found, key=lambda one: (list(_TITLES).index(one.claim), settings.index(Setting.of(one))))
    for claim, part in groupby(ordered, key=lambda one: one.claim):
        manners = _apart(part, lambda one: Group.of(one)._replace(regulation=None))
        starts = [summary.begins_of(rows[0]) if claim == "regulation" else "" for rows in manners]
        alike = len(set(starts)) == 1
        yield f"{_TITLES[claim]} from {starts[0]} to regulated" if alike and starts[0] else _TITLES[claim]
        for rows, start in zip(manners, starts, strict=True):
            yield from _manner(rows, settings, "" if alike else f"from {start}")
        yield ""
    yield "Measures: a measure that a model cannot use is left out above"
    yield from (f"  {line}" for line in table(_MEASURES, list(_measures(summary))))


def table(
    columns: Sequence[str], rows: Sequence[tuple[str, ...]], *, right: frozenset[str] = _RIGHT, gap: str = "  "
) -> Iterator[str]:
    """Rows under their headings, each column as wide as it needs to be; columns that say nothing are left out.

    ``right`` names the columns that are set flush right, ``gap`` is what stands between columns.

    >>> list(table(("state", "n", "note"), [("fear", "4", ""), ("sadness", "4", "")]))
    ['state    n', 'fear     4', 'sadness  4']
    """
    shown = [column for column in zip(columns, *rows, strict=True) if any(column[1:])]
    widths = [max(map(len, column)) for column in shown]
    for row in zip(*shown, strict=True):
        cells = [
            cell.rjust(width) if column[0] in right else cell.ljust(width)
            for cell, column, width in zip(row, shown, widths, strict=True)
        ]
        yield gap.join(cells).rstrip()


def _manner(found: Sequence[Finding], settings: Sequence[Setting], start: str) -> Iterator[str]:
    """The findings of one claim, setting, measure and manner: technique by technique, or many of them together."""
    from affectlab.report.manner import many

    together = many(found)
    for rows in [found] if together else _apart(found, Group.of):
        group = Group.of(rows[0])
        given = group.regulation and (f"minus {rows[0].against}" if together else f"under {group.regulation}")
        setting = group.setting.label(settings) if len(settings) > 1 else ""
        manner = [word for word in (group.order, group.guidance) if word not in _USUAL]
        yield from ("", f"  {', '.join(filter(None, [setting, group.measure, given, *manner, start, group.unit]))}")
        yield from (f"  {line}" for line in (_techniques(rows) if together else _each(rows)))


def _each(rows: Sequence[Finding]) -> Iterator[str]:
    yield from table(_COLUMNS, [_cells(one) for one in rows])
    yield from (f"no interval: {note}" for note in dict.fromkeys(one.note for one in rows if one.note))


def _apart(found: Iterable[Finding], key: Callable[[Finding], Group]) -> list[list[Finding]]:
    groups: dict[Group, list[Finding]] = {}
    for one in found:
        groups.setdefault(key(one), []).append(one)
    return list(groups.values())


def _techniques(found: Sequence[Finding]) -> Iterator[str]:
    """Many techniques in each state, against the first control; against the others, how many did what."""
    from affectlab.report.manner import foremost

    first = foremost(found)
    states = dict(zip(dict.fromkeys(one.state for one in first), ascii_uppercase, strict=False))
    cells = {(one.regulation, one.state): _marked(one) for one in first}
    rows = [
        (str(technique), *(cells.get((technique, state), "") for state in states))
        for technique in dict.fromkeys(one.regulation for one in first)
    ]
    yield from table(("technique", *states.values()), rows, right=frozenset(states.values()), gap=" ")
    key = ", ".join(f"{letter} {state}" for state, letter in states.items())
    units = sorted({one.n for one in first})
    n = f"n = {units[0]}{' or more' if len(units) > 1 else ''}"
    yield from wrap(f"{key}; {n}; * the 95 % interval holds no zero; below zero: more of the state is gone", 78)
    yield ""
    counts = []
    for against in dict.fromkeys(one.against for one in found):
        part = [one for one in found if one.against == against]
        below, above = sum(one.high < 0.0 for one in part), sum(one.low > 0.0 for one in part)
        counts.append((against, str(below), str(above), str(len(part)), f"{0.05 * len(part):.0f}"))
    columns = ("minus", "below zero", "above zero", "of", "by chance")
    yield from table(columns, counts, right=frozenset(columns[1:]))
    yield "intervals that hold no zero; by chance: both, if nothing differed"
    yield "every one of them: affectlab report RUN --format csv"


def _marked(one: Finding) -> str:
    from affectlab.report.numbers import number

    return f"{number(one.estimate, sign=True)}{'*' if one.low * one.high > 0.0 else ' '}"


def _cells(one: Finding) -> tuple[str, ...]:
    from affectlab.report.numbers import bracket, decimals, number

    places = decimals(one.estimate, one.low, one.high)
    return (
        one.state,
        one.against,
        number(one.estimate, places, sign=True),
        bracket(one.low, one.high, places),
        str(one.n),
        "" if one.largest is None else _yes(one.largest),
    )


def _measures(summary: Summary) -> Iterator[tuple[str, ...]]:
    from affectlab.report.numbers import decimals, number

    for model, measures in summary.usability.items():
        for measure, one in measures.items():
            refused = str(one.refused) if one.refused else ""
            needed = number(one.minimum, decimals(one.minimum))
            yield model, measure, number(one.coverage, 3), needed, str(one.answers), refused, _yes(one.usable)


def _yes(holds: bool) -> str:
    return "yes" if holds else "no"
