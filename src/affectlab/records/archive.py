"""One file that is a run: whole, or without what a licence does not allow to pass on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from affectlab.atomic import file_replaced
from affectlab.design.plan import Plan
from affectlab.design.steps import Generate, Say
from affectlab.design.study import Study
from affectlab.errors import AffectlabError, StoreError
from affectlab.materials.catalogue import Catalogue
from affectlab.materials.file import MaterialFile
from affectlab.materials.licence import description_of, may_be_passed_on, texts
from affectlab.run import Run
from affectlab.store.sharing import WITHHELD, Withheld, withhold
from affectlab.store.store import Store


class Archived(NamedTuple):
    """What an archive holds, and what it lacks."""

    file: Path
    bytes: int
    withheld: tuple[MaterialFile, ...]
    """The materials that are replaced by what describes them."""


def archive(run: Run, to: Path, *, share: bool = False) -> Archived:
    """Write a run as one file, which every command takes in the place of the run's directory.

    Args:
        share: leave out what a licence does not allow to pass on: materials, and texts said that stem from them.

    Raises:
        StoreError: the file is there already, or cannot be written.
    """
    if to.exists():
        raise StoreError(f"{to} is there already", hint="name another --to")
    kept: tuple[MaterialFile, ...] = ()
    with file_replaced(to, "--to") as part:
        part.unlink(missing_ok=True)  # of one that was killed
        run.store.copy_to(part)
        if share:
            kept = _withheld(run, part)
    return Archived(to, to.stat().st_size, kept)


def _withheld(run: Run, part: Path) -> tuple[MaterialFile, ...]:
    """Take out of a copy what may not be passed on; returns the materials."""
    every = [one for number in run.store.scorings for one in run.store.kept(number.number)]
    files = {one.hash: one.file for one in every if not one.withheld and not may_be_passed_on(one.file)}
    if not files:
        return ()
    instead = {hash: description_of(file) for hash, file in files.items()}
    copy = Store(part, create=False)
    try:
        withhold(
            copy,
            [Withheld(hash, file, instead[hash], tuple(texts(file))) for hash, file in files.items()],
            dict(_said(run, {files[hash].key: one for hash, one in instead.items()})),
        )
    finally:
        copy.close()
    return tuple(files.values())


def _said(run: Run, instead: Mapping[tuple[str, str, str], MaterialFile | None]) -> Iterator[tuple[str, str]]:
    """Each text that is said in a session and stems from such a material, also scrambled, and what stands for it."""
    files = [one.file for one in run.store.kept()]
    with suppress(AffectlabError, LookupError, ValueError):
        study = Study.of(run.store.described("study"), Catalogue.of(instead.get(file.key) or file for file in files))
        again: Plan = replace(run.plan, study=study)
        for (procedure, _), (other, _) in zip(run.plan.procedures(), again.procedures(), strict=True):
            if procedure.frame.text != other.frame.text:
                yield procedure.frame.text, other.frame.text
            for step, blank in zip(procedure.steps, other.steps, strict=True):
                if isinstance(step, Say | Generate) and isinstance(blank, Say | Generate) and step.text != blank.text:
                    yield step.text, f"{WITHHELD} {blank.text}"
