"""The streams on which the commands print: what would act on a terminal is written as its code point."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from typing import Any, TextIO, cast

from affectlab.shown import shown


class Cleaned:
    """A stream that cleans what is written to it; in all else it is the stream that it writes to."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        # help and the live line are drawn by rich, which looks for this name, and hold no text of others
        self.rich_proxied_file = stream
        # what the terminal's encoding does not have is escaped, and ends no command
        with suppress(AttributeError, ValueError):
            cast(Any, stream).reconfigure(errors="backslashreplace")

    def write(self, text: str) -> int:
        """Write a text, cleaned."""
        self.stream.write(shown(text))
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        """Write texts, cleaned."""
        for one in lines:
            self.write(one)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)


@contextmanager
def cleaned() -> Iterator[None]:
    """Clean whatever is printed within the block."""
    out, err = (cast(TextIO, Cleaned(stream)) for stream in (sys.stdout, sys.stderr))
    with redirect_stdout(out), redirect_stderr(err):
        yield
