"""A study of QSTN: tables of questions, and of the personas that answer them."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from affectlab.defects.characters import invalid_by_line, invalid_characters, replaced_characters
from affectlab.defects.defect import Defect
from affectlab.defects.wordings import Told, instructed_otherwise
from affectlab.errors import InputError
from affectlab.importers.asked_studies import asked_studies
from affectlab.importers.imported import Imported
from affectlab.importers.origin import Origin, as_id, licence_of, numbered_names
from affectlab.importers.program import LARGEST
from affectlab.importers.source_scale import SourceItem, SourceScale, scale_files
from affectlab.importers.texts import frame_file
from affectlab.tabular.source import read_source
from affectlab.untrusted_file import regular

SOURCE = "Questions and personas of a study that was written for QSTN (Kreutner et al., 2026, EACL demonstrations)"
ITEM, QUESTION = "questionnaire_item_id", "question_content"
PERSONA, SYSTEM, INSTRUCTION = "questionnaire_name", "system_prompt", "questionnaire_instruction"
STEPS = 5
"""Where no table says how many options there are."""


def read_qstn(folder: Path) -> Imported:
    """A study of QSTN: a folder with tables that have the columns questionnaire_item_id and question_content.

    Raises:
        InputError: there is no such table, or one cannot be read.
    """
    tables = sorted(path for path in folder.rglob("*.csv") if not _hidden(path, folder))
    asked: list[SourceScale] = []
    framed: dict[str, Mapping[str, Any]] = {}
    found: list[Defect] = []
    origin = Origin(SOURCE, licence_of(folder))
    assumed = False
    for path in tables:
        head = _columns(path)
        shown = path.relative_to(folder).as_posix()
        if {ITEM, QUESTION} <= head:
            raw = regular(path, LARGEST, hint="name the folder of the study", smaller="it is no questionnaire")
            found += invalid_characters(invalid_by_line(raw), shown)
            asked.append(_scale(path, shown))
            assumed |= "answer_codes" not in head and "likert_n" not in head
        elif SYSTEM in head:
            rows = read_source(path).rows
            framed |= _frames(rows, origin)
            found += _of_personas(rows, shown)
    if not asked:
        hint = f"a table of it has the columns {ITEM} and {QUESTION}"
        raise InputError("holds no questionnaire", hint=hint, file=folder)
    found += [one for scale in asked for one in scale.defects()]
    differs = [
        "Questions were asked one by one, in blocks, or all at once, as the program was told. Here each is asked alone."
    ]
    if assumed:
        differs.append(
            f"Options stand in the program and not in the tables: {STEPS} steps without names are taken for them."
        )
    studies = asked_studies(scale_files(asked, origin), framed, origin, differs=differs)
    ordered = sorted(dict.fromkeys(found), key=lambda one: (one.file, one.line or 0))
    left = _left_out(tables, folder)
    return Imported(SOURCE, origin.licence, studies, tuple(ordered), tuple(left))


def _hidden(path: Path, folder: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(folder).parts)


def _columns(path: Path) -> set[str]:
    """The names of a table's columns, by its first line."""
    raw = regular(path, LARGEST * 16, hint="name the folder of the study", smaller="leave it out of the folder")
    first = raw.decode("utf-8-sig", errors="replace").split("\n", 1)[0]
    return {name.strip().strip('"') for name in first.replace(";", ",").replace("\t", ",").split(",")}


def _scale(path: Path, shown: str) -> SourceScale:
    rows = read_source(path).rows
    instruction = next((str(text) for text in rows.get(INSTRUCTION, []) if str(text).strip()), "")
    items = tuple(
        SourceItem(text, _options(row), int(str(line)))
        for line, row in rows.iterrows()
        if (text := str(row[QUESTION]).strip())
    )
    if not items:
        raise InputError("has no questions", hint=f"write them in the column {QUESTION}", file=path)
    said = [(1, instruction)] if instruction else [(1, "How well does this fit? Answer with a number.")]
    return SourceScale(path.stem, shown, said, items)


def _options(row: pd.Series[Any]) -> tuple[tuple[int, str], ...]:
    """The options of a question, as its row says them."""
    texts, codes = _listed(row.get("answer_texts")), _listed(row.get("answer_codes"))
    if len(texts) > 1:
        steps = (
            [int(code) for code in codes] if len(codes) == len(texts) and _counting(codes) else range(1, len(texts) + 1)
        )
        return tuple(zip(steps, texts, strict=True))
    if len(codes) > 1 and _counting(codes):
        return tuple((int(code), "") for code in codes)
    number, first = str(row.get("likert_n", "")), str(row.get("likert_start_idx", ""))
    low = int(first) if first.strip().isdigit() else 1
    count = int(number) if number.strip().isdigit() and int(number) > 1 else STEPS
    return tuple((step, "") for step in range(low, low + count))


def _listed(cell: Any) -> list[str]:
    """A list in a cell, as Python or a reader of it writes one."""
    text = str(cell or "").strip()
    try:
        read = ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        read = text.split("|") if "|" in text else []
    return [str(one).strip() for one in read] if isinstance(read, list | tuple) else []


def _counting(codes: list[str]) -> bool:
    """Whether codes are numbers one after another."""
    return all(code.lstrip("-").isdigit() for code in codes) and [int(code) for code in codes] == list(
        range(int(codes[0]), int(codes[0]) + len(codes))
    )


def _frames(rows: pd.DataFrame, origin: Origin) -> dict[str, Mapping[str, Any]]:
    made: dict[str, Mapping[str, Any]] = {}
    named = [str(row.get(PERSONA, "")).strip() or f"persona {at}" for at, (_, row) in enumerate(rows.iterrows(), 1)]
    for name, (_, row) in zip(numbered_names([as_id(one, "persona") for one in named]), rows.iterrows(), strict=True):
        if str(row[SYSTEM]).strip():
            made |= frame_file(name, name.replace("-", " "), str(row[SYSTEM]).strip(), origin)
    return made


def _of_personas(rows: pd.DataFrame, shown: str) -> Iterator[Defect]:
    """What is told to one persona and not to the others."""
    told = []
    for line, row in rows.iterrows():
        number = int(str(line))
        yield from replaced_characters([(number, str(row[SYSTEM]))], shown)
        told.append(Told(shown, [(number, str(row.get(INSTRUCTION, "")))], number))
    yield from instructed_otherwise(told)


def _left_out(tables: list[Path], folder: Path) -> Iterator[str]:
    others = [
        path.relative_to(folder).as_posix()
        for path in tables
        if not ({ITEM, QUESTION} <= _columns(path) or SYSTEM in _columns(path))
    ]
    if others:
        yield f"Tables without questions or personas: {', '.join(others)}."
