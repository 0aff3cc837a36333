"""Each score against an example worked by hand, and against a published or an R value where a formula is standard."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from scipy.special import expit

from affectlab.requests import Answer, Ask, Reply, Response
from affectlab.scoring.scores import score_observations
from affectlab.tasks.completion import Completion
from affectlab.tasks.interactive import Interactive
from affectlab.tasks.item import TaskQuestion
from affectlab.tasks.models import (
    PlayedRound,
    discounting,
    logistic_regression,
    loss_aversion,
    sensitivity,
    uncertainties,
    value_differences,
)
from affectlab.tasks.options import Options
from affectlab.tasks.rating import RatingTask
from tests.tasks.participants import BEGUN, ILLEGAL, REFUSED, Answers, given, scored, task, told, values


def by_role(material: Options, shares: dict[str, float]) -> Answers:
    """Answers in which every role has its share, wherever it stands and however many wordings it has."""
    questions = list(material.questions())

    def answers(ask: Ask) -> Response:
        question = next(q for q in questions if (q.opening, q.options) == (ask.opening, ask.options))
        return told(*(shares[role] / question.roles.count(role) for role in question.roles))

    return answers


def by_item(material: Options | RatingTask, told_of: dict[str, Answer], otherwise: Answer) -> Answers:
    """Answers that differ between items."""
    questions: Sequence[TaskQuestion] = list(material.questions())

    def answers(ask: Ask) -> Response:
        said = ask.conversation.text
        found = [q for q in questions if q.opening == ask.opening and q.options == ask.options]
        question = next(q for q in found if not q.say or q.say == said)
        return told_of.get(question.item, otherwise)

    return answers


def alike(found: Sequence[float], expected: float) -> bool:
    """Whether there is something, and all of it is as expected."""
    return bool(found) and found == pytest.approx([expected] * len(found))


class TestByHand:
    def test_negativity_is_the_log_odds_of_the_negative_words(self) -> None:
        """Negative words 0.03 and 0.01, positive 0.01 and 0.01, of which 0.06 is covered: ln(0.04 / 0.02) = ln 2."""
        material = task("sentence-completion")
        assert isinstance(material, Completion)
        count = len(material.words.negative)
        masses = [0.03, 0.01, *[0.0] * (count - 2), 0.01, 0.01, *[0.0] * (count - 2)]
        scores = scored(material, lambda ask: told(*masses))
        assert alike(values(scores, "negativity"), math.log(2.0))

    def test_self_reference_is_self_minus_other_pair_by_pair(self) -> None:
        """Log odds of ln 3 about oneself and 0 about others."""
        material = task("sentence-completion")
        assert isinstance(material, Completion)
        count = len(material.words.negative)

        def answers(ask: Ask) -> Response:
            stem = next(item for item in material.items if item.text == ask.opening)
            odds = 3.0 if stem.who == "self" else 1.0
            return told(*[0.1 * odds / count] * count, *[0.1 / count] * count)

        scores = scored(material, answers)
        assert values(scores, "self_reference") == pytest.approx([math.log(3.0)] * (len(material.items) // 2))
        assert values(scores, "self") == pytest.approx([math.log(3.0)] * (len(material.items) // 2))

    def test_log_odds_are_given_a_legal_answer(self) -> None:
        """0.3 against 0.1 and 0.6 on nothing legal: ln 3, whatever the coverage."""
        material = task("hostile-intent")
        assert isinstance(material, Options)
        scores = scored(material, by_role(material, {"purpose": 0.3, "accident": 0.1}))
        assert alike(values(scores, "hostile"), math.log(3.0))

    def test_a_rating_is_the_expected_value(self) -> None:
        """A quarter on 2 and three quarters on 6: 5, though only 0.4 of the mass is legal."""
        material = task("moral-severity")
        masses = [0.0, 0.1, 0.0, 0.0, 0.0, 0.3, 0.0, 0.0, 0.0]
        assert alike(values(scored(material, lambda ask: told(*masses)), "severity"), 5.0)

    def test_accuracy_is_over_both_orders(self) -> None:
        """Always the first: right in one order, wrong in the other, so one half; and the position says why."""
        material = task("arithmetic")
        scores = scored(material, lambda ask: told(0.8, 0.0))
        assert alike(values(scores, "accuracy"), 0.5)
        assert alike(values(scores, "position"), 1.0)

    def test_contrasts_are_between_the_partners_of_a_pair(self) -> None:
        """Risky 0.7 under loss and 0.4 under gain: a framing effect of 0.3 in every pair."""
        material = task("framing")
        assert isinstance(material, Options)
        conditions = {item.id: item.condition for item in material.items}
        orders = {(q.say, q.opening): q for q in material.questions()}

        def answers(ask: Ask) -> Response:
            question = orders[ask.conversation.text, ask.opening]
            risky = 0.7 if conditions[question.item] == "loss" else 0.4
            return told(*(risky if role == "risky" else 1.0 - risky for role in question.roles))

        scores = scored(material, answers)
        assert len(values(scores, "framing")) == 11
        assert alike(values(scores, "framing"), 0.3)
        assert values(scores, "loss") == pytest.approx([0.7] * 11)

    def test_prices_and_the_endowment_effect(self) -> None:
        """7 for selling, 5 for choosing, 4 for buying: an endowment effect of 2."""
        material = task("endowment")
        assert isinstance(material, RatingTask)
        prices = {"selling": 7, "choice": 5, "buying": 4, "": 3}
        told_of = {item.id: told(*(float(v == prices[item.condition]) for v in range(10))) for item in material.items}
        scores = scored(material, by_item(material, told_of, told(1.0)))
        assert alike(values(scores, "endowment"), 2.0)
        assert alike(values(scores, "buying"), 4.0)

    def test_words_of_a_studied_list(self) -> None:
        """The negative word of each pair three times as likely as the positive one, read forwards and backwards."""
        material = task("recall")
        assert isinstance(material, Options)
        scores = scored(material, by_role(material, {"negative": 0.3, "positive": 0.1}))
        assert alike(values(scores, "congruence"), math.log(3.0))

    def test_net_score_of_the_decks(self) -> None:
        """0.35 on each good deck and 0.15 on each bad one: 0.7 - 0.3 = 0.4."""
        material = task("decks")
        assert isinstance(material, Interactive)
        good = {block.id: material.step(block, ()) for block in material.blocks}
        by_options = {now.options: now.facts["good"] for now in good.values() if now is not None}
        scores = scored(material, lambda ask: told(*(0.35 if one else 0.15 for one in by_options[ask.options])))
        assert alike(values(scores, "net_good"), 0.4)

    def test_exploration_and_switching(self) -> None:
        """Sure choices, left from left: the other option has been paid once, then it is either explored or not."""
        material = task("bandit-two-armed")
        scores = scored(material, lambda ask: told(1.0, 0.0))
        assert set(values(scores, "switching")) == {0.0}
        always = scored(material, lambda ask: told(0.5, 0.5))
        assert alike(values(always, "exploration"), 0.5)
        assert alike(values(always, "best"), 0.5)

    def test_what_a_learner_has_learned(self) -> None:
        """From 5 and 5 with a rate of 0.5: after 7 on the left 6, after 3 on the right 4."""
        played = PlayedRound([0.5, 0.5, 0.5], [0, 1], [7.0, 3.0])
        assert value_differences(played, 0.5, 5.0) == pytest.approx([0.0, 1.0, 2.0])
        once, twice = 1.0 / math.sqrt(2.0), 1.0 / math.sqrt(3.0)
        again = PlayedRound([0.5, 0.5, 0.5], [0, 0], [7.0, 7.0])
        assert uncertainties(again) == pytest.approx([0.0, once - 1.0, twice - 1.0])

    def test_serial_order_and_set_shifting_count_the_right_option(self) -> None:
        for id, options in (("serial-order", 6), ("set-shifting", 3)):
            even = [1.0 / options] * options
            scores = scored(task(id), lambda ask, even=even: told(*even))  # type: ignore[misc]
            assert alike(values(scores, "accuracy"), 1.0 / options)
            assert task(id).floor == pytest.approx(1.0 / options, abs=1e-4)

    def test_a_free_completion_is_a_row_whose_text_is_in_the_store(self) -> None:
        material = task("sentence-completion")
        (one, *_) = given(material, lambda ask: told(*[0.01] * len(ask.options)))
        spoken = type(one)(one.probe, Reply(" a mess"))
        (score,) = score_observations([spoken], ["key"])
        assert score.scale == "reply"
        assert math.isnan(score.value)


def test_numbers_are_shared_only_where_the_same_answers_were_given_at_the_same_point() -> None:
    """Sessions with one baseline have one set of numbers; another answer, point or form has its own."""
    material, known = task("sentence-completion"), {}  # type: ignore[var-annotated]
    low = given(material, lambda ask: told(0.1, *[0.001] * (len(ask.options) - 1)))
    high = given(material, lambda ask: told(0.9, *[0.001] * (len(ask.options) - 1)))
    later = [replace(one, probe=replace(one.probe, point="later")) for one in low]
    shortened = [replace(one, probe=replace(one.probe, material=material.shortened(2))) for one in low[:2]]
    sessions = [(low, "low"), (high, "high"), (later, "low"), (low, "low"), (shortened, "low")]
    for observations, name in sessions:
        keys = [f"{name} {place}" for place in range(len(observations))]
        alone = list(score_observations(observations, keys))
        assert list(score_observations(observations, keys, known)) == alone != []
    assert len(known) == 4, "the fourth session has the numbers of the first"


class TestAgainstPublishedValues:
    def test_d_prime_and_criterion_of_face_recognition(self) -> None:
        """20 hits, 5 misses, 10 false alarms, 15 rejections: R's qnorm(.8) - qnorm(.4) and -(sum) / 2."""
        found = sensitivity(20.0, 5.0, 10.0, 15.0)
        assert found.d_prime == pytest.approx(1.094968337, abs=1e-8)
        assert found.criterion == pytest.approx(-0.2941370652, abs=1e-8)

    def test_logistic_regression_equals_glm(self) -> None:
        """R 4.2: ``coef(glm(p ~ gain + loss, family = quasibinomial))`` on these eight probabilities."""
        gain, loss = [10, 20, 30, 40, 10, 20, 30, 40], [5, 5, 10, 10, 15, 20, 25, 12]
        p = [0.7, 0.85, 0.8, 0.9, 0.3, 0.45, 0.5, 0.88]
        found = logistic_regression(np.column_stack([np.ones(8), gain, loss]), p)
        assert found == pytest.approx([0.52041689281, 0.07495082741, -0.11660058209], abs=1e-5)
        assert loss_aversion(gain, loss, p) == pytest.approx(1.555694395, abs=1e-4)

    @pytest.mark.parametrize(
        ("today", "later", "days", "published"), [(34, 35, 186, 0.00016), (11, 30, 7, 0.25), (54, 55, 117, 0.00016)]
    )
    def test_indifference_of_the_monetary_choice_questionnaire(
        self, today: float, later: float, days: float, published: float
    ) -> None:
        """Kirby, Petry & Bickel (1999): who has the rate printed beside an item is indifferent on it.

        Asked about that item's amounts at seven delays, a chooser of that rate is found to have it.
        """
        delays = [days * factor for factor in (0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0)]
        worth = [math.log(today / (later / (1.0 + published * delay))) for delay in delays]
        assert worth[3] == pytest.approx(0.0, abs=0.01)  # the rates are printed with two digits
        steep = expit(40.0 * np.asarray(worth))
        found = discounting([today] * 7, [later] * 7, [0.0] * 7, delays, steep)
        assert found is not None
        assert math.exp(found.log_k) == pytest.approx(published, rel=0.01)

    def test_no_rate_where_choice_follows_no_worth(self) -> None:
        assert discounting([20.0] * 4, [35.0] * 4, [0.0] * 4, [10.0, 40.0, 90.0, 180.0], [0.5] * 4) is None


class TestThreeValues:
    """A wrong answer is a number; an illegal one and a refusal have none, and are told apart."""

    @pytest.mark.parametrize("id", ["arithmetic", "moral-severity", "recall", "sentence-completion"])
    @pytest.mark.parametrize("said", [ILLEGAL, REFUSED], ids=["illegal", "refused"])
    def test_no_number_without_a_legal_answer(self, id: str, said: Answer) -> None:
        material = task(id)

        def answers(ask: Ask) -> Response:
            return Answer((-math.inf,) * len(ask.options), refused=said.refused)

        for score in scored(material, answers):
            assert math.isnan(score.value)

    def test_a_wrong_answer_counts_as_wrong(self) -> None:
        material = task("arithmetic")
        assert isinstance(material, Options)
        scores = scored(material, by_role_of_key(material))
        assert set(values(scores, "accuracy")) == {0.0}

    def test_one_refusal_leaves_the_other_items(self) -> None:
        material = task("moral-severity")
        assert isinstance(material, RatingTask)
        even = told(*[0.1] * 9)
        refused = Answer((-math.inf,) * 9, refused=1.0)
        scores = scored(material, by_item(material, {material.items[0].id: refused}, even))
        found = values(scores, "severity")
        assert math.isnan(found[0])
        assert found[1:] == pytest.approx([5.0] * (len(found) - 1))

    def test_a_game_ends_where_there_is_no_legal_answer_and_keeps_what_was_played(self) -> None:
        material = task("balloon")
        asked = 0

        def answers(ask: Ask) -> Response:
            nonlocal asked
            asked += 1
            return told(0.9, 0.1) if asked <= 12 else REFUSED

        scores = scored(material, answers)
        assert asked < 4 * 16
        assert values(scores, "puffing")[0] == pytest.approx(0.9)


def by_role_of_key(material: Options) -> Answers:
    """Always the wrong answer."""
    items = {item.id: item for item in material.items}
    questions = {(q.say, q.opening): q for q in material.questions()}

    def answers(ask: Ask) -> Response:
        question = questions[ask.conversation.text, ask.opening]
        return told(*(0.0 if role == items[question.item].key else 0.9 for role in question.roles))

    return answers


def test_the_conversation_is_only_branched() -> None:
    """What a task says is said on branches: every question's conversation goes back to the one it was given in."""
    for one in given(task("balloon"), lambda ask: told(0.5, 0.5)):
        request = one.probe.request
        assert request.conversation.turns[0].id == BEGUN.turns[0].id
