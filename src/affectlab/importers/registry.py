"""The importers that come with affectlab; other packages bring theirs by entry points."""

from __future__ import annotations

from collections.abc import Mapping

from affectlab.extensions import Extensions
from affectlab.importers.imported import Importer
from affectlab.importers.llmaffect.importer import read_clone

OWN: Mapping[str, Importer] = {"llmaffect": read_clone}

IMPORTERS: Extensions[Importer] = Extensions("importer", "affectlab.importers", __name__)
"""All of them, by the kind of folder that they read."""
