"""The first screen: each hypothesis with its verdict, what speaks against it, validity, and where the report is.

It is at most so many lines long. What it leaves out where hypotheses are many stands in the report, and is told by
commands.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from affectlab.report.check import counts_of_verdicts
from affectlab.report.evidence import Evidence
from affectlab.report.glance import FEW, Glance, glance, short_legend
from affectlab.report.numbers import counted, decimals, listed, number_shown
from affectlab.report.obtained import simulated
from affectlab.report.render.terminal import WIDTH, plain_text
from affectlab.report.section import Section
from affectlab.report.sentences import findings_paragraph
from affectlab.report.units import UNITS, units_in

AIM = 24
"""Lines of a terminal as it opens."""
MOST = 30
"""Lines that the screen never exceeds."""


def first_screen(evidence: Evidence, run: str, page: str, spent: Sequence[str] = (), *, width: int = WIDTH) -> Section:
    """The most that can be said within the lines of a screen.

    Args:
        run: the directory of the run, as commands are told it.
        page: where its report is.
        spent: what models cost that cost something.
        width: characters of a line.
    """
    forms = list(_forms(evidence, run, page, spent))
    lengths = [(form, len(plain_text(form, width))) for form in forms]
    good = [form for form, length in lengths if length <= AIM and form.id == COMPLETE]
    long = [form for form, length in lengths if length <= MOST]
    return next(iter((*good, *long)), None) or _cut(forms[-1], width)


COMPLETE, PARTIAL = "screen", "screen-in-part"
"""Of a screen on which everything stands, and of one on which something is left to commands."""


def _forms(evidence: Evidence, run: str, page: str, spent: Sequence[str]) -> Iterator[Section]:
    """The screen in ever fewer words: all of them; without what was not measured; without the claims; in lines."""
    judged = evidence.judgements
    last = (*_validity(evidence), *spent, f"Report: {page}", f"More here: affectlab sections {run}")
    if not judged:
        yield from _without(evidence, last)
        return
    several = len({one.claim.model for one in judged}) > 1
    shown = [(at, glance(one, several=several, brief=True)) for at, one in enumerate(judged, start=1)]
    how = short_legend(judged)
    for id, claims, missing in ((COMPLETE, True, True), (COMPLETE, True, False), (PARTIAL, False, False)):
        parts = [_part(at, one, claims=claims, missing=missing) for at, one in shown]
        yield _screen(evidence, id, (*parts, Section("end", "", (*how, *last))))
    lines = [f"{_title(at, one)}. {one.results[0]}" for at, one in shown]
    more = f"Claims, controls and what speaks against them: affectlab hypotheses {run}"
    yield _screen(evidence, PARTIAL, (Section("verdicts", "", (*lines, more)), Section("end", "", last)))


def _screen(evidence: Evidence, id: str, parts: Sequence[Section]) -> Section:
    """The parts under the study's title, each unit that they use explained."""
    made = Section(id, evidence.study.title, (_head(evidence),), parts=tuple(parts))
    used = " ".join(UNITS[unit] for unit in units_in(made))
    return replace(made, sentences=(*made.sentences, used)) if used else made


def _head(evidence: Evidence) -> str:
    """Which study, on whom, how much of it."""
    study, models = evidence.study, list(evidence.run.participants)
    planted = " (planted answers, no model)" if simulated(evidence) else ""
    states = counted(len(evidence.states), "state")
    neutral = " and neutral" if len(study.states) > len(evidence.states) else ""
    done, planned = len(evidence.run.store.done()), int(evidence.run.store.described("sessions"))
    so_far = "" if evidence.run.complete else f"; {done:,} of {planned:,} sessions so far"
    who = ", ".join(models) if len(models) < 5 else counted(len(models), "model")
    return (
        f"{study.id}, {who}{planted}: {states}{neutral}, {counted(study.induction.texts, 'text')} each; "
        f"{evidence.run.store.count():,} answers{so_far}"
    )


def _part(at: int, one: Glance, *, claims: bool, missing: bool) -> Section:
    """A hypothesis: what was claimed and found, what speaks against it, what was not measured."""
    said = " ".join([*([f"Claim: {one.claim}"] if claims else ()), *one.results])
    gone = one.missing if missing else ()
    return Section(f"hypothesis-{at}", _title(at, one), tuple(filter(None, (said, " ".join(one.against), *gone))))


def _title(at: int, one: Glance) -> str:
    return f"{at} {one.title.replace(f': {one.verdict}', f': {one.verdict.upper()}', 1)}"


def _without(evidence: Evidence, last: Sequence[str]) -> Iterator[Section]:
    """A study without hypotheses: what was found is exploratory."""
    said = "The study has no hypotheses, so that everything found is exploratory."
    found = [(one.label(evidence.design_cells), findings_paragraph(evidence, one)) for one in evidence.design_cells]
    for most in range(len(found), -1, -1):
        texts = tuple(f"{label}: {text}" if len(found) > 1 else text for label, text in found[:most])
        id = COMPLETE if most == len(found) else PARTIAL
        yield _screen(evidence, id, (Section("findings", "", (said, *texts)), Section("end", "", tuple(last))))


def _validity(evidence: Evidence) -> Iterator[str]:
    """What the checks came to, and which measures carry no finding."""
    yield f"Validity: {counts_of_verdicts(evidence.checks)} (affectlab validity RUN)."
    left_out = [
        f"{evidence.probes[id].title} with {model} (coverage "
        f"{number_shown(one.coverage, max(2, decimals(one.coverage)))}, "
        f"{number_shown(one.minimum)} needed)"
        for model, measures in evidence.summary.usability.items()
        for id, one in measures.items()
        if not one.usable
    ]
    if left_out:
        few = [*left_out[:FEW], *([f"{len(left_out) - FEW} more"] if len(left_out) > FEW else ())]
        yield f"No finding rests on {listed(few)}."


def _cut(form: Section, width: int) -> Section:
    """As many lines of the shortest form as there is room for."""
    first, last = form.parts
    *texts, more = first.sentences
    for kept in range(len(texts), -1, -1):
        left = len(texts) - kept
        said = (*texts[:kept], f"{counted(left, 'hypothesis', 'hypotheses')} more. {more}" if left else more)
        cut = replace(form, parts=(replace(first, sentences=said), last))
        if len(plain_text(cut, width)) <= MOST:
            break
    return cut
