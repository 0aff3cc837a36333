"""Refusing models make no report impossible: every shipped study, every command that reads, every form of output.

The short form draws, from a seed, five studies, and for each a pattern of refusals and a command; the long form does
all (`pytest -m long tests/sweep`).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from random import Random

import pytest

from affectlab.design.load import load_study, shipped
from affectlab.seeds import derive
from tests.conftest import laboratory, run
from tests.sweep.commands import READING, read
from tests.sweep.refusing import PATTERNS, cast

SEED = 20261129
DRAWN = Random(derive(SEED, "studies")).sample(sorted(shipped()), 5)


def wrong(study: str, pattern: str, commands: Sequence[tuple[str, ...]], folder: Path) -> list[str]:
    """What is wrong with what commands make of a study under a pattern of refusals."""
    loaded = load_study(study, quick=True)
    run(loaded, cast(loaded, pattern, SEED), folder / "run").store.close()
    return [
        f"{study}, {pattern}, {' '.join(words)}: {one}"
        for number, words in enumerate(commands)
        for one in read(folder / "run", study, words, folder / str(number))
    ]


@pytest.mark.parametrize("study", DRAWN)
def test_a_drawn_refusal_breaks_no_command(study: str, tmp_path: Path) -> None:
    chance = Random(derive(SEED, study))
    command, pattern = chance.choice(READING), chance.choice(PATTERNS[1:])
    assert wrong(study, pattern, [command], tmp_path) == []


@pytest.mark.long
@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.parametrize("study", sorted(shipped()))
def test_no_refusal_breaks_any_command(study: str, pattern: str, tmp_path: Path) -> None:
    assert wrong(study, pattern, READING, tmp_path) == []


def test_a_scale_that_belongs_to_no_state_breaks_no_command(tmp_path: Path) -> None:
    """A study whose only scale is nobody's own has levels and shifts, and no finding about a target scale."""
    lab = laboratory(tmp_path)
    items = [{"id": id, "text": f"I can do {id}", "scale": "selfeval"} for id in ("this", "that")]
    lab.rating("own", "How far is each of these true now?", items)
    study = lab.load(measures=["own"], tasks=[])
    run(study, cast(study, "0 of all", SEED), tmp_path / "run").store.close()
    commands = [words for words in READING if "STUDY" not in words]
    found = [
        f"{' '.join(words)}: {one}"
        for number, words in enumerate(commands)
        for one in read(tmp_path / "run", str(lab.study), words, tmp_path / str(number))
    ]
    assert found == []
