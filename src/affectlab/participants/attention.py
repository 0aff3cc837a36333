"""How the engine computes attention: in tiles, which skip what a token does not see, where that changes no answer.

In a tree most cells belong to other branches. llama.cpp as it is published rounds keys and values to 16 bits for its
tiles, so that an answer would hang on who shared the batch; compiled with ``requirements/engine.cmake`` it keeps their
32 bits. Which of the two is installed is measured.
"""

from __future__ import annotations

import numpy as np

from affectlab.participants.model import Context, Logits, Model

LENGTH = 96
"""Tokens of the text with which it is measured: more than a tile has rows."""
LIMIT = 3e-4
"""The largest difference of a logit, in standard deviations of the logits, that another order of the sums may make.
Here it makes 1e-5, and rounding 6e-3."""


def exact_in_tiles(model: Model) -> bool:
    """Whether attention in tiles gives the logits that attention as a whole gives."""
    whole, tiles = (_logits(model, tiles=tiles) for tiles in (False, True))
    return bool(np.abs(whole - tiles).max() < LIMIT * whole.std())


def _logits(model: Model, *, tiles: bool) -> Logits:
    """The logits at the end of a text of arbitrary tokens."""
    context = Context(model, cells=LENGTH, batch=LENGTH, threads=1, tiles=tiles)
    tokens = [place * 7919 % model.vocabulary_size for place in range(LENGTH)]
    context.decode(tokens, range(LENGTH), [[0]] * LENGTH, [False] * (LENGTH - 1) + [True])
    found = context.logits(LENGTH - 1).copy()
    context.close()
    return found
