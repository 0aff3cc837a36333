"""What is decided about the models of an experiment: how they are reached, and what they may cost."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from affectlab.errors import InputError

if TYPE_CHECKING:
    from affectlab.participants.remote.policy import Policy
    from affectlab.participants.remote.setup import Setup
    from affectlab.participants.remote.spending import Budget

Way = Literal["best", "exact", "bounded", "constrained", "sampled"]
"""The ways to an answer."""


@dataclass(frozen=True)
class Settings:
    """The options about models, by the names that they have on the command line."""

    threads: int | None = None
    """Of the embedded engine; measured if None."""
    weights: str | None = None
    """Their format in the embedded engine: f32, f16, q8_0, as-is."""
    base_url: str | None = None
    """Where models behind an interface are served, unless their names say it."""
    key_env: str | None = None
    """The environment variable with the key, where it is another than the provider's usual one."""
    budget: str | None = None
    """The most to spend, all models together: ``200k`` (tokens), ``5 USD``."""
    prices: Path | None = None
    """A file of prices per million tokens."""
    way: Way = "best"
    """The way to an answer."""
    draws: int = 64
    """Of a sampled answer, at most."""
    standard_error: float = 0.05
    """Of the shares of a sampled answer: draws go on until it is reached."""
    concurrency: int = 16
    """Requests under way at most, per endpoint."""
    reasoning: str | None = None
    """Effort of a model's reasoning, in its provider's words."""
    reasoning_tokens: int | None = None
    """Tokens that its reasoning may take per answer."""
    batch: bool = False
    """Whether models are asked through their providers' batch interface, which answers within a day."""

    @property
    def policy(self) -> Policy:
        """How answers are to be obtained.

        Raises:
            InputError: the standard error is none.
        """
        from affectlab.participants.remote.policy import Policy

        if not 0.0 < self.standard_error <= 1.0:
            raise InputError("a standard error of shares lies between 0 and 1", hint="0.05 is usual")
        return Policy(
            way=self.way,
            most_draws=self.draws,
            least_draws=min(self.draws, Policy().least_draws),
            standard_error=self.standard_error,
        )

    @cached_property
    def setup(self) -> Setup:
        """The decisions about models behind interfaces, which spend together.

        Raises:
            InputError: the budget is none, or the file of prices is wrong.
            ParticipantError: the budget is zero, or no request may be under way.
        """
        from affectlab.participants.remote.setup import Setup
        from affectlab.participants.remote.spending import Budget, Prices

        return Setup(
            base_url=self.base_url,
            key=self.key_env,
            policy=self.policy,
            concurrency=self.concurrency,
            reasoning=self.reasoning,
            reasoning_tokens=self.reasoning_tokens,
            batches=self.batch,
            budget=self._budget or Budget(),
            prices=None if self.prices is None else Prices.load(self.prices),
        )

    @property
    def _budget(self) -> Budget | None:
        from affectlab.participants.remote.spending import Budget

        return None if self.budget is None else Budget.parse(self.budget, money=self.prices is not None)

    def part(self, share: float) -> Settings:
        """The same with a share of the budget, as a part of a plan has it.

        Raises:
            InputError: the budget is none.
        """
        whole = self._budget
        return self if whole is None else replace(self, budget=str(whole.part(share)))
