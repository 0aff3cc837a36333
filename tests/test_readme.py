"""What the README shows works as it stands there."""

from __future__ import annotations

import re
from typing import Any

from tests.house import ROOT


def test_the_program_makes_the_table_of_a_run() -> None:
    (program,) = re.findall(r"```python\n(.+?)```", (ROOT / "README.md").read_text("utf-8"), flags=re.DOTALL)
    names: dict[str, Any] = {}
    exec(program, names)
    assert set(names["trials"]["model"]) == {"simulated"}
