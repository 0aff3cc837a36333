"""Characters that were lost: bytes that are not valid UTF-8, and what stands where a program has replaced them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from affectlab.counting import counted
from affectlab.defects.defect import Defect, Lines

KIND = "characters that are not valid UTF-8"
REPLACEMENT = "\ufffd"
"""What a program writes for a character that it could not read."""
_MISREAD = ("â€", "Ã¼", "Ã¤", "Ã¶", "ÃŸ", "Ã©", "Â\u00a0")
"""What is read where UTF-8 was taken for an encoding of one byte a character."""


def invalid_by_line(raw: bytes) -> list[int]:
    """How many characters of each line are not valid UTF-8.

    >>> invalid_by_line(b"fine\\nit\\x92s \\x93so\\x94")
    [0, 3]
    """
    return [line.decode("utf-8", errors="replace").count(REPLACEMENT) for line in raw.splitlines()]


def invalid_characters(counts: Sequence[int], file: str) -> Iterator[Defect]:
    """Bytes that are no UTF-8, counted, with their lines."""
    wrong = [line for line, count in enumerate(counts, 1) if count]
    if wrong:
        said = f"{counted_by_line(counts)}; whoever replaces them sends `{REPLACEMENT}` to the model"
        yield Defect(KIND, said, file, wrong[0])


def counted_by_line(counts: Sequence[int]) -> str:
    """How many characters in which lines.

    >>> counted_by_line([0, 2, 0, 1]).replace("\\N{NO-BREAK SPACE}", " ")
    '3 characters in lines 2, 4'
    """
    wrong = [line for line, count in enumerate(counts, 1) if count]
    return f"{counted(sum(counts), 'character')} in line{'s' if len(wrong) > 1 else ''} {', '.join(map(str, wrong))}"


def replaced_characters(lines: Lines, file: str) -> Iterator[Defect]:
    """Characters that were lost before the text was saved."""
    found = [(line, text.count(REPLACEMENT) + sum(map(text.count, _MISREAD))) for line, text in lines]
    wrong = {line: count for line, count in found if count}
    if wrong:
        where = ", ".join(map(str, wrong))
        said = (
            f"{counted(sum(wrong.values()), 'character')} in line{'s' if len(wrong) > 1 else ''} {where} "
            "stood for others, which a program could not read; write what was meant"
        )
        yield Defect(KIND, said, file, next(iter(wrong)))
