"""Writing the report of a run into a file, in any of its forms."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from affectlab.errors import InputError, StoreError
from affectlab.report.check import Check
from affectlab.report.evidence import Evidence
from affectlab.report.forms import as_csv, as_json, markdown
from affectlab.report.page import as_html
from affectlab.run import Run

FORMS: Mapping[str, Callable[[Evidence, Sequence[Check]], str]] = {
    "html": as_html,
    "md": markdown,
    "json": as_json,
    "csv": as_csv,
}


def report(
    run: Run,
    out: Path | None = None,
    *,
    form: str = "html",
    checks: Sequence[Check] = (),
    evidence: Evidence | None = None,
) -> Path:
    """Write the report of a run.

    Args:
        run: what to report.
        out: the file; ``report.html`` (or ``.md``, ``.json``, ``.csv``) in the run's directory if None.
        form: ``html``, the page; ``md``, its words and tables; ``json``, the same with all numbers; ``csv``, findings.
        checks: validity checks that were made of the run, to stand at its beginning.
        evidence: of the run, where it has been read.

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
    return save(target, FORMS[form](evidence or Evidence.of(run), checks))


def file(run: Run, out: Path | None, name: str) -> Path:
    """The file to write: the one that was named, or one in the directory of the run."""
    if out is None and run.store.path is None:
        raise StoreError("the run is in memory and has no directory", hint="name a file for the report")
    return out if out is not None else Path(str(run.store.path)).parent / name


def save(target: Path, text: str) -> Path:
    """Write a file, and the directories above it."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    except OSError as error:
        raise StoreError(f"cannot write {target} ({error.strerror})", hint="name another --out") from None
    return target
