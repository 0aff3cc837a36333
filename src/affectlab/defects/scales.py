"""Scales: what their steps are called, which end means more, and whether text and program mean the same steps."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from affectlab.defects.defect import Defect, Lines, short
from affectlab.defects.questionnaire import Questionnaire, ScaleItem, letters

_TRAIT = re.compile(
    r"\b(almost never|never|rarely|seldom|sometimes|occasionally|often|almost always|always|usually|generally|"
    r"most of the time|several days|nie|selten|manchmal|oft|häufig|immer|meistens)\b"
)
_NOW = re.compile(
    r"\b(right now|at this (?:very )?moment|at the moment|in this moment|current(?:ly)?|this moment|just now|presently|"
    r"in diesem (?:moment|augenblick)|im moment|jetzt|gerade|momentan)\b",
    re.IGNORECASE,
)
_NUMBER = r"(?<![\w.,])(-?\d{1,3})(?![\w%]|[.,]\d)"
_BRACKET = r"""(?:\s*(?:\([^()]{1,80}\)|["“„'‘][^"”“'’]{1,60}["”“'’]|=\s*[^\d,;.()]{1,60}?|,\s*[^\d,;.()]{1,60},))?"""
_RANGE = re.compile(
    rf"{_NUMBER}{_BRACKET}\s*(?:to|through|up to|down to|and|bis|und|-|–|—|\.\.\.?|…)\s*{_NUMBER}", re.IGNORECASE
)
_SCALED = re.compile(
    r"\b(from|between|scale|rate|rating|number|points?|steps?|von|zwischen|skala|bewerten?|zahl|stufen?)\b",
    re.IGNORECASE,
)
_LISTED = re.compile(
    r"\s*(?:(?:option\s*)?(?:\d{1,3}|[a-z])\s*[:.)=]|option\s*(?:\d{1,3}|[a-z])\s*[:.)=-]?|[-*•])\s*(?P<label>\S.*?)\s*",
    re.IGNORECASE,
)
_STEP = re.compile(
    r"(?<![\w.,])(-?\d{1,3})\s*(?:\(([^()]{1,80})\)|(?:=|:|means|denotes)\s*"
    r"(?:[\"“]([^\"”]{1,80})[\"”]|([^\W\d][^\"“,;.()=]{0,60})))"
)
_MEANS = r"means?|denotes|stands for|is|for|bedeutet|heißt|steht für|für"
_MEANS_MORE = re.compile(r"\b(higher|larger|greater|bigger|more is|höher|größer|je mehr|stärker)", re.IGNORECASE)


def named_ranges(lines: Lines) -> Iterator[tuple[int, int, int]]:
    """The scales that a text names, lowest and highest step, each with its line.

    >>> list(named_ranges([(3, "Rate each from 1 (not at all) to 5 (extremely)."), (4, "In 2 to 3 words.")]))
    [(1, 5, 3)]
    >>> list(named_ranges([(1, "Answer with a number from 1, not wrong at all, to 9, extremely wrong.")]))
    [(1, 9, 1)]
    """
    for line, text in lines:
        for match in _RANGE.finditer(text):
            before = re.split(r"[.!?]\s", text[: match.start()])[-1]
            labelled = match[0].count("(") > 0 or "=" in match[0]
            if labelled or _SCALED.search(f"{before} {text[match.end() : match.end() + 20]}"):
                low, high = int(match[1]), int(match[2])
                yield min(low, high), max(low, high), line


def contradicted(lines: Lines, steps: tuple[int, int], schema: str, file: str) -> Iterator[Defect]:
    """A scale in a text that is another one than what the answers are read by."""
    found = list(named_ranges(lines))
    if found and all((low, high) != steps for low, high, _ in found):
        low, high, line = found[0]
        yield against_schema((low, high), steps, schema, file, line)


def against_schema(named: tuple[int, int], steps: tuple[int, int], schema: str, file: str, line: int) -> Defect:
    """That a text names other steps than are read."""
    said = f"{named[0]} to {named[1]} here, and {steps[0]} to {steps[1]} in {schema}"
    return Defect("scale against schema", said, file, line)


def undirected(one: Questionnaire, file: str) -> Iterator[Defect]:
    """Questions of which nobody is told which end means more: the first of a questionnaire, and how many follow."""
    open_ended = [
        question
        for question in one.questions
        if not (letters(question.options[0][1]) and letters(question.options[-1][1]))
        and not one.labelled
        and not says_direction(one.head, question)
    ]
    if open_ended:
        first, more = open_ended[0], len(open_ended) - 1
        said = f"`{short(first.text)}` has ends without words" + (f", as {more} more have" if more else "")
        yield Defect("scale without named direction", said, file, first.line)


def labels_in(lines: Lines) -> dict[int, str]:
    """What a text calls the steps of a scale.

    >>> labels_in([(1, 'From 1 (never) to 3 (always), where 2 denotes "at times".')])
    {1: 'never', 3: 'always', 2: 'at times'}
    """
    found: dict[int, str] = {}
    for _, text in lines:
        for step, bracketed, quoted, plain in _STEP.findall(text):
            found.setdefault(int(step), (bracketed or quoted or plain).strip())
    return found


def says_direction(lines: Lines, question: ScaleItem) -> bool:
    """Whether a text says what both ends of a scale stand for, or which way it runs."""
    text = " ".join(said for _, said in lines)
    ends = [str(question.options[0][0]), str(question.options[-1][0])]
    return all(_named(end, text) for end in ends) or _MEANS_MORE.search(text) is not None


def _named(step: str, text: str) -> bool:
    """Whether a text has words for a step.

    >>> _named("0", "from 0 (not at all) to 10"), _named("10", "from 0 (not at all) to 10"), _named("7", "much = 7")
    (True, False, True)
    """
    number = rf"(?<![\w.,]){re.escape(step)}(?![\w%])"
    after = rf"{number}\s*(?:[=:(,–—-]\s*|\s(?:{_MEANS})\s+)[\"“„'‘(]?[^\W\d]"
    quoted = rf"{number}\s*[\"“„'‘][^\W\d]"
    before = rf"[^\W\d]\s*[\"”'’]?\s*(?:\(\s*{number}\s*\)|[=:]\s*{number})"
    return any(re.search(form, text, re.IGNORECASE) for form in (after, quoted, before))


def trait_anchors(one: Questionnaire, said: str, file: str, *, state: bool = False) -> Iterator[Defect]:
    """How often something is, where the moment is asked.

    Args:
        one: the questionnaire.
        said: what is said before it.
        file: where it stands.
        state: whether it is known to measure a state, whatever is said.
    """
    if not state and _NOW.search(said) is None:
        return
    question = next((one for one in one.questions if _is_trait(one)), None)
    if question is not None:
        labels = ", ".join(label for _, label in question.options if _TRAIT.search(label.lower()))
        said = f"`{labels}`, where the moment is asked"
        yield Defect("trait anchors on a state scale", said, file, question.line)


def _is_trait(question: ScaleItem) -> bool:
    return sum(bool(_TRAIT.search(label.lower())) for _, label in question.options) > 1


def unlike_options(one: Questionnaire, file: str) -> Iterator[Defect]:
    """Options that cannot be told apart, or are other ones than those of the other items."""
    usual = Counter(question.options for question in one.questions).most_common(1)[0][0]
    expected = [letters(label) for _, label in usual]
    for question in one.questions:
        labels = [letters(label) for _, label in question.options]
        if repeated_option([step for step, _ in question.options]) or repeated_option(
            [label for label in labels if label]
        ):
            yield not_apart(question.text, file, question.line)
        elif not one.between_poles and labels != expected:
            if labels[::-1] == expected:
                yield reversed_item(f"`{short(question.text)}` runs the other way", file, question.line)
            else:
                yield Defect("item with other options", f"`{short(question.text)}`", file, question.line)


def listed_options(lines: Lines, file: str) -> Iterator[Defect]:
    """Options that a text lists at its end, one below the other, and of which two are the same to a reader."""
    listed: list[tuple[int, str]] = []
    for line, text in reversed([one for one in lines if one[1].strip()]):
        found = _LISTED.fullmatch(text)
        if found is None:
            break
        listed.insert(0, (line, found["label"]))
    seen: set[str] = set()
    for line, label in listed:
        if letters(label) in seen:
            yield not_apart(label, file, line)
        seen.add(letters(label))


def repeated_option(options: list[str] | list[int]) -> bool:
    """Whether an option stands twice."""
    return len(set(options)) < len(options)


def not_apart(text: str, file: str, line: int) -> Defect:
    """That two options of a question are the same to a reader."""
    return Defect("options that cannot be told apart", f"of `{short(text)}`", file, line)


def reversed_item(message: str, file: str, line: int | None) -> Defect:
    """That an item counts the other way than it is taken to."""
    return Defect("reverse-keyed item", message, file, line)
