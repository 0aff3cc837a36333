"""What is decided about the models behind interfaces, once for all of a run."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from affectlab.errors import ParticipantError
from affectlab.participants.remote.make import remote
from affectlab.participants.remote.participant import RemoteParticipant
from affectlab.participants.remote.policy import Policy
from affectlab.participants.remote.replicas import Replicas
from affectlab.participants.remote.spending import Budget, Prices, SharedBudget


@dataclass(frozen=True)
class Setup:
    """The decisions; the models of a run share the budget, and spend it together."""

    base_url: str | None = None
    """Of every model whose name carries no address of its own; several, with commas, where it is served at each."""
    key: str | None = None
    """The environment variable that holds the key, where it is another than the provider's usual one."""
    policy: Policy = field(default_factory=Policy)
    concurrency: int = 16
    """Requests under way at most, per endpoint."""
    reasoning: str | None = None
    """The effort with which a model is to reason, in its provider's words."""
    reasoning_tokens: int | None = None
    """What its reasoning may take on top of each answer's limit."""
    batches: bool = False
    """Whether they are asked through their providers' batch interface."""
    budget: Budget = field(default_factory=Budget)
    prices: Prices | None = None
    shared_budget: SharedBudget = field(init=False, compare=False)

    def __post_init__(self) -> None:
        if self.concurrency < 1:
            raise ParticipantError("no request may be under way", hint="give --concurrency at least 1")
        object.__setattr__(
            self, "shared_budget", SharedBudget(self.budget, self.prices.currency if self.prices else "")
        )

    def participant(self, name: str, draw_log: Path | None = None) -> RemoteParticipant | Replicas:
        """The model of a name, as a participant; at several addresses where they are given with commas between them.

        Raises:
            ParticipantError: no such model, no key, an address that is none.
        """
        bare, at, inline = name.partition("@http")
        addresses = (f"http{inline}" if at else self.base_url or "").split(",")
        if len(addresses) == 1:
            return self._at(name, self.base_url, draw_log)
        if self.batches:
            raise ParticipantError("a batch goes to one address", hint="give one --base-url, or leave --batch out")
        logs = [draw_log and draw_log.with_stem(f"{draw_log.stem}-{number}") for number in range(len(addresses))]
        return Replicas([self._at(bare, url.strip(), log) for url, log in zip(addresses, logs, strict=True)])

    def _at(self, name: str, base_url: str | None, draw_log: Path | None) -> RemoteParticipant:
        return remote(
            name,
            base_url=base_url,
            api_key_env=self.key,
            policy=self.policy,
            budget=self.shared_budget,
            prices=self.prices,
            concurrency=self.concurrency,
            reasoning=self.reasoning,
            reasoning_tokens=self.reasoning_tokens,
            draw_log=draw_log,
            batches=self.batches,
        )
