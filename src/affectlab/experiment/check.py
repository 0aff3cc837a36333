"""Everything that is wrong with a study, found without a model: in its file, its materials, and with its models."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from affectlab.design import check
from affectlab.design.check import CheckedStudy
from affectlab.design.load import Written
from affectlab.design.plan import Plan
from affectlab.design.study import Study
from affectlab.errors import AffectlabError, InputError
from affectlab.materials.document import Place
from affectlab.participants.registry import is_known, near
from affectlab.session.needs import needs, unable


def checked(study: str | Path | Written) -> CheckedStudy:
    """All that is wrong, and what a researcher should know."""
    found = check.checked_study(study)
    if found.study is None:
        return found
    wrong: list[AffectlabError] = [*_models(found.study)]
    if not found.errors and not wrong:
        # what is too large to be planned is told of elsewhere
        with suppress(InputError):
            wrong += _unable(found.study, Plan.of(found.study))
    return found._replace(errors=[*found.errors, *wrong], remarks=found.remarks if not wrong else [])


def _unable(study: Study, plan: Plan) -> Iterator[AffectlabError]:
    """What its models cannot do that it needs, as far as that is known without loading one."""
    needed = needs(plan)
    for name in dict.fromkeys(study.models):
        yield from unable(name, study, needed)


def _models(study: Study) -> Iterator[InputError]:
    """The models that nobody can be."""
    document = study.document
    assert document is not None
    named: list[tuple[str, Place]] = [(name, ("models", number)) for number, name in enumerate(study.models)]
    named += [(name, ("therapy", role)) for role, name in study.therapy.roles.items()]
    for name, place in named:
        if not is_known(name):
            yield document.error(f"unknown model `{name}`", place, hint=near(name))
