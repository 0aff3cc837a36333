"""The results of a run: what can be read from it, and done with it, when it has answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from affectlab.errors import InputError
from affectlab.experiment.event import Event
from affectlab.run import Run

if TYPE_CHECKING:
    import pandas as pd

    from affectlab.effects.judgement import Judgement
    from affectlab.experiment.replay import Replayed
    from affectlab.records.archive import Archived
    from affectlab.records.citation import Cited
    from affectlab.records.deletion import Deleted
    from affectlab.records.scorings import ScoringOutcome
    from affectlab.records.trace import Trace
    from affectlab.records.verification import Verified
    from affectlab.report.evidence import Evidence
    from affectlab.report.section import Section
    from affectlab.results.deviations import Deviation
    from affectlab.results.findings import Finding
    from affectlab.results.humans import HumanEffects
    from affectlab.results.multiverse import Curve
    from affectlab.results.regulated import Regulated
    from affectlab.validity import Checked


class Results:
    """A run and what it says. Each method does what the command of its name does."""

    def __init__(self, run: Run) -> None:
        self.run = run

    @classmethod
    def open(cls, run: Path | str, *, scoring: int | None = None) -> Results:
        """The results in a run's directory, or in an archive of one.

        Args:
            scoring: the scoring of which all numbers are to be; the latest if None.

        Raises:
            StoreError: there is none, or it is damaged or of a later version; or it has no such scoring.
        """
        return cls(Run.open(run, scoring=scoring))

    def scores(self) -> pd.DataFrame:
        """Tidy rows: one for each number, with its cell of the design."""
        return self.run.scores()

    @cached_property
    def evidence(self) -> Evidence:
        """What the report rests on.

        Raises:
            DataError: no session of the run is complete.
        """
        from affectlab.report.evidence import Evidence

        return Evidence.of(self.run)

    @property
    def findings(self) -> Sequence[Finding]:
        """Every effect against one control, in raw units, with its interval."""
        return self.evidence.summary.findings

    def hypotheses(self) -> Sequence[Judgement]:
        """Each claim of the study: supported, not supported or open, and against what."""
        return self.evidence.judgements

    def validity(self) -> Sequence[Checked]:
        """What speaks against the run, check by check."""
        return self.evidence.validity

    def manipulation(self) -> dict[str, pd.DataFrame]:
        """What the inductions did, as tables: convergence, discrimination, dose, specificity, course, conditions.

        A column ``usable`` says of each row whether its model can use the measure.
        """
        from affectlab.results.manipulation import manipulation

        return manipulation(self.evidence.effects, self.evidence.scores).marked(self.evidence.summary)

    def regulation(self) -> Regulated:
        """What regulation did: techniques against each control, courses, choices, talks, a trial.

        Raises:
            DataError: nothing was regulated.
        """
        return self.evidence.regulation

    def humans(self) -> HumanEffects:
        """The run's tasks compared with human effects.

        Raises:
            DataError: the run has no tasks.
        """
        from affectlab.results.humans import human_effects

        known = self.evidence
        return human_effects(known.scores, known.study, known.effects, known.summary.usability)

    def multiverse(self) -> list[Curve]:
        """Each finding over frame, wording, measure and context: how far it depends on a choice."""
        from affectlab.results.multiverse import multiverse

        return multiverse(self.run)

    def tables(self) -> dict[str, pd.DataFrame]:
        """Labelled tables: contrasts, equivalence, dose, reliability, traits by methods, sources of variance.

        Raises:
            DataError: nothing was measured before and after an induction.
        """
        from affectlab.results.labelled import of_run

        return of_run(self.run)

    def incidents(self) -> list[tuple[int, str, str]]:
        """Start, kind and detail of everything that went wrong, and of what a reader must know."""
        return self.run.store.incidents()

    def deviations(self, frozen: Path | None = None) -> list[Deviation]:
        """In what the run departs from its preregistration.

        Args:
            frozen: the preregistration, if the run does not keep it yet; it does from then on.

        Raises:
            InputError: the file is no preregistration, or none is named and the run keeps none.
        """
        from affectlab.design.preregistration import KIND, load
        from affectlab.results.deviations import deviations, preregistered

        if frozen is not None:
            self.run.store.describe(KIND, load(frozen))
        kept = preregistered(self.run)
        if kept is None:
            where = self.run.store.path
            raise InputError("the run keeps no preregistration", hint="name the frozen file with --from", file=where)
        return deviations(self.run, kept)

    def sections(self, names: Sequence[str] | None = None) -> Iterator[Section]:
        """The report section by section, in the order of reading: titles, sentences, tables and figures as data.

        Args:
            names: only these, in this order.

        Raises:
            InputError: there is no such section.
        """
        from affectlab.report.registry import sections

        return sections(self.evidence, names)

    def report(self, out: Path | None = None, *, form: str = "html", figure: str | None = None) -> Path:
        """Write the report: ``html``, ``md``, ``json`` or ``csv``; or one of its figures. Returns the file."""
        if figure is not None:
            from affectlab.report.alone import single

            return single(self.run, figure, out)
        from affectlab.report.write import report

        return report(self.run, out, form=form, evidence=self.evidence)

    def figures(self, form: str = "png", out: Path | None = None) -> list[Path]:
        """Write all figures of the report into a folder, as ``svg``, ``png`` or ``pdf``. Returns the files."""
        from affectlab.report.alone import every

        return every(self.run, form, out, evidence=self.evidence)

    def export(
        self, to: Path, *, form: Literal["dataset", "dialogues", "spss"] = "dataset", figures: str | None = None
    ) -> Path:
        """Write the run as plain files; returns their directory.

        Args:
            to: the directory; of ``spss``, the file.
            form: all of the run; its dialogues by speaker turn; or its scores as a file of SPSS.
            figures: of the whole run, the form of the report's figures: ``svg``, ``png`` or ``pdf``; none if None.
        """
        from affectlab.report import export as forms

        if form == "dataset":
            return forms.export(self.run, to, figures=figures)
        if figures is not None:
            raise InputError("figures go with the whole export", hint="leave out --form, or --figures")
        return {"dialogues": forms.write_dialogues, "spss": forms.write_sav}[form](self.run, to)

    def score(self, materials: Path | None = None) -> ScoringOutcome:
        """Derive the scores again; with a corrected key from a folder, as a new scoring."""
        from affectlab.records.scorings import score

        return score(self.run, materials)

    def trace(self, answer: str) -> Trace:
        """The exact text that was sent for an answer, by its key or how that begins."""
        from affectlab.records.trace import trace

        return trace(self.run, answer)

    def cite(self) -> list[Cited]:
        """What the run rests on: the software, its models, and every material that it used."""
        from affectlab.records.citation import cited

        return cited(self.run)

    def archive(self, to: Path, *, share: bool = False) -> Archived:
        """Write one file that is the run; with ``share`` without what a licence does not allow to pass on."""
        from affectlab.records.archive import archive

        return archive(self.run, to, share=share)

    def delete(self, session: int) -> Deleted:
        """Delete a session for good."""
        from affectlab.records.deletion import delete

        return delete(self.run, session)

    def verify(self) -> Verified:
        """Look at everything that the run holds, whether it is what was stored and follows from it.

        Raises:
            StoreError: something is damaged; it says what.
        """
        from affectlab.records.verification import verify

        return verify(self.run)

    def replay(self, watch: Callable[[Event], None] = lambda _: None) -> Replayed:
        """Do the run again in the same way, and compare every answer.

        Args:
            watch: told what happens while the run is done again.

        Raises:
            StoreError: the run is not complete, is a copy without all its texts, or does not say who took part.
            CapabilityError: somebody who took part does not promise the same answer twice.
        """
        from affectlab.experiment.replay import replay

        return replay(self.run, watch)

    def record(self) -> dict[str, Any]:
        """What the run found, as plain values."""
        from affectlab.json_values import records
        from affectlab.report.glance import verdict_records

        summary = self.evidence.summary
        return {
            "plan_hash": self.run.plan_hash,
            "answers": self.run.store.count(),
            "hypotheses": verdict_records(list(self.hypotheses())),
            "findings": [{**finding.row(), "usable": summary.usable(finding)} for finding in self.findings],
            "measures": summary.measures(),
            "left_out": records(summary.left_out()),
            "validity": [one.row() for one in self.validity()],
            "spent": self.run.spent,
            "failed": dict(self.run.failed),
        }
