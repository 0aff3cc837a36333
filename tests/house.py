"""The map in `docs/explanation/architecture.md`, drawn from the code: ``python -m tests.house`` draws it anew."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "affectlab"
PAGE = ROOT / "docs" / "explanation" / "architecture.md"
BEGIN, END = "<!-- the map: drawn by `python -m tests.house` -->", "<!-- the end of the map -->"
HEAD = "| room | holds | imports from |\n|---|---|---|"


def rooms() -> list[str]:
    """The packages and modules at the top of affectlab, in the order of the layers, the highest first."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    layers = next(one["layers"] for one in contracts if one["type"] == "layers")
    named = [room.strip().removeprefix("affectlab.") for layer in layers for room in layer.replace(":", "|").split("|")]
    there = sorted(path.stem for path in SOURCE.iterdir() if not path.name.startswith(("_", ".")) and _is_room(path))
    return [*(one for one in named if one in there), *(one for one in there if one not in named)]


def _is_room(path: Path) -> bool:
    return path.suffix == ".py" or (path / "__init__.py").is_file()


def first_line(path: Path) -> str:
    """The first sentence of a module's docstring, in one line."""
    text = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
    return " ".join(text.split("\n\n")[0].split())


def files(room: str) -> list[Path]:
    """The modules of a room; its own docstring stands in the first."""
    folder = SOURCE / room
    if not folder.is_dir():
        return [folder.with_suffix(".py")]
    return [
        folder / "__init__.py",
        *(path for path in sorted(folder.rglob("*.py")) if path.parent != folder or path.stem != "__init__"),
    ]


def imported(path: Path) -> Iterator[str]:
    """The names of the modules that a module imports, of affectlab's own, for types as well."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from [f"affectlab.{one.name}" for one in node.names] if node.module == "affectlab" else [node.module]
        elif isinstance(node, ast.Import):
            yield from (one.name for one in node.names)


def arrows(room: str, known: list[str]) -> list[str]:
    """The rooms from which a room imports, in the order of the layers."""
    names = {name.split(".")[1] for path in files(room) for name in imported(path) if name.startswith("affectlab.")}
    return [one for one in known if one in names and one != room]


def drawn() -> str:
    """The map as it stands in the page."""
    known = rooms()
    rows = (
        f"| `{room}` | {first_line(files(room)[0])} | {', '.join(arrows(room, known)) or 'no other room'} |"
        for room in known
    )
    return "\n".join([BEGIN, HEAD, *rows, END])


def parts() -> tuple[str, str, str]:
    """The page before the map, the map, and the page after it."""
    before, begin, rest = PAGE.read_text("utf-8").partition(BEGIN)
    middle, end, after = rest.partition(END)
    return before, begin + middle + end, after


def write() -> None:
    """Draw the map anew."""
    before, _, after = parts()
    PAGE.write_text(before + drawn() + after, "utf-8")


if __name__ == "__main__":
    write()
