"""How positive or negative a text is by a lexicon: a reader that knows neither the model nor the arm."""

from __future__ import annotations

from functools import lru_cache

from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer


def valence(text: str) -> float:
    """The valence of a text, from -1 (negative) to 1 (positive); 0 for a text without a word of the lexicon.

    VADER's ``compound``: the summed valence of the words, after negation and intensifiers, scaled into the interval.

    Source: Hutto, C. J., & Gilbert, E. (2014). Proceedings of the International AAAI Conference on Web and Social
    Media 8, 216–225.

    >>> valence("a wonderful day") > 0.0 > valence("a terrible day")
    True
    >>> valence("a day on the bus")
    0.0
    """
    return float(_analyser().polarity_scores(text)["compound"])


@lru_cache(maxsize=1)
def _analyser() -> SentimentIntensityAnalyzer:
    return SentimentIntensityAnalyzer()
