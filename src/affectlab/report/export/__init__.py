"""A run as plain files: a Psych-DS dataset that is a Frictionless data package too."""

from __future__ import annotations

from affectlab.report.export.dataset import export
from affectlab.report.export.psychds import problems
from affectlab.report.export.scores import read_scores

__all__ = ["export", "problems", "read_scores"]
