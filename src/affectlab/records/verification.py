"""A look at everything that a run holds: whether it is what was stored, and whether it follows from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from affectlab.records.derived import compare_with_stored
from affectlab.run import Run
from affectlab.session.repeat import key_of
from affectlab.store.opening import damaged


@dataclass(frozen=True)
class Verified:
    """How much was looked at, and found to be whole."""

    sessions: int
    answers: int
    observations: int
    numbers: int
    materials: int
    otherwise: int
    """Of the numbers, those that come out otherwise when they are derived here: by another version of affectlab, or, if
    they are fitted, on another processor. That is no damage."""
    rounded: int
    """Of those, how many differ by less than one part in ten thousand, as numbers that are fitted do elsewhere."""
    made_by: str
    """The affectlab that made the numbers."""
    not_derived: tuple[str, ...]
    """Measures whose material is not there, so that their numbers cannot be derived again."""

    def row(self) -> dict[str, Any]:
        """As a plain record."""
        return asdict(self)


def verify(run: Run) -> Verified:
    """Compare every row with its checksum and every address with its content, and derive every number again.

    Raises:
        StoreError: something is not what was stored; it says what.
    """
    store = run.store
    store.check()
    for found in _wrong(run):
        raise damaged(store.path, found)
    compared = compare_with_stored(run)
    materials = sum(not one.withheld for one in store.kept())
    counts = (len(store.done()), store.count(), compared.observations, compared.numbers, materials)
    made_by = next((one.affectlab for one in store.scorings if one.number == store.scoring), "")
    return Verified(*counts, compared.differing, compared.rounded, made_by, store.lacks())


def _wrong(run: Run) -> Iterator[str]:
    """What is not what its address says."""
    store = run.store
    for one in store.kept():
        if not one.withheld and one.file.hash != one.hash:
            yield f"the {one.file.kind} `{one.file.id}` is not the text that was used"
    if dangling := store.dangling():
        yield dangling
    if store.described("withheld"):
        return  # what is left out of a copy that is passed on has the address of what it was
    if not store.described("lacking") and run.plan.hash != run.plan_hash:
        yield "its study and materials are not those of its plan"
    for key, participant, request in store.requests():
        if key_of({"client": participant, request.to: participant}, request) != key:
            yield f"answer {key[:12]} is not the answer to what was asked"
