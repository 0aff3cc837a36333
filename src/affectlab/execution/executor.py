"""An executor: it decides where the blocks of a plan are done, and in which order."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Protocol

from affectlab.errors import EngineError, InputError
from affectlab.extensions import Extensions
from affectlab.session.work import Progress, Work


class Executor(Protocol):
    """Has every block of a plan done, once."""

    def carry_out(self, work: Work) -> Iterator[Progress]:
        """Do every block of ``work.blocks`` by ``work.do``, in any order, and yield what that yields."""


EXECUTORS: Extensions[Callable[..., Executor]] = Extensions(
    "executor", "affectlab.executors", "affectlab.execution.registry"
)
"""By name: those of affectlab, and those that other packages bring."""


def executor(name: str) -> Executor:
    """The executor of a name. What stands after a first colon is its own matter: ``processes:4``.

    Raises:
        InputError: there is none, the package that brings it cannot be loaded, or it cannot use what stands there.
    """
    kind, _, detail = name.partition(":")
    if kind not in EXECUTORS:
        raise InputError(f"unknown executor `{kind}`", hint=f"there are: {', '.join(EXECUTORS.names)}")
    make = EXECUTORS[kind]
    if not detail:
        return make()
    try:
        inspect.signature(make).bind(detail)
    except TypeError:
        raise InputError(f"nothing stands after the name of the executor `{kind}`", hint=f"write --on {kind}") from None
    return make(detail)


def carried_out(by: Executor, name: str, work: Work) -> Iterator[Progress]:
    """What the executor of a name does, and that it did all.

    Raises:
        EngineError: it left blocks undone.
    """
    yield from by.carry_out(work)
    yield from work.news()
    if left := len(work.left):
        hint = "what was answered is kept; go on with another executor"
        raise EngineError(f"the executor `{name}` left {left} blocks undone", hint=hint)
