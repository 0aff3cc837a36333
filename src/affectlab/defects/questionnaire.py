"""Questionnaires as they stand in a prompt: items with their options, scales between two poles, what stands before."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

_ITEM = re.compile(r"\s*(\d{1,3})\s*[.)]\s*(.*?\S)\s+(-?\d+\s*=.*)")
_BARE = re.compile(r"\s*(\d{1,3})\s*[.)]\s*(.*?[^\W\d].*?)\s+((?:-?\d+\s+){2,}-?\d+)\s*")
_OPTION = re.compile(r"(-?\d+)\s*=\s*(.*?)(?=\s+-?\d+\s*=|[\s_]*$)")
_POLES = re.compile(r"\s*([^\d(]*?)\s*:?\s*(\d+)\s*(?:-|–|—|\x96|\ufffd|to|\.\.\.?)\s*(\d{2,3})\s*([^\d)]*?)\s*")
_LABEL = re.compile(r"[^\W\d]\s*\(\s*\d+\s*\)")


@dataclass(frozen=True)
class ScaleItem:
    """An item, or a scale between two poles."""

    text: str
    options: tuple[tuple[int, str], ...]
    """Each step with its label; of a scale between poles, the two ends."""
    line: int


@dataclass
class Questionnaire:
    """Questions that stand together."""

    between_poles: bool
    head: list[tuple[int, str]]
    """What stands before them, each line with its number."""
    questions: list[ScaleItem] = field(default_factory=list)

    @property
    def steps(self) -> tuple[int, int]:
        """The lowest and the highest step, by what most of its questions have."""
        ends = Counter((min(one)[0], max(one)[0]) for question in self.questions if (one := question.options))
        return ends.most_common(1)[0][0]

    @property
    def labelled(self) -> bool:
        """Whether the head names what the steps stand for."""
        return any(len(_LABEL.findall(text)) > 1 for _, text in self.head)


@dataclass(frozen=True)
class Parsed:
    """A prompt: what it says, and what it asks."""

    before: list[tuple[int, str]]
    """Its text, each line with its number."""
    instruction: list[tuple[int, str]]
    """What it says of the first questionnaire."""
    questionnaires: list[Questionnaire]

    @property
    def text(self) -> str:
        """What it says, without blank lines at its ends."""
        return "\n".join(text.rstrip() for _, text in self.before).strip()

    def wording(self) -> str:
        """The questionnaires, word for word."""
        lines = [*self.instruction]
        for one in self.questionnaires:
            lines += one.head
        return "\n".join(text.rstrip() for _, text in lines).strip()


def letters(text: str) -> str:
    """The letters and digits of a text: what two wordings are compared by.

    >>> letters("What’s here? ") == letters("WHAT'S HERE")
    True
    """
    return re.sub(r"[\W_]+", "", text.replace("\ufffd", "")).lower()


def repeated_lines(prompts: Iterable[Sequence[str]]) -> frozenset[str]:
    """The lines before a questionnaire that more than half of the prompts have which ask one: they belong to it."""
    found = [{letters(text) for _, text in parts[0]} for lines in prompts if (parts := _parts(lines))[1]]
    counts = Counter(line for one in found for line in one if line)
    return frozenset(line for line, count in counts.items() if 2 * count > len(found) > 1)


def parsed(lines: Sequence[str], repeated: frozenset[str]) -> Parsed:
    """A prompt taken apart.

    Args:
        lines: of the prompt.
        repeated: what stands before its first questionnaire and belongs to it.
    """
    before, found = _parts(lines)
    at = len(before)
    while found and at and (not letters(before[at - 1][1]) or letters(before[at - 1][1]) in repeated):
        at -= 1
    return Parsed(before[:at], before[at:], found)


def _parts(lines: Sequence[str]) -> tuple[list[tuple[int, str]], list[Questionnaire]]:
    """What stands before the first question, and the questionnaires, each with what stands before it."""
    pending: list[tuple[int, str]] = []
    before: list[tuple[int, str]] = []
    found: list[Questionnaire] = []
    last = 0
    for number, text in enumerate(lines, 1):
        question, counted, between_poles = _question(text, number)
        if question is None:
            pending.append((number, text))
            continue
        apart = any(letters(said) for _, said in pending)
        if not found:
            before, head = pending, []
        else:
            head = pending
        if not found or apart or found[-1].between_poles is not between_poles or (counted and counted <= last):
            found.append(Questionnaire(between_poles, head))
        found[-1].questions.append(question)
        last, pending = counted, []
    return (before if found else pending), found


def _question(text: str, number: int) -> tuple[ScaleItem | None, int, bool]:
    if (item := _ITEM.fullmatch(text)) is not None:
        options = tuple((int(step), label.strip(" _\t")) for step, label in _OPTION.findall(item[3]))
        return ScaleItem(item[2], options, number), int(item[1]), False
    if (item := _BARE.fullmatch(text)) is not None:
        return ScaleItem(item[2], tuple((int(step), "") for step in item[3].split()), number), int(item[1]), False
    if (poles := _POLES.fullmatch(text)) is not None:
        low, high = poles[1].strip(), poles[4].strip()
        return ScaleItem(high or low, ((int(poles[2]), low), (int(poles[3]), high)), number), 0, True
    return None, 0, False
