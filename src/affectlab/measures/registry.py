"""The forms of instruments that come with affectlab; other packages bring theirs by entry points."""

from __future__ import annotations

from collections.abc import Mapping

from affectlab.materials.instrument import Instrument
from affectlab.measures.cloze import Cloze
from affectlab.measures.rating import RatingInstrument

OWN: Mapping[str, type[Instrument]] = {"rating": RatingInstrument, "cloze": Cloze}
