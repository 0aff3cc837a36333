"""The exceptions of affectlab. An invalid answer or a refusal is data, never one of these.

::

    AffectlabError            exit code
    ├── InputError            2    a file or an argument is wrong; names file and line
    ├── StoreError            2    a store cannot be used for this run
    ├── DataError             2    an analysis was asked for something the data cannot say
    └── ParticipantError      3    the model cannot be had, or cannot do what the study needs
        ├── CapabilityError        it cannot do what the study needs
        └── EngineError            it broke while answering
"""

from __future__ import annotations

from pathlib import Path

from affectlab.shown import line as one_line


class AffectlabError(Exception):
    """The root of the tree: a one-line message, where it belongs if that is known, and a hint of what to do next.

    ``str()`` reads ``file:line: message; hint``.
    """

    exit_code = 2

    def __init__(
        self,
        message: str,
        *,
        hint: str = "",
        file: Path | str | None = None,
        line: int | None = None,
        place: tuple[str | int, ...] = (),
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.file = str(file) if file is not None else None
        self.line = line
        self.place = place
        """The keys and numbers that lead to the part of the file."""

    def __str__(self) -> str:
        place = "" if self.file is None else self.file if self.line is None else f"{self.file}:{self.line}"
        text = f"{self.message}; {self.hint}" if self.hint else self.message
        return one_line(f"{place}: {text}" if place else text)


class InputError(AffectlabError):
    """Something a person wrote is wrong."""

    others: tuple[InputError, ...] = ()
    """What else is wrong in the same file."""


class StoreError(AffectlabError):
    """The store is of another study, another version, or not a store."""


class DataError(AffectlabError):
    """The data cannot carry what the analysis was asked for."""


class ParticipantError(AffectlabError):
    """The model cannot be had."""

    exit_code = 3


class CapabilityError(ParticipantError):
    """The model cannot do what the study needs; nothing was spent."""


class EngineError(ParticipantError):
    """The model broke while answering; what it had answered is in the store."""
