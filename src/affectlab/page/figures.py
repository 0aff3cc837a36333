"""One figure of a run with the states, measures and controls that a reader chose, at an address that leads back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from affectlab.page.early_looks import shown_run
from affectlab.page.folder import NotThereError
from affectlab.page.opened import DOCUMENTS, RESULTS
from affectlab.page.view import plain_name, shown_page
from affectlab.report.render.html import figure_html

if TYPE_CHECKING:
    from affectlab.report.figure import Figure


@dataclass(frozen=True)
class FigureChoice:
    """A column of a figure, its levels, and those that are shown."""

    name: str
    levels: Sequence[str]
    chosen: Sequence[str]

    @property
    def label(self) -> str:
        """What it is called."""
        return self.name.replace("_", " ")


def _figure_of(request: Request) -> tuple[str, Path, Figure]:
    """The figure that an address names, whole.

    Raises:
        NotThereError: the report of the run has no such figure.
    """
    name, directory = shown_run(request)
    wanted = request.path_params["figure"]
    figure = next((one for one in DOCUMENTS.of(directory).figures if one.id == wanted), None)
    if figure is None:
        raise NotThereError(wanted)
    return name, directory, figure


def _asked(request: Request) -> Mapping[str, list[str]]:
    """What an address chooses: levels by column."""
    return {name: request.query_params.getlist(name) for name in request.query_params}


def _view(request: Request) -> Response:
    """A figure with its choices; where a choice has changed, the figure alone."""
    from affectlab.report.selection import selectable, selected

    name, directory, figure = _figure_of(request)
    asked = _asked(request)
    shown = selected(figure, asked)
    made = [
        FigureChoice(column, levels, [one for one in levels if one in asked.get(column, ())] or levels)
        for column, levels in selectable(figure).items()
    ]
    narrow = [one for one in made if len(one.chosen) < len(one.levels)]
    address = urlencode([(one.name, level) for one in narrow for level in one.chosen])
    html = figure_html(
        shown,
        answers="../answers?contrast=",
        contrasts=RESULTS.of(directory).evidence.summary.effects.by_id,
        figures="",
        asked=f"?{address}" if address else "",
    )
    others = [(one.id, one.number, one.title) for one in DOCUMENTS.of(directory).figures]
    whole = "hx-request" not in request.headers
    template = "figure.html.j2" if whole else "figure_part.html.j2"
    values: dict[str, Any] = {"choices": made, "narrow": narrow, "html": html, "others": others}
    return shown_page(request, template, name=name, figure=figure, **values)


def _drawing(request: Request) -> Response:
    """The drawing as a file of its own."""
    from affectlab.report.alone import figure_content
    from affectlab.report.selection import selected

    _, _, figure = _figure_of(request)
    headers = {"content-disposition": f'attachment; filename="{plain_name(figure.id)}.svg"'}
    drawn = figure_content(selected(figure, _asked(request)), ".svg")
    return Response(drawn, media_type="image/svg+xml", headers=headers)


ROUTES: list[BaseRoute] = [
    Route("/runs/{run}/figures/{figure}.svg", _drawing),
    Route("/runs/{run}/figures/{figure}", _view),
]
