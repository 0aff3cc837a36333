"""Prints the findings of runs as Markdown, as they stand in ``docs/findings/``.

    python benchmarks/findings.py RUN.json …

where each file is the output of ``affectlab run … --json``: first the verdict on every hypothesis, with its hardest
control and what speaks against it, then every row of the findings, whatever it says.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pandas as pd

FACTORS = ("model", "frame", "technique", "grade", "delivery", "context", "order", "guidance")
FOLD = '<details markdown="1">\n<summary>Every number</summary>\n'
TITLES = {"induction": "Induction", "regulation": "Regulation", "error": "Errors", "scale": "Scales without a state"}


def main() -> None:
    """One section per file."""
    for name in sys.argv[1:]:
        print("\n".join(section(json.loads(Path(name).read_text()))), end="\n\n")


def section(run: dict[str, Any]) -> list[str]:
    """What one run found."""
    lines = verdicts(run.get("hypotheses") or [])
    lines += validity(run.get("validity") or [])
    lines += [FOLD, f"{run['answers']} answers, plan `{run['plan_hash'][:12]}`.", ""]
    unusable = set()
    for model, measures in by_model(run["measures"]):
        bad = {name: f"{name} ({one['coverage']:.3g})" for name, one in measures.items() if not one["usable"]}
        if bad:
            lines += [f"Not usable with {model} (coverage), and left out: {', '.join(bad.values())}.", ""]
        unusable |= set(bad)
    rows = pd.DataFrame([one for one in run["findings"] if one["measure"] not in unusable])
    for claim in TITLES:
        part = rows[rows["claim"] == claim] if len(rows) else rows
        for measure in dict.fromkeys(part["measure"]) if len(part) else ():
            lines += table(claim, measure, part[part["measure"] == measure])
    return [*lines, "</details>"]


def verdicts(hypotheses: list[dict[str, Any]]) -> list[str]:
    """Each hypothesis: the verdict, the claim, and a sentence for each control and for what speaks against it."""
    lines = []
    for one in hypotheses:
        lines += [f"**{one['title']}.** {one['claim']}", "", *(f"- {plain(said)}" for said in one["sentences"]), ""]
    return lines


def plain(text: str) -> str:
    """Without spaces that do not break, which a page of the documentation sets itself."""
    return text.replace("\N{NO-BREAK SPACE}", " ")


def by_model(measures: Any) -> list[tuple[str, dict[str, Any]]]:
    """Measures by model, whether the file has a list or a mapping."""
    if isinstance(measures, dict):
        first = next(iter(measures.values()), {})
        return [("the model", measures)] if "usable" in first else list(measures.items())
    found: dict[str, dict[str, Any]] = {}
    for one in measures:
        found.setdefault(one["model"], {})[one["measure"]] = one
    return list(found.items())


def validity(checks: list[dict[str, Any]]) -> list[str]:
    """How many checks came to what, and what those say that did not pass."""
    if not checks:
        return []
    counts = Counter(one["verdict"] for one in checks)
    told = ", ".join(f"{count} {verdict}" for verdict, count in counts.most_common())
    worst = [one for one in checks if one["verdict"] not in ("passes", "not measurable")]
    said = [f"- {one['verdict']}: {one['name']}. {plain(one['says'])}" for one in worst]
    return [f"**How far it can be believed.** {told}.", "", *said, ""]


def table(claim: str, measure: str, rows: pd.DataFrame) -> list[str]:
    """A line per state, a column per control."""
    unit = rows["unit"].iloc[0]
    differ = [name for name in FACTORS if name in rows and rows[name].nunique(dropna=False) > 1]
    down = [*differ, *(["regulation"] if claim == "regulation" else []), "state"]
    rows = rows.assign(shown=[shown(*one) for one in rows[["estimate", "low", "high", "n"]].to_numpy(float)])
    wide = rows.pivot_table(index=down, columns="against", values="shown", aggfunc="first", sort=False).fillna("")
    over = " or ".join(dict.fromkeys(rows["population"].dropna().astype(str)))
    units = f"n of {rows['n_unit'].iloc[0]}s"
    lines = [
        f"**{TITLES[claim]}: {measure}**, {unit}, contrast with each control [95 % interval over {over}], {units}",
        "",
    ]
    lines.append("| " + " | ".join([*down, *map(str, wide.columns)]) + " |")
    lines.append("|" + "---|" * (len(down) + len(wide.columns)))
    for place, cells in wide.iterrows():
        places = place if isinstance(place, tuple) else (place,)
        lines.append("| " + " | ".join([*map(str, places), *cells]) + " |")
    return [*lines, ""]


def shown(estimate: float, low: float, high: float, n: float) -> str:
    """An estimate with its interval."""
    if pd.isna(estimate):
        return "–"
    interval = "" if pd.isna(low) else f" [{low:+.2f}, {high:+.2f}]"
    return f"{estimate:+.2f}{interval}, {n:.0f}"


if __name__ == "__main__":
    main()
