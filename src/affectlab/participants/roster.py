"""From the name of a model to a participant."""

from __future__ import annotations

from pathlib import Path

from affectlab.errors import InputError
from affectlab.materials.catalogue import Catalogue
from affectlab.materials.document import read, validate
from affectlab.materials.schema import Truth
from affectlab.participants.base import Participant

EMBEDDED = "smollm2"
SIMULATED = "simulated"

KNOWN = {
    EMBEDDED: "SmolLM2-135M-Instruct, inside the installation, run by llama.cpp in this process",
    "PATH.gguf": "any other GGUF file, with the chat template that is in it",
    SIMULATED: "a participant with a known truth; simulated:NAME or simulated:FILE for another truth",
}
"""What ``--model`` takes."""


def participant(
    name: str, catalogue: Catalogue, *, seed: int = 0, threads: int | None = None, weights: str | None = None
) -> Participant:
    """The participant of a name.

    Raises:
        InputError: no model has this name, or its file is wrong.
        ParticipantError: it cannot be had here.
    """
    kind, _, detail = name.partition(":")
    if kind == SIMULATED:
        return _simulated(detail or "sensible", catalogue, seed)
    if name == EMBEDDED or name.endswith(".gguf") or Path(name).exists():
        from affectlab.participants.embedded import EmbeddedParticipant

        path = None if name == EMBEDDED else Path(name)
        return EmbeddedParticipant(name if path is None else path.stem, path, threads=threads, weights=weights)
    hint = f"known are: {', '.join(KNOWN)}"
    raise InputError(f"unknown model `{name}`", hint=hint)


def _simulated(truth: str, catalogue: Catalogue, seed: int) -> Participant:
    from affectlab.participants.simulated import Simulated

    if truth.endswith((".yaml", ".yml")):
        return Simulated(validate(read(Path(truth)), Truth), catalogue, seed=seed)
    return Simulated(catalogue.get(Truth, truth), catalogue, seed=seed)
