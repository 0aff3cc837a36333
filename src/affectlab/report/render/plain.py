"""Sections as plain records, with every number in full precision."""

from __future__ import annotations

from typing import Any

from affectlab.json_values import records
from affectlab.report.figure import Figure
from affectlab.report.quote import Quote
from affectlab.report.section import Section


def section_record(section: Section) -> dict[str, Any]:
    """A section and its parts; what is folded away on the page is left out."""
    return {
        "id": section.id,
        "title": section.title,
        "sentences": list(section.sentences),
        "tables": {one.caption: one.records for one in section.tables if not one.folded},
        "figures": [_figure(one) for one in section.figures],
        "notes": [*section.notes, *(f"{one.caption}: {one.note}" for one in section.tables if one.note)],
        "quotes": [_quote(one) for one in section.quotes if not one.folded],
        "parts": [section_record(part) for part in section.parts],
    }


def _figure(figure: Figure) -> dict[str, Any]:
    return {"id": figure.id, "title": figure.title, "caption": figure.caption, "data": records(figure.data)}


def _quote(quote: Quote) -> dict[str, Any]:
    return {
        "title": quote.title,
        "lines": [line._asdict() for line in quote.lines],
        "notes": list(quote.notes),
        "tables": {one.caption: one.records for one in quote.tables},
        "quotes": [_quote(one) for one in quote.quotes if not one.folded],
    }
