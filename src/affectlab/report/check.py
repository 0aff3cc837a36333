"""A validity check, as the report shows it: the seam through which analyses hand their verdicts to the page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, get_args

from affectlab.materials.schema import Instrument
from affectlab.materials.vocabulary import Vocabulary
from affectlab.report.evidence import Evidence
from affectlab.report.numbers import SPACE, listed, number
from affectlab.report.provenance import delivered

APART = 0.10
"""By how much the mean length of a state's vignettes may differ from that of all."""

Verdict = Literal["passed", "failed", "undecided", "not asked"]
"""``not asked`` where the study leaves out what the check needs, ``undecided`` where the data do not suffice."""


class Check(Protocol):
    """What the page needs of a check. Any object with these five attributes is one."""

    @property
    def name(self) -> str:
        """What was checked, in a few words."""

    @property
    def value(self) -> float | str:
        """What came out."""

    @property
    def threshold(self) -> float | str:
        """What it had to be: a number, or words such as ``at least 0.5``."""

    @property
    def verdict(self) -> Verdict:
        """Whether it was."""

    @property
    def source(self) -> str:
        """Where the check and its threshold come from."""


@dataclass(frozen=True)
class Noted:
    """A check that the report itself can make from the run."""

    name: str
    value: float | str
    threshold: float | str
    verdict: Verdict
    source: str


def noted(evidence: Evidence) -> list[Noted]:
    """The checks that need nothing but the run: complete, identical, unmixed, matched in length, unprimed."""
    return [*_complete(evidence), *_identical(evidence), *_unmixed(evidence), *_matched(evidence), *_unprimed(evidence)]


def verdicts(checks: Sequence[Check]) -> str:
    """What the checks came to, in a sentence or two: the failures by name.

    >>> verdicts([Noted("one", 1, 1, "passed", ""), Noted("two", 0, 1, "failed", "")])
    'Of 2 validity checks 1 passed and 1 failed. Failed: two.'
    """
    names = {verdict: [one.name for one in checks if one.verdict == verdict] for verdict in get_args(Verdict)}
    counts = [f"{len(named)} {_WORDS[verdict]}" for verdict, named in names.items() if named]
    said = [f"Of {len(checks)} validity checks {listed(counts)}."]
    for verdict in ("failed", "undecided"):
        if names[verdict]:
            said.append(f"{verdict.capitalize()}: {'; '.join(names[verdict])}.")
    return " ".join(said)


_WORDS = {"passed": "passed", "failed": "failed", "undecided": "stayed undecided", "not asked": "were not asked"}


def _complete(evidence: Evidence) -> Iterator[Noted]:
    done, planned = len(evidence.run.store.done()), int(evidence.run.store.described("sessions"))
    yield Noted("sessions complete", f"{done:,}", f"all {planned:,}", _passes(done == planned), "the plan")


def _identical(evidence: Evidence) -> Iterator[Noted]:
    differing = sum(kind == "differs" for _, kind, _ in evidence.run.store.incidents())
    name = "answers that differed when asked again after an interruption"
    yield Noted(name, str(differing), "0", _passes(differing == 0), "identical conditions")


def _unmixed(evidence: Evidence) -> Iterator[Noted]:
    sql = """
    SELECT trials.measure, responses.participant, count(DISTINCT responses.obtained) FROM trials
    JOIN responses ON responses.id = trials.response WHERE trials.scale != 'text' GROUP BY 1, 2"""
    _, rows = evidence.run.store.query(sql)
    mixed = sum(ways > 1 for _, _, ways in rows)
    name = "measures whose answers were obtained in more than one way"
    yield Noted(name, str(mixed), "0", _passes(mixed == 0), "identical conditions")


def _matched(evidence: Evidence) -> Iterator[Noted]:
    texts = delivered(evidence)
    means = [sum(len(text.split()) for text in part) / len(part) for part in texts.values() if part]
    if len(means) > 1:
        middle = sum(means) / len(means)
        widest = max(abs(mean - middle) for mean in means) / middle
        name = "largest deviation of a state's mean vignette length"
        shown, most = f"{number(100 * widest, 1)}{SPACE}%", f"at most {100 * APART:.0f}{SPACE}%"
        yield Noted(name, shown, most, _passes(widest <= APART), "the design")


def _unprimed(evidence: Evidence) -> Iterator[Noted]:
    found = primed(evidence)
    name = "scored words in the texts that were said"
    value = "0" if not found else f"{len(found)}: {', '.join(sorted(set(found))[:8])}"
    source = "a cloze reads words, so a text that holds one primes it"
    yield Noted(name, value, "0", _passes(not found), source)


def primed(evidence: Evidence) -> list[str]:
    """The scored words of the run's measures that stand in a vignette or regulation it said."""
    vocabulary = Vocabulary.of(_patterns(evidence))
    said = [text for texts in delivered(evidence, regulations=True).values() for text in texts]
    return [word for text in said for word in vocabulary.found(text)]


def _patterns(evidence: Evidence) -> Iterator[str]:
    for probe in evidence.probes.values():
        yield from probe.forbidden
        if isinstance(probe, Instrument):
            yield from (word for words in probe.words.values() for word in words)
        else:
            yield from probe.scored


def _passes(holds: bool) -> Verdict:
    return "passed" if holds else "failed"
