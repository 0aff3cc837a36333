"""The service: all that can be done with a study and its run. Command line, page and notebook call only this."""

from __future__ import annotations

from affectlab.experiment.compared import compared
from affectlab.experiment.event import Event
from affectlab.experiment.experiment import Experiment
from affectlab.experiment.results import Results
from affectlab.experiment.settings import Settings
from affectlab.experiment.standing import Standing, standing

__all__ = ["Event", "Experiment", "Results", "Settings", "Standing", "compared", "standing"]
