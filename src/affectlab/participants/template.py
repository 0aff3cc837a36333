"""The chat template in a model's file: a program that somebody else wrote, and so run apart, with limits."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from jinja2 import TemplateError
from jinja2.ext import loopcontrols
from jinja2.sandbox import ImmutableSandboxedEnvironment

from affectlab.child_process import ChildEnded, ChildProcess, ChildRefused
from affectlab.errors import InputError

NO_CLOCK = datetime(2000, 1, 1, tzinfo=UTC)
"""The date that a template is told, so that the same study is the same text on every day."""
MEMORY, SECONDS = 512 * 2**20, 2.0
"""What rendering one conversation may take, in bytes and in seconds of processor time."""

Messages = Sequence[Mapping[str, str]]


class ChatTemplate:
    """Renders conversations.

    Args:
        source: of the template.
        special: the tokens that it can name, as text.
        file: that it came from, for what is said of it.
    """

    def __init__(self, source: str, special: Mapping[str, str], file: str) -> None:
        self._file = file
        self._render = ChildProcess(f"{__name__}:renderer", [source, dict(special)], memory=MEMORY, seconds=SECONDS)

    def __call__(self, messages: Messages) -> str:
        """A conversation as text, up to where the participant is to speak.

        Raises:
            InputError: the template cannot be used, will not have these turns, or takes too much.
        """
        try:
            return str(self._render(list(messages)))
        except ChildRefused as refused:
            raise InputError(f"its chat template does not render ({refused})", hint=_HINT, file=self._file) from None
        except ChildEnded as ended:
            message = f"its chat template does not come to an end: {ended}"
            raise InputError(message, hint=_HINT, file=self._file) from None


_HINT = "use another GGUF file of the model"


def renderer(given: tuple[str, Mapping[str, str]]) -> Callable[[Messages], str]:
    """The function that renders, in the process that is apart."""
    source, special = given
    environment = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=[loopcontrols])
    environment.globals["raise_exception"] = _refuse
    environment.globals["strftime_now"] = NO_CLOCK.strftime
    template = environment.from_string(source)

    def render(messages: Messages) -> str:
        return template.render(messages=messages, add_generation_prompt=True, **special)

    return render


def _refuse(message: str) -> Any:
    raise TemplateError(message)
