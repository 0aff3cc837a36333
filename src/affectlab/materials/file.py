"""The file of a material: where it lies, and its text word for word."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import get_args

from affectlab.materials.schema import Material


@dataclass(frozen=True)
class MaterialFile:
    """A file as it was when it was read. Its hash is its identity: a run keeps each once."""

    kind: str
    """What the file says that it holds: ``instrument``."""
    id: str
    place: str
    """Where it lies below the folder of materials: ``instruments/ratings.yaml``."""
    text: str
    licence: str = ""
    title: str = ""

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the text, in hex."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    def __hash__(self) -> int:
        return hash(self.hash)


def kind_of(material: type[Material]) -> str:
    """What a file of this kind of material says of itself.

    >>> from affectlab.materials.schema import Line
    >>> kind_of(Line)
    'script'
    """
    return str(get_args(material.model_fields["kind"].annotation)[0])
