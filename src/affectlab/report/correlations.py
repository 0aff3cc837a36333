"""A table of correlations, as it is recorded and shown."""

from __future__ import annotations

from typing import Any

from affectlab.effects.correlations import CorrelationTable
from affectlab.json_values import record
from affectlab.report.people import four_digits, interval, p_shown
from affectlab.report.section import Section
from affectlab.report.table import Table


def correlations_record(found: CorrelationTable) -> dict[str, Any]:
    """Everything that is known of the correlations; what is not finite becomes None."""
    pairs = [
        record(
            {
                "first": first,
                "second": second,
                "coefficient": one.coefficient,
                "r": one.value,
                "low": one.low,
                "high": one.high,
                "p": one.p,
                "p_holm": found.p_holm[first, second],
                "n": one.n,
            }
        )
        for (first, second), one in found.pairs.items()
    ]
    gaps = [{"first": first, "second": second, "gap": why} for (first, second), why in found.gaps.items()]
    columns = [
        record({name: getattr(one, name) for name in ("name", "n", "missing", "mean", "sd")}) for one in found.columns
    ]
    return {"level": found.level, "columns": columns, "correlations": pairs, "gaps": gaps, "notes": list(found.notes)}


def correlations_section(found: CorrelationTable) -> Section:
    """Means and SDs with the correlations below the diagonal, and a line for every pair."""
    names = [one.name for one in found.columns]
    head = ("column", "n", "missing", "mean", "SD", *(str(at) for at in range(1, len(names))))
    rows = []
    for at, one in enumerate(found.columns):
        own = [found.pairs.get((names[other], one.name)) for other in range(len(names) - 1)]
        cells = ["" if other >= at else "-" if r is None else f"{r.value:.2f}" for other, r in enumerate(own)]
        described = (str(one.n), str(one.missing), four_digits(one.mean), four_digits(one.sd))
        rows.append((f"{at + 1} {one.name}", *described, *cells))
    lines = [
        f"{first}, {second}: {one.coefficient} r = {one.value:.3f} {interval(one.low, one.high)}, {p_shown(one.p)}, "
        f"Holm {p_shown(found.p_holm[first, second])}, n = {one.n}"
        for (first, second), one in found.pairs.items()
    ]
    lines += [f"{first}, {second}: no result, {why}" for (first, second), why in found.gaps.items()]
    notes = tuple(f"note: {one}" for one in found.notes)
    parts = (Section("pairs", "", tuple(lines)), *((Section("notes", "", notes),) if notes else ()))
    return Section("correlations", "", (), (Table("", head, tuple(rows), frozenset(head[1:])),), parts=parts)
