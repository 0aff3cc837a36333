"""Whether a run can go on with what is there: the same participants, and the same materials, as when it began."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from affectlab.design.study import Study
from affectlab.design.used import used
from affectlab.errors import StoreError
from affectlab.materials.catalogue import FOLDERS
from affectlab.materials.file import kind_of
from affectlab.materials.references import References
from affectlab.participants.base import Participant
from affectlab.participants.card import Differing, differing
from affectlab.store.store import Store


def require_same(store: Store, study: Study, participants: Mapping[str, Participant], *, complete: bool) -> None:
    """See that what determines answers is as it was when a run began; what does not is noted as an incident.

    Args:
        store: of the run.
        study: as it is now.
        participants: as they are now, by the names under which the store has their cards.
        complete: whether every session is done, so that nothing more is asked.

    Raises:
        StoreError: a participant or a material is another one, under the same name.
    """
    cards = {**(store.described("participants") or {}), **(store.described("cards_by_role") or {})}
    found = {name: differing(cards[name], one) for name, one in participants.items() if name in cards}
    for name, unlike in found.items():
        others = [str(one) for one in unlike if not one.circumstance]
        if others:
            message = f"{store.path} holds answers of `{name}` as it was: its {_few(others)} now"
            raise StoreError(message, hint="name another --out, or put it back")
    edited = [] if complete else list(_edited(store, study))
    if edited:
        message = f"{store.path} was begun with other materials: {_few(edited)} changed since"
        raise StoreError(message, hint="name another --out, or put them back")
    _note(store, found)


def _note(store: Store, found: Mapping[str, Sequence[Differing]]) -> None:
    for name, unlike in found.items():
        if unlike:
            store.incident("resumed elsewhere", f"{name}: {', '.join(map(str, unlike))}")


def _edited(store: Store, study: Study) -> Iterator[str]:
    """The materials that are there under the same names with another content; what people do bears on no answer."""
    kinds = {kind_of(kind): kind for kind in FOLDERS if kind is not References}
    before = {one.file.key: one for one in store.kept()}
    then = store.catalogue()
    for file in used(study):
        old = before.get(file.key)
        if old is None or old.withheld or old.hash == file.hash or file.kind not in kinds:
            continue
        kind = kinds[file.kind]
        here = (one.in_language(file.language).get(kind, file.id).content for one in (then, study.materials))
        if next(here) != next(here):
            yield f"`{file.place}`"


def _few(said: Sequence[str]) -> str:
    return ", ".join(said[:2]) + (f", and {len(said) - 2} more" if len(said) > 2 else "")
