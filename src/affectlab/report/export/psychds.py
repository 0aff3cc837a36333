"""The rules of Psych-DS that a dataset must keep, checked without a network.

After the specification's rules and conventions (psych-ds.github.io): the description and its required fields, the
folder of data, the names of its files, and that every column is described. Only what the specification calls an
error is a problem, and two of its warnings that an export of ours never has: keys that are not official, and
variables that no file has. ``recommendations`` has its other warnings.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from affectlab.report.export.layout import DATA, DESCRIPTION, IGNORED

REQUIRED = ("name", "description", "variableMeasured")
RECOMMENDED = (
    "author",
    "citation",
    "license",
    "funder",
    "url",
    "identifier",
    "keywords",
)
BESIDE = ("CHANGES.md", "results", "analysis", "materials", "documentation", f"{DATA}/file_metadata.json")
"""Files and folders that a dataset should have."""
NAMESPACE = "schema.org"
KEYS = frozenset({"study", "site", "subject", "session", "task", "condition", "trial", "stimulus", "description"})
"""The official keys of file names."""

_OWN = (DESCRIPTION, "README.md", "CHANGES.md", IGNORED)
"""Files at the root of a dataset that Psych-DS knows."""
_NAME = re.compile(r"[a-z]+-[a-zA-Z0-9]+(?:_[a-z]+-[a-zA-Z0-9]+)*_data\.csv")


def problems(folder: Path | str) -> list[str]:
    """What keeps a folder from being a Psych-DS dataset; nothing, if it is one."""
    root = Path(folder)
    try:
        description = json.loads((root / DESCRIPTION).read_text("utf-8"))
    except FileNotFoundError:
        return [f"there is no {DESCRIPTION}"]
    except (UnicodeDecodeError, json.JSONDecodeError):
        return [f"{DESCRIPTION} is not JSON in UTF-8"]
    if not isinstance(description, dict):
        return [f"{DESCRIPTION} is not an object"]
    found = [*_described(description)]
    files = sorted((root / DATA).rglob("*.csv"))
    if not files:
        return [*found, f"there is no CSV file below {DATA}/"]
    used: set[str] = set()
    for file in files:
        measured = _variables(_compiled(root, file, description))
        for problem in (*_named(file), *_filled(file, measured, used)):
            found.append(f"{file.relative_to(root).as_posix()}: {problem}")
    idle = [name for name in _variables(description) if name not in used]
    return [*found, *(f"variable `{name}` is in no file" for name in idle)]


def recommendations(folder: Path | str) -> list[str]:
    """What a Psych-DS dataset lacks that is recommended; nothing, where its validator would have no warning."""
    root = Path(folder)
    description = json.loads((root / DESCRIPTION).read_text("utf-8"))
    lacking = [f"{DESCRIPTION} has no `{field}`" for field in RECOMMENDED if not description.get(field)]
    lacking += [f"there is no {name}" for name in ("README.md", *BESIDE) if not (root / name).exists()]
    files = [path for path in sorted((root / DATA).rglob("*.csv")) if not path.with_suffix(".json").is_file()]
    lacking += [f"{path.relative_to(root).as_posix()} has no sidecar" for path in files]
    ignored = root / IGNORED
    known = ignored.read_text("utf-8").split() if ignored.is_file() else []
    unknown = [one.name for one in root.iterdir() if one.is_file() and one.name not in (*known, *_OWN)]
    return [*lacking, *(f"{name} is no file of Psych-DS" for name in sorted(unknown))]


def _described(description: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with the description itself."""
    context = str(description.get("@context", ""))
    known = NAMESPACE in context
    for field in REQUIRED:
        if field not in description and f"https://{NAMESPACE}/{field}" not in description:
            yield f"{DESCRIPTION} has no `{field}`"
        elif not known and field in description:
            yield f"`{field}` has no namespace: `@context` is not https://{NAMESPACE}"
    kind = str(description.get("@type", description.get("type", "")))
    if kind.rpartition("/")[2] != "Dataset":
        yield f"{DESCRIPTION} is of the type `{kind}`, not `Dataset`"
    measured = description.get("variableMeasured", [])
    if not isinstance(measured, list):
        yield "`variableMeasured` is not a list"
        return
    names = list(_variables(description))
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"variable `{name}` is described twice"
    for one in measured:
        if isinstance(one, Mapping) and one.get("@type", one.get("type")) != "PropertyValue":
            yield f"variable `{one.get('name', '')}` is not of the type `PropertyValue`"


def _compiled(root: Path, file: Path, description: Mapping[str, Any]) -> dict[str, Any]:
    """The description as it holds for a file: what stands nearer to the file replaces what stands further off."""
    nearer = [*reversed([folder / "file_metadata.json" for folder in file.parents if folder.is_relative_to(root)])]
    compiled = dict(description)
    for beside in (*nearer, file.with_suffix(".json")):
        if beside.is_file():
            compiled |= json.loads(beside.read_text("utf-8"))
    return compiled


def _variables(description: Mapping[str, Any]) -> list[str]:
    measured = description.get("variableMeasured", [])
    if not isinstance(measured, list):
        return []
    return [str(one.get("name", "")) if isinstance(one, Mapping) else str(one) for one in measured]


def _named(file: Path) -> Iterator[str]:
    """What is wrong with the name of a file."""
    if not _NAME.fullmatch(file.name):
        yield "is not named key-value[_key-value]_data.csv"
        return
    for pair in file.name.removesuffix("_data.csv").split("_"):
        key = pair.partition("-")[0]
        if key not in KEYS:
            yield f"`{key}` is not an official key; the keys are {', '.join(sorted(KEYS))}"


def _filled(file: Path, measured: list[str], used: set[str]) -> Iterator[str]:
    """What is wrong with what stands in a file; its columns are added to those that are used."""
    try:
        with file.open(encoding="utf-8", newline="") as text:
            rows = csv.reader(text, strict=True)
            header = next(rows, None)
            if not header:
                yield "has no header"
                return
            used.update(header)
            yield from _headed(header, measured)
            yield from _rows(header, rows)
    except UnicodeDecodeError:
        yield "is not UTF-8"
    except csv.Error as error:
        yield f"is not CSV ({error})"


def _headed(header: list[str], measured: list[str]) -> Iterator[str]:
    for name in sorted({name for name in header if header.count(name) > 1}):
        yield f"column `{name}` stands twice"
    for name in header:
        if name not in measured:
            yield f"column `{name}` is not in `variableMeasured`"


def _rows(header: list[str], rows: Iterator[list[str]]) -> Iterator[str]:
    """Rows of another length than the header, the first of them; and identities that are not unique."""
    at = header.index("row_id") if "row_id" in header else None
    seen: set[str] = set()
    for number, row in enumerate(rows, start=2):
        if len(row) != len(header):
            yield f"row {number} has {len(row)} cells, and the header {len(header)}"
            return
        if at is not None:
            if row[at] in seen:
                yield f"row_id `{row[at]}` stands twice"
                return
            seen.add(row[at])
