"""Packages outside the tree: a program that uses one, in a process that alone has it on its path."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.house import ROOT


def done_outside(program: Path, folder: Path) -> dict[str, dict[str, Any]]:
    """What a program printed as JSON, with the packages beside it in ``outside`` installed; it works in ``folder``."""
    path = os.pathsep.join(map(str, (program.parent / "outside", ROOT / "src", ROOT)))
    called = [sys.executable, str(program), str(folder)]
    environment = {**os.environ, "PYTHONPATH": path}
    ended = subprocess.run(called, env=environment, capture_output=True, text=True, check=False, timeout=300)
    assert ended.returncode == 0, ended.stderr
    result: dict[str, dict[str, Any]] = json.loads(ended.stdout)
    return result
