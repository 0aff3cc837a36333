"""Sums said aloud, checked number by number: what the experimenter of a protocol goes by, and what is scored."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

from affectlab.materials.protocol import Arithmetic
from affectlab.requests import Reply

Verdict = Literal["correct", "wrong", "none"]
"""Of a reply: all its numbers were right, one was wrong, or there was no new number."""


@dataclass(frozen=True)
class Counting:
    """How far a participant has come with its sums."""

    last: int
    """The number from which it goes on."""
    run: int = 0
    """Right results since the last start."""
    longest: int = 0
    correct: int = 0
    errors: int = 0

    def after_reply(self, sums: Arithmetic, reply: Reply) -> tuple[Counting, Verdict]:
        """The count after a reply, and what the experimenter makes of it.

        Every number is checked, up to the first error where errors are pointed out: then it starts again. What
        repeats the number before, or names the step, is no result; nor is the beginning of the right one where
        the reply was cut off within it.

        >>> sums = Arithmetic(
        ...     start=2043, step=-17, exchanges=2, max_tokens=24,
        ...     opening="", correct="", wrong="Start again.", silent=("",), end="",
        ... )
        >>> Counting(2043).after_reply(sums, Reply("2043 - 17 = 2026, 2009, 1999, 1982"))
        (Counting(last=2043, run=0, longest=2, correct=2, errors=1), 'wrong')
        """
        now = self
        verdict: Verdict = "none"
        spoken = _spoken(reply.text)
        for place, figures in enumerate(spoken, 1):
            cut = place == len(spoken) and reply.finish == "length" and reply.text.rstrip().endswith(figures)
            for number in _read(figures, sums.after(now.last)):
                right = sums.after(now.last)
                if number == right:
                    now, verdict = now._right(right), "wrong" if verdict == "wrong" else "correct"
                elif number in (now.last, abs(sums.step)) or (cut and str(right).startswith(str(number))):
                    continue
                elif sums.wrong is not None:
                    return replace(now, last=sums.start, run=0, errors=now.errors + 1), "wrong"
                else:
                    now, verdict = replace(now, last=number, run=0, errors=now.errors + 1), "wrong"
        return now, verdict

    def _right(self, number: int) -> Counting:
        run = self.run + 1
        return replace(self, last=number, run=run, longest=max(self.longest, run), correct=self.correct + 1)


def _spoken(text: str) -> list[str]:
    """The numbers of a reply as they are written, without those that only number its lines.

    >>> _spoken("1. 2,026\\n2. 2009 and 1992")
    ['2,026', '2009', '1992']
    """
    lines = [line for line in text.splitlines() if line.strip()]
    said = [re.sub(rf"^\s*{number}[.)]\s+(?=\S)", "", line) for number, line in enumerate(lines, 1)]
    return re.findall(r"(?<!\d)\d{1,3}(?:,\d{3})+(?!\d)|\d+", "\n".join(said))


def _read(figures: str, right: int) -> list[int]:
    """A number with commas in it: one, if it is the right one so, else several.

    >>> _read("2,026", right=2026), _read("992,975", right=992)
    ([2026], [992, 975])
    """
    whole = int(figures.replace(",", ""))
    return [whole] if whole == right else [int(part) for part in figures.split(",")]
