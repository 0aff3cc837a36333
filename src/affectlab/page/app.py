"""The application: all routes, behind the guard, and what is shown where something is wrong."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles

from affectlab.errors import AffectlabError, InputError
from affectlab.page import conversations, home, results, runs, static
from affectlab.page.folder import Folder, NotThereError
from affectlab.page.guard import Guard, TooLargeError
from affectlab.page.view import show

ROUTES: list[BaseRoute] = [
    *home.ROUTES,
    *runs.ROUTES,
    *results.ROUTES,
    *conversations.ROUTES,
    *static.ROUTES,
    Mount("/static", StaticFiles(packages=[("affectlab.page", "static")])),
]
"""Every address of the page."""


def application(folder: Folder, *, token: str, hosts: frozenset[str]) -> Starlette:
    """The page of a folder.

    Args:
        token: whoever has it may use the page.
        hosts: the names, with their port, by which it may be called.
    """
    app = Starlette(
        routes=ROUTES,
        middleware=[Middleware(Guard, token=token, hosts=hosts)],
        exception_handlers={
            AffectlabError: _wrong,
            NotThereError: _not_there,
            HTTPException: _refused,
            TooLargeError: _too_large,
            Exception: _broken,
        },
    )
    app.state.folder = folder
    return app


def _wrong(request: Request, error: Exception) -> Response:
    assert isinstance(error, AffectlabError)
    others = error.others if isinstance(error, InputError) else ()
    return show(request, "error.html.j2", status=400, name="wrong", errors=[error, *others])


def _not_there(request: Request, _: Exception) -> Response:
    return show(request, "error.html.j2", status=404, name="missing", errors=[])


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    name = "missing" if error.status_code == 404 else "refused"
    return show(request, "error.html.j2", status=error.status_code, name=name, errors=[])


def _too_large(request: Request, _: Exception) -> Response:
    return show(request, "error.html.j2", status=413, name="refused", errors=[])


def _broken(request: Request, _: Exception) -> Response:
    return show(request, "error.html.j2", status=500, name="broken", errors=[])
