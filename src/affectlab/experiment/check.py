"""Everything that is wrong with a study, found without a model: in its file, its materials, and its models' names."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from affectlab.design import check
from affectlab.design.load import examine
from affectlab.design.study import Study
from affectlab.errors import InputError
from affectlab.materials.document import Place
from affectlab.participants.roster import is_known, near


def mistakes(study: str | Path) -> list[InputError]:
    """All that is wrong."""
    errors = check.mistakes(study)
    loaded, _ = examine(study)
    return [*errors, *(_models(loaded) if loaded is not None else ())]


def _models(study: Study) -> Iterator[InputError]:
    """The models that nobody can be."""
    document = study.document
    assert document is not None
    named: list[tuple[str, Place]] = [(name, ("models", number)) for number, name in enumerate(study.models)]
    named += [(name, ("therapy", seat)) for seat, name in study.therapy.seats.items()]
    for name, place in named:
        if not is_known(name):
            yield document.error(f"unknown model `{name}`", place, hint=near(name))
