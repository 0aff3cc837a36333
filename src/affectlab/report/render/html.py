"""Sections as one HTML page: static, in one piece, with no need of a network or of scripts."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from affectlab.report.figure import Figure, saved
from affectlab.report.section import Section
from affectlab.report.table import Table
from affectlab.report.theme import GROUND, recolouring
from affectlab.shown import shown

if TYPE_CHECKING:
    from affectlab.report.document import ReportDocument

MOST = 12
"""Columns of a table; one with more is shown row by row, each cell behind its heading."""
WORDY = 60
"""Characters of a cell from which its column is given room to be read."""

_TYPED = re.compile(r"`([^`]+)`")


def page(document: ReportDocument) -> str:
    """A whole report."""
    template = templates().get_template("page.html.j2")
    return template.render(
        document=document,
        sections=document.sections,
        first=document.sections[0].id if document.sections else "",
        ground=GROUND,
        recolouring=recolouring(),
    )


def section_html(section: Section, *, answers: str = "", contrasts: Collection[str] = ()) -> str:
    """One section, as it stands in a page.

    Args:
        answers: the address that leads from contrasts to their answers, before their ids; none if empty.
        contrasts: the ids of those that have such an address.
    """
    module: Any = templates().get_template("parts.html.j2").make_module({"answers": answers, "known": contrasts})
    return str(module.section(section))


def figure_html(figure: Figure, *, answers: str, contrasts: Collection[str], figures: str, asked: str) -> str:
    """One figure, as it stands on a page of its own.

    Args:
        answers: the address that leads from contrasts to their answers, before their ids.
        contrasts: the ids of those that have such an address.
        figures: the address of figures, before their names.
        asked: what an address of this view ends with: which of its rows are chosen.
    """
    values = {"answers": answers, "known": contrasts, "figures": figures, "asked": asked}
    module: Any = templates().get_template("parts.html.j2").make_module(values)
    return str(module.figure(figure))


def templates(*folders: Path) -> Environment:
    """The templates of a report. Whatever they show is cleaned.

    Args:
        folders: with further templates, which come first.
    """
    loader = FileSystemLoader([*folders, Path(__file__).parent / "templates"])
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, finalize=_cleaned)
    environment.trim_blocks = environment.lstrip_blocks = True
    environment.filters |= {"typed": typed, "saved": saved, "shape": shape}
    environment.globals |= {"answers": "", "known": (), "figures": "figures/", "asked": ""}
    return environment


def _cleaned(value: object) -> object:
    """What an expression of a template came to, as it can be shown; markup stays markup."""
    return type(value)(shown(value)) if isinstance(value, str) else value


def typed(text: str) -> Markup:
    """A paragraph, what is to be typed in it set apart.

    >>> str(typed("a < b: `affectlab list`"))
    'a &lt; b: <code>affectlab list</code>'
    """
    return Markup(_TYPED.sub(r"<code>\1</code>", str(escape(text))))


def shape(table: Table) -> str:
    """How a table is laid out: row by row, with room for the text of its last column, or as it is.

    >>> wordy = Table("", ("a",), (("word " * 20,),))
    >>> shape(Table("", tuple("abcdefghijklm"), ())), shape(wordy), shape(Table("", (), ()))
    (' many', ' prose', '')
    """
    if len(table.columns) > MOST:
        return " many"
    if not table.columns or table.columns[-1] in table.numeric:
        return ""
    return " prose" if any(len(row[-1]) > WORDY for row in table.rows) else ""
