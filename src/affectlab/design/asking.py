"""What a measure or task asks, seen before it is run: every item is shown, none is asked twice, and options differ."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence

from affectlab.design.trying import administered
from affectlab.errors import InputError
from affectlab.materials.document import Document, Place
from affectlab.materials.form import Asked, Form
from affectlab.materials.instrument import Instrument
from affectlab.requests import Ask

_TEMPLATES = ("opening", "layout")
"""The keys of a file in whose template an item's words have their place."""
_CHOICES = ("options", "labels", "words", "scale", "blocks")
"""The keys of a file under which its options stand."""
_OTHERWISE = "word one of them otherwise, or leave it out"


def asked_amiss(form: Form, document: Document) -> Iterator[InputError]:
    """What is wrong with what a form would ask, each with its place in the form's file."""
    try:
        asked = administered(form, document)
    except InputError as error:
        yield error
        return
    places = _places(document)
    if isinstance(form, Instrument):
        yield from _unseen(form, document, asked, places)
        yield from _alike(form.wordings, document, places)
    else:
        yield from _unshown(form, document)
    if not form.branches:
        yield from _repeated(form, document, asked, places)
    yield from _options(form, document, asked, _chosen(document))
    if isinstance(form, Instrument):
        yield from _reworded(form, document)


def _reworded(form: Instrument, document: Document) -> Iterator[InputError]:
    """What is wrong with an instrument in the words of its paraphrases."""
    for index, paraphrase in enumerate(form.paraphrases):
        place: Place = ("paraphrases", index)
        other = form.reworded(paraphrase.id)
        if other.wordings != form.wordings:
            yield from _alike(other.wordings, document, dict.fromkeys(other.wordings, place))
        if paraphrase.labels:
            yield from _options(other, document, administered(other, document), place)


def bare(text: str) -> str:
    r"""A text as far as two of them differ to a reader: without letter case, spaces, the form of its characters, and
    those that nobody sees.

    >>> bare("  Calm\n") == bare("ca\u200blm")
    True
    """
    seen = "".join(one for one in unicodedata.normalize("NFKC", text) if unicodedata.category(one) != "Cf")
    return " ".join(seen.casefold().split())


def _unseen(
    form: Instrument, document: Document, asked: Sequence[Asked], places: Mapping[str, Place]
) -> Iterator[InputError]:
    """Items whose words do not reach the participant."""
    said: dict[str, str] = {}
    for one in (one for one in asked if isinstance(one.request, Ask)):
        said[_item(one)] = said.get(_item(one), "") + _said(one)
    # what is no question with options, such as a look inside, has no words of its own
    told = {item: text for item, text in form.wordings.items() if item in said}
    hidden = [item for item, text in told.items() if bare(text) not in bare(said[item])]
    if hidden and len(hidden) == len(told) and "opening" in _data(document):
        yield document.error("no item is shown", ("opening",), hint="write `{item}` where the words of an item go")
        return
    for item in hidden:
        hint = "see that its words stand in what is asked"
        yield document.error(f"the item `{item}` is not shown", places.get(item, ()), hint=hint)


def _unshown(form: Form, document: Document) -> Iterator[InputError]:
    """Trials of a task whose words do not reach the participant."""
    shown = list(form.shown())
    hidden = [one for one in shown if bare(one.text) not in bare(one.whole)]
    template = next((name for name in _TEMPLATES if name in _data(document)), "")
    if hidden and template:
        message = "no item is shown" if len(hidden) == len(shown) else f"{len(hidden)} items are not shown"
        yield document.error(message, (template,), hint="write `{text}` where the words of an item go")


def _alike(wordings: Mapping[str, str], document: Document, places: Mapping[str, Place]) -> Iterator[InputError]:
    """Every item that has the words of one before it."""
    seen: dict[str, str] = {}
    for item, text in wordings.items():
        first = seen.setdefault(bare(text), item)
        if first != item:
            yield document.error(f"`{item}` has the words of `{first}`", places.get(item, ()), hint=_OTHERWISE)


def _repeated(
    form: Form, document: Document, asked: Sequence[Asked], places: Mapping[str, Place]
) -> Iterator[InputError]:
    """Every item that asks just what one before it asks."""
    wordings = {item: bare(text) for item, text in form.wordings.items()} if isinstance(form, Instrument) else {}
    seen: dict[str, str] = {}
    found: set[str] = set()
    for one in (one for one in asked if isinstance(one.request, Ask)):
        item = _item(one)
        first = seen.setdefault(one.request.content, item)
        named = item in wordings and wordings[item] == wordings.get(first)
        if first != item and item not in found and not named:
            found.add(item)
            yield document.error(f"`{item}` asks the same as `{first}`", places.get(item, ()), hint=_OTHERWISE)


def _options(form: Form, document: Document, asked: Sequence[Asked], place: Place) -> Iterator[InputError]:
    """Options that are blank, stand twice, or differ in case or form only; of the first question that has them."""
    several = len({one.request.options for one in asked if isinstance(one.request, Ask)}) > 1
    for one in asked:
        wrong = _indistinct(form, one.request) if isinstance(one.request, Ask) else ""
        if wrong:
            where = f" in `{_item(one)}`" if several else ""
            yield document.error(f"{wrong}{where}", place, hint="give every option words of its own")
            return


def _indistinct(form: Form, ask: Ask) -> str:
    """What is wrong with the options of a question; nothing where each can be told from the others."""
    plain = [bare(option) for option in ask.options]
    if not all(plain):
        return "an option is blank"
    if len(set(plain)) == len(plain):
        return ""
    meanings = form.stands_for(ask)
    for at, option in enumerate(ask.options):
        first = plain.index(plain[at])
        shown, before = option.strip(), ask.options[first].strip()
        if first < at and shown == before:
            return f"the option `{shown}` stands twice"
        if first < at and meanings[first] != meanings[at]:
            how = "letter case" if before.casefold() == shown.casefold() else "the form of their characters"
            return f"the options `{before}` and `{shown}` differ in {how} only"
    return ""


def _item(one: Asked) -> str:
    """The item that a request is about, whichever order it is asked in."""
    return one.item.split(":", 1)[0]


def _said(one: Asked) -> str:
    """All that the participant sees of a request."""
    if not isinstance(one.request, Ask):
        return ""
    turns = [turn.text for turn in one.request.conversation.turns]
    return "\n".join((*turns, one.request.opening, *one.request.options))


def _data(document: Document) -> Mapping[str, object]:
    return document.data if isinstance(document.data, dict) else {}


def _chosen(document: Document) -> Place:
    """Where in a file its options stand."""
    return next(((name,) for name in _CHOICES if name in _data(document)), ())


def _places(document: Document) -> dict[str, Place]:
    """The place of every entry with an id in the lists of a file."""
    return {
        str(entry["id"]): (name, index)
        for name, entries in _data(document).items()
        if isinstance(entries, list)
        for index, entry in enumerate(entries)
        if isinstance(entry, dict) and "id" in entry
    }
