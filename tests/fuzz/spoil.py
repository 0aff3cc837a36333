"""How an input is spoiled: bytes, words and values, drawn from a seed."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterator
from typing import Any

WORDS = (
    *(
        "&a ",
        "*a",
        "!!python/object:os.system ",
        "!!binary ",
        "<<: *a",
        "---\n",
        "...\n",
        "%YAML 9\n",
        "? ",
        "| ",
        "> ",
    ),
    *(
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        "- ",
        "#",
        '"',
        "'",
        "\t",
        "\n",
        "\r",
        "\x00",
        "\x1b[2J",
        "\u202e",
        "\ufeff",
        "\u2028",
    ),
    *(
        "null",
        "~",
        "true",
        "yes",
        ".nan",
        ".inf",
        "-.inf",
        "nan",
        "NaN",
        "Infinity",
        "1e400",
        "-1",
        "1e308",
        "1e-320",
        "0x1F",
    ),
    *(
        "9" * 400,
        "[" * 300,
        "{a: " * 100,
        "\U0001f600",
        "\u0301" * 50,
        "x" * 5000,
        "{value}",
        "{item}",
        "{{ 7*7 }}",
        "=1+1",
    ),
    *("1_1", "1,000", "\u2212 3", "\uff11", "99", "NA", "#N/A", ";", "|", "$(x)", "../../x", "/dev/zero", "a\u0000b"),
)
VALUES: tuple[Any, ...] = (
    *(None, True, "", " ", "none", "x" * 300, "\u202e", "{value}", "../x", "ratings", "fear", "neutral", "\x1b[2J"),
    *(0, -1, 10**12, 10**30, 1e308, -1e308, 1e-320, float("nan"), float("inf")),
    *(
        [],
        {},
        [[]],
        [None],
        ["fear", "fear"],
        {"a": 1},
        {"from": 3, "to": 1},
        {None: None},
        [1, "a"],
        {1: {2: {3: []}}},
    ),
)


def spoiled_bytes(raw: bytes, chance: random.Random) -> bytes:
    """A few bytes turned, taken away, doubled, or put in."""
    content = bytearray(raw)
    for _ in range(chance.choice((1, 1, 2, 5))):
        at = chance.randrange(len(content) + 1)
        end = min(len(content), at + chance.choice((1, 1, 2, 4, 30, 300)))
        how = chance.randrange(6)
        if how == 0 and at < len(content):
            content[at] ^= 1 << chance.randrange(8)
        elif how == 1:
            del content[at:end]
        elif how == 2:
            content[at:at] = content[at:end]
        elif how == 3:
            content[at:end] = bytes(chance.randrange(256) for _ in range(end - at))
        elif how == 4:
            content[at:at] = chance.choice(WORDS).encode()
        else:
            content[at:end] = b"\xff" * (end - at)
        if not content:
            content = bytearray(b"\n")
    return bytes(content[: chance.randrange(len(content)) + 1] if chance.random() < 0.1 else content)


def spoiled_value(value: Any, chance: random.Random) -> Any:
    """Some values replaced, left out, doubled, or under another name."""
    whole = copy.deepcopy(value)
    for _ in range(chance.choice((1, 1, 2, 3))):
        places = list(_places(whole))
        if not places:
            return chance.choice(VALUES)
        holder, key = chance.choice(places)
        _spoil(holder, key, chance)
    return whole


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        yield value, key
        yield from _places(value[key])


def _spoil(holder: Any, key: Any, chance: random.Random) -> None:
    how: Callable[[], Any] = chance.choice(
        (
            lambda: holder.__setitem__(key, copy.deepcopy(chance.choice(VALUES))),
            lambda: holder.__setitem__(key, [holder[key]]),
            lambda: holder.__setitem__(key, f"{holder[key]}{chance.choice(WORDS)}"),
            lambda: holder.pop(key),
            lambda: holder.__setitem__(chance.choice(WORDS) if isinstance(holder, dict) else key, holder[key]),
            lambda: holder.append(holder[key]) if isinstance(holder, list) else holder.update({f"{key}x": holder[key]}),
        )
    )
    how()
