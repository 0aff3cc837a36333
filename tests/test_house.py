"""The map of the house is that of the code; what is public is documented, and listed where there is a list."""

from __future__ import annotations

import ast
import importlib
import inspect
from importlib.resources import files
from pathlib import Path

import pytest

from tests import house

MODULES = sorted(
    ".".join(("affectlab", *path.relative_to(house.SOURCE).with_suffix("").parts)).removesuffix(".__init__")
    for path in house.SOURCE.rglob("*.py")
)


def listing(module: str) -> list[str] | None:
    """A module's ``__all__``, where it has one."""
    path = house.SOURCE.joinpath(*module.split(".")[1:])
    file = path / "__init__.py" if (path / "__init__.py").is_file() else path.with_suffix(".py")
    for node in ast.parse(file.read_text("utf-8")).body:
        if isinstance(node, ast.Assign) and any(
            isinstance(one, ast.Name) and one.id == "__all__" for one in node.targets
        ):
            found: list[str] = ast.literal_eval(node.value)
            return found
    return None


LISTING = {module: names for module in MODULES if (names := listing(module)) is not None}


def test_the_map_in_the_docs_is_that_of_the_code() -> None:
    assert house.parts()[1] == house.drawn(), "draw it anew: python -m tests.house"


def test_every_room_says_what_it_holds() -> None:
    assert [room for room in house.rooms() if not house.first_line(house.files(room)[0]).endswith(".")] == []


def test_every_room_is_in_the_layers() -> None:
    contracts = (house.ROOT / "pyproject.toml").read_text("utf-8")
    assert [
        room
        for room in house.rooms()
        if f'affectlab.{room}"' not in contracts and f"affectlab.{room} |" not in contracts
    ] == []


@pytest.mark.parametrize("module", sorted(LISTING))
def test_what_a_module_lists_is_there_and_in_order(module: str) -> None:
    names = LISTING[module]
    assert names == sorted(set(names), key=lambda name: (not name.isupper(), not name[0].isupper(), name))
    assert [name for name in names if not hasattr(importlib.import_module(module), name)] == []


def test_the_package_lists_all_that_it_offers() -> None:
    assert "affectlab" in LISTING
    assert set(LISTING["affectlab"]) >= {"Run", "Store", "Study", "__version__"}


def undocumented(module: str) -> list[str]:
    """The public methods and properties of a module's classes that have no words, not from a class above either."""
    found = []
    for name, kind in inspect.getmembers(importlib.import_module(module), inspect.isclass):
        if name.startswith("_") or kind.__module__ != module:
            continue
        fields = inspect.get_annotations(kind)
        for method, own in vars(kind).items():
            called = inspect.isfunction(own) or hasattr(own, "func") or hasattr(own, "fget")
            if method.startswith("_") or method in fields or not called:
                continue
            above = (vars(one)[method] for one in kind.__mro__ if method in vars(one))
            if not any(inspect.getdoc(one) for one in above):
                found.append(f"{name}.{method}")
    return found


def test_every_public_method_says_what_it_does() -> None:
    assert {module: found for module in MODULES if (found := undocumented(module))} == {}


def test_the_package_is_typed() -> None:
    assert Path(str(files("affectlab").joinpath("py.typed"))).is_file()
