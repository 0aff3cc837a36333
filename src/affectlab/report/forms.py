"""The other forms of a report: Markdown with tables in the manner of the APA, JSON, and the findings as CSV."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from affectlab.plain import plain, records
from affectlab.report.check import Check, made
from affectlab.report.checklist import checklist
from affectlab.report.evidence import Evidence
from affectlab.report.glance import verdict_records
from affectlab.report.methods import methods, simulated
from affectlab.report.page import content, templates
from affectlab.report.sections import sections
from affectlab.report.sentences import findings_paragraph
from affectlab.report.table import Table
from affectlab.report.tables import written

_GAPS = re.compile(r"\n{3,}")


def markdown(evidence: Evidence, checks: Sequence[Check] = ()) -> str:
    """The words and tables of the page, without its figures and conversations."""
    text = templates(escaped=False).get_template("report.md.j2").render(content(evidence, checks))
    return _GAPS.sub("\n\n", text).strip() + "\n"


def as_json(evidence: Evidence, checks: Sequence[Check] = ()) -> str:
    """What the page says and the numbers behind it, in full precision, as one JSON object."""
    run = evidence.run
    report = {
        "study": evidence.study.id,
        "plan_hash": run.plan_hash,
        "affectlab": run.store.described("affectlab"),
        "models": list(run.participants),
        "simulated": simulated(evidence),
        "complete": run.complete,
        "answers": run.store.count(),
        "hypotheses": verdict_records(evidence.judgements),
        "summary": [
            {"setting": one._asdict(), "words": findings_paragraph(evidence, one)} for one in evidence.settings
        ],
        "checks": [_check(one) for one in made(evidence, checks)],
        "measures": evidence.summary.measures(),
        "findings": json.loads(written(evidence.summary, "json")),
        "sections": [
            {
                "id": one.id,
                "title": one.title,
                "parts": [{"title": title, "prose": prose} for title, prose in one.parts],
                "prose": one.prose,
                "tables": {k: rows(t) for k, t in one.tables.items()},
            }
            for one in sections(evidence)
        ],
        "methods": methods(evidence),
        "checklist": _records(checklist(evidence)),
        "incidents": [list(one) for one in run.store.incidents()],
    }
    return json.dumps(report, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def as_csv(evidence: Evidence, checks: Sequence[Check] = ()) -> str:
    """Every finding as a row, in full precision."""
    return written(evidence.summary, "csv")


def rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    """A data frame as records; what is missing becomes null."""
    return records(table)


def _check(one: Check) -> Mapping[str, Any]:
    names = ("name", "value", "low", "high", "threshold", "verdict", "says", "means", "source")
    return {name: plain(getattr(one, name)) for name in names}


def _records(table: Table) -> list[dict[str, str]]:
    return [dict(zip(table.columns, row, strict=True)) for row in table.rows]
