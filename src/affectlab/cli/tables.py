"""Findings on a terminal: one line each, in raw units, with the control beside the effect."""

from __future__ import annotations

import math

from rich.console import Console
from rich.table import Table

from affectlab.analysis.findings import Finding
from affectlab.analysis.summary import Summary

_TITLES = {
    "induction": "Induction: shift of the own scale (induced minus baseline)",
    "regulation": "Regulation: change of the own scale under the technique minus under the control",
    "error": "Errors: negativity of completions after the state minus after neutral texts",
}


def print_findings(summary: Summary) -> None:
    """Print the findings on usable measures as tables, and name the measures that are not usable."""
    console = Console()
    for claim, title in _TITLES.items():
        rows = [one for one in summary.findings if one.claim == claim and summary.usable(one)]
        if rows:
            console.print(_table(title, rows))
    for model, measures in summary.usability.items():
        for measure, one in measures.items():
            verdict = "usable" if one.usable else "NOT USABLE, left out above"
            coverage = f"coverage {one.coverage:.3f} (needs {one.minimum:g})"
            refused = f", {one.refused} of {one.answers} without a legal answer" if one.refused else ""
            console.print(f"{model} · {measure}: {coverage}{refused}: {verdict}", highlight=False)


def _table(title: str, rows: list[Finding]) -> Table:
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    several = len({one.model for one in rows}) > 1
    for name in (*(["model"] if several else []), "state", "measure"):
        table.add_column(name, no_wrap=True)
    table.add_column("against", no_wrap=True)
    for name in ("estimate", "95 % interval", "unit", "n"):
        table.add_column(name, justify="right" if name != "unit" else "left", no_wrap=True)
    table.add_column("")
    for one in rows:
        model = [one.model] if several else []
        table.add_row(
            *model,
            one.state,
            one.measure,
            _against(one),
            f"{one.estimate:+.2f}",
            interval(one),
            one.unit,
            str(one.n),
            _remark(one),
        )
    return table


def interval(finding: Finding) -> str:
    """The interval, or a dash where the data allow none."""
    if math.isnan(finding.low):
        return "-"
    return f"[{finding.low:+.2f}, {finding.high:+.2f}]"


def _against(finding: Finding) -> str:
    if finding.regulation is None:
        return finding.against
    return f"{finding.regulation} vs {finding.against}"


def _remark(finding: Finding) -> str:
    if finding.note:
        return finding.note
    return "largest in its column" if finding.largest else ""
