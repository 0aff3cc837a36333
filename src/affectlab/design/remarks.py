"""What a researcher should know of a study before it is run, and may mean.

Scales without a state, arms of unlike length, names that say something else than what stands behind them, and the
defects of texts and questionnaires.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from statistics import mean

from affectlab.design.defects import study_defects
from affectlab.design.study import Study
from affectlab.errors import InputError
from affectlab.materials.control import Control
from affectlab.materials.document import Document
from affectlab.materials.instrument import Instrument
from affectlab.materials.manual import Manual
from affectlab.materials.schema import INDUCTION_TEXT, NOTHING, Frame, Induction, Material, Regulation, Technique
from affectlab.materials.words import count_words, unspaced

UNLIKE = 0.1
"""The share by which texts of two arms may differ in length before it is said."""
_TREATS = re.compile(r"(^|-)(psychoeducation|therapy|treatment|intervention|training|counselling)(-|$)")
"""What a reader takes for a treatment in an id."""
_CONTROLS = re.compile(r"(^|-)(control|placebo|sham|waiting|waitlist)(-|$)")
"""What a reader takes for a control in an id."""


def remarks(study: Study) -> Iterator[InputError]:
    """Everything of a sound study that its researcher should know, each with its place."""
    yield from _stateless(study)
    yield from _unlike_techniques(study)
    yield from _uneven(study)
    yield from _named_and_counted(study)
    yield from _misnamed(study)
    yield from _unfilled(study)
    yield from _without_spaces(study)
    yield from study_defects(study)


def _uneven(study: Study) -> Iterator[InputError]:
    """Regulation arms whose texts are not of one length and whose files do not say why."""
    arms = [_regulation(study, arm) for arm in study.regulations if _is_regulation(study, arm)]
    told = [one for one in arms if one.scripts_with_text]
    lengths = {one.id: mean(count_words(script.text) for script in one.scripts_with_text) for one in told}
    matched = [one for one in told if one.unmatched is None]
    if not matched:
        return
    first = next((one for one in matched if one.role == "technique"), matched[0])
    for one in matched:
        if _differ(lengths[one.id], lengths[first.id]):
            document = study.catalogue.document(Regulation, one.id)
            here, there = (f"{lengths[id]:.0f}" for id in (one.id, first.id))
            message = f"its texts have {here} words where those of `{first.id}` have {there}"
            hint = "a difference could be one of length: match them, or say why not in `unmatched:`"
            yield document.error(message, ("scripts",), hint=hint)


def _named_and_counted(study: Study) -> Iterator[InputError]:
    """Brief controls that may hold scored words, and are measured by these words alone, where ratings are to be had."""
    brief = [study.catalogue.get(Instrument, id) for id in study.induction.control_measures]
    rated = [id for id in study.measures if study.catalogue.get(Instrument, id).reads_words is None]
    naming = [arm for arm in study.induction.arms if arm != INDUCTION_TEXT and _names_state(study, arm)]
    if brief and rated and naming and all(one.reads_words is not None for one in brief):
        message = f"`{naming[0]}` names the state, and is measured by words alone, which may be that name"
        place = ("induction", "control_measures")
        yield _document(study).error(message, place, hint=f"add `{rated[0]}`, so that ratings stand beside")


def _names_state(study: Study, arm: str) -> bool:
    return study.catalogue.get(Control, arm).names_state


def _stateless(study: Study) -> Iterator[InputError]:
    """Scales that belong to no state, and whose files do not say that they are not meant to."""
    catalogue = study.catalogue
    for id in study.measures:
        instrument = catalogue.get(Instrument, id)
        alone = [
            scale
            for scale in instrument.scales
            if not instrument.set_apart(scale) and not any(state.owns(scale, instrument) for state in catalogue.states)
        ]
        if alone:
            named = ", ".join(f"`{scale}`" for scale in alone)
            message = f"of `{id}`, {named} {'belong' if len(alone) > 1 else 'belongs'}"
            hint = "name the state under `subscales:`, or write `state: null` there if that is meant"
            document = catalogue.document(Instrument, id)
            yield document.error(
                f"{message} to no state: told of every state, as the target scale of none", (), hint=hint
            )


def _unlike_techniques(study: Study) -> Iterator[InputError]:
    """Techniques of induction whose texts are longer than those of another."""
    if study.protocols:
        return
    first, *others = study.induction.techniques
    length = study.catalogue.get(Technique, first).length.words
    for at, id in enumerate(others, 1):
        words = study.catalogue.get(Technique, id).length.words
        if _differ(words, length):
            message = f"texts of `{id}` have {words} words, and those of `{first}` {length}: they differ in length too"
            yield _document(study).error(message, ("induction", "techniques", at), hint="")


def _misnamed(study: Study) -> Iterator[InputError]:
    """Arms whose id says another role than their file."""
    for at, id in enumerate(study.regulations):
        if id in study.manuals:
            material: Material = study.catalogue.get(Manual, id)
        elif _is_regulation(study, id):
            material = _regulation(study, id)
        else:
            continue
        role = study.role(id)
        if (_TREATS if role == "control" else _CONTROLS).search(id):
            other = "treatment" if role == "control" else "control"
            message = f"`{id}` sounds like a {other}, and is a {role}: {material.title}"
            yield _document(study).error(message, ("regulations", at), hint="")


def _unfilled(study: Study) -> Iterator[InputError]:
    """Names in braces that nothing takes the place of, in what is said."""
    for kind, id, _ in study.named():
        if kind in _FILLED and id in study.catalogue.ids(kind):
            for text in _texts(study.catalogue.get(kind, id)):
                for name in re.findall(r"\{[A-Za-z_]\w*\}", text):
                    if name not in _FILLED[kind]:
                        message = f"`{name}` stands in what is said, and nothing takes its place"
                        yield study.catalogue.document(kind, id).error(message, (), hint="")


_FILLED: Mapping[type[Material], tuple[str, ...]] = {
    Induction: (),
    Technique: ("{text}",),
    Regulation: (),
    Frame: (),
}
"""The kinds whose texts are said as they are, and the names that are filled in them."""


def _without_spaces(study: Study) -> Iterator[InputError]:
    """That words are counted letter by letter, where a script has no spaces."""
    for kind, id, _ in study.named():
        if kind is Induction and id in study.catalogue.ids(kind):
            texts = list(_texts(study.catalogue.get(kind, id)))
            if any(map(unspaced, texts)):
                message = "its script has no spaces, so each of its letters is counted as a word"
                yield study.catalogue.document(kind, id).error(message, ("texts",), hint="")


def _texts(material: Material) -> Iterator[str]:
    match material:
        case Induction():
            yield from (wording.text for text in material.texts for wording in text.grades.values())
        case Technique():
            yield from (material.instruction, *(turn.say for turn in material.turns))
        case Regulation():
            yield from (script.text for script in material.scripts)
        case Frame():
            yield material.text


def _differ(one: float, other: float) -> bool:
    return abs(one - other) > UNLIKE * max(one, other)


def _is_regulation(study: Study, arm: str) -> bool:
    return arm != NOTHING and arm not in study.manuals and arm in study.catalogue.ids(Regulation)


def _regulation(study: Study, arm: str) -> Regulation:
    return study.catalogue.get(Regulation, arm)


def _document(study: Study) -> Document:
    assert study.document is not None
    return study.document
