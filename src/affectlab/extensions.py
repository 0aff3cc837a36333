"""What other packages bring: found by the entry points of a group, beside what affectlab has itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import Generic, TypeVar, cast

from affectlab.errors import InputError

T = TypeVar("T")


@dataclass(frozen=True)
class Extensions(Generic[T]):
    """The things of one kind, by name: those of affectlab, and those that installed packages bring.

    A package brings one by an entry point of the group. It is loaded when its name is first asked for.
    """

    noun: str
    """What one of them is called, in messages."""
    group: str
    """The group of the entry points: ``affectlab.measures``."""
    home: str
    """The module of affectlab whose ``OWN`` has those that come with it."""

    @cached_property
    def own(self) -> Mapping[str, T]:
        """Those that come with affectlab."""
        return cast("Mapping[str, T]", import_module(self.home).OWN)

    @cached_property
    def brought(self) -> Mapping[str, EntryPoint]:
        """Those that other packages bring.

        Raises:
            InputError: two bring one of the same name, or one has a name that affectlab uses.
        """
        found: dict[str, EntryPoint] = {}
        for point in entry_points(group=self.group):
            if point.name in self.own or found.get(point.name, point) != point:
                message = f"the package {_package(point)} brings the {self.noun} `{point.name}`, which there is already"
                raise InputError(message, hint="uninstall one of the two, or have it renamed")
            found[point.name] = point
        return found

    @property
    def names(self) -> list[str]:
        """The names of all."""
        return [*self.own, *self.brought]

    def __contains__(self, name: object) -> bool:
        return name in self.own or name in self.brought

    def __getitem__(self, name: str) -> T:
        """The one of a name.

        Raises:
            KeyError: there is none.
            InputError: the package that brings it cannot be loaded.
        """
        return self.own[name] if name in self.own else self._loaded[name]

    @cached_property
    def _loaded(self) -> Mapping[str, T]:
        return _Loaded(self.noun, self.brought)


class _Loaded(dict[str, T]):
    """What has been loaded; what has not is, when it is asked for."""

    def __init__(self, noun: str, points: Mapping[str, EntryPoint]) -> None:
        super().__init__()
        self.noun = noun
        self.points = points

    def __missing__(self, name: str) -> T:
        point = self.points[name]
        try:
            self[name] = point.load()
        except Exception as error:
            message = f"the {self.noun} `{name}` of the package {_package(point)} cannot be loaded: "
            message += str(error).splitlines()[0] if str(error) else type(error).__name__
            raise InputError(message, hint="update that package, or uninstall it") from None
        return self[name]


def folders(group: str) -> tuple[tuple[str, Path], ...]:
    """The folders that other packages bring: the package that brings each, and where it lies.

    Raises:
        InputError: an entry point names no package that is there.
    """
    return tuple((_package(point), _folder(point)) for point in entry_points(group=group))


def _folder(point: EntryPoint) -> Path:
    parent, _, name = point.value.rpartition(".")
    try:
        # the folder need not be a package itself, so what is looked for is what it lies in
        spec = find_spec(parent or name)
    except ImportError:
        spec = None
    for place in (spec.submodule_search_locations or ()) if spec is not None else ():
        folder = Path(place, name) if parent else Path(place)
        if folder.is_dir():
            return folder
    message = f"the package {_package(point)} names the folder `{point.value}`, which is not there"
    raise InputError(message, hint="update that package, or uninstall it")


def _package(point: EntryPoint) -> str:
    return f"`{point.dist.name}`" if point.dist is not None else f"of `{point.value}`"
