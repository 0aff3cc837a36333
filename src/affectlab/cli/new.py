"""The command that begins a study."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import Annotated

import typer

from affectlab.cli.app import app

Answer = Annotated[
    str | None, typer.Option(help="The answer to this question, which is then not asked.", metavar="ANSWER")
]


@app.command()
def new(
    folder: Annotated[
        Path, typer.Argument(metavar="STUDY_FOLDER", help="A new folder, after which the study is named.")
    ],
    example: Annotated[
        str | None, typer.Option("--from", metavar="EXAMPLE", help="Copy this study instead of asking.")
    ] = None,
    title: Answer = None,
    states: Answer = None,
    technique: Answer = None,
    measures: Answer = None,
    model: Answer = None,
) -> None:
    """Begin a study: answer five questions, and get a study file that explains itself."""
    from affectlab.atomic import file_replaced
    from affectlab.design.new import NAME, copied_study, id_of, new_study
    from affectlab.errors import InputError
    from affectlab.experiment import Experiment

    file, id = folder / NAME, id_of(folder)
    if file.exists():
        raise InputError(f"{file} is there already", hint="name another folder")
    if example is not None:
        text = copied_study(example, id, folder)
    else:
        text = new_study(
            id,
            title=_asked("What is the study about, in a line?", title, "Does it?"),
            states=_names(_asked("Which states (affectlab list states)?", states, "fear, sadness")),
            technique=_asked("Induced how (affectlab list techniques)?", technique, "imagery"),
            measures=_names(_asked("Measured by what (affectlab list instruments)?", measures, "affect-cloze")),
            models=_names(_asked("Which model (affectlab list models)?", model, "smollm2")),
        )
    with file_replaced(file, "folder") as part:
        part.write_text(text, "utf-8")
    named = shlex.quote(str(file))
    print(f"{file} is written. Next: affectlab check {named}; affectlab preview {named}; affectlab run {named} --quick")
    for error in Experiment.check(file).errors:
        print(error, file=sys.stderr)


def _asked(question: str, answered: str | None, otherwise: str) -> str:
    """What is answered: by an option, by the person, or by nobody."""
    if answered is not None:
        return answered
    if not sys.stdin.isatty():
        return otherwise
    said: str = typer.prompt(question, default=otherwise)
    return said


def _names(answer: str) -> list[str]:
    return [name for name in answer.replace(",", " ").split() if name]
