"""What was understood of a data file, shown: a line for each column, and the line that would analyse it."""

from __future__ import annotations

from affectlab.report.section import Section
from affectlab.report.table import Table
from affectlab.tabular.overview import ColumnOverview, Overview

LONGEST = 60
"""Columns that are shown; ``--json`` has all."""


def overview_section(found: Overview) -> Section:
    """A file as it was understood, for a person to confirm."""
    head = f"{found.rows} rows, {len(found.columns)} columns" + (f", from {found.program}" if found.program else "")
    shown = [one for one in found.columns if one.role != "program"][:LONGEST]
    columns = ("column", "holds", "taken as", "values", "missing")
    rows = tuple((one.name, one.kind, one.role or "-", values_shown(one), str(one.missing)) for one in shown)
    said = [f"nothing was analysed yet; if this is right, say: `{found.command}`"]
    if found.wide:
        said.append("columns that look like one measure: " + ", ".join(f"`{one}`" for one in found.wide[:6]))
    if len(shown) < len(found.columns):
        said.append(f"{len(found.columns) - len(shown)} columns are not shown (--json has all)")
    notes = [f"note: {one}" for one in found.remarks]
    notes += [f"note: `{one.name}`: {one.problem or one.remark}" for one in shown if one.problem or one.remark]
    parts = (Section("notes", "", tuple(notes)),) if notes else ()
    return Section(
        "overview",
        "",
        (head,),
        (Table("", columns, rows, frozenset({"missing"})),),
        parts=(Section("guess", "", tuple(said)), *parts),
    )


def values_shown(one: ColumnOverview) -> str:
    """What stands in a column: its limits, its levels, or its first values."""
    if one.labels:
        return ", ".join(f"{code} = {name}" for code, name in list(one.labels.items())[:6])
    if one.least is not None and one.most is not None and one.kind == "numbers":
        codes = f"; codes {', '.join(one.codes)}" if one.codes else ""
        return f"{one.least:g} to {one.most:g}{codes}"
    more = " …" if one.distinct > len(one.examples) else ""
    return ", ".join(text[:20] for text in one.examples) + more
