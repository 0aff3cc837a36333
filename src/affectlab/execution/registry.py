"""The executors that come with affectlab; other packages bring theirs by entry points."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from affectlab.execution.executor import Executor
from affectlab.execution.here import Here
from affectlab.execution.processes import Processes
from affectlab.execution.ray_cluster import RayCluster

OWN: Mapping[str, Callable[..., Executor]] = {"here": Here, "processes": Processes, "ray": RayCluster}
