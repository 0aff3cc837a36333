"""What may be said of a run, in words: counted from the findings, nulls as results, numbers with intervals.

The words are about responding. What a participant's answers do is said; what it might be like to give them is
not, because nothing here measures it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from affectlab.materials.instrument import Instrument
from affectlab.materials.schema import NEUTRAL
from affectlab.materials.tasks import Task
from affectlab.report.design_cell import DesignCell
from affectlab.report.evidence import Evidence
from affectlab.report.manner import FEW, Manner, against_first_control, arm_label, by_manner, many
from affectlab.report.numbers import counted, decimals, estimate_text, listed, number_shown, sample_size
from affectlab.results.findings import Finding


def findings_paragraph(evidence: Evidence, design_cell: DesignCell) -> str:
    """The findings of a design cell in one paragraph: the first measure in numbers, the others by their counts."""
    first, *others = (*evidence.readable(design_cell), None)
    said = [*_unusable(evidence, design_cell)]
    if first is not None:
        said += [*_induction(evidence, design_cell, first), *_counts(evidence, design_cell, "induction", others)]
        for instrument in evidence.readable(design_cell):
            said += _stateless(evidence, design_cell, instrument)
        said += [*_regulation(evidence, design_cell, first), *_counts(evidence, design_cell, "regulation", others)]
    said += _errors(evidence, design_cell)
    return " ".join([*said, _caution(evidence, design_cell)])


def claim_sentences(evidence: Evidence, design_cell: DesignCell, claim: str) -> list[str]:
    """What is to be said of a claim, a paragraph for each measure that the model can use."""
    say = {"induction": _induction, "regulation": _regulation, "scale": _stateless}.get(claim)
    if say is None:
        paragraphs = [" ".join(_error(evidence, design_cell, task)) for task in evidence.performed(design_cell)]
    else:
        paragraphs = [" ".join(say(evidence, design_cell, one)) for one in evidence.readable(design_cell)]
    return [paragraph for paragraph in paragraphs if paragraph]


def sorted_out(
    found: Sequence[Finding], smallest: float | None, unresolved: Callable[[Finding], bool] = lambda one: False
) -> dict[str, list[Finding]]:
    """Findings by what their interval allows to be said.

    ``above`` and ``below`` zero; ``negligible``, where the interval holds zero and lies wholly within the smallest
    effect of interest; ``open``, where it holds zero and larger effects too; ``unknown``, where there is none.
    Those above and below zero that lie wholly within the smallest effect of interest are in ``small`` as well. Those
    that the engine does not resolve are in ``unresolved`` alone.
    """
    kinds: dict[str, list[Finding]] = {
        kind: [] for kind in ("above", "below", "negligible", "open", "unknown", "small", "unresolved")
    }
    for one in found:
        within = smallest is not None and -smallest < one.low and one.high < smallest
        if one.low * one.high > 0.0 and unresolved(one):
            kinds["unresolved"].append(one)
            continue
        if within and one.low * one.high > 0.0:
            kinds["small"].append(one)
        if not (one.low <= one.high):
            kinds["unknown"].append(one)
        elif one.low > 0.0:
            kinds["above"].append(one)
        elif one.high < 0.0:
            kinds["below"].append(one)
        elif within:
            kinds["negligible"].append(one)
        else:
            kinds["open"].append(one)
    return kinds


def _unusable(evidence: Evidence, design_cell: DesignCell) -> Iterator[str]:
    for id, one in evidence.summary.usability[design_cell.respondent].items():
        title = evidence.probes[id].title
        if one.coverage < one.minimum:
            places = max(2, decimals(one.coverage))
            shown = f"coverage {number_shown(one.coverage, places)}, {number_shown(one.minimum)} needed"
            yield f"{title} cannot be read from this model ({shown}) and carries no finding."
        elif not one.usable:
            yield f"The scores of {title} do not differ between states or points at all, so it carries no finding."


def _induction(evidence: Evidence, design_cell: DesignCell, instrument: Instrument) -> Iterator[str]:
    found = _against_neutral(_found(evidence, design_cell, "induction", instrument.id))
    if not found:
        return
    kinds = sorted_out(found, evidence.study.smallest_effect.get(instrument.id), evidence.unresolved)
    above = kinds["above"]
    control = "after neutral texts" if found[0].against == NEUTRAL else "it stood at baseline"
    yield (
        f"State-congruent responding in {instrument.title}: the target scale rose further than {control} in "
        f"{_of(above, found)}{_span(above)}.{_foremost(found)}"
        if found[0].against == NEUTRAL
        else f"State-congruent responding in {instrument.title}: after the texts the target scale stood higher than "
        f"at "
        f"baseline in {_of(above, found)}{_span(above)}; there is no neutral condition."
    )
    yield from _rest(kinds, "below", "the target scale rose less or fell")


def _foremost(found: Sequence[Finding]) -> str:
    """In how many states texts and scale belong together by the largest mean; nothing where there is one state only."""
    told = [one for one in found if one.largest is not None]
    if not told:
        return ""
    largest = [one for one in told if one.largest]
    return (
        f" By mean, the texts of a state moved no other state's scale as much, and no other texts moved its scale as "
        f"much, in {_of(largest, told)}."
    )


def _stateless(evidence: Evidence, design_cell: DesignCell, instrument: Instrument) -> Iterator[str]:
    """The scales of a measure that belong to no state, by the states whose texts moved them."""
    found = _against_neutral(_found(evidence, design_cell, "scale", instrument.id))
    if not found:
        return
    against = "neutral texts" if found[0].against == NEUTRAL else "baseline"
    said = []
    for scale in dict.fromkeys(one.scale for one in found):
        part = [one for one in found if one.scale == scale]
        kinds = sorted_out(part, None, evidence.unresolved)
        above, below = kinds["above"], kinds["below"]
        said.append(
            f"{scale} higher after {_of(above, part)}{_span(above)}, lower after {_of(below, part)}{_span(below)}"
        )
    yield f"Scales of {instrument.title} that belong to no state, against {against}: {'; '.join(said)}."


def _regulation(evidence: Evidence, design_cell: DesignCell, instrument: Instrument) -> Iterator[str]:
    for manner, found in by_manner(_found(evidence, design_cell, "regulation", instrument.id)):
        if many(found):
            yield from _techniques(evidence, instrument, manner, found)
            continue
        further, less = manner.fell
        for technique, against, part in _contrasts(found):
            kinds = sorted_out(part, evidence.study.smallest_effect.get(instrument.id), evidence.unresolved)
            below, name = kinds["below"], arm_label(technique)
            given = f"{name}{manner.words}{',' if manner.words else ''}"
            yield (
                f"Regulation in {instrument.title}: under {given} the target scale {further} than under "
                f"{arm_label(against)} in {_of(below, part)}{_span(below)}."
            )
            yield from _rest(kinds, "above", f"it {less} under {name}")


def _techniques(evidence: Evidence, instrument: Instrument, manner: Manner, found: Sequence[Finding]) -> Iterator[str]:
    """Many techniques by their counts: against the first control with the largest differences, then against others."""
    first = against_first_control(found)
    kinds = sorted_out(first, evidence.study.smallest_effect.get(instrument.id), evidence.unresolved)
    further, less = manner.fell
    techniques, states = (len({getattr(one, name) for one in first}) for name in ("regulation", "state"))
    yield (
        f"Regulation in {instrument.title}, {counted(techniques, 'technique')} in {counted(states, 'state')}"
        f"{manner.words}: the target scale {further} than under {arm_label(first[0].against)} in "
        f"{len(kinds['below'])} of "
        f"{counted(len(first), 'comparison')}{_furthest(kinds['below'])}, and {less} in "
        f"{len(kinds['above'])}{_furthest(kinds['above'])}."
    )
    rest = [
        f"in {len(kinds[kind])} {said}"
        for kind, said in (
            ("small", "the difference, though not zero, is smaller than the smallest effect of interest"),
            ("negligible", "the difference is smaller than the smallest effect of interest"),
            ("open", "the interval includes zero: neither a difference nor its absence is shown"),
            ("unknown", "the data allow no interval"),
            ("unresolved", "the difference is smaller than the resolution of the engine, so that it is not named"),
        )
        if kinds[kind]
    ]
    if rest:
        said = "; ".join(rest)
        yield f"{said[0].upper()}{said[1:]}."
    others = []
    for against in dict.fromkeys(one.against for one in found if one.against != first[0].against):
        of = sorted_out([one for one in found if one.against == against], None, evidence.unresolved)
        others.append(f"{arm_label(against)} {len(of['below'])} and {len(of['above'])}")
    if others:
        yield f"Against the other controls it {further}, and {less}, in: {', '.join(others)} of {len(first)}."
    chance = counted(round(len(first) / 20), "interval")
    yield f"If no technique did more or less than a control, some {chance} of {len(first)} would miss zero by chance."


def _furthest(found: Sequence[Finding]) -> str:
    """The largest of some differences, with its interval."""
    if not found:
        return ""
    most = max(found, key=lambda one: abs(one.estimate))
    return f" (most under {arm_label(str(most.regulation))}, for {most.state}: {_numbers(most)})"


def _counts(
    evidence: Evidence, design_cell: DesignCell, claim: str, others: Sequence[Instrument | None]
) -> Iterator[str]:
    """The same claim in the other measures, by its counts."""
    for instrument in (one for one in others if one is not None):
        found = evidence.found(design_cell, claim, instrument.id)
        parts = [_against_neutral(found)] if claim == "induction" else _parts(found)
        wanted = "above" if claim == "induction" else "below"
        shown = [f"{len(sorted_out(part, None, evidence.unresolved)[wanted])} of {len(part)}" for part in parts if part]
        if shown:
            order = ", in the same order" if len(shown) > 1 else ""
            of = "comparisons" if many(found) else "states"
            yield f"In {instrument.title} it did so in {listed(shown)} {of}{order}."


def _found(evidence: Evidence, design_cell: DesignCell, claim: str, measure: str) -> list[Finding]:
    """The findings of a claim, each state by its noun."""
    return [replace(one, state=evidence.noun(one.state)) for one in evidence.found(design_cell, claim, measure)]


def _against_neutral(found: list[Finding]) -> list[Finding]:
    """The findings against the neutral texts; those against baseline where there are none."""
    return [one for one in found if one.against == NEUTRAL] or found


def _contrasts(found: Sequence[Finding]) -> Iterator[tuple[str, str, list[Finding]]]:
    """Technique, control and findings of each regulation against each control."""
    for technique, against in dict.fromkeys((one.regulation, one.against) for one in found):
        part = [one for one in found if (one.regulation, one.against) == (technique, against)]
        yield str(technique), against, part


def _parts(found: Sequence[Finding]) -> list[list[Finding]]:
    """Findings of regulation as they are spoken of: each technique against each control; of many, the first control."""
    return [
        part
        for _, alike in by_manner(found)
        for part in ([against_first_control(alike)] if many(alike) else [part for _, _, part in _contrasts(alike)])
    ]


def _of(part: Sequence[Finding], whole: Sequence[Finding]) -> str:
    if not part:
        return f"none of {counted(len(whole), 'state')}"
    if len(part) == len(whole):
        return f"all {counted(len(whole), 'state')}" if len(whole) > 1 else "the one state"
    return f"{len(part)} of {counted(len(whole), 'state')}"


def _errors(evidence: Evidence, design_cell: DesignCell) -> Iterator[str]:
    """Few tasks one by one; of many, in which of them something was found."""
    tasks = evidence.performed(design_cell)
    if len(tasks) <= FEW:
        for task in tasks:
            yield from _error(evidence, design_cell, task)
        return
    told = {
        task.title: sorted_out(_against_texts(evidence, design_cell, task), None, evidence.unresolved) for task in tasks
    }
    given = {title: kinds for title, kinds in told.items() if any(kinds.values())}
    apart = [title for title, kinds in given.items() if kinds["above"] or kinds["below"]]
    without = [title for title, kinds in given.items() if not (kinds["above"] or kinds["below"] or kinds["open"])]
    yield (
        f"Errors: of {counted(len(given), 'task')}, {len(apart)} differ after the texts of some state from neutral "
        f"ones by an interval without zero{f': {listed(apart)}' if apart else ''}."
    )
    if without:
        yield f"For {listed(without)} the data allow no interval."


def _error(evidence: Evidence, design_cell: DesignCell, task: Task) -> Iterator[str]:
    found = _against_texts(evidence, design_cell, task)
    if not found:
        return
    kinds = sorted_out(found, evidence.study.smallest_effect.get(task.id), evidence.unresolved)
    sides = {task.higher: kinds["above"], task.lower: kinds["below"]}
    parts = [
        f"after texts of {listed([f'{one.state} ({_numbers(one)})' for one in part])} {told} than after neutral ones"
        for told, part in sides.items()
        if part
    ]
    none = "the texts of no state differ from neutral ones by an interval without zero"
    yield f"Errors in {task.title}: {'; '.join(parts) or none}."
    yield from _unshown(kinds)


def _against_texts(evidence: Evidence, design_cell: DesignCell, task: Task) -> list[Finding]:
    """The findings of a task against neutral texts; its controls stand in the table."""
    return [one for one in _found(evidence, design_cell, "error", task.id) if one.against == NEUTRAL]


def _rest(kinds: dict[str, list[Finding]], against: str, contrary: str) -> Iterator[str]:
    """What is to be said of the states that did not do what was expected: results, too."""
    if kinds[against]:
        each = [f"{one.state} ({_numbers(one)})" for one in kinds[against]]
        yield f"Contrary to that, for {listed(each)} {contrary}."
    yield from _unshown(kinds)


_UNSHOWN = {
    "small": "the difference, though not zero, is smaller than the smallest effect of interest",
    "negligible": "the difference is smaller than the smallest effect of interest",
    "open": "the interval includes zero: neither a difference nor its absence is shown",
    "unknown": "the data allow no interval",
    "unresolved": "the difference is smaller than the resolution of the engine, so that it is not named",
}
"""What is said of states by the kind of their finding, where nothing was shown."""


def _unshown(kinds: dict[str, list[Finding]]) -> Iterator[str]:
    """What is small, absent, or left open."""
    for kind, what in _UNSHOWN.items():
        if kinds[kind]:
            yield f"For {listed([one.state for one in kinds[kind]])} {what}."


def _span(found: Sequence[Finding]) -> str:
    """The smallest and the largest of some differences, with their intervals."""
    if not found:
        return ""
    ordered = sorted(found, key=lambda one: abs(one.estimate))
    least, most = ordered[0], ordered[-1]
    if len(found) == 1:
        return f" ({least.state}: difference {_numbers(least)})"
    return f" (differences from {_numbers(least)}, for {least.state}, to {_numbers(most)}, for {most.state})"


def _numbers(one: Finding) -> str:
    return estimate_text(one.estimate, one.low, one.high, one.unit)


def _caution(evidence: Evidence, design_cell: DesignCell) -> str:
    found = [one for one in evidence.summary.findings if DesignCell.of(one) == design_cell]
    least = min((one.n for one in found), default=0)
    return (
        f"Intervals are over texts ({sample_size(least, 'vignette')} per state) and, of several, items, each for one "
        f"comparison, without a correction for the {counted(len(found), 'comparison')} made."
    )
