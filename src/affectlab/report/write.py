"""Writing the report of a run into a file, in any of its forms."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from affectlab.atomic import file_replaced
from affectlab.errors import InputError, StoreError
from affectlab.json_values import plain
from affectlab.report.check import ShownCheck
from affectlab.report.document import document
from affectlab.report.evidence import Evidence
from affectlab.report.glance import verdict_records
from affectlab.report.obtained import simulated
from affectlab.report.render.html import page as rendered
from affectlab.report.render.markdown import markdown
from affectlab.report.render.plain import section_record
from affectlab.report.sections.checklist import checklist
from affectlab.report.sections.methods import methods
from affectlab.report.sentences import findings_paragraph
from affectlab.report.tables import findings_text
from affectlab.run import Run
from affectlab.shown import shown as cleaned


def report_html(run: Run, *, checks: Sequence[ShownCheck] = ()) -> str:
    """The report of a run as HTML: static, in one piece, with no need of a network or of scripts.

    Args:
        checks: validity checks that were made of the run elsewhere, to stand beside its own.

    Raises:
        DataError: no session of the run is complete.
    """
    return as_html(Evidence.of(run, checks=checks))


def as_html(evidence: Evidence) -> str:
    """The page."""
    return rendered(document(evidence))


def as_markdown(evidence: Evidence) -> str:
    """The words and tables of the page, without its drawings and without what is folded away on it."""
    return markdown(document(evidence))


def as_json(evidence: Evidence) -> str:
    """The sections of the page and the numbers behind them, in full precision, as one JSON object."""
    run, shown = evidence.run, document(evidence)
    report = {
        "study": evidence.study.id,
        "plan_hash": shown.plan,
        "affectlab": shown.version,
        "models": list(shown.models),
        "simulated": simulated(evidence),
        "complete": run.complete,
        "answers": run.store.count(),
        "summary": [findings_paragraph(evidence, one) for one in evidence.design_cells],
        "hypotheses": verdict_records(evidence.judgements),
        "checks": [_check(one) for one in evidence.checks],
        "measures": evidence.summary.measures(),
        "findings": json.loads(findings_text(evidence.summary, "json")),
        "methods": methods(evidence),
        "checklist": checklist(evidence).records,
        "incidents": [list(one) for one in run.store.incidents()],
        "sections": [section_record(one) for one in shown.sections],
    }
    return cleaned(json.dumps(report, ensure_ascii=False, indent=1, allow_nan=False)) + "\n"


def findings_csv(evidence: Evidence) -> str:
    """Every finding as a row, in full precision."""
    return findings_text(evidence.summary, "csv")


def _check(one: ShownCheck) -> Mapping[str, Any]:
    names = ("name", "value", "low", "high", "threshold", "verdict", "says", "means", "source")
    return {name: plain(getattr(one, name)) for name in names}


FORMS: Mapping[str, Callable[[Evidence], str]] = {
    "html": as_html,
    "md": as_markdown,
    "json": as_json,
    "csv": findings_csv,
}


def report(
    run: Run,
    out: Path | None = None,
    *,
    form: str = "html",
    checks: Sequence[ShownCheck] = (),
    evidence: Evidence | None = None,
) -> Path:
    """Write the report of a run.

    Args:
        run: what to report.
        out: the file; ``report.html`` (or ``.md``, ``.json``, ``.csv``) in the run's directory if None.
        form: ``html``, the page; ``md``, its words and tables; ``json``, the same with all numbers; ``csv``, findings.
        checks: validity checks that were made of the run, to stand at its beginning.
        evidence: of the run, where it has been read; then ``checks`` are those that it holds.

    Returns:
        the file.

    Raises:
        InputError: there is no such form.
        StoreError: the run is in memory and no file was named, or the file cannot be written.
        DataError: no session of the run is complete.
    """
    if form not in FORMS:
        raise InputError(f"there is no report in the form `{form}`", hint=f"use one of {', '.join(FORMS)}")
    target = file(run, out, f"report.{form}")
    return save(target, FORMS[form](evidence or Evidence.of(run, checks=checks)))


def file(run: Run, out: Path | None, name: str) -> Path:
    """The file to write: the one that was named, or one in the directory of the run."""
    if out is None and run.store.path is None:
        raise StoreError("the run is in memory and has no directory", hint="name a file for the report")
    return out if out is not None else Path(str(run.store.path)).parent / name


def save(target: Path, content: str | bytes) -> Path:
    """Write a file, and the directories above it; it is there whole or not at all."""
    with file_replaced(target) as file:
        file.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
    return target
