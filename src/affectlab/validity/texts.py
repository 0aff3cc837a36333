"""Whether something else in the texts could bring a shift: their length, or the very words that are scored."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from affectlab.design.study import Study
from affectlab.errors import InputError
from affectlab.materials.checks import Check
from affectlab.materials.instrument import Instrument
from affectlab.materials.schema import Induction, Material, Regulation
from affectlab.materials.tasks import Task
from affectlab.materials.vocabulary import Vocabulary
from affectlab.materials.words import count_words
from affectlab.validity.check_context import CheckContext, Reading, count_of, share
from affectlab.validity.verdict import CheckValue, Unmeasured

NO_TEXT = Unmeasured("no text was said, or this installation does not have it")


def length_deviation(basis: CheckContext, check: Check) -> CheckValue | Unmeasured:
    """Largest deviation of a state's mean vignette length from the mean of all, within a technique."""
    deviations = dict(_deviations(basis.study))
    if not deviations:
        return NO_TEXT
    most = max(deviations, key=lambda one: deviations[one])
    says = f"The mean length of the texts {most} is {share(deviations[most])} off that of all states."
    return CheckValue(deviations[most], says, n=len(deviations), unit="state")


def _deviations(study: Study) -> Iterator[tuple[str, float]]:
    texts = delivered(study)
    for technique in study.induction.techniques:
        means = {
            id: sum(count_words(text) for text in texts[id]) / len(texts[id])
            for id in (f"{technique}-{state}" for state in study.states)
            if texts.get(id)
        }
        middle = sum(means.values()) / len(means) if means else 0.0
        yield from ((id, abs(mean - middle) / middle) for id, mean in means.items())


def words_primed(basis: CheckContext, check: Check) -> CheckValue | Unmeasured:
    """Scored words in the vignettes and regulations that were said."""
    texts = sum(map(len, delivered(basis.study, regulations=True).values()))
    if not texts:
        return NO_TEXT
    found = primed(basis.study, basis.probes)
    words = sorted(set(found))
    told = f": {', '.join(words[:8])}" if words else ""
    says = f"{count_of(len(found), 'scored word')} in {count_of(texts, 'text')}{told}."
    return CheckValue(float(len(found)), says, n=texts, unit="text")


def primed(study: Study, probes: Mapping[str, Instrument | Task]) -> list[str]:
    """The scored words of a study's measures that stand in a vignette or regulation that it says."""
    vocabulary = Vocabulary.of(word for probe in probes.values() for word in probe.scored)
    return [
        word
        for texts in delivered(study, regulations=True).values()
        for text in texts
        for word in vocabulary.found(text)
    ]


def delivered(study: Study, *, regulations: bool = False) -> dict[str, list[str]]:
    """The vignettes that a study says, by state; with the regulations too, by their arm, where that is wanted.

    A material that this installation does not have is left out.
    """
    found: dict[str, list[str]] = {}
    for kind, id, _ in study.named():
        if kind is Induction or (regulations and kind is Regulation):
            try:
                found[id] = list(said(study.catalogue.get(kind, id), study))
            except InputError:
                continue
    return found


def said(material: Material, study: Study) -> Iterator[str]:
    """The texts of an induction or a regulation that a study says."""
    if isinstance(material, Induction):
        for text in study.texts_of(material)[: study.induction.texts]:
            yield from (text.grades[grade].text for grade in study.induction.grades if grade in text.grades)
    elif isinstance(material, Regulation):
        yield from (script.text for script in material.scripts_with_text)


READ: dict[str, Reading] = {"length-deviation": length_deviation, "words-primed": words_primed}
