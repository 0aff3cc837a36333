"""A branch of a session: it is a session itself, which leaves no trace in the conversation from which it starts."""

from __future__ import annotations

from affectlab.generators import Session
from affectlab.observations import Observation

Branch = Session[list[Observation]]
