"""What is said in several conditions: that they differ in nothing else than what is meant to differ."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from affectlab.counting import counted
from affectlab.defects.defect import Defect, Lines, short
from affectlab.defects.questionnaire import letters

LONGER = 1.1
"""By which factor the longest text of an induction may be longer than the shortest."""
ALIKE = 0.8
"""The share of their letters, in order, from which on two sentences are one that is worded in two ways."""
DIFFERENT = "wording differs between conditions"
MISSING = "missing instruction"

_HEADING = re.compile(
    r"[\s#*_]*(?:tsst|prompt|stage|phase|block|part|step|section|condition|session)s?[ _-]*\d+\s*[:.]?[\s*_]*",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<=[.!?:])[\"”’']?\s+")
_INSTRUCTION = re.compile(
    r"\b(please|rate|answer|complete|respond|indicate|mark|choose|imagine|picture|read|write|fill|think|report|"
    r"describe|bitte|bewerten?|beantworten?|antworten?|vervollständigen?|lesen?|schreiben?|stellen? sie)\b",
    re.IGNORECASE,
)
"""What tells a participant to do something."""
_ASKS = re.compile(
    r"\b(give|say|put|select|tell|use|state|finish|score|judge|estimate|decide|take|assign|pick|order|continue|"
    r"geben|wählen?|nennen?|sagen?|ordnen?|how|what|which|wie|was|welche)\b",
    re.IGNORECASE,
)
_KNOWN = re.compile(r"\b(the|you|your|are|is|of|and|this|der|die|das|und|sie|ihr|ist)\b", re.IGNORECASE)
"""Words by which a text is taken to be English or German, whose verbs are listed here."""


class Told(NamedTuple):
    """What is said in a condition."""

    file: str
    lines: Lines
    at: int
    """The line that is named where something is missing."""


def is_heading(text: str) -> bool:
    """Whether a line is one for whoever sorts the files, and not for the participant.

    >>> is_heading("Prompt4"), is_heading("## Part 2:"), is_heading("Step 2 of the stairs creaks.")
    (True, True, False)
    """
    return _HEADING.fullmatch(text) is not None


def stray_headings(lines: Lines, file: str) -> Iterator[Defect]:
    """Lines such as ``Prompt4`` that are sent to the model."""
    for number, text in lines:
        if is_heading(text):
            yield Defect("stray heading", f"`{text.strip()}` is sent to the model", file, number)


def worded_otherwise(conditions: Sequence[Told]) -> Iterator[Defect]:
    """Texts that should be the same in every condition, and are not: the first line that is other than in most."""
    if len(conditions) < 2:
        return
    usual = Counter(tuple(letters(text) for _, text in one.lines) for one in conditions).most_common(1)[0][0]
    for one in conditions:
        own = [letters(text) for _, text in one.lines]
        places = range(max(len(own), len(usual)))
        at = next((at for at in places if own[at : at + 1] != list(usual[at : at + 1])), None)
        if at is not None:
            line, text = one.lines[at] if at < len(own) else (one.at, "nothing more")
            said = f"`{short(text)}`, where the other conditions say something else"
            yield Defect(DIFFERENT, said, one.file, line)


def lacking_lines(conditions: Sequence[Told]) -> Iterator[Defect]:
    """Lines that more than half of the conditions have, and that one lacks."""
    having = Counter(line for one in conditions for line in {letters(text) for _, text in one.lines} if line)
    for one in conditions:
        own = {letters(text) for _, text in one.lines}
        gone = [line for line, count in having.items() if 2 * count > len(conditions) > 1 and line not in own]
        if gone:
            other = next(told for told in conditions if gone[0] in {letters(text) for _, text in told.lines})
            said = f"{counted(len(gone), 'line')} that {having[gone[0]]} prompts have, as {other.file}"
            yield Defect(MISSING, said, one.file, one.at)


def instructed_otherwise(conditions: Sequence[Told]) -> Iterator[Defect]:
    """Instructions within texts that differ on purpose: one that most have and one lacks, or words otherwise."""
    found = [_instructions(one.lines) for one in conditions]
    having = Counter(said for own in found for said in own)
    order = {said: (-count, at) for at, (said, count) in enumerate(having.items())}
    for one, own in zip(conditions, found, strict=True):
        nearest: set[str] = set()
        others = [said for said in having if said not in own]
        for mine, (line, text) in own.items():
            near = next((said for said in others if _worded_alike(mine, said)), None)
            if near is not None:
                nearest.add(near)
                if 2 * having[near] >= len(conditions) and order[near] < order[mine]:
                    usual = next(each[near][1] for each in found if near in each)
                    said = f"`{short(text)}`, where {_most(having[near])} `{short(usual)}`"
                    yield Defect(DIFFERENT, said, one.file, line)
        for said, count in having.items():
            if 2 * count > len(conditions) and count > 1 and said not in own and said not in nearest:
                usual = next(each[said][1] for each in found if said in each)
                message = f"`{short(usual)}` is said in {count} of {len(conditions)} conditions, and not here"
                yield Defect(MISSING, message, one.file, one.at)


def _most(count: int) -> str:
    return "another condition says" if count == 1 else f"{count} others say"


def _instructions(lines: Lines) -> dict[str, tuple[int, str]]:
    """The sentences of a text that tell to do something, by their letters, each with its line."""
    return {
        letters(sentence): (number, sentence)
        for number, text in lines
        for sentence in _SENTENCE.split(text)
        if _INSTRUCTION.search(sentence) and len(sentence.split()) > 2
    }


def _worded_alike(one: str, other: str) -> bool:
    """Whether two sentences are one that is worded in two ways; the cheap bounds of it are tried first."""
    found = SequenceMatcher(None, one, other, autojunk=False)
    return found.real_quick_ratio() >= ALIKE and found.quick_ratio() >= ALIKE and found.ratio() >= ALIKE


def is_instruction(text: str) -> bool:
    """Whether a text tells its reader to do something, or is in a language of which that is not known here."""
    return _INSTRUCTION.search(text) is not None or _KNOWN.search(text) is None


def uninstructed(lines: Lines, file: str, line: int) -> Iterator[Defect]:
    """A question in English or German that neither asks nor tells to do anything."""
    text = " ".join(said for _, said in lines)
    known = not text.strip() or _KNOWN.search(text) is not None
    if known and "?" not in text and _INSTRUCTION.search(text) is None and _ASKS.search(text) is None:
        said = f"`{short(text)}` does not say what is to be done" if text.strip() else "nothing says what is to be done"
        yield Defect(MISSING, said, file, line)


def unlike_lengths(words: Mapping[str, int], file: str, line: int) -> Iterator[Defect]:
    """Texts of conditions of which the longest has more than a tenth more words than the shortest.

    Args:
        words: of each condition; one in which nothing is said is left out of it.
        file: of the longest.
        line: of it.
    """
    told = {name: count for name, count in words.items() if count}
    if told and max(told.values()) > LONGER * min(told.values()):
        said = ", ".join(f"{name} {count}" for name, count in told.items())
        yield Defect("lengths that differ by more than a tenth", f"words: {said}", file, line)
