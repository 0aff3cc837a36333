"""The executors that come with affectlab; other packages bring theirs by entry points."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from affectlab.execution.executor import Executor
from affectlab.execution.here import Here

OWN: Mapping[str, Callable[[], Executor]] = {"here": Here}
