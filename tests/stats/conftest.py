"""Golden values: what R computed on the data beside them (golden.R writes golden.json)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

GOLDEN: dict[str, Any] = json.loads(Path(__file__).with_name("golden.json").read_text(encoding="utf-8"))


@pytest.fixture
def golden() -> dict[str, Any]:
    return GOLDEN
