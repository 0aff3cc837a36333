"""What the run was made with: the materials word for word, the study, the participants, the course of the run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path, PurePath
from typing import Any

import yaml

from affectlab.errors import InputError
from affectlab.report.evidence import Evidence
from affectlab.report.export.layout import DOCUMENTATION, MATERIALS, write_json, write_text

_DESCRIBED = ("plan_hash", "seed", "replicates", "sessions", "affectlab", "identities", "attempts", "resolution")


def write_used(evidence: Evidence, folder: Path) -> None:
    """Write everything that is needed to see what was done, and to do it again."""
    _materials(evidence, folder / MATERIALS)
    _study(evidence, folder / MATERIALS / "study.yaml")
    for name, card in evidence.run.participants.items():
        write_json(folder / MATERIALS / "participants" / f"{PurePath(name).name}.json", nameless(card))
    _course(evidence, folder / DOCUMENTATION / "run.json")


def nameless(value: Any) -> Any:
    """A value without the paths of the machine on which it was made: of each, the file's name is left.

    >>> nameless({"file": "/home/somebody/models/one.gguf", "threads": 2})
    {'file': 'one.gguf', 'threads': 2}
    """
    if isinstance(value, Mapping):
        return {name: nameless(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [nameless(one) for one in value]
    return PurePath(value).name if isinstance(value, str) and PurePath(value).is_absolute() else value


def _materials(evidence: Evidence, folder: Path) -> None:
    for study in evidence.study.in_each_language:
        for kind, id, _ in study.named():
            try:
                source = study.catalogue.file(kind, study.catalogue.get(kind, id).id)
            except InputError:
                continue
            write_text(folder / source.place, source.text)


def _study(evidence: Evidence, file: Path) -> None:
    """The study's file as it was; where there was none, its content."""
    text = evidence.run.store.described("study_text")
    if text is None:
        content = evidence.study.model_dump(mode="json", by_alias=True)
        text = yaml.safe_dump(content, sort_keys=False, allow_unicode=True)
    write_text(file, text)


def _course(evidence: Evidence, file: Path) -> None:
    store = evidence.run.store
    described = {name: store.described(name) for name in _DESCRIBED if store.described(name) is not None}
    if used := evidence.run.scored_by:
        described["scoring"] = used
    incidents = [{"attempt": at, "kind": kind, "detail": detail} for at, kind, detail in store.incidents()]
    study = evidence.study.model_dump(mode="json", by_alias=True)
    write_json(file, nameless({**described, "study": study, "incidents": incidents}))
