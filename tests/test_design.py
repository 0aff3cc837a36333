"""The design: what is crossed, what is left out, and that the same plan comes out again."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from affectlab.design.crossing import in_fraction, latin
from affectlab.design.plan import Plan
from affectlab.errors import InputError
from affectlab.participants.simulated import Simulated
from affectlab.seeds import derive
from tests.conftest import Lab, run

FIXTURE = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=25)


@given(levels=st.integers(1, 7), seed=st.integers(0, 2**32))
def test_a_latin_square_has_every_level_once_in_each_row_and_column(levels: int, seed: int) -> None:
    square = [[latin(levels, row, column, seed) for column in range(levels)] for row in range(levels)]
    for line in (*square, *zip(*square, strict=True)):
        assert sorted(line) == list(range(levels))


@given(
    sizes=st.lists(st.integers(1, 3), min_size=1, max_size=4),
    fraction=st.integers(2, 3),
    block=st.integers(0, 9),
    seed=st.integers(0, 2**32),
)
def test_a_fraction_is_balanced_over_blocks(sizes: list[int], fraction: int, block: int, seed: int) -> None:
    """In as many neighbouring blocks as one runs one cell in, every cell of the crossing stands once."""
    counts = Counter(
        places
        for number in range(block, block + fraction)
        for places in product(*map(range, sizes))
        if in_fraction(places, number, fraction, seed)
    )
    assert set(counts.values()) == {1}
    assert len(counts) == len(list(product(*map(range, sizes))))


@FIXTURE
@given(seed=st.integers(0, 2**31), replicates=st.integers(1, 3))
def test_a_plan_regenerates_from_its_seed(lab: Lab, seed: int, replicates: int) -> None:
    changes: dict[str, Any] = {"crossing": {"latin": ["regulations"], "fraction": 1}}
    first = Plan.of(lab.load(**changes), seed=seed, replicates=replicates)
    again = Plan.of(lab.load(**changes), seed=seed, replicates=replicates)
    assert first.cells == again.cells
    assert first.hash == again.hash
    assert [cell.index for cell in first.cells] == list(range(len(first)))


@FIXTURE
@given(seed=st.integers(0, 2**31))
def test_a_latin_study_gives_each_text_one_regulation_and_each_regulation_as_often(lab: Lab, seed: int) -> None:
    plan = Plan.of(lab.load(regulations=["breathing", "none"], crossing={"latin": ["regulations"]}), seed=seed)
    blocks = Counter((cell.state, cell.text) for cell in plan.cells)
    assert set(blocks.values()) == {1}
    for state in plan.study.states:
        arms = Counter(cell.regulation for cell in plan.cells if cell.state == state)
        assert arms == {"breathing": 2, "none": 2}


def test_a_full_crossing_has_every_combination_once(lab: Lab) -> None:
    study = lab.load(
        induction={"techniques": ["scene"], "texts": 2, "arms": ["induction-text", "scrambled", "no-text"]},
        regulation={"orders": ["after", "before"]},
        contexts=["branched", "sequential"],
        measures=["words", "ratings"],
    )
    cells = Plan.of(study).cells
    places = [
        (cell.state, cell.vignette, cell.arm, cell.context, cell.order, cell.regulation, cell.guidance)
        for cell in cells
    ]
    assert len(set(places)) == len(places)
    # 2 states x 2 texts x 3 arms, and 2 neutral texts without controls; x 2 contexts x (2 x 2 regulations, 1 nothing)
    assert len(places) == (2 * 2 * 3 + 2) * 2 * 5


def test_cells_that_differ_in_a_treatment_only_share_their_seed(lab: Lab) -> None:
    plan = Plan.of(lab.load(), replicates=2)
    seeds: dict[tuple[int, int], set[int]] = {}
    for cell in plan.cells:
        seeds.setdefault((cell.text, cell.replicate), set()).add(cell.seed)
    assert all(len(shared) == 1 for shared in seeds.values())
    assert len(set.union(*seeds.values())) == len(seeds)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"contexts": ["battery"]}, "`words` is a cloze, which is always asked on branches"),
        (
            {"induction": {"techniques": ["scene"], "arms": ["induction-text", "upside-down"]}},
            "unknown control `upside-down`",
        ),
        ({"neutral_turns": [5, 2]}, "write growing numbers"),
        ({"regulation": {"rounds": 0}}, "must be at least 1"),
        ({"regulation": {"orders": ["during"]}}, "one of `after`, `before`"),
        ({"crossing": {"latin": ["weather"]}}, "`frames`"),
        ({"induction": {"techniques": ["recall"], "deliveries": ["system"]}}, "it cannot be a system turn"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_cannot_be_done_together_is_one_line_with_its_place(lab: Lab, changes: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError) as caught:
        lab.load(**changes)
    assert says in str(caught.value)
    assert f"{lab.study}:" in str(caught.value)
    assert caught.value.line is not None
    assert caught.value.line > 1


@FIXTURE
@given(seed=st.integers(0, 2**31), fraction=st.integers(2, 3))
def test_a_fraction_of_a_study_is_balanced_over_its_texts(lab: Lab, seed: int, fraction: int) -> None:
    """Every text has as many sessions as the others, and no level of a factor is left out of a state."""
    study = lab.load(
        induction={
            "techniques": ["scene"],
            "texts": 4,
            "arms": ["induction-text"],
            "deliveries": ["user", "system", "elaborated"],
        },
        regulations=["breathing", "reading", "none"],
        crossing={"fraction": fraction},
    )
    cells = Plan.of(study, seed=seed).cells
    per_text = Counter((cell.state, cell.text) for cell in cells)
    assert max(per_text.values()) - min(per_text.values()) <= 1
    for state in study.states:
        own = [cell for cell in cells if cell.state == state]
        assert {cell.delivery for cell in own} == {"user", "system", "elaborated"}
        assert {cell.regulation for cell in own} == {"breathing", "reading", "none"}


def test_the_stored_assignment_comes_out_of_the_file_again(
    lab: Lab, tmp_path: Path, simulated: Callable[..., Simulated]
) -> None:
    study = lab.load(crossing={"latin": ["regulations"]}, replicates=2)
    done = run(study, simulated(study), tmp_path / "run")
    plan = Plan.of(lab.load(crossing={"latin": ["regulations"]}, replicates=2), models=["simulated"])
    assert plan.hash == done.plan_hash
    (stored,) = zip(*done.store.query("SELECT cell FROM sessions ORDER BY id")[1], strict=True)
    assert [json.loads(cell) for cell in stored] == [cell.levels for cell in plan.cells]
    # any one of them by its place: the plan's seed, its text and its replicate
    for cell in plan.cells:
        assert cell.seed == derive(plan.seed, cell.text, cell.replicate)
