"""Making a remote participant from what a user types."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, cast

from affectlab.errors import ParticipantError
from affectlab.materials.document import read, validate
from affectlab.participants.providers import PROVIDERS
from affectlab.participants.remote.anthropic import Anthropic
from affectlab.participants.remote.batch_participant import BatchParticipant
from affectlab.participants.remote.dialect import Dialect
from affectlab.participants.remote.gemini import Gemini
from affectlab.participants.remote.model import ModelFile, Quirks, shipped_model, shipped_models
from affectlab.participants.remote.openai import OpenAI
from affectlab.participants.remote.participant import RemoteParticipant
from affectlab.participants.remote.policy import Policy
from affectlab.participants.remote.rate_limiter import Patience
from affectlab.participants.remote.secret import Key
from affectlab.participants.remote.spending import Account, Budget, Prices, SharedBudget

_FILE = (".yaml", ".yml")


def remote(
    name: str,
    *,
    base_url: str | None = None,
    api_key_env: str | None = None,
    policy: Policy | None = None,
    budget: Budget | SharedBudget | None = None,
    prices: Prices | None = None,
    patience: Patience | None = None,
    concurrency: int = 16,
    reasoning: str | None = None,
    reasoning_tokens: int | None = None,
    draw_log: Path | None = None,
    batches: bool = False,
) -> RemoteParticipant:
    """A model behind an interface, as a participant. Nothing is sent yet.

    ``name`` is ``openai:NAME`` or of another of the :data:`~affectlab.participants.providers.PROVIDERS`, the id of a
    shipped model, or a file that describes one; after ``@`` it may say at which address. At another address than the
    model's own a key is sent only if ``api_key_env`` names its variable, or if its provider has addresses like that.
    ``draw_log`` is a file in which the draws of unfinished answers survive a kill. A ``budget`` that several models
    share is a :class:`~affectlab.participants.remote.spending.SharedBudget`. With ``batches`` it is asked through its
    provider's batch interface.

    Raises:
        ParticipantError: no such model, no key, an address that is none, a budget of zero.
        InputError: the file that describes it is wrong.
    """
    name, at, address = name.partition("@http")
    base_url = f"http{address}" if at else base_url
    model = model_of(name)
    key = model.key
    if base_url is not None and base_url.rstrip("/") != model.base_url:
        provider = PROVIDERS.get(name.partition(":")[0])
        key = key if provider is not None and provider.may_have_key(base_url) else ""
        model = model.model_copy(update={"base_url": base_url})
    key = api_key_env if api_key_env is not None else key
    model = model.model_copy(update={"quirks": _quirks(model, reasoning, reasoning_tokens), "key": key})
    if base_url is None and model.local:
        raise ParticipantError(
            f"`{name}` has no fixed address", hint="give --base-url, where it is served: http://host:port/v1"
        )
    shared_budget = (
        budget
        if isinstance(budget, SharedBudget)
        else SharedBudget(budget or Budget(), prices.currency if prices else "")
    )
    return (BatchParticipant if batches else RemoteParticipant)(
        model.id,
        model,
        dialect_of(model),
        Key(key),
        policy=policy or Policy(),
        account=Account(shared_budget, prices.of(name, model.id, model.model) if prices else None),
        patience=patience or Patience(),
        concurrency=concurrency,
        draw_log=draw_log,
    )


def dialect_of(model: ModelFile) -> Dialect:
    """The words of a model's interface."""
    makers: dict[str, Any] = {"openai": OpenAI, "anthropic": Anthropic, "gemini": Gemini}
    return cast(Dialect, makers[model.dialect](model.model, model.quirks))


def is_remote(name: str) -> bool:
    """Whether a name on the command line means a model behind an interface."""
    bare = name.partition("@http")[0]
    dialect, colon, _ = bare.partition(":")
    return bool(colon and dialect in PROVIDERS) or bare.endswith(_FILE) or bare in shipped_models()


def model_of(name: str) -> ModelFile:
    """What is known of a model before it is asked anything.

    Raises:
        ParticipantError: no such model.
        InputError: the file that describes it is wrong.
    """
    name = name.partition("@http")[0]
    dialect, colon, model = name.partition(":")
    if name.endswith(_FILE):
        return validate(read(Path(name)), ModelFile)
    if not colon or dialect not in PROVIDERS:
        return shipped_model(name)
    if not model:
        raise ParticipantError(f"`{name}` names no model", hint=f"write {dialect}:NAME")
    provider = PROVIDERS[dialect]
    return ModelFile(
        id=name,
        title=model,
        maker="",
        dialect=provider.dialect,
        model=model,
        base_url=provider.base_url,
        key=provider.key,
        local=not provider.base_url,
        reads=provider.reads,
        source="named by the user",
        quirks=Quirks(key_header=provider.key_header),
    )


def _quirks(model: ModelFile, reasoning: str | None, tokens: int | None) -> Quirks:
    changes: dict[str, Any] = {}
    if reasoning is not None:
        changes["reasoning"] = reasoning
    if tokens is not None:
        changes["reasoning_tokens"] = tokens
    return model.quirks.model_copy(update=changes)


def key_is_set(model: ModelFile) -> bool:
    """Whether the variable that holds a model's key is set; for a list of what can be used."""
    return not model.key or bool(os.environ.get(model.key, "").strip())
