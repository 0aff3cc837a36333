"""affectlab: a laboratory for affective science in which the participants are language models."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("affectlab")
except PackageNotFoundError:  # run from a checkout that is not installed
    __version__ = "0"

from affectlab.design.study import Study
from affectlab.run import Run, run
from affectlab.store.store import Store

__all__ = ["Run", "Store", "Study", "__version__", "run"]
