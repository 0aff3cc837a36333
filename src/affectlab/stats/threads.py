"""Linear algebra on one thread: on matrices as small as these several only wait for each other, and round otherwise.

The limit holds while such a function runs, and what was set before is put back: the process belongs to its user.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, wraps
from threading import Lock
from typing import Any, ParamSpec, TypeVar

import scipy.linalg  # noqa: F401  its BLAS is another than numpy's, and must be loaded to be limited
from threadpoolctl import ThreadpoolController

P = ParamSpec("P")
R = TypeVar("R")


def one_thread(function: Callable[P, R]) -> Callable[P, R]:
    """Have a function do its linear algebra on one thread.

    >>> from threadpoolctl import threadpool_info
    >>> max(one_thread(lambda: [one["num_threads"] for one in threadpool_info() if one["user_api"] == "blas"])())
    1
    """

    @wraps(function)
    def limited(*args: P.args, **kwargs: P.kwargs) -> R:
        with _LIMIT:
            return function(*args, **kwargs)

    return limited


class _Limit:
    """The limit, set by whoever enters first and taken back by whoever leaves last: it is one of the process."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._inside = 0
        self._set: Any = None

    def __enter__(self) -> None:
        with self._lock:
            if not self._inside:
                self._set = _libraries().limit(limits=1, user_api="blas")
            self._inside += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._inside -= 1
            if not self._inside:
                self._set.restore_original_limits()


_LIMIT = _Limit()


@cache
def _libraries() -> ThreadpoolController:
    return ThreadpoolController()
