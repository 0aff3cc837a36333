"""An executor: it decides where the blocks of a plan are done, and in which order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol

from affectlab.errors import EngineError, InputError
from affectlab.extensions import Extensions
from affectlab.session.work import Progress, Work


class Executor(Protocol):
    """Has every block of a plan done, once."""

    def carry_out(self, work: Work) -> Iterator[Progress]:
        """Do every block of ``work.blocks`` by ``work.do``, in any order, and yield what that yields."""


EXECUTORS: Extensions[Callable[[], Executor]] = Extensions(
    "executor", "affectlab.executors", "affectlab.execution.registry"
)
"""By name: those of affectlab, and those that other packages bring."""


def require_executor(name: str) -> None:
    """See that there is an executor of a name.

    Raises:
        InputError: there is none, or the package that brings it cannot be loaded.
    """
    if name not in EXECUTORS:
        raise InputError(f"unknown executor `{name}`", hint=f"there are: {', '.join(EXECUTORS.names)}")
    _ = EXECUTORS[name]


def carried_out(by: str, work: Work) -> Iterator[Progress]:
    """What an executor does, and that it did all.

    Raises:
        EngineError: it left blocks undone.
    """
    yield from EXECUTORS[by]().carry_out(work)
    yield from work.news()
    if left := len(work.left):
        hint = "what was answered is kept; go on with another executor"
        raise EngineError(f"the executor `{by}` left {left} blocks undone", hint=hint)
