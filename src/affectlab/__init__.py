"""affectlab: a laboratory for affective science in which the participants are language models."""

from __future__ import annotations

import os
from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("affectlab")
except PackageNotFoundError:  # run from a checkout that is not installed
    __version__ = "0"

# before numpy is loaded: on matrices as small as ours several threads only wait for each other, and round otherwise
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from affectlab.design.load import load_study
from affectlab.design.study import Study
from affectlab.run import Run, run
from affectlab.store.store import Store

__all__ = ["Run", "Store", "Study", "__version__", "load_study", "run"]
