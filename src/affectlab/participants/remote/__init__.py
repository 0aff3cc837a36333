"""Models behind an interface: OpenAI and all that is compatible with it, Anthropic, Gemini.

>>> from affectlab.participants.remote import remote
>>> participant = remote("openai:my-model", base_url="http://localhost:8000/v1")
>>> participant
<RemoteParticipant openai:my-model>
"""

from __future__ import annotations

from affectlab.participants.remote.abilities import Abilities
from affectlab.participants.remote.incidents import Incident, Incidents
from affectlab.participants.remote.intervals import expected_interval
from affectlab.participants.remote.make import remote
from affectlab.participants.remote.model import ModelFile, Quirks, shipped_models
from affectlab.participants.remote.participant import RemoteParticipant
from affectlab.participants.remote.plan import CostEstimate, estimate_cost
from affectlab.participants.remote.policy import Policy
from affectlab.participants.remote.rate_limiter import Patience
from affectlab.participants.remote.spending import Budget, BudgetError, Price, Prices, Spent

__all__ = [
    "Abilities",
    "Budget",
    "BudgetError",
    "CostEstimate",
    "Incident",
    "Incidents",
    "ModelFile",
    "Patience",
    "Policy",
    "Price",
    "Prices",
    "Quirks",
    "RemoteParticipant",
    "Spent",
    "estimate_cost",
    "expected_interval",
    "remote",
    "shipped_models",
]
