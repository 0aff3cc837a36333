"""How answers are to be obtained, and how far: what a user can decide."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Literal

Way = Literal["best", "exact", "bounded", "constrained", "sampled"]


@dataclass(frozen=True)
class Policy:
    """What a user can decide about the way to an answer."""

    way: Way = "best"
    """``best`` takes the first that the endpoint offers: exact, bounded, sampled; constrained where most draws
    name no option. Any other is taken alone, or refused at the start."""
    least_draws: int = 8
    most_draws: int = 64
    standard_error: float = 0.05
    """Drawing goes on until no option's share is less certain than this, or ``most_draws`` is reached."""
    temperature: float = 1.0
    """Of the draws of a sampled answer. 1 is the model's own distribution."""
    unaccounted: float = 0.5
    """A bounded answer that leaves more of the probability than this out of sight is sampled instead."""
    alternatives: int = 0
    """Look at no more alternatives than this; 0 is as many as there are."""
    strict: bool = False
    """Forgive no wrapping around an option in a sampled reply."""

    @property
    def mark(self) -> str:
        """What tells answers under this policy from those under the default one; empty for the default.

        >>> Policy().mark, len(Policy(way="sampled").mark)
        ('', 8)
        """
        if self == Policy():
            return ""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()[:8]
