"""What a plan's hash is taken over where an instrument is a rating or a cloze.

Plans of the first version hashed one schema that had the keys of both. Their hashes last, so the keys that a form
does not have stand here with the values that they had.
"""

from __future__ import annotations

import json
from typing import Any

from affectlab.materials.instrument import Instrument

_BEFORE = (
    "kind",
    "id",
    "version",
    "title",
    "licence",
    "source",
    "form",
    "question",
    "minimum_coverage",
    "verified",
    "attribution",
    "scoring",
    "caveats",
)
_EITHER: dict[str, Any] = {
    "opening": "{item}:",
    "options": None,
    "items": [],
    "stems": [],
    "words": {},
    "foils": [],
    "subscales": {},
}
_AFTER = ("paraphrases", "forbidden")


def content(instrument: Instrument) -> str:
    """The content of an instrument, as JSON, with every key that either form has."""
    given = instrument.model_dump(mode="json")
    ordered = {name: given[name] for name in _BEFORE}
    ordered |= {name: given.get(name, without) for name, without in _EITHER.items()}
    ordered |= {name: given[name] for name in _AFTER}
    return json.dumps(ordered, ensure_ascii=False, separators=(",", ":"))
