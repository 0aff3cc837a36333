"""What a session measures: a probe is a request with its meaning, an observation is a probe answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from affectlab.materials.schema import Instrument
from affectlab.materials.tasks import Task
from affectlab.requests import Request, Response


@dataclass(frozen=True)
class Probe:
    """A request that measures something: at which point, with what, which item."""

    point: str
    material: Instrument | Task
    item: str
    kind: Literal["read", "generated"]
    request: Request


@dataclass(frozen=True)
class Observation:
    """A probe and what came back."""

    probe: Probe
    response: Response
