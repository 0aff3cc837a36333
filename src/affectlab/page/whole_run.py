"""Computes what takes all of a run: of a large one in a process of its own, so that the server's memory stays small."""

from __future__ import annotations

import threading
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


def read_whole(function: str, directory: Path) -> Any:
    """What a function makes of a run; of a large one in a process that ends with it, and takes the memory with it.

    Args:
        function: ``module:name``; it takes the directory of a run, and returns what JSON can hold.

    Raises:
        DataError: the run says nothing, or cannot be read; or memory was short.
    """
    if not is_large(directory):
        return _named(function)(directory)
    # one after another: each takes as much memory as the run has numbers
    with _READING:
        return _apart(function, directory)


_READING = threading.Lock()


def _apart(function: str, directory: Path) -> Any:
    try:
        made = ChildProcess("affectlab.page.whole_run:reader", function)(str(directory))
    except (ChildEnded, ChildRefused) as error:
        raise DataError(
            f"{directory.name} could not be read: {error}", hint="read it with `affectlab report`"
        ) from None
    if "wrong" in made:
        raise DataError(made["wrong"], hint=made["hint"])
    return made["made"]


def reader(function: str) -> Callable[[str], dict[str, Any]]:
    """The function, as that process calls it: what is wrong with a run is an answer too."""
    make = _named(function)

    def read(directory: str) -> dict[str, Any]:
        try:
            return {"made": make(Path(directory))}
        except AffectlabError as error:
            return {"wrong": error.message, "hint": error.hint}

    return read


def _named(function: str) -> Callable[[Path], Any]:
    module, _, name = function.partition(":")
    made: Callable[[Path], Any] = getattr(import_module(module), name)
    return made
