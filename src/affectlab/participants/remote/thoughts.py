"""Reasoning that is written in front of an answer, and where it ends.

Models mark it in ways of their own, and servers whose template writes the opening mark send only the closing one. So
the answer is what follows the last mark of an end; where reasoning was begun, by a mark or by the template, and not
ended, there is no answer yet.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_NAMES = r"(?:[\w-]+:)?(?:think(?:ing)?|thoughts?|reason(?:ing)?|analysis|reflection|scratchpad)"
_BEGIN = re.compile(
    rf"\s*(?:<\s*{_NAMES}\s*>|\[{_NAMES}\]|◁think▷|<\|(?:begin_of_thought|START_THINKING|thinking)\|>"
    r"|(?:<\|start\|>\s*assistant\s*)?<\|channel\|?>\s*(?:analysis|commentary|thought)\b)",
    re.IGNORECASE,
)
_END = re.compile(
    rf"<\s*/\s*{_NAMES}\s*>|\[/{_NAMES}\]|◁/think▷|<\|(?:end_of_thought|END_THINKING|/thinking)\|>|<channel\|>"
    r"|<\|channel\|>\s*final\b[^<]*(?:<\|constrain\|>[^<]*)?<\|message\|>",
    re.IGNORECASE,
)
_AROUND = re.compile(
    r"<\|(?:return|end|begin_of_solution|end_of_solution|START_RESPONSE|END_RESPONSE|im_end|eot_id)\|>|</?answer>|<\|start\|>",
    re.IGNORECASE,
)
_BARE_CHANNELS = re.compile(r"\s*analysis.*assistantfinal", re.DOTALL)
"""The channels of a server that leaves their marks out."""
_MARK = re.compile(r"<\|?/?[A-Za-z][\w:.-]{1,30}\|?>|\[/?[A-Za-z][\w-]{2,30}\]|◁/?[^▷\s]{2,30}▷|\|{2,}\s*\w+\s*\|{2,}")


def split_thoughts(text: str, marks: Sequence[str] = (), *, begun: bool = False) -> tuple[str, int]:
    """A reply without the reasoning that is written in front of it, and the length of that.

    ``marks`` end the reasoning of this model besides those that are known; ``begun`` says that its template begins
    it, so that a reply in which it does not end is all reasoning.

    >>> split_thoughts("<think>Well, well.</think>7")
    ('7', 11)
    >>> split_thoughts("3 is low, hmm. </think> 8")
    ('8', 15)
    """
    end = _last_end(text, marks)
    if end is None:
        opened = _BEGIN.match(text)
        if opened is None:
            return ("", len(text)) if begun and text.strip() else (text, 0)
        return "", len(text) - opened.end()
    before, after = end
    opened = _BEGIN.match(text)
    first = opened.end() if opened and opened.end() <= before else 0
    rest = text[after:]
    again = _BEGIN.match(rest)
    if again is not None:
        return "", before - first + len(rest) - again.end()
    return _AROUND.sub("", rest).lstrip(), before - first


def begins_reasoning(text: str) -> bool:
    """Whether a reply begins with a mark that begins reasoning."""
    return _BEGIN.match(text) is not None or _BARE_CHANNELS.match(text) is not None


def _last_end(text: str, marks: Sequence[str]) -> tuple[int, int] | None:
    """Where the last mark of an end begins and ends."""
    spans = [found.span() for found in _END.finditer(text)]
    bare = _BARE_CHANNELS.match(text)
    if bare:
        spans.append((bare.end() - len("assistantfinal"), bare.end()))
    for mark in marks:
        place = text.rfind(mark) if mark else -1
        if place >= 0:
            spans.append((place, place + len(mark)))
    return max(spans, key=lambda span: span[1], default=None)


def unknown_mark(text: str, answer: str) -> str:
    """The mark, none of those known, behind which the expected answer stands alone at the end; empty without one.

    >>> unknown_mark("Hm, yes or no? <|fin|>yes.", "yes"), unknown_mark("Well, yes.", "yes")
    ('<|fin|>', '')
    """
    for found in reversed(list(_MARK.finditer(text))):
        behind = _MARK.sub("", text[found.end() :]).strip(" \t\r\n.!\"'*`")
        if behind.casefold() == answer.casefold() and text[: found.start()].strip():
            return found[0]
    return ""
