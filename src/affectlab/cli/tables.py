"""Findings on a terminal: one line each, in raw units, with the control beside the effect.

The lines are plain text of at most 80 characters, the same on a terminal and in a file: nothing is cut.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from affectlab.analysis.findings import Finding
    from affectlab.analysis.summary import Summary
    from affectlab.report.setting import Setting

_TITLES = {
    "induction": "Induction: shift of the own scale from baseline to the end of the induction",
    "regulation": "Regulation: change of the own scale from stabilised to regulated",
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
        yield _TITLES[claim]
        for group, rows in _grouped(list(part)):
            yield from ("", f"  {_heading(group, settings)}")
            yield from (f"  {line}" for line in table(_COLUMNS, [_cells(one) for one in rows]))
            yield from (f"  no interval: {note}" for note in dict.fromkeys(one.note for one in rows if one.note))
        yield ""
    yield "Measures: a measure that a model cannot use is left out above"
    yield from (f"  {line}" for line in table(_MEASURES, list(_measures(summary))))


def table(columns: Sequence[str], rows: Sequence[tuple[str, ...]], *, right: frozenset[str] = _RIGHT) -> Iterator[str]:
    """Rows under their headings, each column as wide as it needs to be; columns that say nothing are left out.

    ``right`` names the columns that are set flush right.

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
        yield "  ".join(cells).rstrip()


def _grouped(found: list[Finding]) -> Iterator[tuple[Group, list[Finding]]]:
    groups: dict[Group, list[Finding]] = {}
    for one in found:
        groups.setdefault(Group.of(one), []).append(one)
    yield from groups.items()


def _heading(group: Group, settings: Sequence[Setting]) -> str:
    setting = [group.setting.label(settings)] if len(settings) > 1 else []
    technique = [f"under {group.regulation}"] if group.regulation else []
    manner = [str(word) for word in (group.order, group.guidance) if word not in _USUAL]
    return ", ".join([*setting, group.measure, *technique, *manner, group.unit])


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
