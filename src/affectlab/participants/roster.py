"""From the name of a model to a participant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from affectlab.errors import ParticipantError
from affectlab.materials.catalogue import Catalogue
from affectlab.materials.document import read, validate
from affectlab.materials.schema import Truth
from affectlab.participants.base import Participant

if TYPE_CHECKING:
    from affectlab.participants.remote.setup import Setup

EMBEDDED = "smollm2"
SIMULATED = "simulated"

KNOWN = {
    EMBEDDED: "SmolLM2-135M-Instruct, run by llama.cpp in this process; `affectlab models get smollm2` fetches it",
    "PATH.gguf": "any other GGUF file, with the chat template that is in it",
    SIMULATED: "a participant with a known truth; simulated:NAME or simulated:FILE for another truth",
    "openai:NAME": "a model behind OpenAI's interface, or behind a compatible one with --base-url",
    "anthropic:NAME": "a model behind Anthropic's interface",
    "gemini:NAME": "a model behind Gemini's interface",
    "PATH.yaml": "a model that a file of one's own describes, as `affectlab show models NAME` prints one",
}
"""What ``--model`` takes, beside the ready files. Any remote one may be followed by ``@`` and its address."""


def participant(
    name: str,
    catalogue: Catalogue,
    *,
    seed: int = 0,
    threads: int | None = None,
    weights: str | None = None,
    setup: Setup | None = None,
    journal: Path | None = None,
) -> Participant:
    """The participant of a name.

    Args:
        name: as ``affectlab list models`` has it.
        catalogue: where a simulated participant finds its truth and what it answers.
        seed: of a simulated participant.
        threads: of the embedded engine.
        weights: their format in the embedded engine.
        setup: what was decided about models behind interfaces.
        journal: a file in which a remote model's draws survive a kill.

    Raises:
        ParticipantError: no model has this name, or it cannot be had here.
        InputError: its file is wrong.
    """
    kind, _, detail = name.partition(":")
    if kind == SIMULATED:
        return _simulated(detail or "sensible", catalogue, seed)
    if is_embedded(name):
        from affectlab.participants.embedded import EmbeddedParticipant

        path = None if name == EMBEDDED else Path(name)
        return EmbeddedParticipant(name if path is None else path.stem, path, threads=threads, weights=weights)
    from affectlab.participants.remote.make import is_remote
    from affectlab.participants.remote.setup import Setup

    if is_remote(name):
        return (setup or Setup()).participant(name, journal)
    raise ParticipantError(f"unknown model `{name}`", hint=_hint(name))


def again(
    card: Mapping[str, Any],
    name: str,
    catalogue: Catalogue,
    *,
    seed: int,
    threads: int | None = None,
    weights: str | None = None,
) -> Participant:
    """The participant of a run once more; a simulated one with the truth that stands on its card."""
    if name.partition(":")[0] == SIMULATED:
        from affectlab.participants.simulated import Simulated

        return Simulated(Truth.model_validate(card["truth"]), catalogue, seed=seed)
    return participant(name, catalogue, seed=seed, threads=threads, weights=weights)


def ready() -> dict[str, str]:
    """The models that have a ready file, each with what it takes to use it here."""
    from affectlab.participants.remote.make import key_is_set
    from affectlab.participants.remote.model import shipped

    takes = {}
    for id, model in shipped().items():
        lacks = "" if key_is_set(model) else f"; {model.key} is not set"
        takes[id] = f"{model.title}, {model.maker}{'; serve it, and give --base-url' if model.local else lacks}"
    return takes


def is_embedded(name: str) -> bool:
    """Whether a name means weights that are evaluated in this process."""
    return name == EMBEDDED or name.endswith(".gguf")


def label(name: str) -> str:
    """The name under which a model's rows stand.

    >>> label("openai:org/model-1@http://localhost:8000/v1"), label("models/mine.gguf")
    ('openai-org-model-1', 'mine')
    """
    bare = name.partition("@http")[0]
    if bare.endswith((".gguf", ".yaml", ".yml")) and not bare.startswith(f"{SIMULATED}:"):
        return Path(bare).stem
    return bare.replace(":", "-").replace("/", "-")


def labels(names: Sequence[str]) -> tuple[str, ...]:
    """The names under which the rows of several models stand.

    Raises:
        ParticipantError: two would stand under the same.
    """
    found = tuple(map(label, names))
    twice = next((one for one in found if found.count(one) > 1), None)
    if twice is not None:
        raise ParticipantError(f"two models would stand under the name `{twice}`", hint="name each once")
    return found


def _hint(name: str) -> str:
    import difflib

    from affectlab.participants.remote.model import shipped

    known = [*KNOWN, *shipped()]
    close = difflib.get_close_matches(name, known, n=1)
    return f"did you mean `{close[0]}`?" if close else "`affectlab list models` shows what there is"


def _simulated(truth: str, catalogue: Catalogue, seed: int) -> Participant:
    from affectlab.participants.simulated import Simulated

    if truth.endswith((".yaml", ".yml")):
        document = read(Path(truth))
        material = validate(document, Truth)
        catalogue.require_states(material, document)
        return Simulated(material, catalogue, seed=seed)
    return Simulated(catalogue.get(Truth, truth), catalogue, seed=seed)
