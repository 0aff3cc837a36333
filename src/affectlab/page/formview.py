"""A file as a form: every field with its words, what stands in it, what can stand in it, and what is wrong with it."""

from __future__ import annotations

import dataclasses
import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import yaml
from pydantic import ValidationError

from affectlab.design.nameable import Nameable, Said, nameables, names_at
from affectlab.errors import InputError
from affectlab.materials.document import Place
from affectlab.materials.entries import typed_text, value_at
from affectlab.materials.fields import Field, below, field_at
from affectlab.materials.licence import PASSED_ON
from affectlab.materials.schema import Length, Of, Technique
from affectlab.materials.words import count_words
from affectlab.page.draft import STUDY, Draft, ShownMistake
from affectlab.page.words import PageWords
from affectlab.participants.registry import KNOWN, ready

NULL = "~"
"""What is chosen where a file is to say that there is none."""
GROUPS: Mapping[str, Sequence[str]] = {
    "about": ("id", "version", "title", "tests", "against", "source", "seed"),
    "participants": ("models", "require", "frames", "languages"),
    "states": ("states",),
    "induction": ("induction", "protocols", "stabilisation"),
    "regulations": ("regulations", "regulation", "therapy", "clinical_trial"),
    "measures": ("measures", "measure_at", "contexts", "neutral_turns", "again"),
    "tasks": ("tasks", "task_states", "task_items"),
    "size": ("replicates", "unit", "crossing"),
    "hypotheses": ("smallest_effect", "hypotheses", "stopping_rule", "validity"),
}
"""The fields of a study under their headings; whatever is in none stands at the end."""
_OPTIONAL = (
    "require",
    "languages",
    "protocols",
    "therapy",
    "clinical_trial",
    "crossing",
    "regulation",
    "neutral_turns",
    "quick",
)
"""Fields of a study that most leave alone: closed until they say something."""


@dataclass
class Option:
    """Something that can be chosen, with the text that it stands for."""

    choice: Nameable
    label: str
    on: bool
    mistakes: list[ShownMistake] = dataclasses.field(default_factory=list)


@dataclass
class FieldView:
    """A field as it is shown."""

    field: Field
    place: Place
    label: str
    hint: str
    entered: list[str]
    given: bool
    """Whether the file says anything of it."""
    options: list[Option] = dataclasses.field(default_factory=list)
    mistakes: list[ShownMistake] = dataclasses.field(default_factory=list)
    parts: list[FieldView] = dataclasses.field(default_factory=list)
    """Of a part; or the entries of a list, or of names."""
    more: list[str] = dataclasses.field(default_factory=list)
    """Names that can be added."""
    words: int | None = None
    """Of a text that is said."""
    least: int | None = None
    most: int | None = None
    """Words that it may have, where its length is to match that of others."""
    known: tuple[str, ...] = ()
    """What is often written there."""
    remark: str = ""
    """What is to be known of what stands there."""

    @property
    def id(self) -> str:
        """By which it is found on the view."""
        return "-".join(["f", *(re.sub(r"[^A-Za-z0-9]", "_", str(part)) for part in self.place)])

    @property
    def at(self) -> str:
        """Its place, as it is sent."""
        return json.dumps(self.place)

    @property
    def name(self) -> str:
        """The last part of its place."""
        return str(self.place[-1])

    @property
    def closed(self) -> bool:
        """Whether it can stay closed."""
        if self.given or any(one.mistakes for one in self.all()):
            return False
        return self.name in _OPTIONAL if len(self.place) == 1 else not self.field.required

    @property
    def widget(self) -> str:
        """How it is shown."""
        one = self.field
        if one.kind == "part":
            return {"one": "part", "list": "parts", "keyed": "named"}[one.shape]
        if one.shape == "keyed":
            return "open" if one.kind == "open" else "pair" if one.single else "values"
        if one.kind == "open":
            return "open"
        if one.shape == "list":
            if one.of is not None and one.of.kinds:
                return "pick"
            return "ticks" if self.options else "lines"
        if one.kind == "truth":
            return "tick"
        if self.options:
            return "select"
        return {"whole": "number", "number": "number", "prose": "prose"}.get(one.kind, "text")

    @property
    def nullable(self) -> bool:
        """Whether a file can say that there is none, where leaving it out says something else."""
        return not self.field.required and self.field.default not in (None, "")

    def all(self) -> Iterator[FieldView]:
        """It and all below it."""
        yield self
        for part in self.parts:
            yield from part.all()


class DraftForm:
    """The form of a draft."""

    def __init__(self, draft: Draft, words: PageWords) -> None:
        self.draft = draft
        self.t = words
        self.fields: list[FieldView] = []
        """Of the whole file."""
        self.elsewhere: list[ShownMistake] = []
        """Mistakes that have no field here."""
        if draft.document is not None and isinstance(draft.content, dict | None):
            content = draft.content or {}
            self.fields = [self._view(one, (one.name,), content.get(one.name)) for one in draft.fields]
        self._place_mistakes()

    @property
    def groups(self) -> list[tuple[str, list[FieldView]]]:
        """The fields under their headings."""
        if self.draft.kind != STUDY:
            return [("file", [one for one in self.fields if one.name != "kind"])]
        named = {name for names in GROUPS.values() for name in names}
        rest = [one.name for one in self.fields if one.name not in named]
        return [
            (title, [one for name in names for one in self.fields if one.name == name])
            for title, names in {**GROUPS, "rest": rest}.items()
        ]

    def field_of(self, mistake: ShownMistake) -> FieldView | None:
        """The nearest field to what is wrong."""
        fits = [view for view in self._all() if view.place == mistake.place[: len(view.place)]]
        return max(fits, key=lambda view: len(view.place), default=None)

    def _all(self) -> Iterator[FieldView]:
        for one in self.fields:
            yield from one.all()

    def _place_mistakes(self) -> None:
        for mistake in self.draft.mistakes:
            view = self.field_of(mistake) if mistake.place else None
            if view is None:
                self.elsewhere.append(mistake)
                continue
            rest = mistake.place[len(view.place) :]
            name = view.entered[rest[0]] if rest and isinstance(rest[0], int) and rest[0] < len(view.entered) else None
            options = [one for one in view.options if one.choice.name == name]
            (options[0].mistakes if options else view.mistakes).append(mistake)

    def _view(self, one: Field, place: Place, value: Any) -> FieldView:
        value = value_at(self.draft.fields, self.draft.content or {}, place)
        label, hint = self._words(place)
        view = FieldView(one, place, label, hint, [], value is not None)
        match view.widget:
            case "part":
                view.parts = [self._view(part, (*place, part.name), None) for part in one.fields]
            case "parts" | "named":
                numbers = range(len(value)) if isinstance(value, list) else ()
                names: list[str | int] = list(value) if isinstance(value, dict) else list(numbers)
                for name in names:
                    view.parts.append(self._view(below(one, name) or one, (*place, name), None))
                known = self._known(one.of_key)
                view.more = [name for name in known if name not in names]
            case "values":
                said = value if isinstance(value, dict) else {}
                for name in dict.fromkeys((*said, *self._known(one.of_key))):
                    view.parts.append(self._view(below(one, name) or one, (*place, name), None))
            case "open":
                view.entered = [] if value is None else [_dumped(value)]
            case "pair":
                view.entered = [*next(iter(value.items()), ("", ""))] if isinstance(value, dict) else ["", ""]
                view.options = self._options(one.of_key, (), view.entered[:1])
            case _:
                shown = one.default if value is None and one.default is not None and one.shape != "list" else value
                written_null = value is None and self._says_null(place)
                view.entered = [NULL] if written_null else typed_text(one, shown)
                if value is None and one.shape == "list" and one.default:
                    view.entered = typed_text(one, one.default)
                if one.of is not None and not one.of.kinds and one.shape == "one":
                    # a name that need not be among those that are known
                    view.known = tuple(dict.fromkeys(self._known(one.of)))
                elif one.of is not None or one.choices:
                    view.options = self._options(one.of, one.choices, view.entered)
                if one.kind in ("text", "prose") and isinstance(value, str) and place[-1] == "text":
                    self._count(view, value)
                if place == ("licence",):
                    self._licence(view)
        return view

    def _count(self, view: FieldView, text: str) -> None:
        """The words of a text, and how many it may have."""
        view.words, length = count_words(text), self._length
        if length is not None:
            off = length.tolerance * length.words + 1e-9
            view.least, view.most = math.ceil(length.words - off), math.floor(length.words + off)

    @cached_property
    def _length(self) -> Length | None:
        """The length of the texts of this file, where they have one: their own, or that of their technique."""
        content = self.draft.content or {}
        try:
            if self.draft.kind == "induction":
                return self.draft.catalogue.get(Technique, str(content.get("technique"))).length
            return Length.model_validate(content["length"]) if self.draft.kind == "regulation" else None
        except (InputError, ValidationError, KeyError):
            return None

    def _licence(self, view: FieldView) -> None:
        """Whether the terms allow a text to be passed on."""
        view.known = tuple(sorted(PASSED_ON))
        if view.entered and view.entered[0]:
            passed = view.entered[0] in PASSED_ON
            view.remark = self.t("build.passed_on") if passed else self.t("build.not_passed_on")

    def _says_null(self, place: Place) -> bool:
        content = self.draft.content
        for name in place[:-1]:
            content = content.get(name) if isinstance(content, dict) else None
        return isinstance(content, dict) and place[-1] in content and content[place[-1]] is None

    def _known(self, of: Of | None) -> list[str]:
        if of is None:
            return []
        return [*of.words, *(name for place in of.chosen for name in names_at(self.draft.content or {}, place))]

    def _options(self, of: Of | None, listed: Sequence[str], entered: Sequence[str]) -> list[Option]:
        """What can be chosen, and what was entered and cannot."""
        found = [Nameable(name) for name in listed]
        if of is not None:
            found += nameables(self.draft.catalogue, of, self.draft.content)
            found += _models() if "model" in of.kinds else []
        known = {one.name for one in found}
        found += [Nameable(name) for name in dict.fromkeys(entered) if name not in known and name != NULL]
        return [Option(one, self._named(one), one.name in entered) for one in found]

    def _named(self, one: Nameable) -> str:
        key = f"named.{one.name}"
        if not one.kind and self.t.has(key):
            return self.t(key)
        return one.name if one.kind == "model" else one.title or one.name

    def _words(self, place: Place) -> tuple[str, str]:
        """What a field is called, and what is to be known of it."""
        names = [str(part) for part in self._schema_path(place)]
        last = str(place[-1])
        if self._is_entry(place):
            number = place[-1]
            return (f"{number + 1}" if isinstance(number, int) else str(number)), ""
        keys = [f"field.{'.'.join(names[start:])}" for start in range(len(names))]
        key = next((key for key in keys if self.t.has(key)), None)
        if key is None:
            # a key of another package, or a new one: what the schema says of it has to do
            field = field_at(self.draft.fields, place)
            return last.replace("_", " ").capitalize(), "" if field is None else field.help.replace("``", "")
        hint = key.replace("field.", "hint.", 1)
        return self.t(key), self.t(hint) if self.t.has(hint) else ""

    def _schema_path(self, place: Place) -> list[str]:
        """The keys of the schema that lead to a place: without numbers, and without names that the file gives."""
        field: Field | None = Field("", "part", fields=self.draft.fields)
        names: list[str] = []
        for part in place:
            if field is not None and field.shape == "one":
                names.append(str(part))
            field = None if field is None else below(field, part)
        return names

    def _is_entry(self, place: Place) -> bool:
        return len(self._schema_path(place)) == len(self._schema_path(place[:-1]))


def _models() -> list[Nameable]:
    """The models that can be named without an address, and the ways to name another."""
    said = {**KNOWN, **ready()}
    return [
        Nameable(name, name, (Said("", title),), kind="model")
        for name, title in said.items()
        if name == name.lower() and name.isascii()
    ]


def _dumped(value: Any) -> str:
    said: str = yaml.safe_dump(value, sort_keys=False, allow_unicode=True, default_flow_style=None)
    return said.removesuffix("...\n")
