"""Letters of people who were sad: a folder with one text in each file."""

from __future__ import annotations

from pathlib import Path

from affectlab.errors import InputError
from affectlab.importers.imported import NO_LICENCE, Defect, Imported, ImportedStudy


def read(folder: Path) -> Imported:
    """Letters, one in each text file."""
    files = sorted(folder.glob("*.txt"))
    if not files:
        raise InputError("holds no letters", hint="name a folder with text files", file=folder)
    texts = [file.read_text("utf-8").strip() for file in files]
    head = {"version": 1, "licence": NO_LICENCE, "source": "Letters"}
    words = len(texts[0].split())
    technique = {
        **{"kind": "technique", "id": "letter", "title": "Letters", **head},
        **{"instruction": "Read this letter.", "length": {"words": words, "tolerance": 0.9}},
    }
    induction = {
        **{"kind": "induction", "id": "letter-sadness", "title": "Sad letters", **head},
        **{"technique": "letter", "state": "sadness"},
        "texts": [
            {"id": f"letter-{number}", "topic": "a letter", "grades": {"moderate": {"text": text}}}
            for number, text in enumerate(texts, 1)
        ],
    }
    study = {
        **{"id": "letters", "version": 1, "title": "Letters", "tests": "Whether letters move answers."},
        **{"against": "Answers that do not move.", "states": ["sadness"], "measures": ["ratings"]},
        "induction": {"techniques": ["letter"], "texts": len(texts), "arms": ["induction-text", "no-text"]},
    }
    materials = {"inductions/letter/technique.yaml": technique, "inductions/letter/sadness.yaml": induction}
    short = [Defect("short letter", "fewer than five words", file.name, 1) for file in files if _short(file)]
    return Imported("Letters", NO_LICENCE, (ImportedStudy("letters", study, materials),), tuple(short))


def _short(file: Path) -> bool:
    return len(file.read_text("utf-8").split()) < 5
