"""From what came back to an answer: texts, first tokens, draws, and their uncertainty."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from affectlab.participants.remote import Policy, expected_interval
from affectlab.participants.remote.calls import Candidate, ModelTurn
from affectlab.participants.remote.draw_counts import Draw, DrawCounts
from affectlab.participants.remote.glyphs import canonical
from affectlab.participants.remote.intervals import in_first_token
from affectlab.participants.remote.openai import constrained
from affectlab.participants.remote.parse import NamedOption, as_option
from affectlab.participants.remote.thoughts import split_thoughts
from affectlab.requests import Answer
from tests.participants.remote.conftest import RATINGS, asks, opened
from tests.participants.remote.endpoint import Endpoint, Model


@pytest.mark.parametrize(
    ("text", "option"),
    [
        ("7", 7),
        ("10", 10),
        (" 7\n", 7),
        ("**7**", 7),
        ("“7”", 7),
        ('{"answer": "7"}', 7),
        ("7.", 7),
        ("7/10", 7),
        ("1", 1),
        ("1, I think", 1),
        ('```json\n{"rating": 3}\n```', 3),
        ("10 out of 10", 10),
        ("11", None),
        ("7.5", None),
        ("Seven", None),
        ("I would say 7", None),
        ("", None),
        ("-", None),
        ("“7.5”", None),
    ],
)
def test_a_rating_is_read(text: str, option: int | None) -> None:
    assert as_option(text, RATINGS).option == option


def test_a_word_is_read() -> None:
    options = (" afraid", " calm")
    assert as_option(" afraid of it", options) == NamedOption(0, strict=True)
    assert as_option("Afraid.", options) == NamedOption(0)
    assert as_option("Right now I feel calm", options, opening="Right now I feel") == NamedOption(1)
    assert as_option("not calm", options) == NamedOption(None)
    assert as_option(" calmly", options) == NamedOption(None)


@given(st.text(max_size=40))
def test_any_text_is_read_without_an_error(text: str) -> None:
    reading = as_option(text, RATINGS, opening="I feel")
    assert reading.option is None or RATINGS[reading.option] in canonical(text)


def position(**shares: float) -> tuple[Candidate, ...]:
    return tuple(Candidate(token.replace("_", " "), math.log(share)) for token, share in shares.items())


def test_first_tokens_give_intervals() -> None:
    seen, assumed = in_first_token(position(yes=0.6, no=0.3, y=0.04), ("yes", "no", "maybe"), (False,) * 3)
    assert [round(part.low, 9) for part in seen] == [0.6, 0.3, 0.0]
    assert [round(part.high, 9) for part in seen] == [0.7, 0.36, 0.06]
    assert not assumed


def test_another_word_that_begins_with_an_option_is_no_option() -> None:
    seen, _ = in_first_token(position(No=0.5, Nothing=0.5), ("No",), (False,))
    assert seen[0] == pytest.approx((0.5, 0.5, 0.5))


def test_all_seen_is_exact() -> None:
    seen, _ = in_first_token(position(yes=0.7, no=0.3), ("yes", "no"), (False, False))
    assert max(part.width for part in seen) == 0.0


def test_a_nested_option_is_taken_as_ended_and_says_so() -> None:
    one = Candidate("1", math.log(0.5))
    ten = Candidate("10", math.log(0.5))
    seen, assumed = in_first_token((one, ten), ("1", "10"), (True, False))
    assert assumed == ["1"]
    assert seen[0] == pytest.approx((0.5, 0.0, 0.5))
    assert seen[1] == pytest.approx((0.5, 0.5, 1.0))


def test_an_expected_value_lies_in_its_interval() -> None:
    chance = random.Random(1)
    for _ in range(200):
        true = [chance.random() for _ in range(5)]
        total = sum(true) / 0.8
        true = [share / total for share in true]
        bounds = tuple((share * chance.random(), min(1.0, share + chance.random() / 5)) for share in true)
        answer = Answer(tuple(map(math.log, true)), "bounded", bounds=bounds)
        values = [float(value) for value in range(5)]
        low, high = expected_interval(answer, values)
        assert low <= answer.expected(values) <= high


def test_the_interval_of_a_truncated_answer_holds_the_true_probability() -> None:
    with Endpoint() as endpoint:
        with opened(endpoint.url) as participant:
            whole = dict(participant.respond(asks(8)))
        with opened(endpoint.url, policy=Policy(alternatives=4, unaccounted=1.0)) as participant:
            truncated = dict(participant.respond(asks(8)))
    for index in range(8):
        full, part = whole[index], truncated[index]
        assert isinstance(full, Answer)
        assert isinstance(part, Answer)
        assert part.obtained == "bounded"
        assert part.honoured["unaccounted"] > 0.0
        for logprob, (low, high) in zip(full.logprobs, part.bounds, strict=True):
            assert low - 1e-9 <= math.exp(logprob) <= high + 1e-9


def test_draws_agree_with_the_distribution_within_their_error() -> None:
    """Over all options of ten questions, the squared deviations in units of the error average one."""
    policy = Policy(way="sampled", standard_error=0.02, most_draws=1000)
    with Endpoint() as endpoint, opened(endpoint.url, policy=policy) as participant:
        answers = dict(participant.respond(asks(10)))
        squares = []
        for index, request in enumerate(asks(10)):
            answer = answers[index]
            assert isinstance(answer, Answer)
            assert answer.honoured["standard_error"] <= 0.02
            text = "\n".join(message["content"] for message in request.conversation.messages)
            shares = Model().shares(text)
            n = answer.honoured["draws"]
            for option, logprob in zip(RATINGS, answer.logprobs, strict=True):
                share = shares[option]
                if n * share > 5:
                    squares.append((math.exp(logprob) - share) ** 2 / (share * (1 - share) / n))
            assert answer.refused == pytest.approx(shares["I'm sorry, but I can't"], abs=0.06)
        assert len(squares) > 60
        assert 0.6 < sum(squares) / len(squares) < 1.5


def test_every_draw_has_a_seed_of_its_own() -> None:
    seeds: list[int] = []

    def seen(asked: dict[str, object], number: int) -> None:
        seeds.append(int(str(asked.get("seed", -1))))

    with Endpoint(answer=seen) as endpoint, opened(endpoint.url, policy=Policy(way="sampled")) as participant:
        _ = participant.capabilities
        seeds.clear()
        list(participant.respond(asks(4)))
        assert len(seeds) > 30
        assert len(set(seeds)) == len(seeds)
        first = sorted(seeds)
        seeds.clear()
        list(participant.respond(asks(4)))
        assert sorted(seeds) == first


def test_drawing_stops_where_it_is_certain_enough() -> None:
    counts = DrawCounts(2)
    counts.draws = [Draw(0, "named")] * 60
    assert counts.standard_error < 0.05
    counts.draws = [Draw(index % 2, "named") for index in range(60)]
    assert counts.needed(0.05) == 96
    assert counts.record()["replies"] == {"named": 60}


def test_reasoning_is_kept_apart() -> None:
    assert split_thoughts("<think>\nHm, 3 or 7?\n</think>\n\n7") == ("7", 13)
    assert split_thoughts("<think>cut off") == ("", 7)
    turn = ModelTurn("7", thoughts=13)
    assert Draw.of(turn, RATINGS) == Draw(7, "named", 13)


def test_a_constraint_is_worded() -> None:
    assert constrained((' a"b', " c"), "grammar") == {"grammar": 'root ::= " a\\"b" | " c"'}
    schema = constrained((" a",), "schema")["response_format"]["json_schema"]
    assert schema["schema"]["properties"]["answer"]["enum"] == ["a"]
