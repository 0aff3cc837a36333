"""A model and where it is served: the shipped files, and what a user names instead."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from affectlab.errors import ParticipantError
from affectlab.materials.document import read, validate
from affectlab.participants.providers import Dialect

FOLDER = Path(__file__).parents[2] / "materials" / "data" / "models"

Reads = Literal["token ids", "tokens", "first token", "draws"]
"""How answers are read, for an estimate of what they cost."""


class Quirks(BaseModel):
    """Where a model departs from what its dialect would have one expect.

    What stands here is not probed: it is documented by the provider, and asking would cost or mislead.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    max_tokens_field: str = "max_tokens"
    """The name of the limit; reasoning models of OpenAI take ``max_completion_tokens``."""
    alternatives: int | None = None
    """The number of alternatives with log probabilities, where it is known; 0 where it refuses."""
    temperature: bool | None = None
    """False where it refuses a temperature."""
    prefill: bool | None = None
    """False where it refuses a begun turn."""
    constraint: Literal["", "grammar", "choice", "schema", "enum"] | None = None
    seed: bool | None = None
    key_header: str = ""
    """The header that takes the key, where it is not a bearer token."""
    seed_field: str = "seed"
    """What it calls the seed."""
    reasons: bool = False
    """It reasons before it answers."""
    reasoning_ends: tuple[str, ...] = ()
    """Marks that end the reasoning in front of an answer, besides those that many models use."""
    reasoning_begun: bool | None = None
    """Whether its template begins the reasoning, so that a reply in which it does not end holds no answer."""
    reasoning: str = ""
    """The effort to ask for: ``none`` where it can be switched off."""
    reasoning_tokens: int = 0
    """What its reasoning may take on top of each answer's limit."""
    least_tokens: int = 1
    """The least limit that it takes."""
    unlisted: bool = False
    """The endpoint serves it without listing it."""
    extra: Mapping[str, Any] = Field(default_factory=dict)
    """Put into every request as it stands."""


class ModelFile(BaseModel):
    """A model that can be named: what it is called there, and where that is."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    title: str
    maker: str
    dialect: Dialect
    model: str
    """The name by which the endpoint knows it."""
    base_url: str
    """Where it is served; a laboratory's own server where ``local``."""
    key: str = ""
    """The environment variable that holds the key; empty where none is needed."""
    context: int = 0
    local: bool = False
    """Open weights, served by oneself: the address is an example, and ``--base-url`` says the real one."""
    in_study: bool = False
    """One of the six models of the published study."""
    licence: str = ""
    reads: Reads = "first token"
    """How its answers are likely to be read; `affectlab probe` finds it out."""
    source: str
    """Where these facts stand."""
    verified: Mapping[Literal["name", "address", "context", "quirks"], Literal["seen", "recalled"]] = Field(
        default_factory=dict
    )
    """For each fact whether it was read in ``source``, or is general knowledge that only the probing can confirm."""
    note: str = ""
    evidence: Mapping[str, str] = Field(default_factory=dict)
    """For each fact that `affectlab probe` found out, what was seen."""
    quirks: Quirks = Quirks()


def shipped_models() -> dict[str, ModelFile]:
    """Every model that comes with affectlab, by id."""
    return {path.stem: _load(path) for path in sorted(FOLDER.glob("*.yaml"))}


def shipped_model(id: str) -> ModelFile:
    """A model that comes with affectlab.

    Raises:
        ParticipantError: there is none of that id.
    """
    path = FOLDER / f"{id}.yaml"
    if "/" in id or not path.is_file():
        known = sorted(path.stem for path in FOLDER.glob("*.yaml"))
        close = difflib.get_close_matches(id, known, n=1)
        hint = f"did you mean `{close[0]}`?" if close else "write openai:NAME, ollama:NAME, … (`list models`)"
        raise ParticipantError(f"unknown model `{id}`", hint=hint)
    return _load(path)


@cache
def _load(path: Path) -> ModelFile:
    return validate(read(path), ModelFile)
