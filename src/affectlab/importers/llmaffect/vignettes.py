"""The single texts of a prompt that has several in a row."""

from __future__ import annotations

import re

from affectlab.defects.questionnaire import Parsed

PARTS = 4
"""Into how many texts a numbered list of statements is cut."""
_NUMBERED = re.compile(r"\s*\d{1,3}\s*[.)]\s+\S")
_SENTENCE = re.compile(r"(?<=[.!?])[\"”’']?\s+(?=[A-ZÄÖÜ])")


def vignettes(prompt: Parsed) -> list[str]:
    """Its texts: the statements of a numbered list in parts of equal number; else a text for each line after a colon,
    or, where all stand in one line, for each sentence; without a colon, the whole.
    """
    lines = [text.strip() for _, text in prompt.before if text.strip()]
    statements = [line for line in lines if _NUMBERED.match(line)]
    if len(statements) >= 2 * PARTS:
        size = len(statements) // PARTS
        return ["\n".join(statements[at * size : (at + 1) * size]) for at in range(PARTS)]
    at = next((number for number, line in enumerate(lines) if ":" in line), None)
    if at is None:
        return ["\n".join(lines)] if lines else []
    begun = lines[at].partition(":")[2].strip()
    told = [*([begun] if begun else []), *lines[at + 1 :]]
    return told if len(told) != 1 else _SENTENCE.split(told[0])
