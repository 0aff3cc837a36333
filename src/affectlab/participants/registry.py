"""From the name of a model to a participant."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from affectlab.errors import AffectlabError, ParticipantError
from affectlab.extensions import Extensions
from affectlab.materials.catalogue import Catalogue
from affectlab.materials.document import read, validate
from affectlab.materials.truth import Truth
from affectlab.participants.base import Participant
from affectlab.participants.providers import PROVIDERS
from affectlab.shown import line

if TYPE_CHECKING:
    from affectlab.participants.remote.setup import Setup

EMBEDDED = "smollm2"
SIMULATED = "simulated"

KNOWN = {
    EMBEDDED: "SmolLM2-135M-Instruct, run by llama.cpp in this process; `affectlab models get smollm2` fetches it",
    "PATH.gguf": "any other GGUF file, with the chat template that is in it, or beside it as PATH.jinja",
    SIMULATED: "a participant with a known truth; simulated:NAME or simulated:FILE for another truth",
    "openai:NAME": "a model behind OpenAI's interface, or behind a compatible one with --base-url",
    **{f"{name}:NAME": f"a model at {one.title}" for name, one in PROVIDERS.items() if name != "openai"},
    "PATH.yaml": "a model that a file of one's own describes, as `affectlab show models NAME` prints one",
}
"""What ``--model`` takes, beside the ready files. Any remote one may be followed by ``@`` and its address."""


@dataclass(frozen=True)
class WantedParticipant:
    """A participant as it is asked for: what its maker is told."""

    name: str
    """As it stands in a study file or after ``--model``."""
    catalogue: Catalogue
    """All materials of the study."""
    seed: int = 0
    """Of the run, for a participant that draws."""
    threads: int | None = None
    """Of the embedded engine."""
    weights: str | None = None
    """Their format in the embedded engine."""
    setup: Setup | None = None
    """What was decided about models behind interfaces."""
    draw_log: Path | None = None
    """A file of the run in which it may keep what must survive a kill."""

    @property
    def detail(self) -> str:
        """What stands after the first colon of the name."""
        return self.name.partition(":")[2]


Maker = Callable[[WantedParticipant], Participant]
PARTICIPANTS: Extensions[Maker] = Extensions("participant", "affectlab.participants", "affectlab.participants.registry")
"""By the name, or what stands before its first colon: those of affectlab, and those that other packages bring."""


def participant(
    name: str,
    catalogue: Catalogue,
    *,
    seed: int = 0,
    threads: int | None = None,
    weights: str | None = None,
    setup: Setup | None = None,
    draw_log: Path | None = None,
) -> Participant:
    """The participant of a name; the further arguments are the fields of what its maker is told.

    Raises:
        ParticipantError: no model has this name, or it cannot be had here.
        InputError: its file is wrong, or the package that brings it cannot be loaded.
    """
    make = _maker(name)
    try:
        return make(WantedParticipant(name, catalogue, seed, threads, weights, setup, draw_log))
    except AffectlabError:
        raise
    except Exception as error:
        # what a package brings may fail in any way, and is told in one line all the same
        message = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise ParticipantError(f"`{name}` cannot be had: {message}", hint="ask who made it") from error


def is_known(name: str) -> bool:
    """Whether there is a participant of a name; whether it can be had, only making it tells."""
    return name.partition(":")[0] in PARTICIPANTS or is_embedded(name) or _is_remote(name)


def reached_by_words_alone(name: str) -> bool:
    """Whether a model of a name can neither be looked into nor be intervened on, as is known without loading it."""
    return is_embedded(name) or _is_remote(name)


def _is_remote(name: str) -> bool:
    # what reaches an interface is loaded only where a name may mean one
    from affectlab.participants.remote.make import is_remote

    return is_remote(name)


def is_simulated(name: str) -> bool:
    """Whether a name means a participant with a known truth, which takes no time to make."""
    return name.partition(":")[0] == SIMULATED


def _maker(name: str) -> Maker:
    if not is_known(name):
        raise ParticipantError(f"unknown model `{name}`", hint=near(name))
    kind = name.partition(":")[0]
    return PARTICIPANTS[kind] if kind in PARTICIPANTS else _embedded if is_embedded(name) else _remote


def _embedded(wanted: WantedParticipant) -> Participant:
    from affectlab.participants.embedded import EmbeddedParticipant

    path = None if wanted.name == EMBEDDED else Path(wanted.name)
    name = wanted.name if path is None else path.stem
    return EmbeddedParticipant(name, path, threads=wanted.threads, weights=wanted.weights)


def _remote(wanted: WantedParticipant) -> Participant:
    from affectlab.participants.remote.setup import Setup

    return (wanted.setup or Setup()).participant(wanted.name, wanted.draw_log)


def _simulated(wanted: WantedParticipant) -> Participant:
    from affectlab.participants.simulated import Simulated

    truth = wanted.detail or "sensible"
    if truth.endswith((".yaml", ".yml")):
        document = read(Path(truth))
        material = validate(document, Truth)
        wanted.catalogue.require_names(material, document)
    else:
        # a run keeps no truths, as each stands on its participant's card: one that is new comes from affectlab
        own = wanted.catalogue if truth in wanted.catalogue.ids(Truth) else Catalogue()
        material = own.get(Truth, truth)
    return Simulated(material, wanted.catalogue, seed=wanted.seed)


OWN: Mapping[str, Maker] = {
    EMBEDDED: _embedded,
    SIMULATED: _simulated,
    **dict.fromkeys(PROVIDERS, _remote),
}


def again(card: Mapping[str, Any] | None, name: str, catalogue: Catalogue, *, seed: int, **more: Any) -> Participant:
    """The participant of a run once more; a simulated one with the truth that stands on its card.

    Args:
        card: that the run has of it; None where it has none yet.
        more: as of ``participant``.

    Raises:
        ParticipantError: no model has this name, or it cannot be had here.
    """
    if card is not None and name.partition(":")[0] == SIMULATED:
        from affectlab.participants.simulated import Simulated

        return Simulated(Truth.model_validate(card["truth"]), catalogue, seed=seed)
    return participant(name, catalogue, seed=seed, **more)


def brought() -> dict[str, str]:
    """The participants that other packages bring, each with the first line of what it says of itself."""
    titles = {name: inspect.getdoc(PARTICIPANTS[name]) or "" for name in PARTICIPANTS.brought}
    return {name: title.split("\n")[0] for name, title in titles.items()}


def ready() -> dict[str, str]:
    """The models that have a ready file, each with what it takes to use it here."""
    from affectlab.participants.remote.make import key_is_set
    from affectlab.participants.remote.model import shipped_models

    takes = {}
    for id, model in shipped_models().items():
        lacks = "" if key_is_set(model) else f"; {model.key} is not set"
        takes[id] = f"{model.title}, {model.maker}{'; serve it, and give --base-url' if model.local else lacks}"
    return takes


def is_embedded(name: str) -> bool:
    """Whether a name means weights that are evaluated in this process."""
    return name == EMBEDDED or name.endswith(".gguf")


def model_label(name: str) -> str:
    """The name under which a model's rows stand.

    >>> model_label("openai:org/model-1@http://localhost:8000/v1"), model_label("models/mine.gguf")
    ('openai-org-model-1', 'mine')
    """
    bare = name.partition("@http")[0]
    if bare.endswith((".gguf", ".yaml", ".yml")) and not bare.startswith(f"{SIMULATED}:"):
        return line(Path(bare).stem)
    return line(bare.replace(":", "-").replace("/", "-"))


def model_labels(names: Sequence[str]) -> tuple[str, ...]:
    """The names under which the rows of several models stand.

    Raises:
        ParticipantError: two would stand under the same.
    """
    found = tuple(map(model_label, names))
    twice = next((one for one in found if found.count(one) > 1), None)
    if twice is not None:
        raise ParticipantError(f"two models would stand under the name `{twice}`", hint="name each once")
    return found


def near(name: str) -> str:
    """The remedy for an unknown name: one like it, or where all are listed."""
    from affectlab.participants.remote.model import shipped_models

    close = difflib.get_close_matches(name, [*KNOWN, *PARTICIPANTS.brought, *shipped_models()], n=1)
    return f"did you mean `{close[0]}`?" if close else "`affectlab list models` shows what there is"
