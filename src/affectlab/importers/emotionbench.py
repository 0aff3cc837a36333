"""The public repository EmotionBench: situations that evoke eight emotions, and nine questionnaires."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from affectlab.defects.characters import invalid_by_line, invalid_characters, replaced_characters
from affectlab.defects.defect import Defect
from affectlab.defects.scales import against_schema, labels_in, named_ranges
from affectlab.defects.wordings import stray_headings, unlike_lengths
from affectlab.errors import InputError
from affectlab.importers.imported import Imported, ImportedStudy
from affectlab.importers.origin import Origin, as_id, licence_of
from affectlab.importers.program import LARGEST, ProgramText, messages_of, template_with, tree
from affectlab.importers.source_scale import SourceItem, SourceScale, scale_files
from affectlab.importers.texts import SourceText, induction_files, state_file
from affectlab.materials.document import Document, read
from affectlab.materials.words import count_words
from affectlab.untrusted_file import regular

SOURCE = (
    "Situations and questionnaires of Huang et al. (2024), EmotionBench, NeurIPS 2024, arXiv:2308.03656, from a clone "
    "of their public repository"
)
SITUATIONS, TABLE, QUESTIONNAIRES, PROGRAM = (
    "situations.json",
    "situations/situations.csv",
    "questionnaires.json",
    "utils.py",
)
GENERAL = "PANAS"
"""The questionnaire that is asked of every emotion."""
TESTS = 10
SEED = 20230807
KNOWN = {"anger": "angry", "anxiety": "anxious", "fear": "afraid"}
"""Emotions of which affectlab has a file."""
ADJECTIVES = {
    "depression": "depressed",
    "frustration": "frustrated",
    "jealousy": "jealous",
    "guilt": "guilty",
    "embarrassment": "embarrassed",
}

Texts = dict[str, list[tuple[SourceText, int]]]
"""Of each emotion, its situations, each with its line."""


def read_emotionbench(clone: Path) -> Imported:
    """Situations of EmotionBench: a clone of its repository, with situations.json and questionnaires.json.

    Raises:
        InputError: a file is missing, cannot be read, or holds no situations or questionnaires.
    """
    file, texts, broken = _situations(clone)
    scales = _questionnaires(clone)
    program = tree(clone / PROGRAM) if (clone / PROGRAM).is_file() else None
    template = template_with(program, "scenario") if program is not None else None
    system = next(iter(messages_of(program, "system")), None) if program is not None else None
    origin = Origin(SOURCE, licence_of(clone))
    materials = _materials(texts, scales, template, origin)
    general = next((one for one in scales if one.name.upper() == GENERAL), scales[0])
    made = (
        _study("as-published", texts, general, materials, origin),
        _study("done-well", texts, general, materials, origin),
    )
    found = [*broken, *_of_texts(file, texts), *(one for scale in scales for one in scale.defects())]
    found += [*_reversed(clone, scales), *_asks(texts, file)]
    others = ", ".join(one.name for one in scales if one is not general)
    left = [
        f"The questionnaires of single emotions ({others}) are instruments beside the studies: add them to `measures:`."
    ]
    if system is None:
        left.append("What the system turn says stands in each questionnaire; it is asked with the first question here.")
    counts = ", ".join(f"{name} {len(found)}" for name, found in texts.items())
    left.append(f"Situations: {counts}. A study takes as many of each emotion as the one with the fewest has.")
    ordered = sorted(dict.fromkeys(found), key=lambda one: (one.file, one.line or 0))
    return Imported(SOURCE, origin.licence, made, tuple(ordered), tuple(left))


def _situations(clone: Path) -> tuple[str, Texts, list[Defect]]:
    """The situations of each emotion, from the file that the program reads, or from the table."""
    if (clone / SITUATIONS).exists():
        document = read(clone / SITUATIONS)
        return SITUATIONS, _of_json(document, clone), []
    if (clone / TABLE).exists():
        return _of_table(clone)
    raise InputError("no such file", hint=f"a clone has it, or {TABLE}", file=clone / SITUATIONS)


def _of_json(document: Document, clone: Path) -> Texts:
    emotions = document.data.get("emotions") if isinstance(document.data, dict) else None
    texts: Texts = {}
    for at, emotion in enumerate(emotions if isinstance(emotions, list) else []):
        for number, factor in enumerate(emotion.get("factors", []) if isinstance(emotion, dict) else []):
            for place, text in enumerate(factor.get("scenarios", []) if isinstance(factor, dict) else []):
                line = document.line(("emotions", at, "factors", number, "scenarios", place))
                told = SourceText(str(factor.get("name", "")).strip() or f"factor {number}", str(text).strip())
                texts.setdefault(as_id(str(emotion.get("name", ""))), []).append((told, line))
    if not texts:
        hint = "it holds `emotions`, each with `factors`, and these with `scenarios`"
        raise InputError("has no situations that can be read", hint=hint, file=clone / SITUATIONS)
    return texts


def _of_table(clone: Path) -> tuple[str, Texts, list[Defect]]:
    raw = regular(clone / TABLE, LARGEST, hint="take the file from the repository", smaller="it is no such table")
    broken = list(invalid_characters(invalid_by_line(raw), TABLE))
    reader = csv.reader(io.StringIO(raw.decode("utf-8-sig", errors="replace")))
    rows = [(reader.line_num, row) for row in reader]
    heads = rows[0][1] if rows else []
    factors = rows[1][1] if len(rows) > 1 else []
    texts: Texts = {}
    for line, row in rows[2:]:
        for head, factor, text in zip(heads, factors, row, strict=False):
            if text.strip():
                emotion = as_id(head.rpartition("-")[0] or head)
                texts.setdefault(emotion, []).append((SourceText(factor.strip() or head, text.strip()), line))
    if not texts:
        hint = "its first line names emotions, its second factors, and below them stand situations"
        raise InputError("has no situations that can be read", hint=hint, file=clone / TABLE)
    return TABLE, texts, broken


def _questionnaires(clone: Path) -> list[SourceScale]:
    document = read(clone / QUESTIONNAIRES)
    listed = document.data if isinstance(document.data, list) else []
    found = [_scale(one, at, document) for at, one in enumerate(listed) if isinstance(one, dict)]
    scales = [one for one in found if one is not None]
    if not scales:
        hint = "it holds a list, each with `name`, `questions` and `prompt`"
        raise InputError("has no questionnaires that can be read", hint=hint, file=clone / QUESTIONNAIRES)
    return scales


def _scale(content: Mapping[str, Any], at: int, document: Document) -> SourceScale | None:
    questions, prompt = content.get("questions"), str(content.get("prompt", ""))
    if not isinstance(questions, dict) or not questions or not prompt.strip():
        return None
    said = re.sub(r"\s*\bSCENARIO\b\s*", " ", prompt).strip()
    line = document.line((at, "prompt"))
    low, high = next(((low, high) for low, high, _ in named_ranges([(line, said)])), (1, 5))
    labels = labels_in([(line, said)])
    options = tuple((step, labels.get(step, "")) for step in range(low, high + 1))
    reverse = content.get("reverse") or []
    categories = _categories(content)
    items = tuple(
        SourceItem(
            str(text),
            options,
            document.line((at, "questions", number)),
            categories.get(str(number), "overall"),
            _number(number) in reverse,
        )
        for number, text in questions.items()
    )
    name = str(content.get("name", "")).strip() or f"questionnaire {at + 1}"
    return SourceScale(name, QUESTIONNAIRES, [(line, said)], items, line=line)


def _number(text: Any) -> int:
    return int(text) if str(text).isdigit() else -1


def _categories(content: Mapping[str, Any]) -> dict[str, str]:
    """The scale of each item: the narrowest that lists it."""
    listed = [one for one in content.get("categories") or [] if isinstance(one, dict)]
    found: dict[str, str] = {}
    for one in sorted(listed, key=lambda one: -len(one.get("cat_questions") or [])):
        for number in one.get("cat_questions") or []:
            found[str(number)] = as_id(str(one.get("cat_name", "overall")))
    return found


def _reversed(clone: Path, scales: Sequence[SourceScale]) -> Iterator[Defect]:
    """Scales whose reversed items are turned at another sum than that of their ends."""
    document = read(clone / QUESTIONNAIRES)
    by_name = {str(one.get("name", "")).strip(): (at, one) for at, one in enumerate(document.data)}
    for scale in scales:
        at, content = by_name.get(scale.name, (-1, {}))
        total, (low, high) = content.get("scale"), scale.steps
        if isinstance(total, int) and total != low + high:
            line = document.line((at, "scale"))
            yield against_schema(
                (low, high), (low, total - low), f"`scale: {total}` of `{scale.name}`", QUESTIONNAIRES, line
            )


def _of_texts(file: str, texts: Texts) -> Iterator[Defect]:
    for found in texts.values():
        lines = [(line, text) for told, line in found for text in told.text.splitlines()]
        yield from replaced_characters(lines, file)
        yield from stray_headings(lines, file)
    words = {
        name: round(sum(count_words(told.text) for told, _ in found) / len(found)) for name, found in texts.items()
    }
    longest = max(words, key=lambda name: words[name])
    yield from unlike_lengths(words, file, texts[longest][0][1])


def _asks(texts: Texts, file: str) -> Iterator[Defect]:
    if "neutral" not in texts:
        said = "no situation is neutral: what is asked without one is no text of the same length"
        yield Defect("no neutral text", said, file, 1)


def _materials(
    texts: Texts, scales: Sequence[SourceScale], template: ProgramText | None, origin: Origin
) -> dict[str, Mapping[str, Any]]:
    given = {name: _once(found) for name, found in texts.items()}
    turn = template.text if template is not None else "{text}"
    made = induction_files("situation", "The published situations", given, origin, (turn,))
    for name in texts:
        if name not in KNOWN:
            made |= state_file(name, name, ADJECTIVES.get(name, f"in a state of {name}"), origin)
    made["scripts/battery.yaml"] = origin.of("script", "battery", "A questionnaire in one answer", text="{question}")
    return {**made, **scale_files(scales, origin, listed=False)}


def _once(found: Sequence[tuple[SourceText, int]]) -> list[SourceText]:
    """The situations, each once."""
    return list({told.text: told for told, _ in found}.values())


def _study(
    name: str, texts: Texts, general: SourceScale, materials: Mapping[str, Mapping[str, Any]], origin: Origin
) -> ImportedStudy:
    published = name == "as-published"
    fewest = min(len(_once(found)) for found in texts.values())
    arms = ["induction-text", "no-text"] if published else ["induction-text", "scrambled", "no-text"]
    study = {
        "id": name,
        "version": 1,
        "title": "As published" if published else "The same situations, done well",
        "tests": "Whether answers to a schedule of affect move after a situation that evokes an emotion.",
        "against": "Answers that move as much where nothing is told.",
        "source": origin.source,
        "seed": SEED,
        "frames": ["none" if published else "human-plain"],
        "states": list(texts),
        "induction": {
            "techniques": ["situation"],
            "grades": ["moderate"],
            "texts": fewest if published else min(fewest, 12),
            "arms": arms,
        },
        "stabilisation": None,
        "regulations": ["none"],
        "contexts": ["battery" if published else "branched"],
        "measures": [as_id(general.name), *([] if published else ["ratings"])],
        "measure_at": ["baseline", "induced"],
        "replicates": TESTS if published else 1,
        "validity": "none" if published else "default",
    }
    differs = (
        (
            "A situation and the questionnaire after it were one turn there. Here the situation is acknowledged first.",
            "The order of the items was drawn there. Here a questionnaire is one JSON answer in the order of its file.",
            "A score is the expected value of the distribution, and no single answer that was drawn.",
            "The system turn said which numbers may be answered. Here that stands in the question.",
            "A line that comes with affectlab opens the session.",
            f"The {TESTS} tests are replicates: repeated reads of one situation.",
        )
        if published
        else (
            "Every item is asked on a branch of its own. Situations are the units.",
            "The words of each situation in random order, and nothing, are held against it.",
            "The ratings that come with affectlab are asked beside: they show whether the emotion was reached.",
        )
    )
    return ImportedStudy(name, study, materials, differs)
