"""The builder: a study, or a material beside it, as a form and as the file itself, each following the other."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from affectlab.atomic import file_replaced
from affectlab.design.load import shipped
from affectlab.errors import InputError, StoreError
from affectlab.materials.document import Place, parse_text
from affectlab.materials.editing import with_key, with_value, without_part
from affectlab.materials.entries import entered, first_content, typed_value, value_at
from affectlab.materials.fields import field_at
from affectlab.page.draft import KINDS, STUDY, Draft
from affectlab.page.folder import Folder, NotThereError, name_of, path_of
from affectlab.page.formview import NULL, DraftForm
from affectlab.page.sent import Fields, draft_sent, folder_inside, one, parts_sent, without_file
from affectlab.page.view import form, shown_page, words_of_request

OWN = ("induction", "technique", "regulation", "instrument", "task", "state", "frame", "control")
"""The kinds of materials that are offered to be written."""
_MARK = "\ufeff"

# what is open


def _open(request: Request) -> Response:
    """A new study, a copy of one, or one that is here."""
    folder: Folder = request.app.state.folder
    name, copied = request.path_params.get("name", ""), request.query_params.get("from", "")
    if name:
        path = folder.study(name)
        own = path.is_relative_to(folder.root)
        text = _text(path)
        draft = Draft(STUDY, path.relative_to(folder.root) if own else Path(f"{name}.yaml"), text, _below(folder, path))
        return _view(request, draft, saved=_hash(text) if own else "")
    draft = Draft.new(STUDY, folder.root)
    if copied:
        text = _text(folder.study(copied))
        draft = draft.saying(with_value(text, ("id",), f"{path_id(copied)}-copy"))
    return _view(request, draft)


def _material(request: Request) -> Response:
    """A material beside the studies of a folder: a new one, a copy of another, or one that is here."""
    folder: Folder = request.app.state.folder
    kind = request.path_params["kind"]
    if kind not in KINDS:
        raise NotThereError(kind)
    beside = folder_inside(folder, request.query_params.get("in", ""))
    draft = Draft.new(kind, beside, request.query_params.get("form", ""))
    id = request.query_params.get("id", "")
    saved = ""
    if id:
        if id not in draft.catalogue.ids(KINDS[kind]):
            raise NotThereError(id)
        text = draft.catalogue.document(KINDS[kind], id).text
        draft = draft.saying(text)
        own = id in draft.catalogue.beside(KINDS[kind])
        saved = _hash(text) if own else ""
    return _view(request, draft, saved=saved)


def path_id(name: str) -> str:
    """What the study of a file may be called, by the name of the file."""
    return Path(name.replace("~1", "/").replace("~0", "~")).stem


def _view(request: Request, draft: Draft, **values: Any) -> Response:
    return shown_page(request, "builder.html.j2", **_shown(request, draft, **values))


def _shown(request: Request, draft: Draft, *, saved: str = "", told: str = "", note: str = "") -> dict[str, Any]:
    folder: Folder = request.app.state.folder
    where = draft.folder.relative_to(folder.root).as_posix()
    return {
        "draft": draft,
        "form": DraftForm(draft, words_of_request(request)),
        "saved": saved,
        "told": told,
        "note": note,
        "beside": "" if where == "." else where,
        "file": _file(draft, folder),
        "name": name_of(draft.path) if saved and draft.kind == STUDY else "",
        "runs": {name: path_of(name) for name in folder.runs()},
        "studies": [] if draft.kind == STUDY else _studies_beside(draft, folder),
        "examples": {**{name: name for name in shipped()}, **{name: path_id(name) for name in folder.studies()}},
        "own_kinds": OWN,
        "owned": _owned(draft),
        "forms": {kind: KINDS[kind].forms.names for kind in ("instrument", "task")},  # type: ignore[attr-defined]
        "null": NULL,
    }


def _studies_beside(draft: Draft, folder: Folder) -> list[tuple[str, str]]:
    """The names and paths of the studies of a material's folder."""
    named = ((name, Path(path_of(name))) for name in folder.studies())
    return [(name, path.as_posix()) for name, path in named if (folder.root / path).parent == draft.folder]


def _owned(draft: Draft) -> list[tuple[str, str]]:
    """The materials that lie beside the study."""
    return [(kind, id) for kind, of in KINDS.items() for id in draft.catalogue.beside(of)]


# what is changed


async def _change(request: Request) -> Response:
    fields = await form(request)
    return await run_in_threadpool(_changed, request, fields)


def _changed(request: Request, fields: Fields) -> Response:
    """The form and the file after one field, or the file itself, was changed."""
    draft = draft_sent(request, fields)
    told = ""
    try:
        draft = draft.saying(_edited(draft, fields))
    except InputError as error:
        told = without_file(error)
    return shown_page(request, "builder_work.html.j2", **_shown(request, draft, saved=one(fields, "saved"), told=told))


def _edited(draft: Draft, fields: Fields) -> str:
    place: Place = tuple(parts_sent(fields, "place"))
    edit = _ACTIONS.get(one(fields, "action"))
    return draft.text if edit is None or not place else edit(draft, place, list(map(str, parts_sent(fields, "values"))))


def _set(draft: Draft, place: Place, values: list[str]) -> str:
    field = field_at(draft.fields, place)
    if field is None:
        return draft.text
    if values == [NULL]:
        return with_value(draft.text, place, None, draft.order, path=draft.path)
    value: Any = typed_value(field, values)
    if field.kind == "open":
        value = parse_text(values[0], draft.path).data if "".join(values).strip() else None
    elif field.shape == "keyed":
        value = {values[0]: values[1] if len(values) > 1 else ""} if values and values[0] else None
    elif field.shape == "list":
        # what stood there keeps its order, and what is new comes after it
        before = value_at(draft.fields, draft.content, place)
        before = (field.default or []) if before is None else before if isinstance(before, list) else []
        if field.of is not None or field.choices:
            value = [one for one in before if one in value] + [one for one in value if one not in before]
    return entered(draft.text, draft.fields, draft.content, place, value, draft.order, path=draft.path)


def _add(draft: Draft, place: Place, values: list[str]) -> str:
    """One more entry of a list, or one of a name."""
    field, name = field_at(draft.fields, place), (values or [""])[0].strip()
    if field is None:
        return draft.text
    there = value_at(draft.fields, draft.content, place)
    first: Any = first_content(field.fields) if field.kind == "part" else name
    if field.shape == "list" or isinstance(there, list):
        number = len(there) if isinstance(there, list) else 0
        return with_value(draft.text, (*place, number), first, draft.order, path=draft.path)
    if not name or (isinstance(there, dict) and name in there):
        return draft.text
    if field.kind != "part":
        first = 0 if field.kind in ("number", "whole") else ""
    return with_value(draft.text, (*place, name), first, draft.order, path=draft.path)


def _use(draft: Draft, place: Place, values: list[str]) -> str:
    """What was meant in the place of what is there."""
    value = value_at(draft.fields, draft.content, place[:-1])
    if isinstance(place[-1], int) and not isinstance(value, list):
        place = place[:-1]
    return with_value(draft.text, place, values[0], draft.order, path=draft.path)


_ACTIONS: Mapping[str, Callable[[Draft, Place, list[str]], str]] = {
    "set": _set,
    "add": _add,
    "use": _use,
    "drop": lambda draft, place, _: without_part(draft.text, place, path=draft.path),
    "rename": lambda draft, place, values: (
        with_key(draft.text, place, values[0].strip(), path=draft.path) if values[0].strip() else draft.text
    ),
}


# saving


async def _save(request: Request) -> Response:
    return await run_in_threadpool(_saved, request, await form(request))


def _saved(request: Request, fields: Fields) -> Response:
    """Write the file below the folder; one that somebody else has changed since is left as it is."""
    draft, folder, t = draft_sent(request, fields), request.app.state.folder, words_of_request(request)
    saved = one(fields, "saved")
    try:
        path = _target(draft, folder, one(fields, "name"))
        there = _raw(path) if path.exists() else None
        if there is not None and _hash(_normal(there)) != saved:
            raise InputError(t("build.there_is_one", file=path.relative_to(folder.root).as_posix()))
        text = _as_it_was(draft.text, there or "")
        with file_replaced(path) as part:
            part.write_bytes(text.encode())
    except (InputError, StoreError, NotThereError) as error:
        told = t("build.no_such_place") if isinstance(error, NotThereError) else str(error)
        return shown_page(request, "builder_work.html.j2", **_shown(request, draft, saved=saved, told=told))
    where = path.relative_to(folder.root)
    if draft.kind == STUDY and not saved:
        answer = shown_page(request, "builder_work.html.j2", **_shown(request, draft, saved=_hash(draft.text)))
        answer.headers["HX-Redirect"] = f"/build/{name_of(where)}"
        return answer
    draft = Draft(draft.kind, where if draft.kind == STUDY else draft.path, draft.text, draft.folder)
    note = t("build.saved", file=where.as_posix())
    return shown_page(request, "builder_work.html.j2", **_shown(request, draft, saved=_hash(draft.text), note=note))


def _target(draft: Draft, folder: Folder, name: str) -> Path:
    """Where a draft is saved: below the folder, and nowhere else."""
    if draft.kind != STUDY:
        if draft.place is None:
            raise InputError("the file has no `id` yet by which it could be saved", hint="fill in `id` first")
        return folder.below(name_of((draft.folder / draft.place).relative_to(folder.root)))
    name = name.strip()
    path = folder.below(name_of(Path(name if name.endswith(".yaml") else f"{name}.yaml")))
    if not Path(name).stem or path.name.startswith(".") or "materials" in path.relative_to(folder.root).parts:
        raise NotThereError(name)
    return path


# files


def _below(folder: Folder, path: Path) -> Path:
    """The folder of a study; of one that is shipped, the folder of the page."""
    return path.parent if path.is_relative_to(folder.root) else folder.root


def _file(draft: Draft, folder: Folder) -> str:
    """What the file is called, below the folder."""
    if draft.kind == STUDY:
        return draft.path.as_posix() if draft.path.name != "new-study.yaml" else f"{draft.id or 'new-study'}.yaml"
    where = draft.folder.relative_to(folder.root)
    return "" if draft.place is None else (where / draft.place).as_posix()


def _raw(path: Path) -> str:
    return path.read_bytes().decode("utf-8", "replace")


def _text(path: Path) -> str:
    return _normal(_raw(path))


def _normal(text: str) -> str:
    """A text as a field of a form holds it: without the mark of its encoding, its lines ended by one character."""
    return text.removeprefix(_MARK).replace("\r\n", "\n")


def _as_it_was(text: str, there: str) -> str:
    """The text with the mark and the ends of lines that the file had, which a field of a form does not keep."""
    lines = text.replace("\n", "\r\n") if "\r\n" in there else text
    return f"{_MARK}{lines}" if there.startswith(_MARK) else lines


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


ROUTES: list[BaseRoute] = [
    Route("/build", _open),
    Route("/build/change", _change, methods=["POST"]),
    Route("/build/save", _save, methods=["POST"]),
    Route("/build/material/{kind}", _material),
    Route("/build/{name}", _open),
]
"""Its addresses."""
