"""A seeded thousand of spoiled inputs in all; twenty thousand of each kind by hand."""

from __future__ import annotations

import random
import resource
import signal
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import pytest

from affectlab.participants.model import Model
from affectlab.participants.weights import weights
from affectlab.tabular.source import read_source
from tests.conftest import Lab
from tests.fuzz import kinds
from tests.fuzz.kinds import Kind, Stores
from tests.records.conftest import copied, finished
from tests.tabular.grammar import form

__all__ = ["copied", "finished"]

KINDS: dict[str, tuple[Kind | None, int]] = {
    "study": (kinds.study, 30),
    "table": (kinds.table, 440),
    "workbook": (kinds.workbook, 110),
    "reply": (kinds.reply, 260),
    "template": (kinds.template, 60),
    "gguf": (kinds.gguf, 20),
    "store": (None, 80),
}
"""What is spoiled, and how often in the short form: a thousand in all."""
PARTS, PART = 40, 500
"""The long form in parts of minutes, which can be done one by one (``-k "part3 and study"``)."""
GUARD = 120
"""Seconds after which it hangs, on any machine."""
MOST = 1_000_000
"""Kilobytes that one kind may add to what this process takes."""


@contextmanager
def guarded() -> Iterator[None]:
    """End what hangs."""

    def hangs(number: int, frame: FrameType | None) -> None:
        raise TimeoutError(f"hangs for {GUARD} seconds")

    before = signal.signal(signal.SIGALRM, hangs)
    signal.alarm(GUARD)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def faults(kind: str, spoiled: Kind, folder: Path, count: int, seed: int) -> list[str]:
    """What went wrong with so many spoiled inputs, each with the number by which it is made again."""
    found = []
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for number in range(count):
        try:
            with guarded():
                said = spoiled(random.Random(f"{kind} {seed} {number}"), folder)
        except Exception:
            said = traceback.format_exc()[-1500:]
        if said:
            found.append(f"{kind} {seed} {number}: {said}")
    if resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before > MOST:
        found.append(f"{kind} {seed}: takes more than {MOST} kB")
    return found


def test_it_is_a_thousand() -> None:
    assert sum(count for _, count in KINDS.values()) == 1000


def test_what_is_not_spoiled_is_read(tmp_path: Path) -> None:
    """Else everything would be refused at once, and nothing tried."""
    made = form(random.Random(3))
    for name, raw in (("data.csv", made.text(True).encode()), ("data.xlsx", kinds.xlsx(made))):
        (tmp_path / name).write_bytes(raw)
        assert len(read_source(tmp_path / name, wanted=["x", "c"]).rows) >= made.n
    (tmp_path / "model.gguf").write_bytes(kinds.small_gguf())
    assert Model(weights(tmp_path / "model.gguf", "as-is").path, vocabulary_only=True).vocabulary_size == 260
    assert all(kinds.any_template(None)([one, {"bos_token": "", "eos_token": ""}]) for one in kinds.TEMPLATES[2:])


@pytest.mark.parametrize("kind", KINDS)
def test_spoiled_input_is_read_or_refused_in_a_line(kind: str, copied: Lab, tmp_path: Path) -> None:
    spoiled, count = KINDS[kind]
    assert faults(kind, spoiled or Stores(copied.folder / "run"), tmp_path, count, 19) == []


@pytest.mark.long
@pytest.mark.parametrize("part", range(PARTS), ids=[f"part{number}" for number in range(PARTS)])
@pytest.mark.parametrize("kind", KINDS)
def test_twenty_thousand_of_each(kind: str, part: int, copied: Lab, tmp_path: Path) -> None:
    spoiled, _ = KINDS[kind]
    assert faults(kind, spoiled or Stores(copied.folder / "run"), tmp_path, PART, 23 + part) == []
