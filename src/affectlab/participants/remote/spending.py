"""What it costs: prices from a file, a budget that is never overrun, and an account of what was spent."""

from __future__ import annotations

import re
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


_BUDGET = re.compile(r"([$€£]?)\s*([0-9][0-9_,]*(?:\.[0-9]+)?)\s*([A-Za-z]*|[$€£])")
_FACTORS = {"tokens": 1, "token": 1, "k": 1_000, "m": 1_000_000}
_CURRENCIES = {"$": "USD", "€": "EUR", "£": "GBP"}


@dataclass(frozen=True)
class Budget:
    """The most that may be spent; ``None`` is no limit."""

    tokens: int | None = None
    money: float | None = None
    currency: str = ""
    """In which the money is; empty for that of the prices."""

    @classmethod
    def parse(cls, text: str, *, money: bool = False) -> Budget:
        """A budget as it is written on the command line: ``200000 tokens``, ``200k``, ``12.50 USD``, ``5€``.

        ``money`` says whether a bare number is money, as it is where a file of prices is given.

        >>> Budget.parse("200k").tokens, Budget.parse("12.50 USD").money, Budget.parse("$5").currency
        (200000, 12.5, 'USD')
        """
        found = _BUDGET.fullmatch(text.strip())
        if found is None:
            raise InputError(f"not a budget: {text!r}", hint="write tokens (200000, 200k) or money (12.50 USD)")
        sign, number, unit = found.groups()
        amount = float(number.replace("_", "").replace(",", ""))
        unit = sign or unit
        if unit.lower() in _FACTORS or not (unit or money):
            return cls(tokens=round(amount * _FACTORS.get(unit.lower(), 1)))
        return cls(money=amount, currency=_CURRENCIES.get(unit, unit.upper()))

    def __str__(self) -> str:
        """As it is written.

        >>> Budget.parse(str(Budget(money=0.125, currency="USD")))
        Budget(tokens=None, money=0.125, currency='USD')
        """
        return f"{self.tokens} tokens" if self.money is None else f"{self.money:f} {self.currency}".strip()

    def part(self, share: float) -> Budget:
        """A share of it, never more.

        >>> Budget(tokens=1000).part(1 / 3).tokens, Budget(money=5.0, currency="USD").part(0.5).money
        (333, 2.5)
        """
        tokens = None if self.tokens is None else int(self.tokens * share)
        return Budget(tokens, None if self.money is None else self.money * share, self.currency)


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


class SharedBudget:
    """What may be spent, by however many models: says no before the budget is overrun.

    A request is admitted only if all that is spent, all that is under way and the request itself at its dearest
    fit. What it then really used takes the place of what was set aside.
    """

    def __init__(self, budget: Budget, currency: str = "") -> None:
        if (budget.tokens is not None and budget.tokens <= 0) or (budget.money is not None and budget.money <= 0):
            raise BudgetError("the budget is zero", hint="give it tokens (200k) or money (5 USD)")
        if budget.currency and currency and budget.currency != currency:
            message = f"the budget is in {budget.currency}, the prices are in {currency}"
            raise BudgetError(message, hint="give both in one currency")
        self.budget = budget
        self.currency = currency
        self._lock = threading.Lock()
        self._tokens, self._money = 0, 0.0
        self._spent_tokens, self._calls = 0, 0

    def take(self, tokens: int, money: float) -> None:
        """Set aside what a request may use at most.

        Raises:
            BudgetError: the budget does not cover it.
        """
        with self._lock:
            if self.budget.tokens is not None and self._tokens + tokens > self.budget.tokens:
                raise BudgetError(self._over(f"{self.budget.tokens:,} tokens"), hint=_MORE)
            if self.budget.money is not None and self._money + money > self.budget.money:
                raise BudgetError(self._over(f"{self.budget.money:g} {self.currency}".strip()), hint=_MORE)
            self._tokens += tokens
            self._money += money

    def settle(self, reserved: tuple[int, float], used: tuple[int, float]) -> None:
        """Put what was used, in tokens and money, in the place of what was set aside."""
        with self._lock:
            self._tokens += used[0] - reserved[0]
            self._money += used[1] - reserved[1]
            self._spent_tokens += used[0]
            self._calls += 1

    def _over(self, limit: str) -> str:
        return f"the budget of {limit} is spent ({self._spent_tokens:,} tokens in {self._calls:,} calls)"


class Account:
    """Adds up what one model spends of a shared budget."""

    def __init__(self, shared_budget: SharedBudget, price: Price | None) -> None:
        if shared_budget.budget.money is not None and price is None:
            hint = "name a file with --prices that lists it, or give the budget in tokens"
            raise BudgetError("a budget in money needs the model's price", hint=hint)
        self.shared_budget = shared_budget
        self.price = price
        self._lock = threading.Lock()
        self._spent = Spent()
        self._denser = 1.0

    @property
    def spent(self) -> Spent:
        """What has been spent so far."""
        spent = self._spent
        used = Usage(spent.prompt, spent.output, spent.cached, spent.reasoning)
        return spent._replace(money=None if self.price is None else self.price.of(used))

    def reserve(self, letters: int, output: int) -> Usage:
        """Set aside what a request of so many letters may cost at most.

        Raises:
            BudgetError: the budget does not cover it.
        """
        usage = Usage(prompt=round(letters / 3.0 * self._denser) + 16, output=output)
        self.shared_budget.take(*self._worth(usage))
        return usage

    def settle(self, reserved: Usage, used: Usage | None, *, sent: bool = True) -> None:
        """Put what was used in the place of what was set aside; ``sent`` is false where nothing was paid."""
        real = (used or Usage(reserved.prompt, reserved.output)) if sent else Usage()
        self.shared_budget.settle(self._worth(reserved), self._worth(real))
        if not sent:
            return
        with self._lock:
            if used is not None and used.prompt > reserved.prompt > 0:
                self._denser *= used.prompt / reserved.prompt
            spent = self._spent
            self._spent = Spent(
                calls=spent.calls + 1,
                prompt=spent.prompt + real.prompt,
                output=spent.output + real.output,
                cached=spent.cached + real.cached,
                reasoning=spent.reasoning + real.reasoning,
                estimated=spent.estimated + (used is None),
            )

    def _worth(self, usage: Usage) -> tuple[int, float]:
        """Some tokens, and what they cost."""
        return usage.prompt + usage.output, 0.0 if self.price is None else self.price.of(usage)


_MORE = "what was answered is stored; the same command goes on, with a budget of its own"


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
