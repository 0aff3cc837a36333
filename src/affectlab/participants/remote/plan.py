"""What a study would cost on an endpoint, before anything is sent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from affectlab.participants.remote.calls import Usage
from affectlab.participants.remote.model import ModelFile
from affectlab.participants.remote.policy import Policy
from affectlab.participants.remote.spending import Price
from affectlab.requests import Ask, Read, Request


@dataclass(frozen=True)
class CostEstimate:
    """Calls, tokens and money, at least and at most: a sampled answer takes as many draws as it needs."""

    calls: tuple[int, int]
    prompt: tuple[int, int]
    output: tuple[int, int]
    money: tuple[float, float] | None
    sampled: bool
    """Whether answers would be drawn rather than read."""
    currency: str = ""

    def record(self) -> dict[str, Any]:
        """The estimate as plain values."""
        return asdict(self)


def estimate_cost(
    requests: Iterable[Request],
    model: ModelFile,
    policy: Policy | None = None,
    price: Price | None = None,
    currency: str = "",
) -> CostEstimate:
    """What ``requests`` would cost. Four letters are taken for a token, and no cached prefix for granted."""
    policy = policy or Policy()
    sampled = policy.way in ("sampled", "constrained") or model.quirks.alternatives == 0
    calls, prompt, output = [0, 0], [0, 0], [0, 0]
    for request in requests:
        if isinstance(request, Read):
            continue
        letters = sum(len(turn.text) + 16 for turn in request.conversation.turns) + len(request.opening)
        if isinstance(request, Ask):
            draws = (policy.least_draws, policy.most_draws) if sampled else (1, 1)
            limit = 8 + max(map(len, request.options)) // 2 if sampled else 1
            said = (4 if sampled else 1, limit)
        else:
            draws, said = (1, 1), (request.max_tokens // 2, request.max_tokens)
        for end in (0, 1):
            calls[end] += draws[end]
            prompt[end] += draws[end] * (letters // 4)
            output[end] += draws[end] * (said[end] + (model.quirks.reasoning_tokens if end else 0))
    money = None
    if price is not None:
        money = (price.of(Usage(prompt[0], output[0])), price.of(Usage(prompt[1], output[1])))
    return CostEstimate((calls[0], calls[1]), (prompt[0], prompt[1]), (output[0], output[1]), money, sampled, currency)
