"""What is estimated over all items of a task: contrasts of conditions, and the parameters of a model of choice."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from affectlab.materials.schema import Part


class Contrast(Part):
    """The difference of two conditions in an item's outcome, pair by pair where items come in pairs."""

    by: Literal["contrast"]
    name: str
    of: str
    """The outcome that is compared."""
    plus: str
    minus: str

    @property
    def names(self) -> tuple[str, ...]:
        """The outcomes it gives."""
        return (self.name,)


class Detecting(Part):
    """Signal detection: how well signals are told from noise, and how readily they are called signals."""

    by: Literal["detection"]
    of: str
    """The outcome that is the probability of saying yes."""
    signal: str
    noise: str
    prefix: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """The outcomes it gives."""
        return (f"{self.prefix}d_prime", f"{self.prefix}criterion")


class Discounting(Part):
    """Quasi-hyperbolic discounting: the rate at which waiting devalues money, and the premium on having it now.

    Every item gives ``sooner``, ``later`` (amounts), ``wait`` and ``delay`` (days until the sooner and the later).
    """

    by: Literal["discounting"]
    of: str
    """The outcome that is the probability of taking the sooner amount."""

    @property
    def names(self) -> tuple[str, ...]:
        """The outcomes it gives."""
        return ("log_k", "present_bias")


class LossAversion(Part):
    """How much more a loss counts than a gain. Every item gives ``gain`` and ``loss``, at even odds."""

    by: Literal["loss-aversion"]
    of: str
    """The outcome that is the probability of taking the gamble."""
    condition: str

    @property
    def names(self) -> tuple[str, ...]:
        """The outcomes it gives."""
        return ("loss_aversion",)


Estimate = Annotated[Contrast | Detecting | Discounting | LossAversion, Field(discriminator="by")]
