"""What a study that is being written would cost, what it could find, and how a session of it would go."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from affectlab.design.cell import Cell
from affectlab.errors import AffectlabError, ParticipantError
from affectlab.experiment import Experiment
from affectlab.page.draft import KINDS, Draft
from affectlab.page.early_looks import require_shown
from affectlab.page.folder import path_of
from affectlab.page.sent import Fields, draft_sent, one, without_file
from affectlab.page.view import form, shown_page

MOST_COUNTED = 1000
"""Sessions of a study whose questions and tokens are counted while it is written."""
MOST_LOOKED_AT = 20_000
"""Sessions among which one to be previewed is chosen."""


async def _cost(request: Request) -> Response:
    return await run_in_threadpool(_costs, request, await form(request))


def _costs(request: Request, fields: Fields) -> Response:
    from affectlab.experiment.planned import Planned

    draft = draft_sent(request, fields)
    try:
        experiment = Experiment.load(draft.written)
        planned, words = experiment.planned(), False
        counted = planned if len(experiment.plan) <= MOST_COUNTED else None
        if counted is not None:
            try:
                _ = counted.count
            except ParticipantError:
                counted, words = Planned(experiment.plan, ()), True
        costs = {} if counted is None else experiment.cost()
    except AffectlabError as error:
        return shown_page(request, "builder_cost.html.j2", planned=None, told=without_file(error))
    return shown_page(
        request, "builder_cost.html.j2", planned=planned, counted=counted, words=words, costs=costs, told=""
    )


async def _power(request: Request) -> Response:
    return await run_in_threadpool(_powers, request, await form(request))


def _powers(request: Request, fields: Fields) -> Response:
    """How likely the study is to find its smallest effects, with the spread of an earlier run where one is named."""
    draft, folder = draft_sent(request, fields), request.app.state.folder
    run = one(fields, "run")
    try:
        experiment, earlier = Experiment.load(draft.written), folder.run(run) if run else None
        if earlier is not None:
            require_shown(earlier)
        rows = experiment.power(earlier)
    except AffectlabError as error:
        return shown_page(request, "builder_power.html.j2", rows=[], run=path_of(run), told=without_file(error))
    return shown_page(request, "builder_power.html.j2", rows=rows, run=path_of(run), told="")


async def _preview(request: Request) -> Response:
    return await run_in_threadpool(_previewed, request, await form(request))


def _previewed(request: Request, fields: Fields) -> Response:
    """One session as it would go, of the cell that is asked for."""
    draft = draft_sent(request, fields)
    try:
        experiment = Experiment.load(draft.written)
        cells = experiment.plan.cells[:MOST_LOOKED_AT]
        crossed = {name: list(dict.fromkeys(str(getattr(one, name)) for one in cells)) for name in _CROSSED}
        crossed = {name: levels for name, levels in crossed.items() if len(levels) > 1}
        wanted = {name: one(fields, f"level-{name}") for name in crossed}
        cell = max(cells, key=lambda one: _fit(one, wanted))
        # a vignette belongs to a state
        crossed["vignette"] = list(dict.fromkeys(str(one.vignette) for one in cells if one.state == cell.state))
        turns = experiment.preview(cell.index)
    except AffectlabError as error:
        return shown_page(request, "builder_preview.html.j2", turns=[], told=without_file(error))
    return shown_page(
        request,
        "builder_preview.html.j2",
        turns=turns,
        cell=cell,
        sessions=len(experiment.plan),
        crossed=crossed,
        titles=_titles(draft),
        told="",
    )


_CROSSED = (
    "model",
    "language",
    "frame",
    "technique",
    "state",
    "grade",
    "arm",
    "delivery",
    "vignette",
    "context",
    "regulation",
    "order",
    "guidance",
    "replicate",
)
"""What a session to be previewed can be chosen by, in this order of importance."""


def _fit(cell: Cell, wanted: Mapping[str, str]) -> tuple[list[bool], int]:
    """How well a session fits the wanted levels, the more important first; among equals the first is taken."""
    return [str(getattr(cell, name)) == level for name, level in wanted.items()], -cell.index


def _titles(draft: Draft) -> dict[str, str]:
    return {id: draft.catalogue.get(KINDS["instrument"], id).title for id in draft.catalogue.ids(KINDS["instrument"])}


ROUTES: list[BaseRoute] = [
    Route("/build/cost", _cost, methods=["POST"]),
    Route("/build/power", _power, methods=["POST"]),
    Route("/build/preview", _preview, methods=["POST"]),
]
"""Its addresses."""
