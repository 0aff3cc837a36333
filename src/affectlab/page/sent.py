"""What a request of the builder carries: the file as it is being written, and what is to be done with it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from starlette.requests import Request

from affectlab.errors import AffectlabError
from affectlab.page.draft import KINDS, STUDY, Draft
from affectlab.page.folder import Folder, NotThereError, name_of

Fields = Mapping[str, list[str]]


def one(fields: Fields, name: str) -> str:
    """The text of a field; empty where there is none."""
    return (fields.get(name) or [""])[0]


def parts_sent(fields: Fields, name: str) -> list[str | int]:
    """The texts and numbers of a field that holds a list; none where it holds anything else."""
    try:
        found = json.loads(one(fields, name))
    except ValueError:
        return []
    return [part for part in found if isinstance(part, str | int)] if isinstance(found, list) else []


def draft_sent(request: Request, fields: Fields) -> Draft:
    """The file as it is being written.

    Raises:
        NotThereError: there is no such kind of file, or no such folder.
    """
    folder: Folder = request.app.state.folder
    kind = one(fields, "kind")
    if kind not in (STUDY, *KINDS):
        raise NotThereError(kind)
    path = Path(one(fields, "path") or "new-study.yaml")
    return Draft(
        kind, Path(path.name) if kind != STUDY else path, one(fields, "text"), folder_inside(folder, one(fields, "in"))
    )


def without_file(error: AffectlabError) -> str:
    """What an error says; the file is the one that stands beside it."""
    return f"{error.message}; {error.hint}" if error.hint else error.message


def folder_inside(folder: Folder, where: str) -> Path:
    """A folder below that of the page, or that itself.

    Raises:
        NotThereError: there is no such folder.
    """
    path = folder.root if where in ("", ".") else folder.below(name_of(Path(where)))
    if not path.is_dir():
        raise NotThereError(where)
    return path
