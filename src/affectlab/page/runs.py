"""A run as it goes: started, paused, gone on with and stopped, and watched, whoever does it."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from affectlab.design.load import load_study
from affectlab.errors import AffectlabError
from affectlab.experiment import Experiment, Standing, standing
from affectlab.experiment.standing import PAUSED, STOPPED, sessions_by_model
from affectlab.page.early_looks import are_hidden, early_looks
from affectlab.page.folder import Folder, name_of
from affectlab.page.notes import notes
from affectlab.page.process import end_run, go_on, said_last, start
from affectlab.page.questions import questions
from affectlab.page.view import form, go, named_run, rendered, shown_page

EVERY = 1.0
"""Seconds between two looks at a run that is watched."""


@dataclass
class Watched:
    """How fast a run was since it was first looked at in this server."""

    since: float
    answers: int


class Paces:
    """The pace of each run that is watched."""

    def __init__(self) -> None:
        self._watched: dict[tuple[Path, int], Watched] = {}
        self._lock = threading.Lock()

    def seconds_left(self, directory: Path, found: Standing, asked: int | None, now: float) -> float | None:
        """As long as it still takes if it goes on as since it was first looked at; None where that is not known."""
        if found.writer is None:
            return None
        with self._lock:
            first = self._watched.setdefault((directory, found.writer.process), Watched(now, found.answers))
        fresh = found.answers - first.answers
        if asked is None or fresh <= 0 or found.answers >= asked:
            return None
        return (now - first.since) / fresh * (asked - found.answers)


PACES = Paces()


def _live(request: Request) -> Response:
    name, directory = named_run(request)
    return shown_page(request, "live.html.j2", name=name, notes=notes(directory), **_facts(directory))


def _facts(directory: Path) -> dict[str, Any]:
    found = standing(directory)
    asked = questions(directory, found.plan)
    left = PACES.seconds_left(directory, found, asked, time.monotonic())
    last = said_last(directory) if found.state == "interrupted" else ""
    models = sessions_by_model(directory) if len(found.models) > 1 else {}
    facts = {"asked": asked, "left": left, "last": last, "models": models}
    hidden = {"hidden": are_hidden(directory, found), "looks": early_looks(directory)}
    return {"found": found, "shown": directory.name, **hidden, **facts}


def _events(request: Request) -> Response:
    """The progress of a run as a stream of events: each is the part of the view that has changed."""
    _, directory = named_run(request)
    headers = {"x-accel-buffering": "no"}
    return StreamingResponse(_stream(request, directory), media_type="text/event-stream", headers=headers)


async def _stream(request: Request, directory: Path) -> AsyncIterator[str]:
    # the state that the view shows: it may have changed before this was asked for
    before, state = "", request.query_params.get("state")
    while not await request.is_disconnected():
        try:
            facts = await run_in_threadpool(_facts, directory)
        except AffectlabError:
            # it was renamed or moved; the view is asked for anew, and says so
            yield _event("changed", "")
            return
        found: Standing = facts["found"]
        if state and found.state != state:
            yield _event("changed", "")
            return
        state, part = found.state, rendered(request, "progress.html.j2", **facts)
        if part != before:
            yield _event("progress", part)
        before = part
        await asyncio.sleep(EVERY)


def _event(name: str, data: str) -> str:
    lines = "".join(f"data: {line}\n" for line in data.splitlines() or [""])
    return f"event: {name}\n{lines}\n"


async def _pause(request: Request) -> Response:
    name, directory = named_run(request)
    await run_in_threadpool(end_run, directory, PAUSED)
    return go(f"/runs/{name}")


async def _stop(request: Request) -> Response:
    name, directory = named_run(request)
    if standing(directory).state == "running":
        await run_in_threadpool(end_run, directory, STOPPED)
    return go(f"/runs/{name}")


async def _go_on(request: Request) -> Response:
    name, directory = named_run(request)
    await run_in_threadpool(go_on, directory)
    return go(f"/runs/{name}")


def _begin(request: Request) -> Response:
    """The form with which a study is run."""
    folder: Folder = request.app.state.folder
    name = request.path_params["study"]
    study = load_study(folder.study(name))
    quick = Experiment.load(folder.study(name), quick=True).planned().plan if study.quick else None
    plan = Experiment(study).plan
    return shown_page(
        request, "begin.html.j2", name=name, study=study, plan=plan, quick=quick, keys=_keys(study.models)
    )


def _keys(models: Sequence[str]) -> dict[str, bool]:
    """Of models behind interfaces, whether the variable with their key is set; what is in it never gets here."""
    from affectlab.participants.remote.make import is_remote, key_is_set, model_of

    return {name: key_is_set(model_of(name)) for name in models if is_remote(name)}


async def _start(request: Request) -> Response:
    """Have a study be run."""
    folder: Folder = request.app.state.folder
    fields = {key: values[0].strip() for key, values in (await form(request)).items()}
    path = folder.study(request.path_params["study"])
    models = [one for one in fields.get("models", "").replace(",", " ").split() if one]
    options = {f"--{name.replace('_', '-')}": fields.get(name, "") for name in _OPTIONS}
    quick = fields.get("form") == "quick"
    begin = partial(start, folder.root, str(path), models, options, quick=quick)
    return go(f"/runs/{name_of((await run_in_threadpool(begin)).relative_to(folder.root))}")


_OPTIONS = ("seed", "replicates", "budget", "base_url", "key_env")


ROUTES: list[BaseRoute] = [
    Route("/begin/{study}", _begin),
    Route("/begin/{study}", _start, methods=["POST"]),
    Route("/runs/{run}", _live),
    Route("/runs/{run}/events", _events),
    Route("/runs/{run}/pause", _pause, methods=["POST"]),
    Route("/runs/{run}/stop", _stop, methods=["POST"]),
    Route("/runs/{run}/resume", _go_on, methods=["POST"]),
]
