"""A new study file: one with comments in which a few answers are filled in, or a copy of another study."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from pathlib import Path

from affectlab.design.load import folders_beside, load_study
from affectlab.design.study import Study
from affectlab.errors import InputError
from affectlab.materials.document import parse_text
from affectlab.materials.editing import rewritten, with_value
from affectlab.materials.fields import order_of
from affectlab.materials.schema import NEUTRAL

NAME = "study.yaml"
"""What the file is called in its folder."""
_WRITTEN = Path(__file__).with_name("new-study.yaml")


def new_study(
    id: str,
    *,
    title: str = "",
    states: Sequence[str] = (),
    technique: str = "",
    measures: Sequence[str] = (),
    models: Sequence[str] = (),
) -> str:
    """The text of a study file with comments; what is not answered is as an ordinary study has it.

    >>> text = new_study("mine", states=["joy"], measures=["ratings"])
    >>> [line for line in text.splitlines() if line.startswith(("id", "states", "smallest"))]
    ['id: mine', 'states: [joy, neutral]', 'smallest_effect: {ratings: 1.0}']
    """
    text = _WRITTEN.read_text("utf-8")
    content = parse_text(text, _WRITTEN).data
    content["id"] = id
    content["title"] = title or content["title"]
    content["models"] = list(models) or content["models"]
    if states:
        content["states"] = list(dict.fromkeys([*states, NEUTRAL]))
    for part in (content["induction"], content["quick"]["induction"]) if technique else ():
        part["techniques"] = [technique]
    content["measures"] = list(measures) or content["measures"]
    content["hypotheses"]["induction"]["outcome"] = content["measures"][0]
    known = content.pop("smallest_effect")
    if found := {name: known[name] for name in content["measures"] if name in known}:
        content["smallest_effect"] = found
    return rewritten(text, content, order_of(Study), path=_WRITTEN)


def copied_study(example: str, id: str, folder: Path) -> str:
    """The text of another study under another id; the materials beside it are copied into the folder.

    Raises:
        InputError: there is no such study, or it has mistakes.
    """
    document = load_study(example).document
    assert document is not None
    for materials in folders_beside(document.path):
        shutil.copytree(materials, folder / materials.name)
    return with_value(document.text, ("id",), id, order_of(Study), path=document.path)


def id_of(folder: Path) -> str:
    """What a study in a folder is called: as the folder.

    >>> id_of(Path("My first study!"))
    'my-first-study'

    Raises:
        InputError: the folder's name has no letter and no digit of an id.
    """
    found = re.sub(r"[^a-z0-9]+", "-", folder.resolve().name.lower()).strip("-")
    if not found:
        raise InputError(f"the folder `{folder}` cannot name a study", hint="use letters from a to z, or digits")
    return found
