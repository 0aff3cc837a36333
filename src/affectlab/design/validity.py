"""What a study must have for a validity check to be made of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from affectlab.design.languages import lacking_languages
from affectlab.materials.checks import Check, Requirement
from affectlab.materials.instrument import Changed, Instrument
from affectlab.materials.tasks import Task

if TYPE_CHECKING:
    from affectlab.design.study import Study

DEMAND = "demand-reversed"
"""The arm in which the opposite of the induction is asked for."""


def obstacle(study: Study, check: Check) -> str | None:
    """What the study lacks for a check to be made of it; None where it lacks nothing."""
    lacking = (says for requirement in check.requires for met, says in (_MET[requirement],) if not met(study))
    return next(lacking, None) or lacking_languages(study, check)


def instruments(study: Study) -> Iterator[Instrument]:
    """The study's instruments, in its order."""
    return (study.catalogue.get(Instrument, id) for id in study.measures)


def ratings(study: Study) -> list[Instrument]:
    """The study's ratings, the shortest first."""
    return sorted((one for one in instruments(study) if one.values), key=lambda one: len(one.wordings))


def sequential(study: Study) -> list[Instrument]:
    """The study's ratings whose items can follow one another in the conversation, the shortest first."""
    return [one for one in ratings(study) if "sequential" in one.contexts]


def published(study: Study) -> list[Instrument]:
    """The study's instruments by others that list items."""
    return [one for one in instruments(study) if one.attribution is not None and len(one.wordings) >= 8]


def _varied(changes: Changed) -> Callable[[Study], bool]:
    return lambda study: any(one.variants(changes) for one in instruments(study))


def _items(study: Study) -> bool:
    return any(one.repeated for one in instruments(study))


def _completion(study: Study) -> bool:
    return "sadness" in study.states and any(
        study.catalogue.get(Task, testing.task).negativity for testing in study.tasks
    )


_MET: dict[Requirement, tuple[Callable[[Study], bool], str]] = {
    "rating": (lambda study: bool(ratings(study)), "no measure is a rating"),
    "wording": (_varied("wording"), "no measure has a paraphrase"),
    "order": (_varied("order"), "no measure names its scale in another order"),
    "labels": (_varied("labels"), "no measure has other labels for its scale"),
    "sequence": (
        lambda study: bool(sequential(study)) and "branched" in study.contexts,
        "no rating is asked on branches",
    ),
    "published": (lambda study: bool(published(study)), "no measure is a published questionnaire"),
    "neutral": (lambda study: len(study.induced) < len(study.states), "the states have no `neutral`"),
    "grades": (lambda study: len(study.induction.grades) > 1, "there is one grade only"),
    "items": (_items, "no scale has several items"),
    "completion": (_completion, "there is no sentence completion with the state `sadness`"),
    "texts": (lambda study: study.induction.texts > 1 and not study.protocols, "each state has one text only"),
    "demand-reversed": (lambda study: DEMAND in study.induction.arms, f"the arms have no `{DEMAND}`"),
}
