"""The package exports what it says, documents it with examples, and needs neither pandas nor statsmodels."""

from __future__ import annotations

import ast
import inspect
import subprocess
import sys
from pathlib import Path

import pytest

from affectlab import stats

FUNCTIONS = [name for name in stats.__all__ if inspect.isfunction(getattr(stats, name))]


def test_all_is_exactly_what_is_imported() -> None:
    tree = ast.parse(Path(stats.__file__).read_text(encoding="utf-8"))
    imported = {
        alias.name
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and node.module != "__future__"
        for alias in node.names
    }
    assert imported == set(stats.__all__)
    assert stats.__all__ == sorted(stats.__all__)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_is_documented_with_an_example_and_a_source(name: str) -> None:
    text = inspect.getdoc(getattr(stats, name)) or ""
    assert ">>> " in text
    if name not in ("cluster_means", "crossed_scores"):
        assert any(word in text for word in ("Source:", "source as", "Equals R's", "source in"))


def test_values_are_frozen() -> None:
    estimate = stats.mean_interval([1.0, 2.0, 4.0])
    with pytest.raises(AttributeError):
        estimate.value = 3.0  # type: ignore[misc]


def test_no_data_frames_below() -> None:
    code = (
        "import sys; from affectlab import stats; "
        "print(sorted({m.split('.')[0] for m in sys.modules} & {'pandas', 'statsmodels', 'pingouin', 'krippendorff'}))"
    )
    source = str(Path(stats.__file__).parents[1])
    bare = f"import sys, types; p = types.ModuleType('affectlab'); p.__path__ = [{source!r}]; "
    bare += "sys.modules['affectlab'] = p; "
    done = subprocess.run([sys.executable, "-c", bare + code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
