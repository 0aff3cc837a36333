"""Everything that is wrong with a study, found without a model: in its file, its materials, and with its models."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from affectlab.design import check
from affectlab.design.load import examine
from affectlab.design.plan import Plan
from affectlab.design.study import Study
from affectlab.errors import AffectlabError, InputError
from affectlab.materials.document import Place
from affectlab.participants.roster import is_known, near
from affectlab.session.needs import needs, unable


def mistakes(study: str | Path) -> list[AffectlabError]:
    """All that is wrong."""
    errors: list[AffectlabError] = [*check.mistakes(study)]
    loaded, _ = examine(study)
    if loaded is None:
        return errors
    errors += _models(loaded)
    return errors or list(_unable(loaded))


def _unable(study: Study) -> Iterator[AffectlabError]:
    """What its models cannot do that it needs, as far as that is known without loading one."""
    needed = needs(Plan.of(study))
    for name in dict.fromkeys(study.models):
        yield from unable(name, study, needed)


def _models(study: Study) -> Iterator[InputError]:
    """The models that nobody can be."""
    document = study.document
    assert document is not None
    named: list[tuple[str, Place]] = [(name, ("models", number)) for number, name in enumerate(study.models)]
    named += [(name, ("therapy", seat)) for seat, name in study.therapy.seats.items()]
    for name, place in named:
        if not is_known(name):
            yield document.error(f"unknown model `{name}`", place, hint=near(name))
