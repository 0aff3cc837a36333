"""Reads a clone: what is in it, what is wrong with it, and the studies that can be made of it."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from affectlab.importers.imported import Imported, ImportedStudy
from affectlab.importers.llmaffect.clone import read_conditions
from affectlab.importers.llmaffect.defects import defects
from affectlab.importers.llmaffect.parts import Group, groups
from affectlab.importers.llmaffect.schema import schemas
from affectlab.importers.llmaffect.studies import studies
from affectlab.importers.origin import Origin, licence_of

SOURCE = (
    "Prompts of Wekenborg et al. (2026), Lancet Digital Health 101014, doi:10.1016/j.landig.2026.101014, from a clone "
    "of their public repository"
)


def read_clone(clone: Path) -> Imported:
    """Prompts of Wekenborg et al. (2026): a clone of their public repository, with folders such as Folder_Fear.

    Raises:
        InputError: a folder has a name of no state, or a prompt is missing, empty, or no UTF-8 text.
    """
    found, known = list(groups(read_conditions(clone))), schemas(clone)
    origin = Origin(SOURCE, licence_of(clone))
    asked = [(group, list(studies(group, known, origin))) for group in found]
    several = sum(bool(ones) for _, ones in asked) > 1
    made = tuple(_named(one, group) if several else one for group, ones in asked for one in ones)
    return Imported(origin.source, origin.licence, made, tuple(defects(clone, found, known)), tuple(_left_out(found)))


def _named(one: ImportedStudy, group: Group) -> ImportedStudy:
    """A study of one of several experiments, by the folder that this one has in the clone."""
    folder = re.sub(r"[^a-z0-9]+", "-", group.arms[0].condition.group.lower()).strip("-") or "clone"
    name = f"{folder}-{one.name}"
    return replace(one, name=name, study={**one.study, "id": name})


def _left_out(found: list[Group]) -> list[str]:
    """What was read and is in no study."""
    said = []
    for group in found:
        folders = ", ".join(f"`{arm.condition.folder}`" for arm in group.arms)
        seen = f"{folders}: looked through for defects."
        if group.stems:
            said.append(
                f"{seen} Their sentences were completed in one answer and counted by raters; the study `sadness-bias` "
                "that comes with affectlab asks sentences of its own, one by one."
            )
        elif not group.states:
            said.append(
                f"{seen} The protocol `tsst` that comes with affectlab has the same stages, with an experimenter who "
                "answers (`affectlab show protocol tsst`)."
            )
    return said
