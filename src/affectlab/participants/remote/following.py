"""What may follow at one place of a text, by token id."""

from __future__ import annotations

from affectlab.participants.remote.calls import Usage


class Following(dict[int, float]):
    """The log probabilities of tokens; with the share that ends the word, and what was not seen."""

    ended: float = 0.0
    unseen: float = 0.0
    least: float = 0.0
    """The probability of the least likely token that was given, which no other one exceeds."""
    usage: Usage | None = None
    fingerprint: str = ""

    @property
    def ended_in_all(self) -> float:
        """The share that ends the word, where what was not seen is taken to be as what was.

        >>> following = Following()
        >>> following.ended, following.unseen = 0.6, 0.2
        >>> round(following.ended_in_all, 3)
        0.75
        """
        return min(1.0, self.ended / (1.0 - self.unseen)) if self.unseen < 1.0 else 0.0
