"""The file of a material: where it lies, and its text word for word."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import cached_property
from typing import get_args

from affectlab.materials.schema import LANGUAGE, Material


@dataclass(frozen=True)
class MaterialFile:
    """A file as it was when it was read. Its hash is its identity: a run keeps each once."""

    kind: str
    """What the file says that it holds: ``instrument``."""
    id: str
    place: str
    """Where it lies below the folder of materials: ``instruments/ratings.yaml``, ``de/instruments/ratings.yaml``."""
    text: str
    licence: str = ""
    title: str = ""

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the text, in hex."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def language(self) -> str:
        """The language of whose folder it lies in; empty where it lies in none.

        >>> MaterialFile("instrument", "a", "de/instruments/a.yaml", "").language
        'de'
        """
        first, _, rest = self.place.partition("/")
        return first if rest and re.fullmatch(LANGUAGE, first) else ""

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells it from every other file of a run: its kind, its language and its id."""
        return (self.kind, self.language, self.id)

    def __hash__(self) -> int:
        return hash(self.hash)


def kind_of(material: type[Material]) -> str:
    """What a file of this kind of material says of itself.

    >>> from affectlab.materials.schema import Line
    >>> kind_of(Line)
    'script'
    """
    return str(get_args(material.model_fields["kind"].annotation)[0])
