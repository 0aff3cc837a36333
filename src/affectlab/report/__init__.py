"""The report of a run: one page with what was done, what was found, and what speaks against it."""

from __future__ import annotations

from affectlab.report.check import Check
from affectlab.report.page import page
from affectlab.report.single import single
from affectlab.report.tables import written
from affectlab.report.write import report

__all__ = ["Check", "page", "report", "single", "written"]
