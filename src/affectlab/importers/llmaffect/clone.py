"""The files of a clone: which conditions there are, and the prompts of each, as they are and as they were meant."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from affectlab.defects.characters import invalid_by_line
from affectlab.errors import InputError
from affectlab.untrusted_file import regular

LARGEST = 2**20
NEUTRAL = "neutral"
STRESS_TEST = "tsst"
STATES = ("fear", "anxiety", "anger", "sadness", "disgust", "worry", "stress")
NAMES = (*STATES, NEUTRAL, STRESS_TEST)
PROMPTS = 4
"""Of a condition that is no stress test: baseline, induction, stabilisation, and regulation or sentence stems."""

_TYPOGRAPHIC = frozenset("–—‘’“”…•\u00a0")
_PROMPT = re.compile(r"prompt[ _-]*(\d+)\.txt", re.IGNORECASE)
_FOLDER = re.compile(r"(?:folder[ _-]*)?([a-z]+)(?:[ _-][a-z])?", re.IGNORECASE)


@dataclass(frozen=True)
class Prompt:
    """One file of a condition."""

    file: str
    """From the clone on."""
    number: int
    raw: bytes

    @cached_property
    def lines(self) -> list[str]:
        """As a program reads it that replaces what is not valid UTF-8."""
        return self.raw.decode("utf-8-sig", errors="replace").splitlines()

    @cached_property
    def repaired(self) -> list[str]:
        """As it was meant: a line that is not valid UTF-8 was written on Windows, or on an older Mac."""
        return [
            self.lines[at] if not wrong else _meant(line)
            for at, (line, wrong) in enumerate(zip(self.raw.splitlines(), self.invalid, strict=False))
        ]

    @cached_property
    def invalid(self) -> list[int]:
        """How many characters of each line are not valid UTF-8."""
        return invalid_by_line(self.raw)


def _meant(line: bytes) -> str:
    r"""A line in the encoding in which more of its characters are quotes, dashes and the like.

    >>> _meant(b"it\x92s"), _meant(b"it\xd5s, 0 \xd0 100")
    ('it’s', 'it’s, 0 – 100')
    """
    windows, mac = line.decode("cp1252", errors="replace"), line.decode("mac_roman")
    return mac if _typographic(mac) > _typographic(windows) else windows


def _typographic(text: str) -> int:
    return sum(letter in _TYPOGRAPHIC for letter in text)


@dataclass(frozen=True)
class Condition:
    """A folder with the prompts of one condition."""

    name: str
    """A state, ``neutral`` or ``tsst``."""
    folder: str
    """From the clone on."""
    prompts: tuple[Prompt, ...]

    @property
    def group(self) -> str:
        """The folder in which it lies beside the others of its experiment."""
        return self.folder.rpartition("/")[0]


def read_conditions(clone: Path) -> list[Condition]:
    """Every condition of a clone, in the order of its folders' names.

    Raises:
        InputError: there is none, a folder has a name of no state, or a prompt is missing or cannot be read.
    """
    found = [_condition(clone, folder) for folder in sorted(_folders(clone))]
    if not found:
        hint = "name the folder of the repository: it has folders such as Folder_Fear with files Prompt1.txt, …"
        raise InputError("holds no prompts", hint=hint, file=clone)
    return found


def _folders(clone: Path) -> Iterator[Path]:
    """The folders of prompts, and those that are named like one and hold none."""
    for path in clone.rglob("*"):
        if path.is_dir() and not any(part.startswith(".") for part in path.relative_to(clone).parts):
            named = path.name.lower().startswith("folder")
            if named or any(_PROMPT.fullmatch(file.name) for file in path.iterdir()):
                yield path


def _condition(clone: Path, folder: Path) -> Condition:
    match = _FOLDER.fullmatch(folder.name)
    name = match[1].lower() if match is not None else ""
    if name not in NAMES:
        hint = f"name it Folder_ and one of {', '.join(NAMES)}"
        raise InputError("is named after no state", hint=hint, file=folder)
    files = {int(one[1]): file for file in folder.iterdir() if (one := _PROMPT.fullmatch(file.name)) is not None}
    last = max(files, default=0) if name == STRESS_TEST else max(PROMPTS, *files, 0)
    for number in range(1, max(last, 1) + 1):
        if number not in files:
            hint = f"the folder needs Prompt1.txt to Prompt{max(last, PROMPTS)}.txt"
            raise InputError("no such file", hint=hint, file=folder / f"Prompt{number}.txt")
    prompts = tuple(_prompt(clone, files[number], number) for number in sorted(files))
    return Condition(name, folder.relative_to(clone).as_posix(), prompts)


def _prompt(clone: Path, file: Path, number: int) -> Prompt:
    raw = regular(file, LARGEST, hint="take the file from the repository", smaller="it is no prompt")
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in raw:
        raise InputError("is UTF-16 or no text, and not UTF-8", hint="save it as UTF-8", file=file)
    if not raw.strip():
        raise InputError("is empty", hint="take the file from the repository", file=file)
    return Prompt(file.relative_to(clone).as_posix(), number, raw)
