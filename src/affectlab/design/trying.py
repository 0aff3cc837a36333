"""A measure or task tried before it is run: asked and scored; what fails in a form is one line about its file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from affectlab.conversation import Conversation
from affectlab.errors import AffectlabError, InputError
from affectlab.generators import blank, finished
from affectlab.materials.document import Document
from affectlab.materials.form import Asked, Disposition, Form
from affectlab.materials.tasks import Task
from affectlab.requests import Request, Response

SHORT = 2
"""Trials of a task that is answered as it is tried: rounds of a game take long to simulate."""


def administered(form: Form, document: Document) -> Sequence[Asked]:
    """All that a form asks, where nothing is answered.

    Raises:
        InputError: it cannot be asked, or asks nothing.
    """
    with _told(document, "asked"):
        found = finished(form.administer(Conversation.begin(), 0))
    if not found:
        raise document.error("it asks nothing", ("form",), hint="give it at least one item")
    return found


def unscorable(form: Form, document: Document) -> InputError | None:
    """Why a form cannot be scored on answers of a participant on whom nothing has an effect; None where it can."""
    short = form.shortened(SHORT) if form.branches and isinstance(form, Task) else form

    def answer(request: Request) -> Response:
        found = short.simulate(request, Disposition(lambda scale: 0.0))
        return blank(request) if found is None else found

    try:
        with _told(document, "answered by the simulated participant"):
            answered = finished(short.administer(Conversation.begin(), 0), answer)
        with _told(document, "scored on a simulated answer"):
            scores = list(short.score(answered))
    except InputError as error:
        return error
    if not scores:
        return document.error("it has no score on a simulated answer", ("form",), hint="mend `score` of its form")
    return None


@contextmanager
def _told(document: Document, doing: str) -> Iterator[None]:
    """Have whatever fails inside told in a line; a form may be of another package, and fail in any way."""
    try:
        yield
    except AffectlabError as error:
        raise document.error(f"it cannot be {doing}: {error.message}", ("form",), hint=error.hint) from None
    except Exception as error:
        why = f"{type(error).__name__}: {error}"
        hint = "mend its form, or what the file gives it"
        raise document.error(f"it cannot be {doing} ({why})", ("form",), hint=hint) from None
