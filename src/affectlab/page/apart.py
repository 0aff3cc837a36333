"""What is read of a large run in a process of its own: the server stays small, and the memory goes with the process."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from importlib import import_module
from pathlib import Path
from typing import Any

from affectlab.child_process import ChildEnded, ChildProcess, ChildRefused
from affectlab.errors import AffectlabError, DataError
from affectlab.run import STORE
from affectlab.store.store import Store

LARGE = 5_000
"""Answers from which on a run is read apart."""


def is_large(directory: Path) -> bool:
    """Whether a run has so many answers that reading it takes long, and much memory."""
    with closing(Store(directory / STORE, create=False, verified=False)) as store:
        return store.count() >= LARGE


def read_apart(function: str, directory: Path) -> Any:
    """What a function makes of a run, in a process that ends with it.

    Args:
        function: ``module:name``; it takes the directory of a run, and returns what JSON can hold.

    Raises:
        DataError: the run says nothing, or cannot be read; or memory was short.
    """
    try:
        made = ChildProcess("affectlab.page.apart:reader", function)(str(directory))
    except (ChildEnded, ChildRefused) as error:
        raise DataError(
            f"{directory.name} could not be read: {error}", hint="read it with `affectlab report`"
        ) from None
    if "wrong" in made:
        raise DataError(made["wrong"], hint=made["hint"])
    return made["made"]


def reader(function: str) -> Callable[[str], dict[str, Any]]:
    """The function, as that process calls it: what is wrong with a run is an answer too."""
    module, _, name = function.partition(":")
    make = getattr(import_module(module), name)

    def read(directory: str) -> dict[str, Any]:
        try:
            return {"made": make(Path(directory))}
        except AffectlabError as error:
            return {"wrong": error.message, "hint": error.hint}

    return read
