"""The application: all routes, behind the guard, and what is shown where something is wrong."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles

from affectlab.errors import AffectlabError, InputError
from affectlab.page import builder, compare, conversations, data, figures, home, planning, results, runs, static
from affectlab.page.folder import Folder, NotThereError
from affectlab.page.guard import Guard, TooLargeError
from affectlab.page.view import shown_page

ROUTES: list[BaseRoute] = [
    *home.ROUTES,
    *builder.ROUTES,
    *planning.ROUTES,
    *runs.ROUTES,
    *results.ROUTES,
    *figures.ROUTES,
    *conversations.ROUTES,
    *compare.ROUTES,
    *data.ROUTES,
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
    # an address has one form, and leads to no other
    app.router.redirect_slashes = False
    app.state.folder = folder
    return app


def _wrong(request: Request, error: Exception) -> Response:
    assert isinstance(error, AffectlabError)
    others = error.others if isinstance(error, InputError) else ()
    return _said(request, "wrong", 400, [error, *others])


def _not_there(request: Request, _: Exception) -> Response:
    return _said(request, "missing", 404)


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return _said(request, "missing" if error.status_code == 404 else "refused", error.status_code)


def _too_large(request: Request, _: Exception) -> Response:
    return _said(request, "refused", 413)


def _broken(request: Request, _: Exception) -> Response:
    return _said(request, "broken", 500)


def _said(request: Request, name: str, status: int, errors: Sequence[AffectlabError] = ()) -> Response:
    """What is wrong, as a view of its own; where a part of a view was asked for, in its place."""
    whole = "hx-request" not in request.headers
    template = "error.html.j2" if whole else "error_part.html.j2"
    return shown_page(request, template, status=status, name=name, errors=errors)
