"""How many tokens a text is, in the embedded model's vocabulary: what a study costs before it is run."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from affectlab.conversation import Conversation
from affectlab.participants.model import Model
from affectlab.participants.weights import weights
from affectlab.participants.wording import Wording


class EmbeddedTokens:
    """Counts as the embedded model reads: its vocabulary, and what its chat template puts around a turn.

    Raises:
        ParticipantError: the embedded model is not installed.
    """

    def __init__(self) -> None:
        found = weights(None, "as-is")
        self._model = Model(found.path, vocabulary_only=True)
        self.of: Callable[[str], tuple[int, ...]] = cache(self._model.tokenize)
        wording = Wording(self._model, str(found.source))
        turn, pair = (len(wording.tokens(wording.render(_spoken(turns)))) for turns in (1, 3))
        word = len(self.of(_WORD))
        self.around = (pair - turn) // 2 - word
        self.begins = turn - 2 * (word + self.around)


_WORD = "yes"


def _spoken(turns: int) -> Conversation:
    """A system turn, and so many turns after it, each of one word."""
    told = Conversation.begin(_WORD).user(_WORD)
    for _ in range((turns - 1) // 2):
        told = told.assistant(_WORD).user(_WORD)
    return told
