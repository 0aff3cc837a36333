"""No command prints a table of its own: it builds sections, and the one renderer of the terminal shows them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import affectlab.cli

FOLDER = Path(affectlab.cli.__file__).parent
DRAWING = {"rich.table", "rich.columns", "rich.console", "rich.panel", "tabulate"}
BAR = "progress.py"
"""The live line is no table; what draws it may use rich."""
PADDING = {"ljust", "rjust", "center", "zfill", "to_string", "to_markdown"}
WIDTHS = re.compile(r"[<>^=]?\d|[<>^]")
"""How a format begins that pads a cell to a width."""


def tables(tree: ast.AST) -> Iterator[str]:
    """Everything in a module by which a table could be laid out."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module in DRAWING:
            yield f"imports {node.module}"
        elif isinstance(node, ast.Import):
            yield from (f"imports {one.name}" for one in node.names if one.name in DRAWING)
        elif isinstance(node, ast.Attribute) and node.attr in PADDING:
            yield f"pads with {node.attr}"
        elif isinstance(node, ast.FormattedValue) and node.format_spec is not None:
            spec = "".join(ast.unparse(part).strip("'\"") for part in getattr(node.format_spec, "values", []))
            if WIDTHS.match(spec):
                yield f"pads with a format of {spec}"


def test_no_command_lays_out_a_table() -> None:
    found = {
        path.name: list(tables(ast.parse(path.read_text("utf-8")))) for path in FOLDER.rglob("*.py") if path.name != BAR
    }
    assert len(found) > 15
    assert {name: made for name, made in found.items() if made} == {}


def test_the_scan_finds_each_way() -> None:
    ways = (
        "from rich.table import Table",
        "import rich.console",
        "a.ljust(3)",
        "f'{a:<{b}}'",
        "f'{a:>6}'",
        "f'{a:12}'",
    )
    assert [len(list(tables(ast.parse(way)))) for way in ways] == [1] * len(ways)
    assert list(tables(ast.parse("f'{a:,} {b:.2f} {c:+.3f} {d:.0%} {e:g}'"))) == []
