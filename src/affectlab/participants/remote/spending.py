"""What it costs: prices from a file, a budget that is never overrun, and an account of what was spent."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from pydantic import BaseModel, ConfigDict, Field

from affectlab.errors import InputError, ParticipantError
from affectlab.materials.document import read, validate
from affectlab.participants.remote.calls import Usage


class BudgetError(ParticipantError):
    """The budget does not cover the next request. All that was paid for has been handed over."""


class Price(BaseModel):
    """What a million tokens cost. ``cached`` and ``reasoning`` default to the price of ``input`` and ``output``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    input: float = Field(ge=0)
    output: float = Field(ge=0)
    cached: float | None = Field(default=None, ge=0)

    def of(self, usage: Usage) -> float:
        """The price of some tokens.

        >>> Price(input=2.0, output=8.0, cached=1.0).of(Usage(prompt=1_000_000, output=500_000, cached=400_000))
        5.6
        """
        cached = self.input if self.cached is None else self.cached
        fresh = usage.prompt - usage.cached
        return (fresh * self.input + usage.cached * cached + usage.output * self.output) / 1e6


class Prices(BaseModel):
    """A file of prices, with the day on which somebody looked them up."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    currency: str
    date: date
    source: str = ""
    models: Mapping[str, Price]

    @classmethod
    def load(cls, file: Path | str) -> Prices:
        """Read a file of prices.

        Raises:
            InputError: it is missing or wrong; names file and line.
        """
        return validate(read(Path(file)), cls)

    def of(self, *names: str) -> Price | None:
        """The price of a model under the first of its names that is listed."""
        return next((self.models[name] for name in names if name in self.models), None)


@dataclass(frozen=True)
class Budget:
    """The most that may be spent; ``None`` is no limit. Money is in the currency of the prices."""

    tokens: int | None = None
    money: float | None = None

    @classmethod
    def parse(cls, text: str) -> Budget:
        """A budget as it is written on the command line: ``200000 tokens``, ``200k``, ``12.50 USD``, ``5€``.

        >>> Budget.parse("200k"), Budget.parse("12.50 USD")
        (Budget(tokens=200000, money=None), Budget(tokens=None, money=12.5))
        """
        bare = text.strip().replace("_", "").replace(",", "")
        number = bare.rstrip("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ$€£ ").lstrip("$€£ ")
        unit = bare.replace(number, "", 1).strip().lower() if number else ""
        factor = {"": 1, "tokens": 1, "token": 1, "k": 1_000, "m": 1_000_000}.get(unit)
        try:
            amount = float(number)
        except ValueError:
            hint = "write tokens (200000, 200k) or money (12.50 USD)"
            raise InputError(f"not a budget: {text!r}", hint=hint) from None
        if factor is None:
            return cls(money=amount)
        return cls(tokens=round(amount * factor))


class Spent(NamedTuple):
    """What has been spent so far."""

    calls: int = 0
    prompt: int = 0
    output: int = 0
    cached: int = 0
    reasoning: int = 0
    money: float | None = None
    estimated: int = 0
    """How many calls did not say what they used, so that it was estimated."""

    @property
    def tokens(self) -> int:
        """Prompt and output together."""
        return self.prompt + self.output


class Account:
    """Adds up what is spent, and says no before the budget is overrun.

    A request is admitted only if all that is spent, all that is under way and the request itself at its
    dearest fit. What it then really used takes the place of the reservation.
    """

    def __init__(self, budget: Budget, price: Price | None, currency: str = "") -> None:
        if (budget.tokens is not None and budget.tokens <= 0) or (budget.money is not None and budget.money <= 0):
            raise BudgetError("the budget is zero", hint="give it tokens (200k) or money (5 USD)")
        if budget.money is not None and price is None:
            hint = "name a file with --prices, or give the budget in tokens"
            raise BudgetError("a budget in money needs the model's price", hint=hint)
        self.budget = budget
        self.price = price
        self.currency = currency
        self._lock = threading.Lock()
        self._spent = Spent()
        self._reserved_tokens = 0
        self._reserved_money = 0.0
        self._denser = 1.0

    @property
    def spent(self) -> Spent:
        """What has been spent so far."""
        money = None if self.price is None else self._money(self._spent)
        return self._spent._replace(money=money)

    def reserve(self, letters: int, output: int) -> Usage:
        """Set aside what a request of so many letters may cost at most.

        Raises:
            BudgetError: the budget does not cover it.
        """
        usage = Usage(prompt=round(letters / 3.0 * self._denser) + 16, output=output)
        with self._lock:
            tokens = self._reserved_tokens + self._spent.tokens + usage.prompt + usage.output
            if self.budget.tokens is not None and tokens > self.budget.tokens:
                raise BudgetError(self._over(f"{self.budget.tokens:,} tokens"), hint=_MORE)
            if self.price is not None:
                price = self.price.of(usage)
                money = self._reserved_money + self._money(self._spent) + price
                if self.budget.money is not None and money > self.budget.money:
                    raise BudgetError(self._over(f"{self.budget.money:g} {self.currency}".strip()), hint=_MORE)
                self._reserved_money += price
            self._reserved_tokens += usage.prompt + usage.output
        return usage

    def settle(self, reserved: Usage, used: Usage | None, *, sent: bool = True) -> None:
        """Put what was used in the place of what was set aside; ``sent`` is false where nothing was paid."""
        with self._lock:
            self._reserved_tokens -= reserved.prompt + reserved.output
            if self.price is not None:
                self._reserved_money -= self.price.of(reserved)
            if not sent:
                return
            if used is not None and used.prompt > reserved.prompt:
                self._denser *= used.prompt / reserved.prompt
            real = used or Usage(prompt=reserved.prompt, output=reserved.output)
            spent = self._spent
            self._spent = Spent(
                calls=spent.calls + 1,
                prompt=spent.prompt + real.prompt,
                output=spent.output + real.output,
                cached=spent.cached + real.cached,
                reasoning=spent.reasoning + real.reasoning,
                estimated=spent.estimated + (used is None),
            )

    def _money(self, spent: Spent) -> float:
        assert self.price is not None
        return self.price.of(Usage(spent.prompt, spent.output, spent.cached, spent.reasoning))

    def _over(self, limit: str) -> str:
        return f"the budget of {limit} is spent ({self._spent.tokens:,} tokens in {self._spent.calls:,} calls)"


_MORE = "what was answered is stored; raise --budget and run again to go on"


def example() -> str:
    """A file of prices to fill in.

    >>> Prices.model_validate(yaml.safe_load(example())).currency
    'USD'
    """
    content: dict[str, Any] = {
        "currency": "USD",
        "date": "2026-11-01",
        "source": "the provider's price page, looked up on that day",
        "models": {"example-model": {"input": 1.0, "cached": 0.1, "output": 4.0}},
    }
    return yaml.safe_dump(content, sort_keys=False)
