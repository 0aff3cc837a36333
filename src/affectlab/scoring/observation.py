"""What a session measures: a probe is a request with its meaning, an observation is a probe answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from affectlab.materials.schema import Material
from affectlab.requests import Request, Response


@dataclass(frozen=True)
class Probe:
    """A request that measures something: at which point, with what, which item."""

    point: str
    material: Material
    """The instrument or task; or the technique or regulation to which the participant's own words belong."""
    item: str
    kind: Literal["read", "generated", "spoken"]
    """Read off a distribution; generated on a fork; or spoken in the conversation itself."""
    request: Request


@dataclass(frozen=True)
class Observation:
    """A probe and what came back."""

    probe: Probe
    response: Response


@dataclass(frozen=True)
class Aside(Probe):
    """A probe on which no finding rests: it is asked for a validity check."""

    check: str = ""
    subject: str = ""
    """The instrument that it is about, where it is about one."""
    variant: str = ""
    """What is changed in the instrument: the paraphrase."""
    names: tuple[str, ...] = ()
    """What the options of a check's own question stand for."""
