"""A form scores what was asked by what the file says now: with words elsewhere, items reversed, and nothing unasked."""

from __future__ import annotations

import math
from typing import Any

import pytest

from affectlab.conversation import Conversation
from affectlab.errors import DataError
from affectlab.materials.catalogue import Catalogue
from affectlab.materials.form import Asked, Disposition
from affectlab.materials.instrument import Instrument
from affectlab.materials.tasks import Task
from affectlab.requests import Answer
from tests.conftest import HEAD

CLOZE: dict[str, Any] = {
    "kind": "instrument",
    "id": "finish",
    "form": "cloze",
    "minimum_coverage": 0.0,
    "question": "Finish this.",
    "stems": [{"id": "now", "text": "I feel"}],
    "words": {"fear": ["afraid", "scared"], "calm": ["calm", "still"]},
    **HEAD,
}
SHARES = (0.1, 0.2, 0.3, 0.4)


def observed(form: Instrument | Task, shift: float = 0.0) -> list[Asked]:
    """What is asked, answered by a participant whose every scale has moved by so much."""
    running = form.administer(Conversation.begin(), 3)
    disposition = Disposition(lambda scale: shift)
    try:
        pending = next(running)
        while True:
            responses = [form.simulate(request, disposition) for request in pending]
            assert None not in responses, "it does not recognise what it asks"
            pending = running.send([one for one in responses if one is not None])
    except StopIteration as end:
        asked: list[Asked] = end.value
        return asked


def test_a_word_that_belongs_elsewhere_by_now_counts_there() -> None:
    before = Instrument.model_validate(CLOZE)
    (one,) = observed(before)
    asked = [one._replace(response=Answer(tuple(map(math.log, SHARES))))]
    moved = {"fear": ["afraid"], "calm": ["calm", "still", "scared"]}
    after = Instrument.model_validate({**CLOZE, "words": moved})
    now = {score.scale: math.exp(score.value) for score in after.score(asked)}
    assert now == pytest.approx({"fear": 0.1, "calm": 0.9})


def test_a_word_that_was_not_asked_is_refused() -> None:
    asked = observed(Instrument.model_validate(CLOZE))
    other = Instrument.model_validate({**CLOZE, "words": {"fear": ["worried"], "calm": ["calm"]}})
    with pytest.raises(DataError, match="scores the word `worried`, which was not asked; a key can only count"):
        list(other.score(asked))


def test_an_item_that_is_reversed_by_now_counts_from_the_other_end() -> None:
    ratings = Catalogue().get(Instrument, "ratings")
    asked = observed(ratings, shift=2.0)
    before = {score.item: score.value for score in ratings.score(asked)}
    reversed_ = Instrument.model_validate(
        {
            **ratings.model_dump(by_alias=True),
            "items": [{**item, "reverse": True} for item in ratings.model_dump()["items"]],
        }
    )
    after = {score.item: score.value for score in reversed_.score(asked)}
    assert after == pytest.approx({item: 10.0 - value for item, value in before.items()})


@pytest.mark.parametrize("id", ["ratings", "deq"])
def test_a_rating_recovers_what_was_planted(id: str) -> None:
    """At rest a quarter of the scale; moved by 1.5 points: the shift is 1.5 exactly."""
    form = Catalogue().get(Instrument, id)
    rest, moved = ({one.item: one.value for one in form.score(observed(form, shift))} for shift in (0.0, 1.5))
    assert {item: moved[item] - rest[item] for item in rest} == pytest.approx(dict.fromkeys(rest, 1.5))


def test_every_score_names_what_it_rests_on() -> None:
    for form in (*Catalogue().all(Instrument), *Catalogue().all(Task)):
        asked = observed(form)
        for score in form.score(asked):
            assert score.places
            assert all(0 <= place < len(asked) for place in score.places), form.id
