"""The public repository of Ben-Zion et al. (2025): narratives of trauma, relaxation texts, an inventory of anxiety."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from affectlab.defects.characters import replaced_characters
from affectlab.defects.defect import Defect
from affectlab.defects.wordings import stray_headings, unlike_lengths
from affectlab.errors import InputError
from affectlab.importers.imported import Imported, ImportedStudy
from affectlab.importers.keys import STATE_ANXIETY_REVERSED
from affectlab.importers.origin import Origin, as_id, licence_of
from affectlab.importers.program import ProgramText, messages_of, source, texts_by_case, tree
from affectlab.importers.source_scale import SourceItem, SourceScale, scale_files
from affectlab.importers.texts import SourceText, frame_file, induction_files, regulation_file
from affectlab.materials.document import Document, read
from affectlab.materials.words import count_words

SOURCE = (
    "Texts of Ben-Zion et al. (2025), npj Digital Medicine 8:132, doi:10.1038/s41746-025-01512-6, from a clone of "
    "their public repository gpt-trauma-induction"
)
PROMPTS, QUERY, INVENTORY = "src/prompts.py", "src/query.py", "src/STAI/questionnaires.json"
NEUTRAL, CONTROL = "neutral", "vacuum"
LENGTH = "brief"
RUNS = 5
SEED = 20250303
_NEVER = re.compile(r"\bif\b.*%.*==.*&.*[<>]")


def read_trauma(clone: Path) -> Imported:
    """Texts of Ben-Zion et al. (2025): a clone of gpt-trauma-induction, with src/prompts.py and src/STAI.

    Raises:
        InputError: a file is missing, is no Python or JSON, or has no texts where they are expected.
    """
    prompts, query = tree(clone / PROMPTS), tree(clone / QUERY)
    narratives = _of_length(texts_by_case(prompts, "retrieve_traumaprompt"))
    relaxations = _of_length(texts_by_case(prompts, "retrieve_relaxation"))
    if not [cue for cue in narratives if cue != NEUTRAL] or not relaxations:
        hint = "its functions `retrieve_traumaprompt` and `retrieve_relaxation` return a text for each cue"
        raise InputError("has no texts that can be read", hint=hint, file=clone / PROMPTS)
    inventory = _inventory(clone)
    system = next(iter(messages_of(query, "system")), None)
    origin = Origin(SOURCE, licence_of(clone))
    made = (
        _as_published(narratives, relaxations, inventory, system, origin),
        _done_well(narratives, relaxations, inventory, origin),
    )
    found = [
        *inventory.defects({"anxiety": True}),
        *_of_texts(narratives, relaxations),
        *_of_program(clone),
    ]
    longer = sorted({case[0] for case in texts_by_case(prompts, "retrieve_traumaprompt") if case[1:] == ("long",)})
    left = (
        [f"The long narratives ({', '.join(longer)}): the published results are of the brief ones."] if longer else []
    )
    found = sorted(dict.fromkeys(found), key=lambda one: (one.file, one.line or 0))
    return Imported(SOURCE, origin.licence, made, tuple(found), tuple(left))


def _of_length(found: Mapping[tuple[str, ...], ProgramText]) -> dict[str, ProgramText]:
    """The brief text of each cue, or the only one."""
    return {case[0]: said for case, said in found.items() if case[1:] in ((), (LENGTH,))}


def _inventory(clone: Path) -> SourceScale:
    document = read(clone / INVENTORY)
    held = document.data if isinstance(document.data, dict) else {}
    name, content = next(((key, one) for key, one in held.items() if isinstance(one, dict)), ("", {}))
    questions = content.get("questions")
    if not isinstance(questions, list) or not questions or not all(_is_question(one) for one in questions):
        hint = "it holds `questions`, each with a `prompt` and `labels`, and a `preamble`"
        raise InputError("has no questions that can be read", hint=hint, file=clone / INVENTORY)
    reverse = _reverse(clone, len(questions))
    items = tuple(
        SourceItem(
            str(one["prompt"]),
            tuple(enumerate(map(str, one["labels"]), 1)),
            document.line((name, "questions", at)),
            "anxiety",
            at + 1 in reverse,
        )
        for at, one in enumerate(questions)
    )
    preamble = _lines(document, str(content.get("preamble", "")), (name, "preamble"))
    return SourceScale("state-anxiety", INVENTORY, preamble, items, {"anxiety": "anxiety"})


def _is_question(one: Any) -> bool:
    labels = one.get("labels") if isinstance(one, dict) else None
    return isinstance(labels, list) and len(labels) > 1 and bool(str(one.get("prompt", "")).strip())


def _lines(document: Document, text: str, place: tuple[str | int, ...]) -> list[tuple[int, str]]:
    return [(document.line(place), line) for line in text.splitlines()]


def _reverse(clone: Path, items: int) -> frozenset[int]:
    """Which items count the other way, as the table beside them says; else by the manual."""
    table = clone / "src/STAI/questionnaires.csv"
    if not table.is_file():
        return STATE_ANXIETY_REVERSED if items == 20 else frozenset()
    rows = list(csv.reader(io.StringIO(source(table)), delimiter=";")) or [[]]
    names = [name.strip().lower().replace(".", " ") for name in rows[0]]
    at = next((at for at, name in enumerate(names) if "reverse" in name), None)
    keyed = [row[at].strip() for row in rows[1:] if at is not None and len(row) > at and row[at].strip() in ("0", "1")]
    if len(keyed) < items:
        return STATE_ANXIETY_REVERSED if items == 20 else frozenset()
    return frozenset(number for number, value in enumerate(keyed[:items], 1) if value == "1")


def _of_texts(narratives: Mapping[str, ProgramText], relaxations: Mapping[str, ProgramText]) -> Iterator[Defect]:
    for found in (narratives, relaxations):
        for cue, said in found.items():
            lines = [(said.line, text) for text in said.text.splitlines()]
            yield from replaced_characters(lines, PROMPTS)
            yield from stray_headings(lines, PROMPTS)
            if re.search(r"\S[ \t]{3,}\S", said.text):
                message = f"the text `{cue}` goes over several lines of the program, whose indentation is sent with it"
                yield Defect("stray spaces", message, PROMPTS, said.line)
        words = {cue: count_words(said.text) for cue, said in found.items()}
        longest = max(words, key=lambda cue: words[cue])
        yield from unlike_lengths(words, PROMPTS, found[longest].line)
    if NEUTRAL not in narratives:
        yield Defect("no neutral text", "no narrative has the cue `neutral`", PROMPTS, 1)


def _of_program(clone: Path) -> Iterator[Defect]:
    """What its program does otherwise than it is told."""
    text = source(clone / QUERY)
    for number, line in enumerate(text.splitlines(), 1):
        if "random.shuffle" in line and "random.seed" not in text:
            yield Defect("order that is not kept", "drawn without a seed, and not written down", QUERY, number)
        if _NEVER.search(line):
            said = "`&` binds before the comparison, so nothing is saved on the way"
            yield Defect("condition that is never true", said, QUERY, number)
        if re.search(r"questions\[0\]\[.labels.\]", line):
            yield Defect("item with other options", "the options of the first item are shown for all", QUERY, number)


def _plain(text: str) -> str:
    """A text without the indentation of the program."""
    return " ".join(text.split())


def _relaxations(
    relaxations: Mapping[str, ProgramText], origin: Origin, *, plain: bool
) -> dict[str, Mapping[str, Any]]:
    made: dict[str, Mapping[str, Any]] = {}
    for cue, said in relaxations.items():
        role = "control" if cue == CONTROL else "technique"
        text = _plain(said.text) if plain else said.text.strip()
        made |= regulation_file(_regulation_id(cue), f"The published text `{cue}`", text, origin, role=role)
    return made


def _regulation_id(cue: str) -> str:
    return f"published-{as_id(cue)}"


def _as_published(
    narratives: Mapping[str, ProgramText],
    relaxations: Mapping[str, ProgramText],
    inventory: SourceScale,
    system: ProgramText | None,
    origin: Origin,
) -> ImportedStudy:
    told = {cue: said for cue, said in narratives.items() if cue != NEUTRAL}
    texts = {"anxiety": [SourceText(cue, said.text.strip()) for cue, said in told.items()]}
    if NEUTRAL in narratives:
        # one neutral text was held against all
        texts[NEUTRAL] = [SourceText(NEUTRAL, narratives[NEUTRAL].text.strip()) for _ in told]
    framed = frame_file("published", "The published frame", system.text, origin) if system is not None else {}
    instruments = scale_files([inventory], origin)
    study = {
        **_head("as-published", "As published", origin),
        "tests": "Whether answers to an inventory of anxiety move after a narrative of trauma, and back after a text.",
        "against": "Answers that move as much after the neutral text.",
        "frames": ["published"] if framed else ["none"],
        "states": list(texts),
        "induction": {
            "techniques": ["published"],
            "grades": ["moderate"],
            "texts": len(told),
            "arms": ["induction-text", "no-text"],
        },
        "regulations": [*map(_regulation_id, relaxations), "none"],
        "contexts": ["branched"],
        "replicates": RUNS,
        "validity": "none",
        "measures": [str(one["id"]) for one in instruments.values()],
    }
    materials = {
        **induction_files("published", "The published narratives", texts, origin),
        **_relaxations(relaxations, origin, plain=False),
        **instruments,
        **framed,
    }
    differs = (
        "Narrative and relaxation stood in one turn there. Here each is acknowledged, and it is measured between them.",
        "The order of the options and their numbers were drawn for each item there, and not kept. Here they have one.",
        "One number was taken there, by default at temperature 0, and asked for up to 50 times if it was none. Here a "
        "score is the expected value of the distribution, and what is no answer is counted.",
        "The one neutral text is held against each narrative, so it is no sample of neutral texts.",
        "A line that comes with affectlab opens the session.",
        f"The {RUNS} runs are replicates: repeated reads of one text.",
    )
    return ImportedStudy("as-published", study, materials, differs)


def _done_well(
    narratives: Mapping[str, ProgramText],
    relaxations: Mapping[str, ProgramText],
    inventory: SourceScale,
    origin: Origin,
) -> ImportedStudy:
    told = {cue: said for cue, said in narratives.items() if cue != NEUTRAL}
    texts = {"anxiety": [SourceText(cue, _plain(said.text)) for cue, said in told.items()]}
    instruments = scale_files([inventory], origin)
    control = [_regulation_id(CONTROL)] if CONTROL in relaxations else ["neutral-reading"]
    techniques = [_regulation_id(cue) for cue in relaxations if cue != CONTROL]
    study = {
        **_head("done-well", "The same texts, done well", origin),
        "tests": "Whether answers move after a narrative more than after its words in another order and than after "
        "nothing, and back after a relaxation text more than after a text that relaxes nobody.",
        "against": "Answers that move as much after a control.",
        "frames": ["human-plain"],
        "states": ["anxiety"],
        "induction": {
            "techniques": ["published"],
            "grades": ["moderate"],
            "texts": len(told),
            "arms": ["induction-text", "no-text", "scrambled"],
        },
        "regulations": [*techniques, *control, "none"],
        "contexts": ["branched"],
        "validity": "default",
        "measures": [*(str(one["id"]) for one in instruments.values()), "ratings"],
    }
    materials = {
        **induction_files("published", "The published narratives", texts, origin),
        **_relaxations(relaxations, origin, plain=True),
        **instruments,
    }
    differs = (
        "The narratives are the units: five are few. Their words in random order, and nothing, are held against them.",
        "Texts have no indentation of a program in them.",
        "The ratings that come with affectlab are asked beside the inventory, for the other states.",
        "The anchors of the inventory are as published: how often, where the moment is asked.",
    )
    return ImportedStudy("done-well", study, materials, differs)


def _head(id: str, title: str, origin: Origin) -> dict[str, Any]:
    return {
        "id": id,
        "version": 1,
        "title": title,
        "source": origin.source,
        "seed": SEED,
        "stabilisation": None,
        "measure_at": ["baseline", "induced", "regulated"],
    }
