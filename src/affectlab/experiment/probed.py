"""What a model behind an interface can do, found out without a study."""

from __future__ import annotations

from typing import NamedTuple

from affectlab.errors import ParticipantError


class Probed(NamedTuple):
    """What was found out about a model."""

    rows: tuple[tuple[str, str, str], ...]
    """Of each ability its name, what was found, and what was seen."""
    file: str
    """A model file that keeps it."""


def probed(name: str, *, base_url: str | None = None, key_env: str | None = None) -> Probed:
    """Ask a model what it can do.

    Raises:
        ParticipantError: it cannot be reached, or is not behind an interface.
    """
    from affectlab.participants.remote.make import is_remote, remote
    from affectlab.participants.remote.probed import found_out, model_file

    if not is_remote(name):
        raise ParticipantError(f"`{name}` is not behind an interface", hint="what runs in this process is known")
    with remote(name, base_url=base_url, api_key_env=key_env) as participant:
        abilities = participant.abilities
        return Probed(tuple(found_out(abilities)), model_file(participant.model, abilities))
