r"""Text that others wrote, made fit to be kept and to be shown: it is read, and never acts.

A name, a path, a server's message or a reply can hold characters that move the cursor, turn the direction of what
follows, or end a line so that the next one looks like ours. ``fit`` takes them out of what is kept; ``shown`` and
``line`` write them as their code points (``\u001b``), wherever something is shown; ``cell`` is what goes into a sheet.
"""

from __future__ import annotations

import re

_TERMINAL = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|\x9b[0-?]*[ -/]*[@-~]")
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufffe\uffff]")
_DIRECTIONS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_ACTING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufffe\uffff]"
)
_BREAKING = re.compile(rf"[\t\n]|{_ACTING.pattern}")
_COMPUTED = re.compile(r"'*[=+\-@\t\r]")
"""How a cell begins that a spreadsheet computes, or one that was marked not to be."""
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_TAG = re.compile(r"<(?=[A-Za-z/!?])")


def fit(text: str) -> str:
    r"""``text`` without what cannot be kept or would act: half characters, controls, terminal sequences.

    >>> fit("\x1b[1m7\x1b[0m"), fit("7\x00"), fit("\ud83d"), fit("a\nb")
    ('7', '7�', '�', 'a\nb')
    """
    if _UNFIT.search(text) is None:
        return text
    text = _TERMINAL.sub("", text)
    return _UNFIT.sub(lambda found: "" if found[0] in _DIRECTIONS else "\ufffd", text)


def unfit(text: str) -> str:
    r"""The first character that no text of a file needs, as it is shown; empty where there is none.

    >>> unfit("a\x1b"), unfit("a\n\tb")
    ('\\u001b', '')
    """
    found = _UNFIT.search(text)
    return _named(found) if found else ""


def shown(text: str) -> str:
    r"""``text`` as it can be shown anywhere: its lines are kept, and what would act is written as its code point.

    >>> print(shown("calm\x1b[2J\u202e"))
    calm\u001b[2J\u202e
    """
    if _ACTING.search(text) is None:
        return text
    return _ACTING.sub(_named, text.replace("\r\n", "\n"))


def line(text: str) -> str:
    r"""``text`` as it can be shown within one line: what ends a line is written as its code point too.

    >>> print(line("mine\naffectlab: all is well"))
    mine\u000aaffectlab: all is well
    """
    return text if _BREAKING.search(text) is None else _BREAKING.sub(_named, text)


def marked(text: str) -> str:
    """``text`` as it can stand in Markdown: neither a tag of HTML nor an address behind words.

    >>> marked("<b>p < .05</b> [here](x)")
    '&lt;b>p < .05&lt;/b> [here]\\\\(x)'
    """
    return _TAG.sub("&lt;", shown(text)).replace("](", r"]\(")


def cell(text: str) -> str:
    """``text`` as it can stand in a sheet: what would be computed there has an apostrophe before it.

    >>> cell("=1+1"), cell("-0.5"), cell("- calm"), cell("fear")
    ("'=1+1", '-0.5', "'- calm", 'fear')
    """
    # the end of a line is quoted there, and comes back as it was
    text = _ACTING.sub(lambda found: found[0] if found[0] == "\r" else _named(found), text)
    return f"'{text}" if _COMPUTED.match(text) and _NUMBER.fullmatch(text) is None else text


def uncelled(text: str) -> str:
    """The text of a cell without the mark that ``cell`` put before it.

    >>> uncelled(cell("=1+1")), uncelled(cell("'=1"))
    ('=1+1', "'=1")
    """
    return text[1:] if text.startswith("'") and _COMPUTED.match(text) else text


def _named(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"
