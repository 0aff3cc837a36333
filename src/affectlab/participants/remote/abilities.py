"""What an endpoint can do for one model: found out at the start of a run, stored with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

from affectlab.participants.remote.sentinel import FirstWords, Sentinel

Continuation = Literal["", "prefill", "flag", "prefix"]
"""How a turn is begun for the model: not at all; by ending with the model's turn; by also saying so in the request
(vLLM, SGLang) or in that turn (Mistral)."""

System = Literal["anywhere", "first", ""]
"""Where the experimenter can speak as the system: at any point, only at the beginning, nowhere."""

Constraint = Literal["", "grammar", "choice", "schema", "enum"]
"""How its words can be limited: by a grammar, a list of choices, a JSON schema, an enumeration."""


@dataclass(frozen=True)
class Abilities:
    """What was found out, or is known from the model's file where asking is useless."""

    server: str = ""
    """llama.cpp, vllm, ollama, …; empty where it does not say."""
    build: str = ""
    """The server's version."""
    model: str = ""
    """The model as the endpoint resolved it."""
    fingerprint: str = ""
    alternatives: int = 0
    """How many alternatives it returns with their log probabilities, over chat."""
    tokens: bool = False
    """It renders its chat template and names tokens, so that option strings can be scored token by token."""
    token_ids: bool = False
    """It spells conversations in token ids, takes prompts as such, and shows by id what may follow them."""
    named: bool = False
    """It gives the log probability of any token that is named."""
    listed: int = 0
    """How many alternatives it lists by id; -1 for the whole vocabulary."""
    processed: bool = False
    """Its log probabilities are those after temperature and truncation; answers are read with neither."""
    truncated: bool = False
    """It shows a distribution from which the unlikely is cut off, although it is told not to: nothing is read of it."""
    sentinel: Sentinel | None = None
    """What it says first to a prompt that is asked along with every question."""
    first_words: FirstWords | None = None
    """The same of a server without fingerprint that names no tokens: what it says first to a request for words."""
    vocabulary: int = 0
    """Its vocabulary's size; 0 where that is not known."""
    completions: bool = False
    continuation: Continuation = ""
    system: System = "anywhere"
    constraint: Constraint = ""
    seed: bool = False
    temperature: bool = True
    """It takes a temperature."""
    logit_bias: bool = False
    context: int = 0
    reasons: bool = False
    """It reasons before it answers."""
    reasoning_ends: tuple[str, ...] = ()
    """Marks that end its reasoning, found out, besides those that many models use."""
    reasoning_begun: bool = False
    """Its template begins the reasoning: a reply in which it does not end holds no answer."""
    varies: bool = True
    """Replies to one request were seen to differ; where they are not, draws are no draws."""
    identified: bool = True
    """Replies carry numbers of their own, by which a copy of an earlier one is known."""
    nonce: str = ""
    """The field of a request that makes a cache in between take it for a new one, where one is needed."""
    sampling: tuple[str, ...] = ()
    """Parameters that switch the server's own truncation of the distribution off, where it has such."""
    evidence: Mapping[str, str] = field(default_factory=dict)
    """For an ability, what was seen that it was concluded from."""

    def told(self, ability: str, seen: str) -> Abilities:
        """The abilities, with what was seen of one of them."""
        return replace(self, evidence={**self.evidence, ability: seen})

    def record(self) -> dict[str, Any]:
        """The abilities as plain values, for the run's record."""
        return asdict(self)
