"""The style of the report's sections, as it stands within a view."""

from __future__ import annotations

from functools import cache

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from affectlab.report.render.html import templates
from affectlab.report.theme import GROUND, recolouring


@cache
def report_style() -> str:
    """The style of a report, for what stands in an element of the class ``report`` only."""
    style = templates().get_template("style.css.j2").render(ground=GROUND, recolouring=recolouring())
    return f".report{{\n{style.replace(':root{', '&{')}\n}}"


def _style(_: Request) -> Response:
    return Response(report_style(), media_type="text/css")


ROUTES: list[BaseRoute] = [Route("/static/report.css", _style)]
