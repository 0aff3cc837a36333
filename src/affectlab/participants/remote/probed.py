"""What was found out about a model, as a file of it that keeps what was found."""

from __future__ import annotations

from typing import Any

import yaml

from affectlab.participants.remote.abilities import Abilities
from affectlab.participants.remote.model import ModelFile

_SHOWN = (
    *("server", "build", "model", "fingerprint", "context", "token_ids", "named", "listed", "processed", "truncated"),
    *("tokens", "alternatives", "vocabulary", "continuation", "system", "seed", "temperature", "constraint"),
    *("logit_bias", "reasons", "reasoning_ends", "varies", "identified", "nonce"),
)


def found_out(abilities: Abilities) -> list[tuple[str, str, str]]:
    """Every ability: its name, what was found, and what was seen that it was concluded from."""
    return [(name, _word(getattr(abilities, name)), abilities.evidence.get(name, "")) for name in _SHOWN]


def model_file(model: ModelFile, abilities: Abilities) -> str:
    """The model's file as YAML, in which what was found stands as known, so that it is not asked for again.

    What a server can change between two starts (its build, its limits, its token ids) is probed each time.
    """
    quirks = model.quirks.model_copy(
        update={
            "temperature": abilities.temperature,
            "seed": abilities.seed,
            "constraint": abilities.constraint,
            "reasons": abilities.reasons,
            "reasoning_ends": (*model.quirks.reasoning_ends, *abilities.reasoning_ends),
            **({} if abilities.alternatives else {"alternatives": 0}),
            **({} if abilities.continuation else {"prefill": False}),
        }
    )
    reads = "token ids" if abilities.named else "tokens" if abilities.tokens else "first token"
    context = abilities.context or model.context
    kept = model.model_copy(
        update={"quirks": quirks, "context": context, "evidence": dict(abilities.evidence), "reads": reads}
    )
    content = kept.model_dump(mode="json", exclude_defaults=True)
    required = {
        name: getattr(kept, name) for name in ("id", "title", "maker", "dialect", "model", "base_url", "source")
    }
    return yaml.safe_dump({**required, **content}, sort_keys=False, allow_unicode=True, width=100)


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return f"{value:,}" if isinstance(value, int) and value >= 0 else "all" if value == -1 else str(value)
