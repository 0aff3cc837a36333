"""The page: one HTML file in which a run is reported, with everything it needs inside it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from affectlab.design.hypothesis import sentence
from affectlab.report.bias import bias_plot
from affectlab.report.check import Check, concern, made, verdicts
from affectlab.report.checklist import checklist
from affectlab.report.completions import completions
from affectlab.report.conversations import conversations
from affectlab.report.coverage import coverage_plot
from affectlab.report.distribution import distributions
from affectlab.report.evidence import Evidence
from affectlab.report.figure import Figure, saved
from affectlab.report.forest import induction_forest, regulation_forest
from affectlab.report.heatmap import heat_map
from affectlab.report.limits import limits
from affectlab.report.manner import by_manner, many
from affectlab.report.methods import methods, simulated
from affectlab.report.provenance import cards, design, materials, parameters, resolution
from affectlab.report.sections import Section, sections
from affectlab.report.sentences import claim_sentences, findings_paragraph
from affectlab.report.setting import Setting
from affectlab.report.table import Table
from affectlab.report.tabled import tabled
from affectlab.report.tables import checks_table, findings_table, frame, measures_table, refusals_table
from affectlab.report.techniques import technique_map
from affectlab.report.theme import GROUND, recolouring
from affectlab.report.trajectory import trajectories
from affectlab.report.transcript import transcript
from affectlab.report.vignettes import dot_plot
from affectlab.run import Run
from affectlab.shown import marked, shown

DRAWN = 6
"""Settings for which figures are drawn; the findings of all are in the tables and the file of findings."""

BLOCKS = ("manipulation", "trajectories", "regulation", "errors", "vignettes")
"""The parts of the page that go setting by setting."""

Drawing = Figure | None


@dataclass(frozen=True)
class Block:
    """What one section shows of one setting."""

    label: str
    figures: tuple[Figure, ...] = ()
    tables: tuple[Table, ...] = ()
    words: tuple[str, ...] = ()


def page(run: Run, *, checks: Sequence[Check] = ()) -> str:
    """The report of a run as HTML: static, in one piece, with no need of a network or of scripts.

    Raises:
        DataError: no session of the run is complete.
    """
    return as_html(Evidence.of(run), checks)


def as_html(evidence: Evidence, checks: Sequence[Check] = ()) -> str:
    """The page."""
    return templates().get_template("page.html.j2").render(content(evidence, checks))


def templates(*, escaped: bool = True) -> Environment:
    """The templates of the report; ``escaped`` for HTML, else for Markdown. Whatever they show is cleaned."""
    loader = FileSystemLoader(Path(__file__).parent / "templates")
    environment = Environment(
        loader=loader, autoescape=escaped, undefined=StrictUndefined, finalize=_cleaned if escaped else _marked
    )
    environment.trim_blocks = environment.lstrip_blocks = True
    return environment


def _cleaned(value: object) -> object:
    """What an expression of a template came to, as it can be shown; markup stays markup."""
    return type(value)(shown(value)) if isinstance(value, str) else value


def _marked(value: object) -> object:
    return marked(value) if isinstance(value, str) else value


def content(evidence: Evidence, checks: Sequence[Check] = ()) -> dict[str, Any]:
    """Everything the page shows, in the order in which it is shown, figures numbered."""
    numbers = count(1)
    checked = made(evidence, checks)
    coverage = replace(coverage_plot(evidence), number=next(numbers))
    drawn = evidence.settings[:DRAWN]
    beyond = list(sections(evidence))

    def section(draw: Callable[[Setting], Iterable[Drawing]], claim: str = "", words: str = "") -> list[Block]:
        return [
            Block(
                setting.label(evidence.settings) if len(evidence.settings) > 1 else "",
                tuple(replace(figure, number=next(numbers)) for figure in draw(setting) if figure is not None),
                (findings_table(evidence, setting, claim),) if claim and evidence.found(setting, claim) else (),
                tuple(claim_sentences(evidence, setting, words or claim)) if words or claim else (),
            )
            for setting in drawn
        ]

    store = evidence.run.store
    return {
        "study": evidence.study,
        "models": list(evidence.run.participants),
        "plan_hash": evidence.run.plan_hash,
        "affectlab": store.described("affectlab"),
        "simulated": simulated(evidence),
        "complete": evidence.run.complete,
        "facts": _facts(evidence),
        "findings": [(one.label(evidence.settings), findings_paragraph(evidence, one)) for one in evidence.settings],
        "findings_csv": saved(frame(evidence.summary.findings)),
        "left_out": len(evidence.settings) - len(drawn),
        "coverage": coverage,
        "measures": measures_table(evidence),
        "verdicts": verdicts(checked),
        "concerns": [(one.name, concern(one)) for one in checked if one.verdict in ("fails", "warns")],
        "checks": checks_table(checked),
        "refusals": refusals_table(evidence),
        "resolution": resolution(evidence),
        "incidents": store.incidents(),
        "resumed": _resumed(evidence),
        "manipulation": section(
            lambda one: (
                draw(evidence, one, each) for each in evidence.readable(one) for draw in (heat_map, induction_forest)
            ),
            "induction",
        ),
        "opening": [_further(evidence, one, numbers) for one in beyond if one.opening],
        "hypotheses": [sentence(one) for one in evidence.study.hypotheses.values()],
        "earlier": [_further(evidence, one, numbers) for one in beyond if one.early],
        "trajectories": section(lambda one: (trajectories(evidence, one, each) for each in evidence.readable(one))),
        "regulation": section(lambda one: _forests(evidence, one), "regulation"),
        "errors": section(lambda one: _biases(evidence, one), "error"),
        "later": [_further(evidence, one, numbers) for one in beyond if not (one.early or one.opening)],
        "completions": [table for one in drawn[:1] for table in completions(evidence, one)],
        "vignettes": section(
            lambda one: (
                draw(evidence, one, each) for each in evidence.readable(one) for draw in (dot_plot, distributions)
            )
        ),
        "conversations": conversations(evidence),
        "transcript": transcript(evidence, evidence.settings[0]) if evidence.settings else None,
        "design": design(evidence),
        "materials": materials(evidence),
        "cards": cards(evidence),
        "parameters": parameters(evidence),
        "study_text": store.described("study_text"),
        "limits": limits(evidence),
        "checklist": checklist(evidence),
        "methods": methods(evidence),
        "ground": GROUND,
        "recolouring": recolouring(),
    }


def figures_of(shown: Mapping[str, Any]) -> list[Figure]:
    """Every figure of the content of a page, in the order of the page."""
    blocks = [block for name in BLOCKS for block in shown[name]]
    found = [shown["coverage"], *(figure for block in blocks for figure in block.figures)]
    found += [
        figure for part in ("opening", "earlier", "later") for section in shown[part] for figure in section["figures"]
    ]
    return sorted(found, key=lambda figure: figure.number)


def _further(evidence: Evidence, section: Section, numbers: Iterator[int]) -> dict[str, Any]:
    """A section of another analysis, as the page shows it."""
    return {
        "id": section.id,
        "title": section.title,
        "parts": section.parts,
        "prose": section.prose,
        "figures": [replace(figure, number=next(numbers)) for figure in section.figures],
        "tables": [
            (tabled(evidence, data, caption), saved(data), caption in section.quoted)
            for caption, data in section.tables.items()
        ],
    }


def _forests(evidence: Evidence, setting: Setting) -> Iterator[Drawing]:
    """Each technique against its controls; where techniques are many, all against the first control."""
    for instrument in evidence.readable(setting):
        for manner, found in by_manner(evidence.found(setting, "regulation", instrument.id)):
            if many(found):
                yield technique_map(evidence, setting, instrument, found)
                continue
            for technique in evidence.techniques:
                of_technique = [one for one in found if one.regulation == technique]
                if of_technique:
                    yield regulation_forest(evidence, setting, instrument, of_technique, manner=manner.words)


def _biases(evidence: Evidence, setting: Setting) -> Iterator[Drawing]:
    for task in evidence.tasks:
        if evidence.usable(setting.model, task.id):
            yield bias_plot(evidence, setting, task)


def _facts(evidence: Evidence) -> list[tuple[str, str]]:
    store, study = evidence.run.store, evidence.study
    return [
        ("model" if len(evidence.run.participants) == 1 else "models", ", ".join(evidence.run.participants)),
        ("states", f"{len(evidence.states)} and neutral" if len(study.states) > len(evidence.states) else "no neutral"),
        ("vignettes per state", str(study.induction.texts)),
        ("sessions", f"{len(store.done()):,} of {int(store.described('sessions')):,}"),
        ("answers", f"{store.count():,}"),
        ("plan", evidence.run.plan_hash[:12]),
    ]


def _resumed(evidence: Evidence) -> list[tuple[int, int]]:
    """Start of the run and the answers that came in it, where there was more than one start."""
    starts = evidence.responses.groupby("attempt")["count"].sum()
    return [(int(str(attempt)), int(answers)) for attempt, answers in starts.items()]
