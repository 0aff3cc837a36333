"""Texts that are said, as materials: inductions of a technique, regulations, fixed lines, states of their own."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from affectlab.importers.origin import Origin
from affectlab.materials.words import count_words

Content = Mapping[str, Any]


class SourceText(NamedTuple):
    """A text that induces a state."""

    topic: str
    text: str


def induction_files(
    technique: str,
    title: str,
    texts: Mapping[str, Sequence[SourceText]],
    origin: Origin,
    turns: Sequence[str] = ("{text}",),
) -> dict[str, Content]:
    """The texts of each state as materials, and the technique that they are of.

    Args:
        technique: its id.
        title: of it.
        texts: of each state.
        origin: of all of them.
        turns: what the experimenter says, ``{text}`` for the text.
    """
    given = {state: found for state, found in texts.items() if any(one.text for one in found)}
    counts = [count_words(one.text) for found in given.values() for one in found]
    middle = max(1, round((min(counts) + max(counts)) / 2))
    tolerance = min(0.999, math.ceil(1000 * max(abs(count - middle) for count in counts) / middle) / 1000)
    length = {"words": middle, "tolerance": tolerance}
    said = [{"say": turn} for turn in turns]
    made: dict[str, Content] = {
        f"inductions/{technique}/technique.yaml": origin.of("technique", technique, title, turns=said, length=length)
    }
    for state, found in given.items():
        listed = [
            {"id": f"{state}-{number}", "topic": one.topic, "grades": {"moderate": {"text": one.text}}}
            for number, one in enumerate(found, 1)
        ]
        head = ("induction", f"{technique}-{state}", f"{title}, {state}")
        made[f"inductions/{technique}/{state}.yaml"] = origin.of(*head, technique=technique, state=state, texts=listed)
    return made


def regulation_file(
    id: str, title: str, text: str, origin: Origin, *, family: str = "acceptance", role: str = "technique"
) -> dict[str, Content]:
    """A text that is to change a state, as long as it was published."""
    content = origin.of(
        "regulation",
        id,
        title,
        family=family,
        technique=id,
        role=role,
        scripts=[{"id": f"{id}-1", "text": text}],
        length={"words": count_words(text), "tolerance": 0.1},
        unmatched="it is as long as it was published",
    )
    return {f"regulations/published/{id}.yaml": content}


def line_file(id: str, title: str, text: str, origin: Origin, reply: str = "Okay.") -> dict[str, Content]:
    """A fixed line of the experimenter, and the participant's reply."""
    return {f"scripts/{id}.yaml": origin.of("script", id, title, text=text, reply=reply)}


def frame_file(id: str, title: str, text: str, origin: Origin, role: str = "system") -> dict[str, Content]:
    """Who the participant is asked to be."""
    said = text.lower()
    announces = any(word in said for word in ("emotion", "feeling", "affect", "mood"))
    return {f"frames/{id}.yaml": origin.of("frame", id, title, announces=announces, role=role, text=text)}


def state_file(id: str, noun: str, adjective: str, origin: Origin) -> dict[str, Content]:
    """A state that affectlab has no file of."""
    label = {"noun": noun, "adjective": adjective}
    return {f"states/{id}.yaml": origin.of("state", id, noun.capitalize(), label=label)}
