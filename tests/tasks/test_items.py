"""The items of the shipped tasks: enough of them, screened against their controls, counterbalanced, sourced."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from affectlab.materials.catalogue import Catalogue
from affectlab.materials.state import State
from affectlab.materials.tasks import Task
from affectlab.scoring.screen import grade, screen
from affectlab.sentiment import valence
from affectlab.tasks.completion import Completion
from affectlab.tasks.interactive import Interactive
from affectlab.tasks.item import ACCURACY
from affectlab.tasks.itemised import Itemised
from affectlab.tasks.options import Options

TASKS = {task.id: task for task in Catalogue().all(Task)}
FORMS = sorted({task.form for task in TASKS.values()})
NATURAL = {"framing": 22, "bandit-two-armed": 48, "bandit-restless": 48, "balloon": 32, "decks": 48, "n-back": 48}
NATURAL |= {"serial-order": 24, "set-shifting": 48}
"""Where the paradigm has another natural number than 24: eleven twins of a problem; the decisions of a game."""
VALENCED = {
    "blame": "something has gone wrong",
    "framing": "a programme saves or loses something",
    "risk-frequency": "the events are bad ones",
    "moral-severity": "the acts are wrong ones",
}
"""Tasks whose texts, not only whose options, are about something bad, and why: the state is to bear on that."""

every_task = pytest.mark.parametrize("task", TASKS.values(), ids=TASKS.keys())
every_game = pytest.mark.parametrize("task", [t for t in TASKS.values() if isinstance(t, Interactive)], ids=str)


def test_there_are_the_five_forms() -> None:
    assert FORMS == ["choice", "completion", "interactive", "rating", "recall"]
    assert len(TASKS) >= 31


@every_task
def test_there_are_enough_items(task: Task) -> None:
    count = sum(not one.control for one in task.shown())
    if isinstance(task, Interactive):
        count *= task.steps
    assert count >= NATURAL.get(task.id, 24)


@every_task
def test_it_cites_its_paradigm_and_says_what_its_controls_are(task: Task) -> None:
    assert re.search(r"[Pp]aradigm of .+\(\d{4}\), .+\d", task.source), task.source
    assert "own" in task.source, "the items are our own"
    assert task.control
    assert task.scoring
    assert task.states
    assert set(task.states) <= set(Catalogue().ids(State))
    controls = sum(one.control for one in task.shown()) or (isinstance(task, Completion) and task.items)
    assert controls, "no control items"


@every_task
def test_controls_are_as_long_and_as_easy_to_read(task: Task) -> None:
    items = list(task.shown())
    own = screen([one for one in items if not one.control and one.condition != "other"])
    controls = screen(
        [one for one in items if one.control or (isinstance(task, Completion) and one.condition == "other")]
    )
    assert controls.words == pytest.approx(own.words, rel=0.2, abs=2.5)
    assert controls.grade == pytest.approx(own.grade, abs=2.5)
    assert own.grade < 8.0


@every_task
def test_texts_are_of_the_same_valence_as_their_controls(task: Task) -> None:
    items = list(task.shown())
    own, controls = ([one for one in items if one.control is control] for control in (False, True))
    if not controls:
        own, controls = ([one for one in items if one.condition == who] for who in ("self", "other"))
    difference = screen(own).valence - screen(controls).valence
    if task.id in VALENCED:
        assert difference < 0.0, "then it need not be an exception"
    else:
        assert abs(difference) <= 0.15


@every_task
def test_conditions_that_are_compared_are_about_the_same(task: Task) -> None:
    if not isinstance(task, Itemised):
        return
    for estimate in task.estimates:
        if estimate.by != "contrast" or not any(item.pair for item in task.items):  # type: ignore[attr-defined]
            continue
        sides = [[one for one in task.shown() if one.condition == name] for name in (estimate.plus, estimate.minus)]
        assert len(sides[0]) == len(sides[1])
        assert screen(sides[0]).words == pytest.approx(screen(sides[1]).words, rel=0.15, abs=1.0)


@every_task
def test_shown_options_stand_as_often_first_as_second(task: Task) -> None:
    if not isinstance(task, Options) or not task.displayed:
        return
    first = Counter((question.item, question.roles[0]) for question in task.questions())
    assert set(first.values()) == {1}
    per_item = Counter(item for item, _ in first)
    assert set(per_item.values()) == {2}, "every item is asked in both orders"


@every_task
def test_right_answers_are_not_all_of_one_kind(task: Task) -> None:
    if not isinstance(task, Options) or ACCURACY not in task.units or task.id in ("arithmetic", "cognitive-reflection"):
        return  # there the right answer is a role, which stands first as often as second
    keys = Counter(item.key for item in task.items if not item.control)
    assert min(keys.values()) >= 0.4 * max(keys.values())
    assert len(keys) == 2


@every_game
def test_games_mention_their_options_in_more_than_one_order(task: Interactive) -> None:
    orders = set()
    for block in task.blocks:
        now = task.step(block, ())
        assert now is not None
        said = now.say.lower()
        places = [said.rfind(option.lower()) for option in block.options]
        if task.protocol != "serial-order":
            assert min(places) >= 0, f"{block.id} does not name its options"
        orders.add(tuple(sorted(range(len(places)), key=places.__getitem__)))
    assert len(orders) > 1


@every_task
def test_no_two_items_are_asked_alike(task: Task) -> None:
    if isinstance(task, Itemised):
        said = Counter((q.shared, q.say, q.opening, q.options) for q in task.questions())  # type: ignore[attr-defined]
        assert max(said.values()) == 1
    if isinstance(task, Completion):
        assert len({item.text for item in task.items}) == len(task.items)


@every_task
def test_a_participants_turn_can_go_on_from_the_opening(task: Task) -> None:
    """The opening ends where a word can follow: no space, which belongs to the option, and no full stop."""
    openings = (
        [item.text for item in task.items]
        if isinstance(task, Completion)
        else [q.opening for q in task.questions()]  # type: ignore[attr-defined]
        if isinstance(task, Itemised)
        else [task.opening]  # type: ignore[attr-defined]
    )
    for opening in openings:
        assert opening == opening.strip()
        assert opening[0].isupper() or opening[0].isdigit(), opening
        assert opening[-1] not in ".!?", opening


def test_homophones_are_a_displayed_choice() -> None:
    task = TASKS["homophones"]
    assert isinstance(task, Options)
    assert task.displayed
    for question in task.questions():
        for option in question.options:
            assert option.strip() in question.say.split() or f"{option.strip()}?" in question.say


def test_the_screen_is_not_blind() -> None:
    assert grade("Incomprehensible internationalisation necessitates organisational considerations.") > 14.0
    assert valence("a terrible, hopeless loss") < -0.5 < 0.5 < valence("a wonderful, happy success")
