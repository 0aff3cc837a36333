"""Free completions are read by a lexicon that sees the text alone."""

from __future__ import annotations

import itertools

import pandas as pd
import pytest

from affectlab.results.reading import CELL, agreement, completion_valences, valences

WORDS = {"sadness": ["terrible", "awful", "bad", "a chair"], "neutral": ["good", "wonderful", "nice", "a table"]}


@pytest.fixture
def replies() -> pd.DataFrame:
    """Four stems after four vignettes of each of two states: negative words after sad texts, more after some."""
    rows = []
    for state, vignette, item in itertools.product(WORDS, range(4), range(4)):
        row = dict.fromkeys(CELL, "-") | {
            "measure": "endings",
            "state": state,
            "arm": "induction-text",
            "item": f"stem-{item}",
        }
        text = WORDS[state][(vignette * item) % 4]
        rows.append(row | {"vignette": f"{state}-{vignette}", "text": text, "finish": "stop"})
    return pd.DataFrame(rows)


def test_the_planted_difference_is_found(replies: pd.DataFrame) -> None:
    (one,) = completion_valences(replies)
    assert (one.measure, one.state, one.completions) == ("endings", "sadness", 16)
    assert one.high < 0.0
    assert one.estimate == pytest.approx(
        valences(replies).groupby("state")["valence"].mean().pipe(lambda mean: mean["sadness"] - mean["neutral"])
    )


def test_it_is_blind_to_everything_but_the_text(replies: pd.DataFrame) -> None:
    turned = replies.assign(state=replies["state"].map({"sadness": "neutral", "neutral": "sadness"}), arm="sham")
    assert list(valences(turned)["valence"]) == list(valences(replies)["valence"])


def test_what_holds_no_words_is_not_read(replies: pd.DataFrame) -> None:
    replies.loc[0, "text"] = "  "
    replies.loc[1, "text"] = None
    assert len(valences(replies)) == len(replies) - 2


def test_agreement_with_the_exact_score_is_a_negative_correlation(replies: pd.DataFrame) -> None:
    said = valences(replies)
    scores = replies.drop(columns=["text", "finish"]).assign(scale="negativity", value=-said["valence"])
    (one,) = agreement(replies, scores)
    assert one.r == pytest.approx(-1.0)
    assert one.completions == len(replies)
