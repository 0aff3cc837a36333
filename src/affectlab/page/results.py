"""What a run found: the sections of its report, and the way from every number to its answers and the text sent."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from affectlab.experiment import standing
from affectlab.page.early_looks import are_hidden, early_looks, note_look, shown_run
from affectlab.page.folder import NotThereError
from affectlab.page.opened import DOCUMENTS, RESULTS, Kept
from affectlab.page.opening import FIRST, OPENINGS, Rendered, sections_shown
from affectlab.page.view import go, named_run, plain_name, shown_page
from affectlab.page.whole_run import read_whole

if TYPE_CHECKING:
    import pandas as pd

    from affectlab.effects.contrast import Contrast
    from affectlab.effects.effect import Effect

SHOWN = 500
"""Answers of a contrast that are listed at once."""


def rest_of(directory: Path) -> tuple[Sequence[tuple[str, str]], Rendered]:
    """The contents of the whole report, and the sections that do not open it."""
    results, whole = RESULTS.of(directory), DOCUMENTS.of(directory)
    rest = sections_shown(results, (one for one in whole.sections if one.id not in FIRST))
    return [(one.id, one.title) for one in whole.sections], rest


_RESTS: Kept[tuple[Sequence[tuple[str, str]], Rendered]] = Kept(partial(read_whole, "affectlab.page.results:rest_of"))


def _results(request: Request) -> Response:
    name, directory = named_run(request)
    found = standing(directory)
    facts: dict[str, Any] = {"hidden": are_hidden(directory, found), "looks": early_looks(directory)}
    return shown_page(request, "results.html.j2", name=name, shown=directory.name, found=found, **facts)


async def _look(request: Request) -> Response:
    """Show what was answered in a preregistered run before it is complete, and keep that somebody looked."""
    name, directory = named_run(request)
    found = standing(directory)
    if are_hidden(directory, found):
        note_look(directory, found)
    return go(f"/runs/{name}/results")


def _part(request: Request) -> Response:
    """The opening of the report, or the rest of it."""
    name, directory = shown_run(request)
    if request.path_params["part"] == "rest":
        contents, made = _RESTS.of(directory)
        return shown_page(request, "sections.html.j2", sections=made, contents=contents, notices=(), rest="")
    opening, rest = OPENINGS.of(directory), f"/runs/{name}/results/rest"
    values: dict[str, Any] = {"sections": opening.sections, "notices": opening.notices, "rest": rest}
    return shown_page(request, "sections.html.j2", contents=(), **values)


@dataclass(frozen=True)
class Support:
    """A number, and the answers on which it rests."""

    estimate: str
    words: Mapping[str, str]
    rows: Sequence[Mapping[str, Any]]
    total: int


def _answers(request: Request) -> Response:
    """The answers on which the numbers of a row rest."""
    name, directory = shown_run(request)
    evidence = RESULTS.of(directory).evidence
    every = evidence.summary.effects.by_id
    asked = [every[id] for id in request.query_params.get("contrast", "").split() if id in every]
    if not asked:
        raise NotThereError(name)
    found = [_support(one, evidence.scores) for one in asked]
    return shown_page(request, "answers.html.j2", name=name, found=found)


def _support(effect: Effect, scores: pd.DataFrame) -> Support:
    from affectlab.report.numbers import bracket, number_shown
    from affectlab.results.rests import rests_on

    rows, found = rests_on(scores, effect.contrast), effect.estimate
    listed: list[Any] = rows[_COLUMNS].head(SHOWN).astype(object).to_dict("records")
    estimate = f"{number_shown(found.difference, sign=True)} {bracket(found.low, found.high)}"
    return Support(estimate, _in_words(effect.contrast), listed, len(rows))


_COLUMNS = ["condition", "session", "state", "vignette", "point", "item", "scale", "value", "response"]


def _in_words(contrast: Contrast) -> dict[str, str]:
    """What a contrast is of, by what it is called."""
    second = contrast.second
    return {
        "measure": f"{contrast.outcome.measure}, {contrast.outcome.scale} ({contrast.outcome.unit})",
        "first": _levels(contrast.first),
        "second": contrast.against if second is None else _levels(second),
        "cell": _levels(contrast.cell),
        "change": "" if contrast.change is None else " → ".join(contrast.change),
    }


def _levels(levels: Any) -> str:
    return ", ".join(f"{factor}: {level}" for factor, level in levels.items())


def _trace(request: Request) -> Response:
    """An answer, with the text that was sent for it."""
    name, directory = shown_run(request)
    results = RESULTS.of(directory)
    asked = request.path_params["answer"]
    if asked.isdecimal() and len(asked) < 12:
        # within a run an answer is found by its row
        _, rows = results.run.store.query("SELECT key FROM responses WHERE id = ?", (int(asked),))
        asked = rows[0][0] if rows else asked
    return shown_page(request, "trace.html.j2", name=name, trace=results.trace(asked))


def _report(request: Request) -> Response:
    """The report as one file to be kept."""
    _, directory = shown_run(request)
    with tempfile.TemporaryDirectory() as folder:
        content = RESULTS.of(directory).report(Path(folder) / "report.html").read_bytes()
    headers = {"content-disposition": f'attachment; filename="{plain_name(directory.name)}.html"'}
    return Response(content, media_type="text/html", headers=headers)


def _export(request: Request) -> Response:
    """The run as plain files, in one archive."""
    _, directory = shown_run(request)
    packed = io.BytesIO()
    with tempfile.TemporaryDirectory() as folder:
        made = RESULTS.of(directory).export(Path(folder) / plain_name(directory.name))
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in sorted(one for one in made.rglob("*") if one.is_file()):
                archive.write(file, file.relative_to(made.parent))
    headers = {"content-disposition": f'attachment; filename="{plain_name(directory.name)}.zip"'}
    return Response(packed.getvalue(), media_type="application/zip", headers=headers)


ROUTES: list[BaseRoute] = [
    Route("/runs/{run}/look", _look, methods=["POST"]),
    Route("/runs/{run}/results", _results),
    Route("/runs/{run}/results/{part}", _part),
    Route("/runs/{run}/answers", _answers),
    Route("/runs/{run}/answers/{answer}", _trace),
    Route("/runs/{run}/report.html", _report),
    Route("/runs/{run}/export.zip", _export),
]
