"""What is wrong with the prompts of a clone: each defect with file and line, found without running anything."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from affectlab.defects.characters import invalid_characters
from affectlab.defects.defect import Defect, NumberedLine
from affectlab.defects.items import KIND as SUBSTITUTED
from affectlab.defects.items import named_after, substituted, usual_items
from affectlab.defects.questionnaire import Questionnaire, ScaleItem, letters
from affectlab.defects.scales import against_schema, reversed_item, trait_anchors, undirected, unlike_options
from affectlab.defects.turns import two_in_a_row
from affectlab.defects.wordings import Told, is_heading, lacking_lines, stray_headings, unlike_lengths, worded_otherwise
from affectlab.importers.llmaffect.parts import INDUCTION, LAST, STABILISATION, Arm, Group, PromptPart
from affectlab.importers.llmaffect.schema import AnswerSchema
from affectlab.materials.words import count_words

_SKIPPED = re.compile(r"\bif\b.*\b(?:prompt|turn|message|index|number|step)\w*\s*!=\s*(\d+)", re.IGNORECASE)


def defects(clone: Path, found: Sequence[Group], schemas: Sequence[AnswerSchema]) -> list[Defect]:
    """All that is wrong, file by file."""
    listed: list[Defect] = []
    for group in found:
        parts = [part for arm in group.arms for part in arm.parts]
        for part in parts:
            listed += invalid_characters(part.prompt.invalid, part.prompt.file)
            listed += stray_headings(list(enumerate(part.prompt.lines, 1)), part.prompt.file)
            listed += _questionnaires(part, schemas)
        listed += [*_items(parts), *_instructions(parts), *_wordings(group), *_lengths(group)]
    return sorted(dict.fromkeys([*listed, *_unanswered(clone, found)]), key=lambda one: (one.file, one.line or 0))


def _questionnaires(part: PromptPart, schemas: Sequence[AnswerSchema]) -> Iterator[Defect]:
    """What is wrong with the scales of a prompt, in themselves and against what its program accepts."""
    file = part.prompt.file
    asked = part.sent.questionnaires
    said = " ".join(text for _, text in (*part.sent.instruction, *(line for one in asked for line in one.head)))
    for at, one in enumerate(asked):
        yield from undirected(one, file)
        yield from unlike_options(one, file)
        yield from trait_anchors(one, said, file)
        yield from substituted(one, file)
        if len(asked) == len(schemas):
            yield from _against(one, schemas[at], file)


def _against(one: Questionnaire, schema: AnswerSchema, file: str) -> Iterator[Defect]:
    """What the program that reads the answers holds for another question, or another scale."""
    shown = f"`{schema.name}` ({schema.file}:{schema.fields[0].line})"
    steps = min(min(key.values) for key in schema.fields), max(max(key.values) for key in schema.fields)
    if one.steps != steps:
        yield against_schema(one.steps, steps, shown, file, one.questions[0].line)
    if len(one.questions) != len(schema.fields):
        said = f"{len(one.questions)} items here, and {len(schema.fields)} in {shown}"
        yield Defect("items against schema", said, file, one.questions[0].line)
        return
    for question, key in zip(one.questions, schema.fields, strict=True):
        if one.between_poles:
            yield from _pole(question, key.name, schema, file)
        elif not named_after(key.name, question.text):
            said = f"`{question.text}` here, and `{key.name}` in `{schema.name}` ({schema.file}:{key.line})"
            yield Defect(SUBSTITUTED, said, file, question.line)


def _pole(question: ScaleItem, key: str, schema: AnswerSchema, file: str) -> Iterator[Defect]:
    """A scale whose upper end is not what the program takes it for."""
    (_, low), (_, high) = question.options
    if letters(high) and not named_after(key, high):
        said = f"from `{low}` to `{high}`, which `{schema.name}` reads as `{key}` ({schema.file}): the sign is open"
        yield reversed_item(said, file, question.line)


def _items(parts: Sequence[PromptPart]) -> Iterator[Defect]:
    """Items that are others in one prompt than in most."""
    asked = [part for part in parts if part.sent.questionnaires]
    for at in range(max((len(part.sent.questionnaires) for part in asked), default=0)):
        having = [part for part in asked if at < len(part.sent.questionnaires)]
        yield from usual_items([(part.prompt.file, part.sent.questionnaires[at]) for part in having], at + 1)


def _instructions(parts: Sequence[PromptPart]) -> Iterator[Defect]:
    """Prompts that ask a questionnaire without the instruction that most have."""
    asked = [part for part in parts if part.sent.questionnaires]
    yield from lacking_lines(
        [Told(part.prompt.file, part.sent.instruction, part.sent.questionnaires[0].questions[0].line) for part in asked]
    )


def _wordings(group: Group) -> Iterator[Defect]:
    """Prompts that should be the same in every condition, and are not."""
    for number in (1, STABILISATION, LAST):
        parts = [arm.part(number) for arm in group.arms]
        yield from worded_otherwise([Told(one.prompt.file, _lines(one), len(one.prompt.lines)) for one in parts])


def _lines(part: PromptPart) -> list[NumberedLine]:
    return [(line, text) for line, text in part.meant.before if letters(text) and not is_heading(text)]


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
    longest = max(words, key=lambda name: words[name], default="")
    yield from unlike_lengths(words, files.get(longest, ""), 1)


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
                yield two_in_a_row(said, file.relative_to(clone).as_posix(), number)
