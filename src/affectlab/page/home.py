"""The first view: what is going on, the runs, and the studies."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from affectlab.design.load import shipped
from affectlab.errors import AffectlabError, InputError
from affectlab.experiment import Standing, standing
from affectlab.materials.document import read
from affectlab.page.early_looks import are_hidden
from affectlab.page.folder import TRASH, Folder, name_of, path_of
from affectlab.page.notes import NOTES, notes
from affectlab.page.opening import OPENINGS
from affectlab.page.view import LANGUAGE, form, go, named_run, shown_page, words_of_request
from affectlab.run import STORE
from affectlab.store.lock import holder


@dataclass(frozen=True)
class ListedRun:
    """A run as it stands in the list."""

    name: str
    shown: str
    found: Standing | None
    """None where it cannot be read."""
    trouble: str = ""
    notes: str = ""


@dataclass(frozen=True)
class ListedStudy:
    """A study as it stands in the list."""

    name: str
    shown: str
    title: str
    runs: int


def listed_runs(folder: Folder) -> list[ListedRun]:
    """The runs of a folder, those that are going on first, then the latest."""
    found = list(_runs(folder, folder.runs()))
    return sorted(found, key=lambda one: (one.found is None, one.found and -one.found.changed, one.name))


def _runs(folder: Folder, names: Iterable[str]) -> Iterator[ListedRun]:
    for name in names:
        path = folder.run(name)
        try:
            yield ListedRun(name, path_of(name), standing(path), notes=notes(path))
        except AffectlabError as error:
            yield ListedRun(name, path_of(name), None, error.message)


def listed_studies(folder: Folder, runs: list[ListedRun]) -> tuple[list[ListedStudy], list[ListedStudy]]:
    """The studies that were written here, and those that are shipped."""
    own = [(name, path_of(name), folder.study(name)) for name in folder.studies()]
    every = [(name, name, path) for name, path in shipped().items()]
    return list(_studies(own, runs)), list(_studies(every, runs))


def _studies(named: list[tuple[str, str, Path]], runs: list[ListedRun]) -> Iterator[ListedStudy]:
    done = [one.found.study for one in runs if one.found is not None]
    for name, shown, path in named:
        try:
            data = read(path).data
            title, id = str(data.get("title", "")), str(data.get("id", ""))
        except AffectlabError as error:
            title, id = error.message, ""
        yield ListedStudy(name, shown, title, done.count(id))


def _home(request: Request) -> Response:
    folder: Folder = request.app.state.folder
    runs = listed_runs(folder)
    own, ready = listed_studies(folder, runs)
    going = [one for one in runs if one.found is not None and one.found.state == "running"]
    return shown_page(
        request, "home.html.j2", runs=runs, going=going, own=own, shipped=ready, folder=folder.root.name or "/"
    )


def _going(request: Request) -> Response:
    """What is going on now, for a view that asks again and again."""
    folder: Folder = request.app.state.folder
    # who writes is asked first: of a large run that nobody does, even the number of its answers takes its time
    written = [name for name in folder.runs() if holder(folder.run(name) / STORE) is not None]
    going = [one for one in _runs(folder, written) if one.found is not None and one.found.state == "running"]
    return shown_page(request, "going.html.j2", going=going)


def _headline(request: Request) -> Response:
    _, directory = named_run(request)
    try:
        if are_hidden(directory, standing(directory)):
            trouble = words_of_request(request)("live.hidden_line")
            return shown_page(request, "headline.html.j2", found=None, trouble=trouble)
        found = OPENINGS.of(directory)
    except AffectlabError as error:
        return shown_page(request, "headline.html.j2", found=None, trouble=error.message)
    return shown_page(request, "headline.html.j2", found=found, trouble="")


async def _language(request: Request) -> Response:
    """Have the page speak another language from now on."""
    fields = await form(request)
    answer = go("/")
    answer.set_cookie(LANGUAGE, fields.get("language", ["en"])[0][:2], samesite="strict", max_age=31_536_000)
    return answer


async def _notes(request: Request) -> Response:
    """Keep notes with a run."""
    name, directory = named_run(request)
    fields = await form(request)
    (directory / NOTES).write_text(fields.get("notes", [""])[0], "utf-8")
    return go(f"/runs/{name}")


async def _rename(request: Request) -> Response:
    folder: Folder = request.app.state.folder
    fields = await form(request)
    to = await run_in_threadpool(renamed, folder, request.path_params["name"], fields.get("to", [""])[0].strip())
    return go(f"/runs/{to}" if (folder.below(to)).is_dir() else "/")


async def _trash(request: Request) -> Response:
    await run_in_threadpool(thrown_away, request.app.state.folder, request.path_params["name"])
    return go("/")


def renamed(folder: Folder, name: str, to: str) -> str:
    """Give a run or a study of the folder another name; returns it as it stands in addresses.

    Raises:
        NotThereError: there is no such run or study.
        InputError: the name cannot be that of a file, or is taken, or the run is going on.
    """
    path = _movable(folder, name)
    if not to or to.startswith(".") or any(one in to for one in '/\\:*?"<>|\0') or len(to) > 120:
        raise InputError(f"`{to}` cannot be a name", hint="use letters, numbers, - and _")
    target = path.with_name(to if path.is_dir() or to.endswith(path.suffix) else f"{to}{path.suffix}")
    if target.exists():
        raise InputError(f"there is a `{target.name}` already", hint="choose another name")
    path.rename(target)
    return name_of(target.relative_to(folder.root))


def thrown_away(folder: Folder, name: str) -> Path:
    """Move a run or a study of the folder to its trash; returns where it lies.

    Raises:
        NotThereError: there is no such run or study.
        InputError: the run is going on.
    """
    path = _movable(folder, name)
    trash = folder.root / TRASH
    trash.mkdir(exist_ok=True)
    number, target = 2, trash / path.name
    while target.exists():
        target, number = trash / f"{path.stem}-{number}{path.suffix}", number + 1
    shutil.move(path, target)
    return target


def _movable(folder: Folder, name: str) -> Path:
    path = folder.run(name) if name in folder.runs() else folder.study(name)
    if not path.is_relative_to(folder.root):
        raise InputError(f"{name} is shipped with affectlab", hint="copy it, and change the copy")
    if path.is_dir() and standing(path).state == "running":
        raise InputError(f"{name} is going on", hint="pause it first")
    return path


ROUTES: list[BaseRoute] = [
    Route("/", _home),
    Route("/going", _going),
    Route("/language", _language, methods=["POST"]),
    Route("/runs/{run}/headline", _headline),
    Route("/runs/{run}/notes", _notes, methods=["POST"]),
    Route("/rename/{name}", _rename, methods=["POST"]),
    Route("/trash/{name}", _trash, methods=["POST"]),
]
