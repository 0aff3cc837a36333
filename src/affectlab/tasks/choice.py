"""A choice: options after a question."""

from __future__ import annotations

from typing import Literal

from affectlab.tasks.options import Options


class Choice(Options):
    """Options after a question."""

    form: Literal["choice"]
