"""affectlab: a laboratory for affective science in which the participants are language models."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from affectlab.design.load import load_study
    from affectlab.design.study import Study
    from affectlab.experiment import Event, Experiment, Results, Settings
    from affectlab.experiment.table import TableAnalysis, analyse_table
    from affectlab.run import Run
    from affectlab.store.store import Store
    from affectlab.tabular.overview import overview
    from affectlab.tabular.prepared import Preparation
    from affectlab.version import __version__

__all__ = [
    "Event",
    "Experiment",
    "Preparation",
    "Results",
    "Run",
    "Settings",
    "Store",
    "Study",
    "TableAnalysis",
    "__version__",
    "analyse_table",
    "load_study",
    "overview",
]

_HOMES = {
    "Event": "affectlab.experiment",
    "Experiment": "affectlab.experiment",
    "Preparation": "affectlab.tabular.prepared",
    "Results": "affectlab.experiment",
    "Run": "affectlab.run",
    "Settings": "affectlab.experiment",
    "Store": "affectlab.store.store",
    "Study": "affectlab.design.study",
    "TableAnalysis": "affectlab.experiment.table",
    "__version__": "affectlab.version",
    "analyse_table": "affectlab.experiment.table",
    "load_study": "affectlab.design.load",
    "overview": "affectlab.tabular.overview",
}
"""Where each public name lives: it is loaded when it is first used, so that importing affectlab costs nothing."""


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return globals().setdefault(name, getattr(import_module(_HOMES[name]), name))


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
