"""Logs of Inspect: the questions of an evaluation, with their options, and what stood before them."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from affectlab.counting import counted
from affectlab.defects.characters import replaced_characters
from affectlab.defects.defect import Defect
from affectlab.defects.turns import SaidTurn, unanswered_turns
from affectlab.errors import InputError
from affectlab.importers.asked_studies import asked_studies
from affectlab.importers.imported import Imported
from affectlab.importers.origin import Origin, as_id, licence_of
from affectlab.importers.source_scale import SourceItem, SourceScale, scale_files
from affectlab.importers.texts import frame_file
from affectlab.untrusted_file import regular, require_file

SOURCE = "Questions of a log of Inspect (UK AI Security Institute)"
LARGEST = 64 * 2**20
"""The bytes of a log, or of a part of one."""
_MARK = b'"eval"'
"""What every log has in it; other files of JSON are none, and need not be sound."""
_HINT = "name a folder with logs, files that end in .eval or .json"


class Log(NamedTuple):
    """One log."""

    file: str
    header: Mapping[str, Any]
    samples: Sequence[Mapping[str, Any]]


def read_inspect(folder: Path) -> Imported:
    """Logs of Inspect: a folder with files that end in .eval, or in .json.

    Raises:
        InputError: there is no log, or one cannot be read, or none has questions with options.
    """
    logs, others = _logs(folder)
    if not logs:
        raise InputError("holds no logs", hint=_HINT, file=folder)
    origin = Origin(SOURCE, licence_of(folder))
    scales: list[SourceScale] = []
    framed: dict[str, Mapping[str, Any]] = {}
    found: list[Defect] = []
    left = [f"No logs: {', '.join(others)}."] if others else []
    epochs = 1
    for log in logs:
        scale, free = _scale(log)
        scales += [scale] if scale is not None else []
        left += [f"{log.file}: {counted(free, 'sample')} without options, or with others than most."] if free else []
        framed |= _frames(log, origin)
        found += [one for sample in log.samples for one in _turns(log, sample)]
        epochs = max([epochs, *(one["epoch"] for one in log.samples if isinstance(one.get("epoch"), int))])
    if not scales:
        raise InputError("its logs have no questions with options", hint="their samples have `choices`", file=folder)
    found += [one for scale in scales for one in scale.defects()]
    differs = (
        "An answer was a reply there, in which an option was looked for. Here the options' probabilities are read.",
        "Options are numbered here, as they are in the log.",
    )
    studies = asked_studies(scale_files(scales, origin), framed, origin, replicates=epochs, differs=differs)
    ordered = sorted(dict.fromkeys(found), key=lambda one: (one.file, one.line or 0))
    return Imported(SOURCE, origin.licence, studies, tuple(ordered), tuple(left))


def _logs(folder: Path) -> tuple[list[Log], list[str]]:
    """The logs in a folder, and its files of JSON that are none."""
    logs, others = list[Log](), list[str]()
    for path in sorted(folder.rglob("*")):
        shown = path.relative_to(folder).as_posix()
        if path.suffix == ".eval":
            logs.append(_packed(path, shown))
        elif path.suffix == ".json" and not shown.startswith("."):
            raw = regular(path, LARGEST, hint=_HINT, smaller="leave it out of the folder")
            content = _json(raw, path, shown) if _MARK in raw else None
            if isinstance(content, dict) and "eval" in content and isinstance(content.get("samples"), list):
                logs.append(Log(shown, content, [one for one in content["samples"] if isinstance(one, dict)]))
            else:
                others.append(f"`{shown}`")
    return logs, others


def _packed(path: Path, shown: str) -> Log:
    """A log of many parts in one file."""
    require_file(path, hint=_HINT)
    try:
        with zipfile.ZipFile(path) as packed:
            names = packed.namelist()
            large = next((one.filename for one in packed.infolist() if one.file_size > LARGEST), None)
            if large is not None:
                raise InputError(f"its `{large}` is too large", hint="leave it out of the folder", file=path)
            header = _json(packed.read("header.json"), path, "header.json") if "header.json" in names else {}
            parts = [name for name in names if name.startswith("samples/") and name.endswith(".json")]
            samples = [_json(packed.read(name), path, name) for name in sorted(parts)]
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, ValueError):
        raise InputError("is no log that can be read", hint="take it from the folder `logs` again", file=path) from None
    return Log(shown, header if isinstance(header, dict) else {}, [one for one in samples if isinstance(one, dict)])


def _json(raw: bytes, path: Path, part: str) -> Any:
    try:
        return json.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise InputError(
            f"`{part}` is not UTF-8", hint="take it from the laboratory again", file=path, line=line
        ) from None
    except (json.JSONDecodeError, RecursionError) as error:
        place = getattr(error, "lineno", None)
        raise InputError(
            f"`{part}` is no JSON", hint="take it from the laboratory again", file=path, line=place
        ) from None


def _scale(log: Log) -> tuple[SourceScale | None, int]:
    """The questions of a log whose options most have, and how many others there are."""
    asked: dict[str, tuple[str, ...]] = {}
    for sample in log.samples:
        choices = sample.get("choices")
        if isinstance(choices, list) and len(choices) > 1:
            asked.setdefault(_question(sample), tuple(map(str, choices)))
    if not asked:
        return None, len(log.samples)
    options = list(asked.values())
    usual = max(dict.fromkeys(options), key=options.count)
    kept = [text for text, own in asked.items() if own == usual]
    items = tuple(SourceItem(text, tuple(enumerate(usual, 1)), 1) for text in kept if text)
    name = str(_held(log.header, "eval").get("task") or Path(log.file).stem).rsplit("/", 1)[-1]
    said = "How well does this fit? Answer with the number of one option."
    others = len({_question(one) for one in log.samples}) - len(kept)
    return SourceScale(name, log.file, [(1, said)], items), others


def _held(content: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = content.get(key)
    return value if isinstance(value, dict) else {}


def _question(sample: Mapping[str, Any]) -> str:
    """What is asked last."""
    asked = sample.get("input")
    if isinstance(asked, list):
        turns = [one for one in asked if isinstance(one, dict) and one.get("role") == "user"]
        return _text(turns[-1].get("content")) if turns else ""
    return str(asked or "").strip()


def _text(content: Any) -> str:
    if isinstance(content, list):
        return "\n".join(str(one.get("text", "")) for one in content if isinstance(one, dict)).strip()
    return str(content or "").strip()


def _frames(log: Log, origin: Origin) -> dict[str, Mapping[str, Any]]:
    """The system turns, each once."""
    said = dict.fromkeys(
        _text(turn.get("content"))
        for sample in log.samples
        for turn in sample.get("messages") or []
        if isinstance(turn, dict) and turn.get("role") == "system"
    )
    made: dict[str, Mapping[str, Any]] = {}
    for at, text in enumerate([one for one in said if one][:8], 1):
        made |= frame_file(as_id(f"{Path(log.file).stem} {at}", f"frame-{at}"), f"System turn {at}", text, origin)
    return made


def _turns(log: Log, sample: Mapping[str, Any]) -> Iterator[Defect]:
    turns = [
        SaidTurn(str(one.get("role", "")), _text(one.get("content")), log.file)
        for one in sample.get("messages") or []
        if isinstance(one, dict)
    ]
    yield from unanswered_turns(turns)
    yield from replaced_characters([(1, one.text) for one in turns if one.role == "user"], log.file)
