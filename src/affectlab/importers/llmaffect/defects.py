"""What is wrong with the prompts of a clone: each defect with file and line, found without running anything."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from affectlab.counting import counted
from affectlab.importers.imported import Defect
from affectlab.importers.llmaffect.parts import INDUCTION, LAST, STABILISATION, Arm, Group, PromptPart
from affectlab.importers.llmaffect.questionnaire import Questionnaire, ScaleItem, letters
from affectlab.importers.llmaffect.schema import AnswerSchema
from affectlab.materials.words import count_words

LONGER = 1.1
"""By which factor the longest text of an induction may be longer than the shortest."""

_HEADING = re.compile(r"\s*(?:tsst|prompt|stage|phase|block|part|step|section)s?[ _-]*\d+\s*[:.]?\s*", re.IGNORECASE)
_TRAIT = re.compile(r"\b(almost never|never|rarely|seldom|sometimes|often|almost always|always|usually|generally)\b")
_NOW = re.compile(r"\b(right now|at this (?:very )?moment|at the moment|current(?:ly)?|this moment)\b", re.IGNORECASE)
_SKIPPED = re.compile(r"\bif\b.*\b(?:prompt|turn|message|index|number|step)\w*\s*!=\s*(\d+)", re.IGNORECASE)
_PANAS = frozenset(
    (
        *("a30d5f87", "d2621e35", "8d1c8a7a", "8b2f4063", "eda15ce4"),
        *("51997f8a", "67f711e8", "8f383ccd", "6d847aae", "d069c852"),
        *("3f55cd56", "df905058", "b6d9e56c", "5f067754", "fb3a7850"),
        *("891af286", "e0e6c2af", "77939a07", "96879611", "180366dd"),
    )
)
"""The twenty words of the Positive and Negative Affect Schedule, which are not ours to pass on: their digests."""


def defects(clone: Path, found: Sequence[Group], schemas: Sequence[AnswerSchema]) -> list[Defect]:
    """All that is wrong, file by file."""
    listed: list[Defect] = []
    for group in found:
        parts = [part for arm in group.arms for part in arm.parts]
        for part in parts:
            listed += [*_characters(part), *_headings(part), *_questionnaires(part, schemas)]
        listed += [*_items(parts), *_instructions(parts), *_wordings(group), *_lengths(group)]
    return sorted(dict.fromkeys([*listed, *_unanswered(clone, found)]), key=lambda one: (one.file, one.line or 0))


def _characters(part: PromptPart) -> Iterator[Defect]:
    wrong = [line for line, count in enumerate(part.prompt.invalid, 1) if count]
    if wrong:
        total = counted(sum(part.prompt.invalid), "character")
        lines = f"line{'s' if len(wrong) > 1 else ''} {', '.join(map(str, wrong))}"
        said = f"{total} in {lines}; whoever replaces them sends `\ufffd` to the model"
        yield Defect("characters that are not valid UTF-8", said, part.prompt.file, wrong[0])


def _headings(part: PromptPart) -> Iterator[Defect]:
    for number, text in enumerate(part.prompt.lines, 1):
        if _HEADING.fullmatch(text):
            yield Defect("stray heading", f"`{text.strip()}` is sent to the model", part.prompt.file, number)


def _questionnaires(part: PromptPart, schemas: Sequence[AnswerSchema]) -> Iterator[Defect]:
    """What is wrong with the scales of a prompt, in themselves and against what its program accepts."""
    file = part.prompt.file
    asked = part.sent.questionnaires
    said = " ".join(text for _, text in (*part.sent.instruction, *(line for one in asked for line in one.head)))
    for at, one in enumerate(asked):
        yield from _directions(one, file)
        yield from _options(one, file)
        if _NOW.search(said) and (question := next((q for q in one.questions if _trait(q)), None)) is not None:
            labels = ", ".join(label for _, label in question.options if _TRAIT.search(label.lower()))
            yield Defect(
                "trait anchors on a state scale", f"`{labels}`, where the moment is asked", file, question.line
            )
        yield from _substituted(one, file)
        if len(asked) == len(schemas):
            yield from _against(one, schemas[at], file)


def _trait(question: ScaleItem) -> bool:
    return sum(bool(_TRAIT.search(label.lower())) for _, label in question.options) > 1


def _directions(one: Questionnaire, file: str) -> Iterator[Defect]:
    """Questions of which nobody is told which end means more."""
    for question in one.questions:
        ends = question.options[0][1], question.options[-1][1]
        if not all(letters(end) for end in ends) and not one.labelled:
            yield Defect(
                "scale without named direction", f"`{question.text}` has ends without words", file, question.line
            )


def _options(one: Questionnaire, file: str) -> Iterator[Defect]:
    """Options that cannot be told apart, or are other ones than those of the other items."""
    usual = Counter(question.options for question in one.questions).most_common(1)[0][0]
    for question in one.questions:
        labels = [letters(label) for _, label in question.options]
        steps = [step for step, _ in question.options]
        named = [label for label in labels if label]
        if len(set(steps)) < len(steps) or len(set(named)) < len(named):
            yield Defect("options that cannot be told apart", f"of `{question.text}`", file, question.line)
        elif not one.between_poles and labels != [letters(label) for _, label in usual]:
            turned = labels[::-1] == [letters(label) for _, label in usual]
            if turned:
                yield Defect("reverse-keyed item", f"`{question.text}` runs the other way", file, question.line)
            else:
                yield Defect("item with other options", f"`{question.text}`", file, question.line)


def _substituted(one: Questionnaire, file: str) -> Iterator[Defect]:
    """Items of a known schedule that are none of it."""
    digests = [hashlib.sha256(letters(question.text).encode()).hexdigest()[:8] for question in one.questions]
    if len(digests) != len(_PANAS) or len(_PANAS.intersection(digests)) < 0.7 * len(_PANAS):
        return
    for question, digest in zip(one.questions, digests, strict=True):
        if digest not in _PANAS:
            said = f"`{question.text}` is none of the twenty published items"
            yield Defect("substituted item", said, file, question.line)


def _against(one: Questionnaire, schema: AnswerSchema, file: str) -> Iterator[Defect]:
    """What the program that reads the answers holds for another question, or another scale."""
    place = f"{schema.file}:{schema.fields[0].line}"
    low, high = one.steps
    least = min(min(key.values) for key in schema.fields)
    most = max(max(key.values) for key in schema.fields)
    if (low, high) != (least, most):
        said = f"{low} to {high} here, and {least} to {most} in `{schema.name}` ({place})"
        yield Defect("scale against schema", said, file, one.questions[0].line)
    if len(one.questions) != len(schema.fields):
        said = f"{len(one.questions)} items here, and {len(schema.fields)} in `{schema.name}` ({place})"
        yield Defect("items against schema", said, file, one.questions[0].line)
        return
    for question, key in zip(one.questions, schema.fields, strict=True):
        if one.between_poles:
            yield from _pole(question, key.name, schema, file)
        elif not _named(key.name, question.text):
            said = f"`{question.text}` here, and `{key.name}` in `{schema.name}` ({schema.file}:{key.line})"
            yield Defect("substituted item", said, file, question.line)


def _pole(question: ScaleItem, key: str, schema: AnswerSchema, file: str) -> Iterator[Defect]:
    """A scale whose upper end is not what the program takes it for."""
    (_, low), (_, high) = question.options
    if not letters(high) or _named(key, high):
        return
    said = f"from `{low}` to `{high}`, which `{schema.name}` reads as `{key}` ({schema.file}): the sign is open"
    yield Defect("reverse-keyed item", said, file, question.line)


def _named(key: str, text: str) -> bool:
    """Whether a key is named after a text: they share the beginning of a word.

    >>> _named("worried_wrong", "I am worried that it goes wrong."), _named("sadness", "very happy")
    (True, False)
    """
    words = [letters(word) for word in text.split()]
    return any(
        word[: max(3, min(len(word), len(part)) - 3)] == part[: max(3, min(len(word), len(part)) - 3)]
        for part in key.lower().split("_")
        for word in words
        if word
    )


def _items(parts: Sequence[PromptPart]) -> Iterator[Defect]:
    """Items that are others in one prompt than in most."""
    asked = [part for part in parts if part.sent.questionnaires]
    for at in range(max((len(part.sent.questionnaires) for part in asked), default=0)):
        having = [(part, part.sent.questionnaires[at]) for part in asked if at < len(part.sent.questionnaires)]
        longest = max(len(one.questions) for _, one in having)
        for number in range(longest):
            texts = Counter(letters(one.questions[number].text) for _, one in having if number < len(one.questions))
            usual, times = texts.most_common(1)[0]
            for part, one in having:
                if number >= len(one.questions):
                    said = f"item {number + 1} of questionnaire {at + 1} is not asked, which {times} other prompts ask"
                    yield Defect("missing item", said, part.prompt.file, one.questions[-1].line)
                elif times > 1 and letters((question := one.questions[number]).text) != usual:
                    said = f"item {number + 1} is `{question.text}`, and another one in {times} prompts"
                    yield Defect("substituted item", said, part.prompt.file, question.line)


def _instructions(parts: Sequence[PromptPart]) -> Iterator[Defect]:
    """Prompts that ask a questionnaire without the instruction that most have."""
    asked = [part for part in parts if part.sent.questionnaires]
    having = Counter(line for part in asked for line in {letters(text) for _, text in part.sent.instruction} if line)
    for part in asked:
        own = {letters(text) for _, text in part.sent.instruction}
        lacking = [line for line, count in having.items() if 2 * count > len(asked) and line not in own]
        if lacking:
            other = next(one for one in asked if lacking[0] in {letters(text) for _, text in one.sent.instruction})
            said = f"{counted(len(lacking), 'line')} that {having[lacking[0]]} prompts have, as {other.prompt.file}"
            yield Defect("missing instruction", said, part.prompt.file, part.sent.questionnaires[0].questions[0].line)


def _wordings(group: Group) -> Iterator[Defect]:
    """Prompts that should be the same in every condition, and are not."""
    shared = (1, STABILISATION, LAST)
    for number in shared if len(group.arms) > 1 else ():
        texts = [(arm, arm.part(number)) for arm in group.arms]
        usual = Counter(tuple(_said(part)) for _, part in texts).most_common(1)[0][0]
        for _, part in texts:
            own = _lines(part)
            differing = next(
                (at for at in range(max(len(own), len(usual))) if _letters(own, at) != usual[at : at + 1]), None
            )
            if differing is not None:
                line, text = own[differing] if differing < len(own) else (len(part.prompt.lines), "nothing more")
                said = f"`{_short(text)}`, where the other conditions say something else"
                yield Defect("wording differs between conditions", said, part.prompt.file, line)


def _letters(lines: Sequence[tuple[int, str]], at: int) -> tuple[str, ...]:
    return tuple(letters(text) for _, text in lines[at : at + 1])


def _lines(part: PromptPart) -> list[tuple[int, str]]:
    return [(line, text) for line, text in part.meant.before if letters(text) and not _HEADING.fullmatch(text)]


def _said(part: PromptPart) -> list[str]:
    return [letters(text) for _, text in _lines(part)]


def _short(text: str, most: int = 60) -> str:
    return text.strip() if len(text.strip()) <= most else f"{text.strip()[:most]}…"


def _lengths(group: Group) -> Iterator[Defect]:
    """Texts of the induction that are not of one length, and a neutral condition without one."""
    arms: tuple[Arm, ...] = group.arms if group.states else ()
    words = {arm.name: count_words(_told(arm)) for arm in arms}
    files = {arm.name: arm.part(INDUCTION).prompt.file for arm in arms}
    if group.states and group.neutral is None:
        said = "no Folder_Neutral: nothing shows what the questions alone bring"
        yield Defect("no neutral condition", said, group.states[0].condition.group or ".")
    if group.neutral is not None and not words[group.neutral.name]:
        said = "nothing is said in it, so length and being told something go with the state"
        yield Defect("no neutral text", said, files[group.neutral.name], 1)
    told = {name: count for name, count in words.items() if count}
    if told and max(told.values()) > LONGER * min(told.values()):
        longest = max(told, key=lambda name: told[name])
        said = ", ".join(f"{name} {count}" for name, count in told.items())
        yield Defect("lengths that differ by more than a tenth", f"words: {said}", files[longest], 1)


def _told(arm: Arm) -> str:
    """The text of the induction, without headings."""
    return "\n".join(text for _, text in _lines(arm.part(INDUCTION)))


def _unanswered(clone: Path, found: Sequence[Group]) -> Iterator[Defect]:
    """Turns after which the program asks for no reply."""
    if not any(group.states for group in found):
        return
    for file in sorted(clone.rglob("*.py")):
        for number, text in enumerate(file.read_text("utf-8", errors="replace").splitlines(), 1):
            if (skipped := _SKIPPED.search(text)) is not None:
                said = f"no reply is asked after prompt {int(skipped[1]) + 1}, so the next turn is the user's again"
                yield Defect("two user turns in a row", said, file.relative_to(clone).as_posix(), number)
