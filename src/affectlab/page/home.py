"""The first view: what is going on, the runs, and the studies."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from affectlab.page.folder import Folder
from affectlab.page.view import LANGUAGE, form, go, show


def _home(request: Request) -> Response:
    folder: Folder = request.app.state.folder
    return show(request, "home.html.j2", runs=folder.runs(), studies=folder.studies(), folder=folder.root.name)


async def _language(request: Request) -> Response:
    """Have the page speak another language from now on."""
    fields = await form(request)
    answer = go("/")
    answer.set_cookie(LANGUAGE, fields.get("language", ["en"])[0][:2], samesite="strict", max_age=31_536_000)
    return answer


ROUTES: list[BaseRoute] = [Route("/", _home), Route("/language", _language, methods=["POST"])]
