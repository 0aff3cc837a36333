"""Questionnaires as instruments: their items, scales and keys."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from affectlab.defects.questionnaire import Parsed, Questionnaire, ScaleItem
from affectlab.importers.keys import POSITIVE_AFFECT, STATE_ANXIETY_REVERSED
from affectlab.importers.llmaffect.clone import STATES
from affectlab.importers.llmaffect.schema import AnswerSchema

Made = Callable[..., dict[str, Any]]


def instrument_files(prompt: Parsed, schemas: Sequence[AnswerSchema], made: Made) -> list[dict[str, Any]]:
    """An instrument for each questionnaire of a prompt, in its order.

    Args:
        schemas: what the program of the clone calls the items, where it has as many.
        made: a material with where it is from.
    """
    found = prompt.questionnaires
    known: Sequence[AnswerSchema | None] = schemas if len(schemas) == len(found) else [None] * len(found)
    heads = [prompt.instruction, *(one.head for one in found[1:])]
    return [
        _instrument(number, one, "\n".join(text.strip() for _, text in head if text.strip()), schema, made)
        for number, (one, head, schema) in enumerate(zip(found, heads, known, strict=True), 1)
    ]


def _instrument(
    number: int, asked: Questionnaire, head: str, schema: AnswerSchema | None, made: Made
) -> dict[str, Any]:
    name = _id(schema.name) if schema is not None else f"questionnaire-{number}"
    keys = [one.name for one in schema.fields] if schema is not None and _fits(schema, asked) else None
    low, high = asked.steps
    items = [
        _item(at, question, keys[at - 1] if keys is not None else None, asked, name)
        for at, question in enumerate(asked.questions, 1)
    ]
    lines = [_line(at, question, asked) for at, question in enumerate(asked.questions, 1)]
    named = dict.fromkeys(str(item["scale"]) for item in items)
    scales = {scale: {"title": scale, "state": scale if scale in STATES else None} for scale in named}
    return made(
        "instrument",
        name,
        f"Questionnaire {number} of the published prompts",
        form="rating",
        minimum_coverage=0.5,
        question="\n".join([head, *lines]).strip(),
        opening="{item}:",
        options={"from": low, "to": high, "template": " {value}"},
        items=items,
        subscales=scales,
    )


def _fits(schema: AnswerSchema, asked: Questionnaire) -> bool:
    return len(schema.fields) == len(asked.questions)


def _id(name: str) -> str:
    """A name of a class as the id of a material.

    >>> _id("StateAnxiety"), _id("PANAS"), _id("VASScales")
    ('state-anxiety', 'panas', 'vas-scales')
    """
    return re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", name).replace("_", "-").lower()


def _item(at: int, question: ScaleItem, key: str | None, asked: Questionnaire, name: str) -> dict[str, Any]:
    text = (key or question.text).replace("_", " ")
    whole = len(asked.questions) == 20
    if asked.between_poles:
        return {"id": _word(text, at), "text": text, "scale": _state(text) or _word(text, at)}
    if name == "panas" and whole:
        scale = "positive-affect" if at in POSITIVE_AFFECT else "negative-affect"
        return {"id": _word(text, at), "text": text, "scale": scale}
    if "anxiety" in name and whole:
        return {"id": _word(text, at), "text": text, "scale": "anxiety", "reverse": at in STATE_ANXIETY_REVERSED}
    return {"id": _word(text, at), "text": text, "scale": name}


def _state(text: str) -> str | None:
    """The state that a word names."""
    return next((state for state in STATES if text.lower().startswith(state[:4])), None)


def _word(text: str, at: int) -> str:
    """The words of an item as its id."""
    word = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
    return word if word and word[0].isalpha() else f"item-{at}"


def _line(at: int, question: ScaleItem, asked: Questionnaire) -> str:
    """A question as it stands in a prompt."""
    if asked.between_poles:
        (low, least), (high, most) = question.options
        return f"{least} {low} - {high} {most}".strip()
    options = "   ".join(f"{step} = {label}" if label else str(step) for step, label in question.options)
    return f"{at}. {question.text}   {options}"
