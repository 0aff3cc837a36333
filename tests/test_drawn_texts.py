"""Which texts of a file a study uses: drawn by its seed, or the first ones, as files mean that say nothing."""

from __future__ import annotations

import re

import pytest

from affectlab.design.load import load_study, shipped
from affectlab.design.plan import Plan
from affectlab.design.preregistration import described_plan
from affectlab.design.study import Study
from affectlab.materials.schema import Induction
from affectlab.report.sections.limits import choice_of_texts, few, sampled_unit
from affectlab.stats import coverage_where_few_work

LARGEST = 8
"""Texts of each state that imagery has."""


def study(**induction: object) -> Study:
    """The study of dresden, its texts chosen otherwise."""
    one = load_study("dresden", quick=True)
    seed = induction.pop("seed", one.seed)
    return one.model_copy(update={"seed": seed, "induction": one.induction.model_copy(update=induction)})


def texts(one: Study) -> dict[str, list[str]]:
    """The texts of each state, in the order of their numbers."""
    found: dict[str, dict[int, str]] = {}
    for cell in Plan.of(one).cells:
        found.setdefault(cell.state, {})[cell.text] = cell.vignette
    return {state: [named[number] for number in sorted(named)] for state, named in found.items()}


def test_texts_are_drawn_by_the_seed_of_the_study() -> None:
    drawn = [texts(study(texts=4, draw="seed", seed=seed)) for seed in range(6)]
    assert drawn[0] == texts(study(texts=4, draw="seed", seed=0))
    fear = [tuple(sorted(one["fear"])) for one in drawn]
    assert len(set(fear)) > 3
    first = texts(study(texts=LARGEST))["fear"]
    assert {name for one in fear for name in one} > set(first[:4]), "texts after the first four come up too"


def test_more_texts_are_the_same_and_others() -> None:
    few_texts, more = (texts(study(texts=number, draw="seed")) for number in (3, 6))
    assert all(more[state][:3] == names for state, names in few_texts.items())


def test_what_is_said_is_the_text_that_was_drawn() -> None:
    one = study(texts=3, draw="seed")
    plan = Plan.of(one)
    cell = next(cell for cell in plan.cells if cell.state == "fear" and cell.arm == "induction-text")
    said = str(plan.procedure(cell))
    material = next(of for of in one.texts_of(one.catalogue.get(Induction, "imagery-fear")) if of.id == cell.vignette)
    assert material.grades["moderate"].text in said


def test_a_file_that_says_nothing_keeps_its_texts_its_plan_and_its_preregistration() -> None:
    one = load_study("dresden", quick=True)
    assert one.induction.draw == "first"
    assert "draw" not in described_plan(Plan.of(one))["induction"]
    material = one.catalogue.get(Induction, "imagery-fear")
    assert one.texts_of(material) == material.texts
    assert Plan.of(one).hash != Plan.of(study(draw="seed")).hash


@pytest.mark.parametrize(
    ("number", "draw", "said"),
    [(3, "first", "the first ones of"), (3, "seed", "drawn by the seed"), (LARGEST, "seed", "all that their files")],
)
def test_a_report_says_which_texts_they_are(number: int, draw: str, said: str) -> None:
    assert choice_of_texts(study(texts=number, draw=draw)).startswith(said)


def test_of_a_protocol_sessions_are_sampled_not_texts() -> None:
    heading, said = sampled_unit(load_study("tsst"))
    assert heading == "Few sessions"
    assert re.search(r"6\ssessions of each protocol", said)
    assert "vignette" not in said


@pytest.mark.parametrize("name", sorted(shipped()))
def test_a_shipped_study_has_all_texts_of_its_files_or_draws_them(name: str) -> None:
    """Its short form, which is there to see that all works, has the first ones, as in the versions before."""
    one = load_study(name)
    assert one.protocols or one.induction.draw == "seed" or one.induction.texts == LARGEST
    assert load_study(name, quick=True).induction.draw == "first"


@pytest.mark.parametrize(("number", "least"), [(3, "0.25"), (4, "0.125"), (5, "0.0625")])
def test_a_report_says_what_few_texts_can_show(number: int, least: str) -> None:
    """Two of 2^n arrangements of signs are as extreme as the most extreme; coverage by the binomial sum."""
    said = few(number)
    assert f"no p below {least}" in said
    assert f"{coverage_where_few_work(number, 0.25):.0%} of studies" in said
    assert "no p below" not in few(6)
    assert not few(8)
