"""The export: everything a run holds, as plain files that need no affectlab to be read."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from affectlab.atomic import folder_filled
from affectlab.errors import StoreError
from affectlab.report.alone import FOLDER, check_form, every
from affectlab.report.evidence import Evidence
from affectlab.report.export.answers import write_answers, write_said
from affectlab.report.export.layout import DESCRIPTION, TURNS, data_file, write_table, write_text
from affectlab.report.export.metadata import Tables, write_descriptions
from affectlab.report.export.modelling import write_analysis
from affectlab.report.export.used import write_used
from affectlab.report.export.variables import SAID, codebook
from affectlab.report.obtained import simulated
from affectlab.run import Run
from affectlab.shown import line, marked


def export(run: Run, folder: Path, *, figures: str | None = None) -> Path:
    """Write a run as a Psych-DS dataset; ``read_scores`` reads its scores back exactly.

    Args:
        run: what to write.
        folder: where.
        figures: the form of the report's figures (``svg``, ``png`` or ``pdf``), which then lie in ``figures/``.

    Returns:
        the folder.

    Raises:
        InputError: figures cannot be written in that form.
        EngineError: they cannot be drawn here.
        StoreError: the run is damaged, or the folder holds something else, or cannot be written to.
        DataError: no session of the run is complete.
    """
    check_form(figures)
    run.store.check()
    evidence = Evidence.of(run)
    if folder.is_dir() and any(one.name != ".part" for one in folder.iterdir()) and not _is_export(folder):
        raise StoreError(f"{folder} is not empty", hint="name a new folder as --to")
    with folder_filled(folder) as part:
        _write(evidence, part)
        if figures is not None:
            every(run, figures, part / FOLDER, evidence=evidence)
    return folder


def _is_export(folder: Path) -> bool:
    return (folder / DESCRIPTION).is_file()


def _write(evidence: Evidence, folder: Path) -> None:
    run, study = evidence.run, evidence.study
    scores, sessions = run.scores(), _sessions(run)
    paths = {name: data_file(study.id, name) for name in ("scores", "sessions", "answers")}
    write_table(scores, folder / paths["scores"])
    write_table(sessions, folder / paths["sessions"])
    answers = write_answers(run.store, folder / paths["answers"])
    described = {"scores": scores, "sessions": sessions, "answers": answers}
    tables: Tables = {name: (paths[name], codebook(table)) for name, table in described.items()}
    write_descriptions(evidence, tables, {"turns": (TURNS, SAID)}, folder)
    write_said(run.store, folder)
    write_used(evidence, folder)
    write_analysis(evidence, scores, folder)
    write_text(folder / "README.md", _readme(evidence, paths))
    written = run.store.described("affectlab")
    write_text(folder / "CHANGES.md", f"# Changes\n\nVersion {study.version}: as exported by affectlab {written}.\n")


def _sessions(run: Run) -> pd.DataFrame:
    """The factors of every session, and the conversation that it was."""
    _, rows = run.store.query("SELECT id, conversation FROM sessions ORDER BY id")
    conversations = pd.DataFrame(rows, columns=["session", "conversation"])
    return run.sessions().merge(conversations, on="session")


def _readme(evidence: Evidence, paths: dict[str, str]) -> str:
    study, run = evidence.study, evidence.run
    planted = " The participant was simulated: its answers are planted." if simulated(evidence) else ""
    title, participants = marked(line(study.title)), marked(line(", ".join(run.participants)))
    return f"""# {title}

A run of the study `{study.id}`, version {study.version}, with {participants}. Exported by affectlab
{run.store.described("affectlab")} from the plan `{run.plan_hash}`.{planted}

The answers are those of language models. State names stand for conditions of the design, and no claim is made about
what it is like to give the answers.

| file | holds |
|---|---|
| `{paths["scores"]}` | every number that was measured, with its cell of the design; one row each |
| `{paths["sessions"]}` | the factors of every session, and the conversation that it was |
| `{paths["answers"]}` | every response with its whole distribution over the options |
| `documentation/codebook.csv` | what every column holds |
| `documentation/run.json` | seed, plan, course of the run, and the study as data |
| `materials/` | the study, the materials word for word, the participants, every turn and intervention, the options |
| `results/findings.csv` | every contrast of the run, with its estimate and interval |
| `analysis/` | the findings with their scores, and a script for R; the scores for JASP, long and wide |

The folder is a Psych-DS dataset and a Frictionless data package. Sampled units are vignettes: average repeated reads
of one text, and test over vignettes. Each material states its own licence. No licence is stated for the data: before
you publish them, fill in `dataset_description.json` what is `not stated yet` there.
"""
