"""Everything that is wrong with a study, found without a model: in its file, its materials, and its models' names."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from affectlab.design import check
from affectlab.design.check import Checked
from affectlab.design.study import Study
from affectlab.errors import InputError
from affectlab.materials.document import Place
from affectlab.participants.roster import is_known, near


def checked(study: str | Path) -> Checked:
    """All that is wrong, and what a researcher should know."""
    found = check.checked(study)
    unknown = list(_models(found.study)) if found.study is not None else []
    return found._replace(errors=[*found.errors, *unknown], remarks=found.remarks if not unknown else [])


def _models(study: Study) -> Iterator[InputError]:
    """The models that nobody can be."""
    document = study.document
    assert document is not None
    named: list[tuple[str, Place]] = [(name, ("models", number)) for number, name in enumerate(study.models)]
    named += [(name, ("therapy", seat)) for seat, name in study.therapy.seats.items()]
    for name, place in named:
        if not is_known(name):
            yield document.error(f"unknown model `{name}`", place, hint=near(name))
