"""A fork of a session: a walk that leaves no trace in the conversation from which it starts."""

from __future__ import annotations

from affectlab.observations import Observation
from affectlab.walks import Walk

Fork = Walk[list[Observation]]
