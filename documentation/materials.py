"""The gallery of materials: every text, question, scale and norm that comes with affectlab, to be read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from affectlab.design.load import shipped
from affectlab.materials.catalogue import FOLDERS, Catalogue, noun
from affectlab.materials.schema import Induction, Material, Technique

OF_ITSELF = ("kind", "id", "version", "title", "licence", "source", "form")
TITLES = {"Line": "Scripts", "Lines": "Sequences", "References": "Human effects"}


def pages() -> dict[str, str]:
    """Each page by its place: one for each kind of material, and one with the studies."""
    catalogue = Catalogue()
    kinds = [kind for kind in FOLDERS if kind is not Technique]
    made = {f"reference/materials/{_folder(kind)}.md": _page(catalogue, kind) for kind in kinds}
    rows = [
        f"| [{_title(kind)}]({_folder(kind)}.md) | {len(catalogue.ids(kind))} |"
        for kind in kinds
        if catalogue.ids(kind)
    ]
    index = (
        "# Materials\n\nEvery text, question, scale and norm that comes with affectlab, each with source and licence."
        " They are files; `affectlab show KIND NAME` prints one.\n\n| kind | how many |\n|---|--:|\n"
    )
    studies = f"| [Studies](studies.md) | {len(shipped())} |"
    return {
        **made,
        "reference/materials/index.md": index + "\n".join([*rows, studies]) + "\n",
        "reference/materials/studies.md": _studies(),
    }


def _folder(kind: type[Material]) -> str:
    return {"Line": "scripts", "Lines": "sequences"}.get(kind.__name__, FOLDERS[kind])


def _title(kind: type[Material]) -> str:
    name = noun(kind).capitalize()
    return TITLES.get(kind.__name__, name if name.endswith("s") else f"{name}s")


def _page(catalogue: Catalogue, kind: type[Material]) -> str:
    lines = [f"# {_title(kind)}\n"]
    for id in catalogue.ids(kind):
        if kind is Induction and (technique := catalogue.get(Induction, id).technique) not in lines:
            if f"## {technique}\n" not in lines:
                lines += [f"## {technique}\n", *_material(catalogue, Technique, technique, "###")]
            lines += [f"### {id}\n", *_material(catalogue, kind, id, "")]
        elif kind is not Induction:
            lines += [f"## {id}\n", *_material(catalogue, kind, id, "")]
    return "\n".join(lines) + "\n"


def _material(catalogue: Catalogue, kind: type[Material], id: str, level: str) -> Iterator[str]:
    data: Mapping[str, Any] = catalogue.document(kind, id).data
    if level:
        yield f"{level} The technique\n"
    yield f"**{escaped(data['title'])}.** Version {data['version']}, {escaped(data['licence'])}."
    yield f"Source: {escaped(data['source'])}.\n".replace("..", ".")
    yield from _told({key: value for key, value in data.items() if key not in OF_ITSELF}, 0)
    yield ""


def _told(value: Any, depth: int) -> Iterator[str]:
    """What a file says, as nested lists."""
    margin = "    " * depth
    for name, one in _entries(value):
        if isinstance(one, str | int | float | bool | None):
            yield f"{margin}- {name}{_scalar(one)}"
        elif _short(one):
            yield f"{margin}- {name}{', '.join(map(_scalar, one))}"
        else:
            yield f"{margin}- {name.rstrip()}"
            yield from _told(one, depth + 1)


def _entries(value: Any) -> Iterable[tuple[str, Any]]:
    if isinstance(value, Mapping):
        return [(f"*{str(key).replace('_', ' ')}*: ", one) for key, one in value.items()]
    # an entry of a list is called by its id, where it has one
    return [
        (f"**{escaped(one['id'])}** ", {key: said for key, said in one.items() if key != "id"})
        if isinstance(one, Mapping) and "id" in one
        else ("", one)
        if not isinstance(one, Mapping | list)
        else (f"{number}. ".replace(".", ")"), one)
        for number, one in enumerate(value, 1)
    ]


def _short(value: Any) -> bool:
    """Whether it is a list of words or numbers."""
    return isinstance(value, Sequence) and all(
        not isinstance(one, Mapping | list) and len(str(one)) < 40 for one in value
    )


def _scalar(value: Any) -> str:
    return escaped(str(value)).replace("\n", " ")


def escaped(text: str) -> str:
    """A text in which Markdown finds no marks.

    >>> escaped("a *b* <c>")
    'a \\\\*b\\\\* &lt;c&gt;'
    """
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"([*_`\[\]|#~{}\\])", r"\\\1", " ".join(text.split()))


def _studies() -> str:
    lines = [
        "# Studies\n\nThe studies that come with affectlab, as their files say it. `affectlab run NAME` runs one.\n"
    ]
    for id, path in shipped().items():
        lines += [f"## {id}\n", "```yaml", path.read_text("utf-8").rstrip("\n"), "```\n"]
    return "\n".join(lines)
