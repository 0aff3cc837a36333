"""Keys of published inventories by the places of their items; their words are not ours to pass on."""

from __future__ import annotations

POSITIVE_AFFECT = frozenset((1, 3, 5, 9, 10, 12, 14, 16, 17, 19))
"""Items of the Positive and Negative Affect Schedule that are of positive affect."""
STATE_ANXIETY_REVERSED = frozenset((1, 2, 5, 8, 10, 11, 15, 16, 19, 20))
"""Items of the state form of a state-anxiety inventory of twenty items that count the other way."""
