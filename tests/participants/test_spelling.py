"""Options are spelt as the tokenizer would have them with all that stands before."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from affectlab.design.load import load_study, shipped
from affectlab.design.plan import Plan
from affectlab.participants.model import Model
from affectlab.participants.spelling import Speller, merged
from affectlab.participants.weights import weights
from affectlab.participants.wording import Wording
from affectlab.requests import Ask
from affectlab.session.count import requests

pytestmark = pytest.mark.model

SIGNS = st.text(alphabet=" \n\t'’.,:;-–0129aZéßñ語🙂<|>_sté́", max_size=12)


@pytest.fixture(scope="module")
def wording() -> Iterator[Wording]:
    found = weights(None, "as-is")
    model = Model(found.path, vocabulary_only=True)
    yield Wording(model, str(found.source))
    model.close()


@pytest.fixture(scope="module")
def speller(wording: Wording) -> Speller:
    made = Speller(wording.fragment, wording.split)
    assert made.separate
    return made


@pytest.mark.parametrize("name", sorted(shipped()))
def test_every_option_of_a_shipped_study_is_spelt_as_together_with_its_text(
    name: str, wording: Wording, speller: Speller
) -> None:
    plan = Plan.of(load_study(name, quick=True))
    asks = {
        (wording.begun(ask.conversation)[1] + ask.opening, ask.options)
        for procedure, (cell, *_) in plan.procedures()
        for ask in requests(plan, cell)
        if isinstance(ask, Ask)
    }
    assert asks
    for text, options in asks:
        assert speller.spell(text, options) == merged(wording.fragment, text, options)


@settings(max_examples=1500, deadline=None)
@given(text=SIGNS, options=st.lists(SIGNS.map(lambda one: f" {one}"), min_size=1, max_size=4, unique=True))
def test_any_option_is_spelt_as_together_with_its_text(
    wording: Wording, speller: Speller, text: str, options: list[str]
) -> None:
    assert speller.spell(text, tuple(options)) == merged(wording.fragment, text, tuple(options))


def test_a_conversation_in_two_is_the_whole_one(wording: Wording) -> None:
    plan = Plan.of(load_study("dresden", quick=True))
    told = {ask.conversation for ask in requests(plan, plan.cells[0])}
    for conversation in told:
        head, tail = wording.begun(conversation)
        assert (*head, *wording.fragment(tail)) == wording.tokens(wording.render(conversation))
