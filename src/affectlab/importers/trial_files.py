"""Trial files of jsPsych and PsychoPy: what people were asked, and on which scale they answered."""

from __future__ import annotations

import html
import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from affectlab.counting import counted
from affectlab.defects.defect import Defect
from affectlab.errors import InputError
from affectlab.importers.asked_studies import asked_studies
from affectlab.importers.imported import Imported
from affectlab.importers.origin import Origin, licence_of
from affectlab.importers.source_scale import SourceItem, SourceScale, scale_files
from affectlab.materials.document import MOST_PARTS
from affectlab.tabular.source import read_source
from affectlab.untrusted_file import regular

LARGEST = 64 * 2**20
MOST_STEPS = 101
"""A scale of more steps is one from 0 to 100."""
_ASKED = ("itemText", "item", "question", "questionText", "prompt", "text", "stimulus", "sentence", "statement")
_HINT = "name the folder in which the experiment saved its files"


class TrialRow(NamedTuple):
    """A row of a trial file."""

    line: int
    values: Mapping[str, Any]


class Rated(NamedTuple):
    """A question that was answered on a scale, and what is known of this."""

    kind: str
    text: str
    response: float
    line: int
    labels: tuple[str, ...] = ()
    ends: tuple[int, int] | None = None


def read_jspsych(folder: Path) -> Imported:
    """Trial files of jsPsych: a folder with CSV or JSON files that have the column trial_type.

    Raises:
        InputError: there is no such file, or one cannot be read, or nothing in it was answered on a scale.
    """
    return _read(folder, "jsPsych", "trial_type", _of_jspsych)


def read_psychopy(folder: Path) -> Imported:
    """Trial files of PsychoPy: a folder with CSV files that have columns such as trials.thisN and slider.response.

    Raises:
        InputError: there is no such file, or one cannot be read, or nothing in it was answered on a scale.
    """
    return _read(folder, "PsychoPy", "psychopyVersion", _of_psychopy)


def _read(folder: Path, program: str, sign: str, asked: Any) -> Imported:
    files: dict[str, list[Rated]] = {}
    people = answered = 0
    for path in sorted((*folder.rglob("*.csv"), *folder.rglob("*.json"))):
        shown = path.relative_to(folder).as_posix()
        raw = regular(path, LARGEST, hint=_HINT, smaller="leave it out of the folder")
        if not any(one.encode(form) in raw for one in (sign, ".thisN") for form in ("utf-8", "utf-16-le", "utf-16-be")):
            continue  # another table, or settings: it need not be sound
        trials = _trials(path)
        if not any(sign in one.values or any(str(key).endswith(".thisN") for key in one.values) for one in trials[:50]):
            continue
        people += 1
        rated = list(asked(trials))
        answered += len(rated)
        files[shown] = rated
    if not files:
        raise InputError(f"holds no trial file of {program}", hint=_HINT, file=folder)
    scales = list(_scales(files))
    if not scales:
        raise InputError("nothing in it was answered on a scale", hint=_HINT, file=folder / next(iter(files)))
    origin = Origin(f"Questions of an experiment that was run with {program}, from its trial files", licence_of(folder))
    found = [one for scale in scales for one in scale.defects()]
    differs = (
        "People answered these questions; trials that were not answered on a scale are in no study.",
        "Steps that no trial file names are those between the lowest and the highest answer.",
    )
    studies = asked_studies(scale_files(scales, origin), {}, origin, differs=differs)
    left = (f"{counted(people, 'file')} with {counted(answered, 'answer')} of people: `affectlab analyse` reads them.",)
    ordered: list[Defect] = sorted(dict.fromkeys(found), key=lambda one: (one.file, one.line or 0))
    return Imported(origin.source, origin.licence, studies, tuple(ordered), left)


def _trials(path: Path) -> list[TrialRow]:
    if path.suffix == ".csv":
        rows = read_source(path, ragged=True).rows
        names = list(rows.columns)
        return [
            TrialRow(int(str(line)), dict(zip(names, cells, strict=True)))
            for line, cells in zip(rows.index, rows.itertuples(index=False), strict=True)
        ]
    raw = regular(path, LARGEST, hint=_HINT, smaller="leave it out of the folder")
    try:
        content = json.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise InputError("is not UTF-8", hint="save it as UTF-8", file=path, line=line) from None
    except (json.JSONDecodeError, RecursionError) as error:
        raise InputError("is no JSON", hint=_HINT, file=path, line=getattr(error, "lineno", None)) from None
    listed = content if isinstance(content, list) else content.get("trials", []) if isinstance(content, dict) else []
    flat = [one for part in listed[:MOST_PARTS] for one in (part if isinstance(part, list) else [part])]
    return [TrialRow(at, one) for at, one in enumerate(flat, 1) if isinstance(one, dict)]


def _of_jspsych(trials: Sequence[TrialRow]) -> Iterator[Rated]:
    for line, values in trials:
        kind, response = str(values.get("trial_type", "")), _held(values.get("response"))
        labels = tuple(_plain(one) for one in _list(values.get("labels") or values.get("choices")))
        if isinstance(response, dict):
            for name, answer in response.items():
                if (number := _number(answer)) is not None and "likert" in kind:
                    yield Rated(kind, _prompt(values, name), number, line, labels)
            continue
        number = _number(response)
        text = _plain(values.get("prompt") or values.get("stimulus"))
        if number is None or not text or not ("slider" in kind or "button" in kind):
            continue
        low, high = _number(values.get("min")), _number(values.get("max"))
        if "slider" in kind:
            ends = (int(low), int(high)) if low is not None and high is not None else (0, 100)
            yield Rated(kind, text, number, line, labels, ends)
        else:
            yield Rated(kind, text, number, line, labels)


def _prompt(values: Mapping[str, Any], name: str) -> str:
    """What stood at a question of a page, where the file has it; else its name."""
    for one in _list(values.get("questions")):
        if isinstance(one, dict) and one.get("name") == name:
            return _plain(one.get("prompt"))
    return name


def _of_psychopy(trials: Sequence[TrialRow]) -> Iterator[Rated]:
    names = list(dict.fromkeys(str(key) for one in trials for key in one.values))
    texts = [name for name in names if name in _ASKED or name.rpartition(".")[2] in _ASKED]
    rated = [
        name for name in names if re.fullmatch(r".*(slider|rating|scale|likert|form).*\.(response|rating)", name, re.I)
    ]
    for line, values in trials:
        text = next((said for name in texts if (said := _plain(values.get(name)))), "")
        for name in rated:
            number = _number(values.get(name))
            if number is not None:
                labels = tuple(_plain(one) for one in _list(values.get(f"{name.rpartition('.')[0]}.labels")))
                yield Rated(name, text or name.rpartition(".")[0], number, line, labels)


def _scales(files: Mapping[str, Sequence[Rated]]) -> Iterator[SourceScale]:
    """The questions of each kind, each once, with the steps that all its answers have."""
    kinds = dict.fromkeys(one.kind for rated in files.values() for one in rated)
    for kind in kinds:
        found = [(file, one) for file, rated in files.items() for one in rated if one.kind == kind]
        labels = next((one.labels for _, one in found if len(one.labels) > 1), ())
        given = next((one.ends for _, one in found if one.ends is not None), None)
        lowest = math.floor(min(one.response for _, one in found))
        highest = math.ceil(max(one.response for _, one in found))
        low, high = given or (min(lowest, 0 if labels else lowest), max(highest, lowest + 1))
        if given is None and labels and len(labels) > 1:
            low, high = (0, len(labels) - 1) if lowest == 0 else (1, len(labels))
        if high - low >= MOST_STEPS:
            low, high = 0, 100
        options = tuple((step, _label(labels, step, low, high)) for step in range(low, high + 1))
        file = found[0][0]
        items = {one.text: SourceItem(one.text, options, one.line) for _, one in reversed(found)}
        said = [(found[0][1].line, f"Answer each of these with a number from {low} to {high}.")]
        listed = tuple(items.values())[::-1]
        yield SourceScale(kind, file, said, listed, line=found[0][1].line)


def _label(labels: Sequence[str], step: int, low: int, high: int) -> str:
    """What a step is called: its own label, or that of the end that it is."""
    if len(labels) == high - low + 1:
        return labels[step - low]
    if labels and step in (low, high):
        return labels[0] if step == low else labels[-1]
    return ""


def _held(value: Any) -> Any:
    """A value that may be JSON within a cell."""
    text = str(value).strip() if isinstance(value, str) else ""
    if text[:1] in ("{", "["):
        try:
            return json.loads(text)
        except (json.JSONDecodeError, RecursionError):
            return value
    return value


def _list(value: Any) -> list[Any]:
    held = _held(value)
    return held if isinstance(held, list) else []


def _number(value: Any) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) and abs(number) < 1e6 and not isinstance(value, bool) else None


def _plain(value: Any) -> str:
    """A text without its HTML."""
    text = html.unescape(re.sub(r"<[^<>]{0,500}>", " ", str(value or "")))
    return " ".join(text.split())
