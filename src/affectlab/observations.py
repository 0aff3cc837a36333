"""What a session measures: a probe is a request with its meaning, an observation is a probe answered."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from affectlab.materials.schema import Material
from affectlab.requests import Request, Response

Purpose = Literal["outcome", "check", "process"]
"""What is measured; what a validity check asks; what is said and chosen on the way, or what a reader says of it."""


@dataclass(frozen=True)
class Probe:
    """A request that measures something: at which point, with what, which item."""

    point: str
    material: Material
    """The instrument or task; or the technique or regulation to which the participant's own words belong."""
    item: str
    kind: Literal["read", "generated", "spoken"]
    """Read off a distribution; generated on a branch; or spoken in the conversation itself."""
    request: Request
    observer: str = field(default="", kw_only=True)
    """Who gives the response, where several do: a rater's name. Empty: whom the request is for."""
    of: Probe | None = field(default=None, kw_only=True)
    """The probe of the same session that it is about, where it is about one: a reply that is rated."""
    purpose: Purpose = field(default="outcome", kw_only=True)


@dataclass(frozen=True)
class Observation:
    """A probe and what came back."""

    probe: Probe
    response: Response


@dataclass(frozen=True)
class CheckProbe(Probe):
    """A probe on which no finding rests: it is asked for a validity check."""

    check: str = ""
    subject: str = ""
    """The instrument that it is about, where it is about one."""
    variant: str = ""
    """What is changed in the instrument: the paraphrase."""
    names: tuple[str, ...] = ()
    """What the options of a check's own question stand for."""
    purpose: Purpose = field(default="check", kw_only=True)
