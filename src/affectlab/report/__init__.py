"""The report of a run: one page with what was done, what was found, and what speaks against it."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from affectlab.report.alone import single
    from affectlab.report.check import ShownCheck
    from affectlab.report.section import Section
    from affectlab.report.tables import findings_text
    from affectlab.report.write import report, report_html

__all__ = ["Section", "ShownCheck", "findings_text", "report", "report_html", "single"]

_HOMES = {
    "ShownCheck": "check",
    "Section": "section",
    "report_html": "write",
    "report": "write",
    "single": "alone",
    "findings_text": "tables",
}


def __getattr__(name: str) -> Any:
    """What is public, loaded when it is asked for: a command that prints a list does not load what draws."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
