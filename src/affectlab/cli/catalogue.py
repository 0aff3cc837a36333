"""The commands that show what there is."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from affectlab.cli.app import Json, app, emit
from affectlab.materials.schema import CONDITIONS, Frame, Induction, Instrument, Material, Regulation
from affectlab.materials.tasks import Task


class Kind(StrEnum):
    """What can be listed."""

    STATES = "states"
    INDUCTIONS = "inductions"
    REGULATIONS = "regulations"
    INSTRUMENTS = "instruments"
    TASKS = "tasks"
    FRAMES = "frames"
    STUDIES = "studies"
    MODELS = "models"


@app.command("list")
def list_(kind: Annotated[Kind, typer.Argument()], as_json: Json = False) -> None:
    """List what affectlab brings."""
    rows = _rows(kind)
    if as_json:
        emit([{"id": id, "title": title} for id, title in rows])
        return
    width = max((len(id) for id, _ in rows), default=0)
    for id, title in rows:
        print(f"{id:<{width}}  {title}".rstrip())


@app.command()
def show(kind: Annotated[Kind, typer.Argument()], name: str) -> None:
    """Show a material or a study as it stands in its file."""
    from affectlab.design.study import shipped
    from affectlab.errors import InputError
    from affectlab.materials.catalogue import Catalogue

    if kind is Kind.MODELS:
        from affectlab.participants.remote.model import FOLDER, shipped_model

        print((FOLDER / f"{shipped_model(name).id}.yaml").read_text("utf-8"), end="")
        return
    if kind is Kind.STATES:
        known = dict(_rows(kind))
        if name not in known:
            raise InputError(f"unknown {kind.value[:-1]} `{name}`", hint=f"there are: {', '.join(known)}")
        print(f"{name}  {known[name]}")
        return
    if kind is Kind.STUDIES:
        studies = shipped()
        if name not in studies:
            raise InputError(f"unknown study `{name}`", hint=f"there are: {', '.join(studies)}")
        print(studies[name].read_text("utf-8"), end="")
        return
    catalogue = Catalogue()
    material = _KINDS[kind]
    catalogue.get(material, name)
    print(catalogue.document(material, name).path.read_text("utf-8"), end="")


def _rows(kind: Kind) -> list[tuple[str, str]]:
    from affectlab.design.study import Study, shipped
    from affectlab.materials.catalogue import Catalogue
    from affectlab.participants.roster import KNOWN, ready

    catalogue = Catalogue()
    if kind is Kind.MODELS:
        return [*KNOWN.items(), *ready().items()]
    if kind is Kind.STUDIES:
        return [(name, Study.load(path).title) for name, path in shipped().items()]
    if kind is Kind.STATES:
        induced: list[str] = [one.state for one in catalogue.all(Induction)]
        return [(state, f"{induced.count(state)} techniques of induction") for state in CONDITIONS]
    return [(one.id, one.title) for one in catalogue.all(_KINDS[kind])]


_KINDS: dict[Kind, type[Material]] = {
    Kind.INDUCTIONS: Induction,
    Kind.REGULATIONS: Regulation,
    Kind.INSTRUMENTS: Instrument,
    Kind.TASKS: Task,
    Kind.FRAMES: Frame,
}
