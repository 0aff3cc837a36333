"""What a test needs that not every machine has: skipped with one line, but a failure where all of it was installed."""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import cache
from typing import NoReturn

import pytest

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def lacking(what: str) -> NoReturn:
    """Skip the test; under ``AFFECTLAB_CI=1``, where `.ci/run` installs everything, fail."""
    if os.environ.get("AFFECTLAB_CI") == "1":
        pytest.fail(f"there is no {what}, and .ci/run is to have one")
    pytest.skip(f"there is no {what} here")


def needs_chromium() -> str:
    """The path of a Chromium."""
    return CHROMIUM or lacking("Chromium")


def needs_r(*packages: str) -> str:
    """The command that runs R scripts, with some packages."""
    missing = next((one for one in packages or ("stats",) if not _loads(one)), None)
    return "Rscript" if missing is None else lacking(f"R with {missing}")


@cache
def _loads(package: str) -> bool:
    if shutil.which("Rscript") is None:
        return False
    return subprocess.run(["Rscript", "-e", f"library({package})"], check=False, capture_output=True).returncode == 0
