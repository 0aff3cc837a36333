"""A run as plain files: a Psych-DS dataset that is a Frictionless data package too."""

from __future__ import annotations

from affectlab.report.export.dataset import export
from affectlab.report.export.dialogues import write_dialogues
from affectlab.report.export.psychds import problems, recommendations
from affectlab.report.export.scores import read_scores
from affectlab.report.export.statfile import write_sav

__all__ = ["export", "problems", "read_scores", "recommendations", "write_dialogues", "write_sav"]
