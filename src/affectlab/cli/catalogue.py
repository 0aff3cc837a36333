"""The commands that show what there is."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from affectlab.cli.app import Json, app, emit

WithStudy = Annotated[
    str | None, typer.Option("--study", metavar="FILE", help="Also the materials that lie beside this study.")
]
KindName = Annotated[
    str, typer.Argument(metavar="KIND", help="One of the kinds that `affectlab list` prints, as `states`.")
]
SomeKind = Annotated[
    str | None,
    typer.Argument(metavar="KIND", help="As `states`; without one, every kind is listed.", show_default=False),
]


if TYPE_CHECKING:
    from affectlab.materials.catalogue import Catalogue


@dataclass(frozen=True)
class Kind:
    """Something of which there are several."""

    noun: str
    titles: Callable[[], Mapping[str, str]]
    """By id."""
    path: Callable[[str], Path | None] = lambda _: None
    """The file of one; None where it stands in none."""


@app.command("list")
def list_(kind: SomeKind = None, study: WithStudy = None, as_json: Json = False) -> None:
    """List what affectlab brings: every kind, or everything of one."""
    from affectlab.report.render.terminal import show
    from affectlab.report.section import Section
    from affectlab.report.table import Table

    if kind is None:
        rows = {name: f"{len(one.titles()):,}" for name, one in _all_kinds(study).items()}
        if as_json:
            emit([{"kind": name, "number": int(number.replace(",", ""))} for name, number in rows.items()])
            return
    else:
        rows = dict(_kind(kind, study).titles())
        if as_json:
            emit([{"id": id, "title": title} for id, title in rows.items()])
            return
    show(Section("list", "", tables=(Table("", ("", ""), tuple(rows.items())),)))


@app.command()
def show(
    kind: KindName,
    name: Annotated[str, typer.Argument(metavar="NAME", help="One of the names that `affectlab list KIND` prints.")],
    study: WithStudy = None,
) -> None:
    """Show a material, a study or a model as it stands in its file."""
    from affectlab.errors import InputError

    wanted = _kind(kind, study)
    known = wanted.titles()
    if name not in known:
        raise InputError(f"unknown {wanted.noun} `{name}`", hint=_near(name, known))
    path = wanted.path(name)
    print(f"{name}  {known[name]}" if path is None else path.read_text("utf-8").rstrip("\n"))


def _kind(name: str, study: str | None) -> Kind:
    """The kind of a name, in the singular or the plural, with the materials beside a study where one is named."""
    from affectlab.errors import InputError

    kinds = _all_kinds(study)
    for plural, kind in kinds.items():
        if name in (plural, kind.noun):
            return kind
    raise InputError(f"unknown kind `{name}`", hint=_near(name, kinds))


def _all_kinds(study: str | None) -> dict[str, Kind]:
    from affectlab.design.load import load_study
    from affectlab.materials.catalogue import Catalogue

    return _kinds(load_study(study).catalogue if study is not None else Catalogue())


def _near(name: str, known: Mapping[str, object]) -> str:
    close = difflib.get_close_matches(name, known, n=3)
    if close:
        return f"did you mean {' or '.join(f'`{one}`' for one in close)}?"
    return f"there are: {', '.join(known)}"


def _kinds(catalogue: Catalogue) -> dict[str, Kind]:
    """By their plurals: states, models and studies, and every kind of material."""
    from inspect import getdoc

    from affectlab.design.load import load_study, shipped
    from affectlab.importers.registry import IMPORTERS
    from affectlab.materials.catalogue import FOLDERS, noun
    from affectlab.materials.schema import Induction, Material
    from affectlab.materials.state import State
    from affectlab.participants.registry import KNOWN, brought, reached_by_words_alone, ready
    from affectlab.participants.remote.model import FOLDER
    from affectlab.report.numbers import counted

    def states() -> dict[str, str]:
        induced: list[str] = [one.state for one in catalogue.sound(Induction)]
        return {one.id: f"{counted(induced.count(one.id), 'technique')} of induction" for one in catalogue.states}

    def models() -> dict[str, str]:
        return {**brought(), **{name: f"{title}; {reach(name)}" for name, title in {**KNOWN, **ready()}.items()}}

    def importers() -> dict[str, str]:
        return {name: (getdoc(IMPORTERS[name]) or name).splitlines()[0] for name in IMPORTERS.names}

    def reach(name: str) -> str:
        return "words alone reach it" if reached_by_words_alone(name) else "it can be looked into and intervened on"

    def model_file(id: str) -> Path | None:
        return FOLDER / f"{id}.yaml" if id in ready() else None

    def of(kind: type[Material]) -> Kind:
        return Kind(
            noun(kind),
            lambda: {one.id: one.title for one in catalogue.all(kind)},
            lambda id: catalogue.document(kind, id).path,
        )

    return {
        **{_plural(noun(kind)): of(kind) for kind in FOLDERS},
        "states": Kind("state", states, of(State).path),
        "studies": Kind("study", lambda: {id: load_study(path).title for id, path in shipped().items()}, shipped().get),
        "models": Kind("model", models, model_file),
        "importers": Kind("importer", importers),
    }


def _plural(noun: str) -> str:
    """
    >>> _plural("task"), _plural("references")
    ('tasks', 'references')
    """
    return noun if noun.endswith("s") else f"{noun}s"
