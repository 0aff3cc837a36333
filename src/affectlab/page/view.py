"""What every view has: its template, its words, and what was written into a form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from affectlab.page.words import LANGUAGES, PageWords, language, page_words
from affectlab.report.render.html import templates
from affectlab.version import __version__

LANGUAGE = "affectlab-language"
"""The cookie with the language that was chosen."""


@cache
def _environment() -> Environment:
    made = templates(Path(__file__).parent / "templates")
    made.globals |= {"version": __version__, "languages": LANGUAGES, "grouped": grouped}
    made.filters |= {"moment": moment}
    return made


def grouped(questions: Sequence[Any]) -> list[tuple[tuple[str, str], list[Any]]]:
    """Questions by the point and the measure, in the order in which they were asked."""
    found: dict[tuple[str, str], list[Any]] = {}
    for one in questions:
        found.setdefault((one.point, one.check or one.measure), []).append(one)
    return list(found.items())


def moment(seconds: float, language: str) -> str:
    """A time of the day, as people write it."""
    at = datetime.fromtimestamp(seconds)
    return at.strftime("%d.%m.%Y, %H:%M" if language == "de" else "%Y-%m-%d, %H:%M")


def words_of_request(request: Request) -> PageWords:
    """The words in which the page speaks: those that were chosen, or that the browser asks for."""
    chosen = request.cookies.get(LANGUAGE, "")
    return page_words(chosen if chosen in LANGUAGES else language(request.headers.get("accept-language", "")))


def shown_page(request: Request, template: str, *, status: int = 200, **values: Any) -> Response:
    """A view, or a part of one."""
    return HTMLResponse(rendered(request, template, **values), status)


def rendered(request: Request, template: str, **values: Any) -> str:
    """The text of a view, or of a part of one."""
    t = words_of_request(request)
    asked = {"path": request.url.path, "query": dict(request.query_params)}
    return _environment().get_template(template).render(t=t, lang=t.language, **asked, **values)


def plain_name(name: str) -> str:
    """A name as it can stand in a header."""
    return "".join(one if one.isascii() and (one.isalnum() or one in "-_.") else "_" for one in name)


def named_run(request: Request) -> tuple[str, Path]:
    """The run that an address names: its name, and its directory.

    Raises:
        NotThereError: there is none in the folder of the page.
    """
    name = request.path_params["run"]
    return name, request.app.state.folder.run(name)


def go(address: str) -> Response:
    """Another view, after something was done."""
    return RedirectResponse(address, 303)


async def form(request: Request) -> Mapping[str, list[str]]:
    """The fields of a form, each with all its values.

    Raises:
        TooLargeError: it is larger than any form of ours.
    """
    fields: dict[str, list[str]] = {}
    body = (await request.body()).decode("utf-8", "replace")
    for name, value in parse_qsl(body, keep_blank_values=True, max_num_fields=10_000):
        fields.setdefault(name, []).append(value.replace("\r\n", "\n"))
    return fields
