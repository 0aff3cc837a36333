"""A damaged store does not speak: every command says what it said before, or one line that names the damage."""

from __future__ import annotations

import random
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from affectlab.run import STORE
from tests.conftest import Lab
from tests.sweep.commands import called

Said = tuple[int, str, str, dict[str, bytes]]

COMMANDS: Sequence[tuple[str, ...]] = (
    ("verify",),
    ("report", "--format", "json", "--out", "{out}"),
    ("tables", "--json"),
    ("export", "--to", "{out}"),
    ("score", "--json"),
    ("validity", "--json"),
    ("replay", "--json"),
    ("manipulation", "--json"),
    ("archive", "--to", "{out}"),
    ("multiverse", "--json"),
    ("incidents", "--json"),
    ("hypotheses", "--json"),
    ("report", "--format", "md", "--out", "{out}"),
    ("trace", "{answer}", "--json"),
)


class Spoiled:
    """A run of which single bits are turned over, and what the commands say of it."""

    def __init__(self, lab: Lab, out: Path) -> None:
        self.run = lab.folder / "run"
        self.whole = (self.run / STORE).read_bytes()
        self.out = out
        self.answer = str(self._export_key())
        self.before = {command: self.say(command) for command in COMMANDS}

    def _export_key(self) -> str:
        from affectlab.run import Run

        run = Run.open(self.run)
        key = str(run.store.query("SELECT key FROM responses ORDER BY id LIMIT 1")[1][0][0])
        run.store.close()
        return key

    def say(self, command: Sequence[str]) -> Said:
        """What a command says and writes."""
        name, *rest = (word.format(out=self.out, answer=self.answer) for word in command)
        code, said, complaint = called(name, str(self.run), *rest)
        files = [self.out] if self.out.is_file() else sorted(one for one in self.out.rglob("*") if one.is_file())
        written = {str(one.relative_to(self.out)): one.read_bytes() for one in files}
        for one in files:
            one.unlink()
        for folder in sorted((one for one in self.out.rglob("*")), reverse=True):
            folder.rmdir()
        if self.out.is_dir():
            self.out.rmdir()
        return code, said, complaint, written if name != "archive" else {}

    def turn(self, *bits: tuple[int, int]) -> None:
        """Turn bits of the store over, each by its place and its number there."""
        spoiled = bytearray(self.whole)
        for place, bit in bits:
            spoiled[place] ^= 1 << bit
        for end in ("-wal", "-shm"):
            (self.run / f"{STORE}{end}").unlink(missing_ok=True)
        (self.run / STORE).write_bytes(spoiled)

    def complaint(self, command: Sequence[str]) -> str:
        """What is wrong with what a command says now; empty where it is what it said before, or one line."""
        code, said, complaint, written = now = self.say(command)
        if now == self.before[tuple(command)]:
            return ""
        one_line = complaint.startswith("affectlab: ") and complaint.count("\n") == 1
        if code in (2, 3) and one_line and not said and not written:
            return ""
        return f"{command[0]} ended with {code}, said {said[:200]!r} and {complaint[:300]!r}"


@pytest.fixture(scope="module")
def spoiled(finished: Path, tmp_path_factory: pytest.TempPathFactory) -> Spoiled:
    folder = tmp_path_factory.mktemp("spoiled")
    shutil.copytree(finished, folder / "lab")
    return Spoiled(Lab(folder / "lab"), folder / "out")


def _places(size: int, count: int, seed: int) -> list[tuple[int, int]]:
    chance = random.Random(seed)
    return [(chance.randrange(size), chance.randrange(8)) for _ in range(count)]


def test_a_flipped_bit_changes_no_number_without_a_word(spoiled: Spoiled) -> None:
    found = []
    for number, (place, bit) in enumerate(_places(len(spoiled.whole), 2 * len(COMMANDS), 19)):
        spoiled.turn((place, bit))
        command = COMMANDS[number % len(COMMANDS)]
        found += [f"bit {bit} of byte {place}: {said}" for said in [spoiled.complaint(command)] if said]
    assert found == []


@pytest.mark.long
@pytest.mark.parametrize("part", range(50))
def test_two_thousand_flipped_bits_change_no_number_without_a_word(spoiled: Spoiled, part: int) -> None:
    found = []
    for place, bit in _places(len(spoiled.whole), 40, 23 + part):
        spoiled.turn((place, bit))
        for command in COMMANDS:
            found += [f"bit {bit} of byte {place}: {said}" for said in [spoiled.complaint(command)] if said]
    assert found == []


def test_verify_finds_what_is_damaged_and_names_it(spoiled: Spoiled) -> None:
    """Every number of the run: one of its bits turned over, and it is found."""
    place = spoiled.whole.index(b"Picture the scene.")
    spoiled.turn((place, 0))
    code, said, complaint = called("verify", str(spoiled.run))
    assert (code, said) == (2, "")
    assert "is damaged (table turns: its checksum is not that of what was written)" in complaint
    assert spoiled.before[("verify",)][1].startswith(f"{spoiled.run} is whole: ")


@pytest.mark.parametrize("name", ["turns", "responses", "checksums"])
def test_a_name_in_the_file_that_is_no_text_is_damage(spoiled: Spoiled, name: str) -> None:
    """SQLite quotes it in what it says, which then is no text either."""
    place = spoiled.whole.index(f"CREATE TABLE {name}".encode())
    spoiled.turn((place - 1 - 2 * len(name), 7), (place, 3))
    for command in (("verify",), ("tables", "--json"), ("archive", "--to", "{out}")):
        assert spoiled.complaint(command) == ""
        code, _, complaint, _ = spoiled.say(command)
        assert (code, "is damaged (it holds bytes that are no text)" in complaint) == (2, True), complaint
