"""Tables as people save them, made from a grammar: identifiers × missing codes × lines above and below × marks."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

IDENTIFIERS: tuple[Callable[[int], str], ...] = (
    lambda n: f"p{n}",
    str,
    lambda n: f"{n:03d}",
    lambda n: f"1_{n}",
    lambda n: f"1.{n}",
    lambda n: f"{n}.10",
    lambda n: str(10**17 + n),
    lambda n: f"VP-{n}",
    lambda n: f"{n}e1",
    lambda n: f"{n}/20",
    lambda n: f"0x{n:x}",
    lambda n: f"=P{n}",
    lambda n: str(80 + n),
    lambda n: f"{n:02d}.01.1990",
    lambda n: f"Ö{n}",
    lambda n: f"{n} ",
)
CODES: tuple[tuple[str, ...], ...] = (
    (),
    *(
        (code,)
        for code in ("99", "-9", "999", "-1", "NA", ".", "", "n/a", "NULL", "-999", "#N/A", "#NULL!", "-", "k.A.")
    ),
    ("-99", "-88"),
    ("77", "88", "99"),
    ("#DIV/0!",),
    ("NaN",),
    ("(missing)",),
)
WORDINGS = ("How are you feeling right now?", "Which group?", "Person, please", "Anything else?")
COLUMNS = ("x", "c", "who", "note")


class Form(NamedTuple):
    """A table, and what is true of it."""

    lines: list[list[str]]
    """Cells, before they are joined."""
    separator: str
    kind: str
    """The lines about the names of columns."""
    difference: float
    """Of the means of `a` and `b`, of scores that are there."""
    n: int

    def text(self, quoted: bool) -> str:
        """As a program writes it."""

        def cell(value: str) -> str:
            plain = not (quoted and value) and not any(mark in value for mark in (self.separator, '"', "\n"))
            return value if plain else '"' + value.replace('"', '""') + '"'

        return "".join(self.separator.join(map(cell, line)) + "\n" for line in self.lines)


def heads(names: list[str]) -> Mapping[str, list[list[str]]]:
    """Lines in which the names of columns stand, with what programs write above and below them."""
    k, blank = len(names), [""] * (len(names) - 1)
    words, variables = list(WORDINGS[:k]), [f"v_{n}" for n in range(1, k + 1)]
    return {
        "names": [names],
        "a title": [["Study 2: results"], names],
        "a title over all columns": [["Study 2: results", *blank], names],
        "a blank line": [["", *blank], names],
        "two titles": [["Study 2"], ["exported 2021-03-04"], names],
        "keys and values": [["Date", "2021-03-04"], ["Experimenter", "AB"], ["Version", "1.2"], names],
        "wordings above": [words, names],
        "wordings and variables above": [words, variables, names],
        "variables and wordings above": [variables, words, names],
        "numbers above": [[str(n) for n in range(1, k + 1)], names],
        "labels above": [["Score of mood", "Group of the person", "Identifier", "Notes"], names],
        "groups above": [["", "demographics", *blank[1:]], names],
        "a title and groups": [["Exp"], ["", "measures", *blank[1:]], names],
        "a comment": [["# exported"], names],
        "wordings below": [names, words],
        "types below": [names, ["numeric", "string", "string", "string"]],
        "dashes below": [names, ["-----"] * k],
        "names twice": [names, names],
        "units below": [names, ["points" if name == "x" else "" for name in names]],
        "Qualtrics": [names, words, [f'{{"ImportId":"QID{n}"}}' for n in range(k)]],
        "Qualtrics, a column added": [names, words, ["", *(f'{{"ImportId":"QID{n}"}}' for n in range(1, k))]],
    }


def form(draw: random.Random) -> Form:
    """One table of twenty-four persons of two groups."""
    identifier, codes, names = draw.choice(IDENTIFIERS), draw.choice(CODES), draw.sample(COLUMNS, len(COLUMNS))
    decimal, fractions = draw.choice(".,"), draw.random() < 0.6
    scores = [1 + n * 5 % 7 + (n % 4 / 4 if fractions else 0) + (n % 2) * (n % 3 == 0) for n in range(24)]
    holes = sorted(draw.sample(range(24), len(codes) * draw.choice((1, 2))))
    rows: list[dict[str, str]] = []
    for n, score in enumerate(scores):
        written = f"{score:.2f}".replace(".", decimal) if fractions else str(int(score))
        shown = codes[holes.index(n) % len(codes)] if n in holes else written
        note = draw.choice(("so", "well", "", "good, I think"))
        rows.append({"x": shown, "c": "ab"[n % 2], "who": identifier(n), "note": note})
    kind, head = draw.choice(list(heads(names).items()))
    lines = head + [[row[name] for name in names] for row in rows]
    if draw.random() < 0.15:  # as R writes the names of rows
        lines = [[str(at - len(head) + 1) if at >= len(head) else "", *line] for at, line in enumerate(lines)]
    lines += draw.choice(([], [], [["Note: exported twice"]], [[""] * 4] * 3))
    known = {group: [scores[n] for n in range(24) if n not in holes and "ab"[n % 2] == group] for group in "ab"}
    means = [sum(values) / len(values) for values in known.values()]
    return Form(lines, draw.choice(",;\t|"), kind, means[0] - means[1], sum(map(len, known.values())))


def cells(form: Form) -> list[list[Any]]:
    """The table as a workbook holds it: numbers are numbers where they look like it."""
    return [[_typed(value) for value in line] for line in form.lines]


def _typed(value: str) -> Any:
    try:
        return float(value) if value.isdigit() and len(value) < 10 and str(int(value)) == value else value
    except ValueError:
        return value
