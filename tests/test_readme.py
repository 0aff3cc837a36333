"""What the README shows works as it stands there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.house import ROOT


def test_the_program_makes_the_table_of_a_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (program,) = re.findall(r"```python\n(.+?)```", (ROOT / "README.md").read_text("utf-8"), flags=re.DOTALL)
    names: dict[str, Any] = {}
    exec(program, names)
    assert set(names["scores"]["model"]) == {"simulated"}
