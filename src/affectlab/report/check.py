"""A validity check, as the report shows it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, get_args

from affectlab.report.numbers import counted, listed
from affectlab.validity import Verdict

ORDER: tuple[Verdict, ...] = ("fails", "borderline", "passes", "not measurable")
"""Of the table of checks: what speaks against a finding first."""


class ShownCheck(Protocol):
    """What the page needs of a check. Any object with these attributes is one."""

    @property
    def name(self) -> str:
        """What was checked, in a few words."""

    @property
    def value(self) -> float | str:
        """What came out."""

    @property
    def low(self) -> float:
        """The lower end of its 95 % interval; nan where there is none."""

    @property
    def high(self) -> float:
        """The upper end of its 95 % interval; nan where there is none."""

    @property
    def threshold(self) -> float | str:
        """What it had to be: a number, or words such as ``at least 0.5``."""

    @property
    def verdict(self) -> Verdict:
        """Whether it was."""

    @property
    def says(self) -> str:
        """What was found, as a sentence."""

    @property
    def means(self) -> str:
        """What it means for the findings, where it does not pass."""

    @property
    def source(self) -> str:
        """Where the check and its threshold come from."""


@dataclass(frozen=True)
class Noted:
    """A check that was made elsewhere, as plain values."""

    name: str
    value: float | str
    threshold: float | str
    verdict: Verdict
    source: str
    says: str = ""
    means: str = ""
    low: float = math.nan
    high: float = math.nan


def concern(check: ShownCheck) -> str:
    """What a check found that it did not pass, and what that means: for a warning, what it would mean.

    >>> concern(Noted("one", 0.4, "at least 0.3", "borderline", "", "They correlated 0.40.", "Both differ."))
    'They correlated 0.40. Its interval reaches beyond the threshold (at least 0.3). If it lay there: both differ.'
    """
    if check.verdict != "borderline" or not check.means:
        return f"{check.says} {check.means}".strip()
    means = check.means[0].lower() + check.means[1:]
    return f"{check.says} Its interval reaches beyond the threshold ({check.threshold}). If it lay there: {means}"


def verdicts(checks: Sequence[ShownCheck]) -> str:
    """What the checks came to, in a sentence or two: the failures by name.

    >>> verdicts([Noted("one", 1, 1, "passes", ""), Noted("two", 0, 1, "fails", "")]).replace("\N{NO-BREAK SPACE}", " ")
    'Of 2 validity checks 1 passed and 1 failed. Failed: two.'
    """
    names = {verdict: [one.name for one in checks if one.verdict == verdict] for verdict in get_args(Verdict)}
    if not checks:
        return "No validity check was made: the study asks for none."
    counts = [f"{len(named)} {_WORDS[verdict]}" for verdict, named in names.items() if named]
    said = [f"Of {counted(len(checks), 'validity check')} {listed(counts)}."]
    for verdict, word in (("fails", "Failed"), ("borderline", "Close to the threshold")):
        if names[verdict]:
            said.append(f"{word}: {'; '.join(names[verdict])}.")
    return " ".join(said)


def counts_of_verdicts(checks: Sequence[ShownCheck]) -> str:
    """How many checks came out how, in a line.

    >>> checks = [Noted("one", 1, 1, "passes", ""), Noted("two", 0, 1, "fails", "")]
    >>> counts_of_verdicts(checks).replace("\N{NO-BREAK SPACE}", " ")
    '1 of 2 checks fails, 1 passes'
    """
    if not checks:
        return "the study asks for no check"
    counts = {verdict: sum(one.verdict == verdict for one in checks) for verdict in ORDER}
    failed, passed = counts["fails"], "passes" if counts["passes"] == 1 else "pass"
    words: dict[Verdict, str] = {"borderline": "borderline", "passes": passed, "not measurable": "not made"}
    said = f"{failed or 'none'} of {counted(len(checks), 'check')} {'fails' if failed < 2 else 'fail'}"
    return ", ".join([said, *(f"{counts[verdict]} {word}" for verdict, word in words.items() if counts[verdict])])


_WORDS: dict[Verdict, str] = {
    "passes": "passed",
    "borderline": "passed within an interval that reaches beyond the threshold",
    "fails": "failed",
    "not measurable": "could not be made here",
}
