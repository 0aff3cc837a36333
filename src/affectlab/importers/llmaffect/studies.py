"""The studies that are made of a clone: as it was done there, and the same questions asked well."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from affectlab.defects.wordings import is_heading
from affectlab.errors import InputError
from affectlab.importers.imported import ImportedStudy
from affectlab.importers.llmaffect.clone import NEUTRAL
from affectlab.importers.llmaffect.instruments import instrument_files
from affectlab.importers.llmaffect.parts import INDUCTION, LAST, STABILISATION, Group, PromptPart
from affectlab.importers.llmaffect.schema import AnswerSchema
from affectlab.importers.llmaffect.vignettes import vignettes
from affectlab.importers.origin import Origin
from affectlab.importers.texts import SourceText, induction_files, line_file, regulation_file

TECHNIQUE = "published"
REGULATION = "published-regulation"
ITERATIONS = 5
SEED = 20260610

Content = Mapping[str, Any]


def studies(group: Group, schemas: Sequence[AnswerSchema], origin: Origin) -> Iterator[ImportedStudy]:
    """The studies of one experiment: none of the stress test, and of sentence stems."""
    if not group.states or group.stems:
        return
    first = group.states[0].part(1)
    if not first.sent.questionnaires:
        hint = "a line of it reads `1. calm  1 = Not at all  2 = …`, or `No stress 0 - 100 extreme stress`"
        raise InputError("asks no questionnaire that can be read", hint=hint, file=first.prompt.file)
    for part in [*(arm.part(INDUCTION) for arm in group.states), group.states[0].part(LAST)]:
        if not part.sent.text:
            hint = "a text stands before its first item"
            raise InputError("says nothing beside its questionnaires", hint=hint, file=part.prompt.file)
    yield _as_published(group, schemas, origin)
    yield _done_well(group, schemas, origin)


def _as_published(group: Group, schemas: Sequence[AnswerSchema], origin: Origin) -> ImportedStudy:
    """The same turns in the same order, with the characters that a program sends."""
    texts = {arm.name: [arm.part(INDUCTION).sent.text] for arm in group.arms}
    first = group.states[0]
    asked = instrument_files(first.part(1).sent, schemas, origin.of)
    said = {number: first.part(number).sent.text for number in (1, STABILISATION, LAST)}
    materials = {
        **_texts(texts, origin),
        **{f"instruments/{one['id']}.yaml": one for one in asked},
        **(line_file("baseline", "Frame", said[1], origin) if said[1] else {}),
        **line_file("stabilisation", "Stabilisation", said[STABILISATION], origin),
        "scripts/battery.yaml": origin.of("script", "battery", "A questionnaire in one answer", text="{question}"),
        **regulation_file(REGULATION, "The published regulation", said[LAST], origin),
    }
    states = [arm.name for arm in group.states]
    told = group.neutral is not None and bool(texts[NEUTRAL][0])
    study = {
        "id": "as-published",
        "version": 1,
        "title": "As published",
        "tests": "Whether answers to questionnaires move after a text, and back after a regulation.",
        "against": "Answers that move as much where nothing is said.",
        "source": origin.source,
        "seed": SEED,
        "frames": ["none"],
        "states": [*states, *([NEUTRAL] if told else [])],
        "induction": {
            "techniques": [TECHNIQUE],
            "grades": ["moderate"],
            "texts": 1,
            "arms": ["induction-text"] if told else ["induction-text", "no-text"],
        },
        "stabilisation": "stabilisation",
        "regulations": [REGULATION, "none"],
        "contexts": ["battery"],
        "measures": [one["id"] for one in asked],
        "measure_at": ["baseline", "induced", "regulated"],
        "replicates": ITERATIONS,
        "validity": "none",
    }
    unframed = "The first prompt has no frame; the line that comes with affectlab stands before the baseline."
    return ImportedStudy("as-published", study, materials, (*_DIFFERS, *(() if said[1] else (unframed,))))


_DIFFERS = (
    "A text and the questionnaires after it were one turn there. Here the text is acknowledged (`Okay.`) before they "
    "are asked.",
    "All questionnaires were one JSON answer there. Here each is a JSON answer of its own, one after another, in sight "
    "of those before. They are asked in the words of the first prompt at every point.",
    "Numbers were drawn at temperature 0.5 there. Here a score is the expected value of the distribution, and what "
    "stands in the conversation is drawn from it at temperature 1: a study file has no key for another.",
    "No reply was asked for after the stabilisation there, so two turns of the user followed each other. Here it is "
    "acknowledged.",
    "The neutral condition is the arm `no-text` where it had no text. The regulation follows in it as it did there.",
    "The regulation `none` was no arm of the published prompts. Without a control no effect of a regulation is told.",
    f"The {ITERATIONS} iterations are replicates: repeated reads of one text. One text of each state gives no interval "
    "over texts, here as there.",
    "Answers are read on the scale that the prompt names, where the program there read another (see the defects).",
)


def _done_well(group: Group, schemas: Sequence[AnswerSchema], origin: Origin) -> ImportedStudy:
    """The same texts and questions on branches, with controls, and each vignette a unit."""
    texts = {arm.name: vignettes(arm.part(INDUCTION).meant) for arm in group.arms}
    enough = {name: found for name, found in texts.items() if len(found) > 1}
    used = enough or {name: found for name, found in texts.items() if found}
    texts_of_each = min(len(found) for found in used.values())
    first = group.states[0]
    asked = instrument_files(first.part(1).meant, schemas, origin.of)
    materials = {
        **_texts(used, origin),
        **{f"instruments/{one['id']}.yaml": one for one in asked},
        **regulation_file(REGULATION, "The published regulation", _without_headings(first.part(LAST)), origin),
    }
    study = {
        "id": "done-well",
        "version": 1,
        "title": "The same texts, done well",
        "tests": "Whether answers move after a text more than after its words in another order and than after nothing.",
        "against": "Answers that move as much after a control, or that do not differ over texts of one state.",
        "source": origin.source,
        "seed": SEED,
        "frames": ["human-plain"],
        "states": list(used),
        "induction": {
            "techniques": [TECHNIQUE],
            "grades": ["moderate"],
            "texts": texts_of_each,
            "arms": ["induction-text", "no-text", "scrambled"],
        },
        "stabilisation": None,
        "regulations": [REGULATION, "neutral-reading", "none"],
        "contexts": ["branched"],
        "measures": [one["id"] for one in asked],
        "measure_at": ["baseline", "induced", "regulated"],
        "validity": "default",
    }
    left = [name for name, found in texts.items() if found and name not in used]
    differs = (
        "Every item is asked on a branch of its own, so that no answer is seen by another.",
        "A vignette is the unit: the texts of a state are cut where a line or a sentence ends. Read them before a run "
        f"(`materials/inductions/{TECHNIQUE}`), and write more: {texts_of_each} of a state are few.",
        "Controls stand beside the texts: nothing said, the same words in random order, and a neutral reading in the "
        "place of the regulation.",
        "The participant is not told that feelings are to be induced, and not asked to stay in a state.",
        "Characters that were not valid UTF-8 are those that were meant on Windows, or on an older Mac.",
        *((f"Left out, as one text is no sample: {', '.join(left)}.",) if left else ()),
    )
    return ImportedStudy("done-well", study, materials, differs)


def _without_headings(part: PromptPart) -> str:
    """What a prompt says, without lines such as `Prompt4`."""
    return "\n".join(text.rstrip() for _, text in part.meant.before if not is_heading(text)).strip()


def _texts(texts: Mapping[str, Sequence[str]], origin: Origin) -> dict[str, Content]:
    found = {state: [SourceText(f"text {at}", one) for at, one in enumerate(told, 1)] for state, told in texts.items()}
    return induction_files(TECHNIQUE, "The published texts", found, origin)
