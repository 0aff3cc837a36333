"""The form of a study's file, as ``form:`` in it says, and the way to today's from each older one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from affectlab import renamed
from affectlab.materials.document import Document

FORM = 1
"""Of a file that says nothing, too."""

_UPWARD: Mapping[int, Callable[[dict[str, Any]], dict[str, Any]]] = {}
"""Per older form, what makes a file of the next one of it."""


def current(document: Document) -> Document:
    """A study's file as one of today's form, with today's names; of each old one it is said what it is now.

    Raises:
        InputError: it is of a later form, or says none that there is.
    """
    if not isinstance(document.data, dict):
        return document
    document = _named(document)
    if "form" not in document.data:
        return document
    data = dict(document.data)
    form = data.pop("form")
    if not isinstance(form, int) or isinstance(form, bool) or form < 1:
        hint = f"write a number up to {FORM}, or leave it out"
        raise document.error(f"`form`: {form!r} is no form", ("form",), hint=hint)
    if form > FORM:
        message = f"is written in form {form}, and this affectlab reads forms up to {FORM}"
        raise document.error(message, ("form",), hint="use a later affectlab")
    for older in range(form, FORM):
        data = _UPWARD[older](data)
    return replace(document, data=data)


def _named(document: Document) -> Document:
    """The file with the keys and levels that have another name now under their new names."""
    old = list(renamed.old_names(document.data))
    if not old:
        return document
    for place, name, new in old:
        renamed.tell_new_name(f"{document.path}, line {document.line(place)}", name, new)
    lines = {renamed.place_now(place): line for place, line in document.lines.items()}
    return replace(document, data=renamed.study_now(document.data), lines=lines)
