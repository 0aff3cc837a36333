"""The checker: reads text as a reader does, and holds each statement against the exported table.

It knows how numbers, intervals, verdicts and counts are written, and what states and controls are called; it knows no
template. A number with a unit that is in no contrast of the table is reported too: it comes from nowhere.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml

from tests.sentences.plain import Contrast, Table

NUMBER = r"[+−-]?\d+(?:\.\d+)?"
UNIT = r"nats|log odds|points|nat"
TRIPLE = re.compile(rf"({NUMBER})(?: ({UNIT}))?,?(?: 95 % CI)? \[({NUMBER}), ({NUMBER})\]")
CALLED = {
    "neutral texts": "neutral",
    "neutral ones": "neutral",
    "nothing said": "baseline",
    "nothing said instead": "none",
    "the state's word alone": "sham",
    "the same event happening to somebody else": "third-person",
    "neutral reading": "neutral-reading",
    "the request to show calm": "demand-reversed",
    "the same words in random order": "scrambled",
    "proofreading of the text": "echo",
}
"""What controls are called; ``nothing said`` is the baseline reading, or the arm ``none`` of a regulation."""
OTHERS = {"r", "rho", "techniques", "grades", "relief", "replies", "completions", "doses"}
"""Heads of tables whose numbers are no contrasts of scores: correlations, trends, replies that were read."""


@dataclass(frozen=True)
class Objection:
    """A statement that the table does not bear out."""

    rule: str
    said: str

    def __str__(self) -> str:
        return f"{self.rule}: {self.said}"


class _Reader(HTMLParser):
    """The visible text of a page, a line for each block; the cells of its tables."""

    BLOCKS = frozenset({"p", "h1", "h2", "h3", "h4", "li", "tr", "dd", "dt", "caption", "figcaption", "section", "div"})
    HIDDEN = frozenset({"script", "style", "svg", "template"})

    def __init__(self) -> None:
        super().__init__()
        self.lines, self.rows, self.hidden = [""], [list[str]()], 0
        self.head: list[str] = []
        self.tables: list[tuple[list[str], list[list[str]]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self.HIDDEN:
            self.hidden += 1
        if tag in self.BLOCKS:
            self.lines.append("")
        if tag == "table":
            self.tables.append(([], []))
        if tag == "tr" and self.tables:
            self.tables[-1][1].append([])
        if tag in ("td", "th") and not self.hidden:
            self.lines[-1] += " | "
        if tag in ("td", "th") and self.tables and self.tables[-1][1]:
            self.tables[-1][1][-1].append("")

    def handle_endtag(self, tag: str) -> None:
        if tag in self.HIDDEN:
            self.hidden -= 1
        if tag in self.BLOCKS:
            self.lines.append("")
        if tag == "table":
            self.lines.append("")

    def handle_data(self, data: str) -> None:
        if self.hidden:
            return
        self.lines[-1] += data
        if self.tables and self.tables[-1][1] and self.tables[-1][1][-1]:
            self.tables[-1][1][-1][-1] += data


def read_page(page: str) -> tuple[list[str], list[list[list[str]]]]:
    """Lines of a page, and its tables as rows of cells."""
    reader = _Reader()
    reader.feed(page)
    lines = [_plain(line) for line in reader.lines]
    return [line for line in lines if line], [[[_plain(c) for c in row] for row in rows] for _, rows in reader.tables]


def read_terminal(printed: str) -> list[str]:
    """Paragraphs of what a terminal shows: lines that go on are put together."""
    found: list[str] = []
    for block in re.split(r"\n\s*\n", printed):
        lines = block.splitlines()
        found += [lines[0], " ".join(lines[1:])] if re.match(r"\d+ ", lines[0]) else [" ".join(lines)]
    return [_plain(one) for one in found if one.strip()]


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace("\N{NO-BREAK SPACE}", " ")).strip()


def _value(text: str) -> float:
    return float(text.replace("−", "-").replace("+", ""))


def _is(said: str, value: float) -> bool:
    """Whether a printed number is a value, rounded."""
    if not math.isfinite(value):
        return False
    places = len(said.partition(".")[2])
    return abs(_value(said) - value) <= 0.5 * 10**-places * 1.001 + 1e-9


class Checker:
    """What the exported table says, and what a text says of it."""

    def __init__(self, folder: Path) -> None:
        self.table = Table(folder)
        self.contrasts = self.table.contrasts()
        self.study: dict[str, Any] = yaml.safe_load((folder / "materials" / "study.yaml").read_text("utf-8"))
        if "quick" in self.study and self.study["induction"]["texts"] != self.table.texts:
            self.study |= self.study["quick"]  # the short form was run
        self.verdicts = {name: verdict(self, one) for name, one in self._hypotheses().items()}

    def _hypotheses(self) -> Mapping[str, Mapping[str, Any]]:
        wanted = self.study.get("hypotheses") or {}
        return {k: v for k, v in wanted.items() if isinstance(v, dict)} if isinstance(wanted, dict) else {}

    def check(self, lines: Sequence[str], tables: Sequence[Sequence[Sequence[str]]] = ()) -> list[Objection]:
        """Everything that does not hold."""
        return [
            *(one for line in lines for one in self._line(line)),
            *(one for table in tables for one in self._rows(table)),
            *self._facts(lines),
            *self._checks(lines, tables),
        ]

    def _line(self, line: str) -> Iterator[Objection]:
        yield from self._triples(line)
        yield from self._title(line)
        yield from self._counts_of_states(line)
        yield from self._sizes(line)
        yield from self._conversions(line)
        yield from self._phrases(line)

    # numbers ---------------------------------------------------------------------------------------------------------

    def matching(self, said: re.Match[str]) -> list[Contrast]:
        """The contrasts that a number with its interval can be."""
        estimate, _, low, high = said.groups()
        return [
            one for one in self.contrasts if _is(estimate, one.estimate) and _is(low, one.low) and _is(high, one.high)
        ]

    def _triples(self, line: str) -> Iterator[Objection]:
        for said in TRIPLE.finditer(line):
            estimate, unit, low, high = said.groups()
            if not _value(low) <= _value(estimate) <= _value(high):
                yield Objection("a number outside its interval", said[0])
            if unit is None:
                continue  # a correlation, a share, a level
            found = self.matching(said)
            if not found:
                yield Objection("no contrast of the table has this number", f"{said[0]} in: {line[:160]}")
                continue
            yield from self._named(line, said, found)
            yield from self._unit(said, found)

    def _named(self, line: str, said: re.Match[str], found: list[Contrast]) -> Iterator[Objection]:
        """The state beside a number, and the control that the sentence names, are those of the contrast."""
        before, after = line[: said.start()], line[said.end() :]
        names = [*self.table.states]
        state = (
            re.match(r" \((\w+)\)", after)
            or re.match(r", for (\w+)", after)
            or re.search(r"\b(\w+) \((?:difference )?$", before)
        )
        if state and state[1] in names:
            found = [one for one in found if one.state == state[1]]
            if not found:
                yield Objection("the number is that of another state", f"{said[0]} {state[1]}")
        against = re.findall(r"[Aa]gainst (?:the hardest control, )?([^:;.\[\]]+?)(?::| [+−]?\d)", before)
        beside = [name for name in CALLED if before.endswith(f"{name} (")]
        wanted = CALLED[beside[0]] if beside else CALLED.get(against[-1].strip(), "") if against else ""
        names_of = {wanted, "none"} if wanted == "baseline" else {wanted}
        if wanted and found and not any(one.against in names_of for one in found):
            yield Objection("the number is that of another control", f"{said[0]} against {wanted}")

    def _unit(self, said: re.Match[str], found: list[Contrast]) -> Iterator[Objection]:
        units = {"sentence-completion": "log odds", "affect-cloze": "nats", "ratings": "points", "deq": "points"}
        told = {units[one.measure] for one in found if one.measure in units}
        if told and said[2] not in told:
            yield Objection("the number has another unit", said[0])

    # verdicts --------------------------------------------------------------------------------------------------------

    def _title(self, line: str) -> Iterator[Objection]:
        """The verdict of a hypothesis, and its parts by verdict."""
        head = re.match(r"(?:\d+ )?(\w[\w -]*?)(?: \(primary\))?: (supported|not supported|open)\b(.*)", line, re.I)
        if not head:
            return
        name = head[1].strip().lower().replace(" ", "-")
        known = self.verdicts.get(name)
        if known is None:
            return
        if head[2].lower() != known.verdict:
            yield Objection("another verdict", f"{line[:100]} (it is {known.verdict})")
        counts = re.search(r"\((\d+) (?:states|parts): (\d+) supported, (\d+) open, (\d+) not\)", head[3])
        if counts and [int(one) for one in counts.groups()] != list(known.counts):
            yield Objection("parts are counted otherwise", f"{counts[0]} (they are {known.counts})")

    # counts ----------------------------------------------------------------------------------------------------------

    def _counts_of_states(self, line: str) -> Iterator[Objection]:
        """In how many states something is so, where the numbers beside tell of what."""
        pattern = r"(?:in|after) (all|none of|\d+ of) ?(\d*) ?(?:states)? \(differences from "
        for said in re.finditer(pattern, line):
            clause = line[said.start() : line.find(")", said.end()) + 1]
            triples = list(TRIPLE.finditer(line[said.start() :]))[:2]
            families = [{one.family for one in self.matching(match)} for match in triples]
            shared = set.intersection(*families) if len(families) == 2 else set()
            if len(shared) != 1:
                continue
            family = [one for one in self.contrasts if one.family == next(iter(shared))]
            up = _value(triples[0][1]) > 0
            apart = [one for one in family if (one.low > 0 if up else one.high < 0)]
            told = len(family) if said[1] == "all" else 0 if said[1] == "none of" else int(said[1].split()[0])
            if told != len(apart) or (said[2] and int(said[2]) != len(family)):
                yield Objection("states are counted otherwise", f"{clause} (it is {len(apart)} of {len(family)})")
            sizes = sorted(abs(one.estimate) for one in apart)
            ends = [abs(_value(one[1])) for one in triples]
            if sizes and (abs(ends[0] - sizes[0]) > 0.006 or abs(ends[1] - sizes[-1]) > 0.006):
                yield Objection("not the smallest and the largest", clause)

    def _sizes(self, line: str) -> Iterator[Objection]:
        """How many answers, sessions, states and texts there are."""
        for pattern, value in (
            (r"; (\d[\d,]*) answers\b", self.table.answers),
            (r"(\d+) states? and neutral", len(self.table.states)),
            (r"(\d+) texts each", self.table.texts),
            (r"\bn = (\d+) vignettes per state", self.table.texts),
            (r"\b(\d+) of \d+ planned sessions", self.table.sessions),
        ):
            for said in re.finditer(pattern, line):
                if int(said[1].replace(",", "")) != value:
                    yield Objection("another size", f"{said[0]} (it is {value})")
        holm = re.search(r"Holm over ([\d and,]+) contrasts", line)
        if holm:
            sizes = [int(one) for one in re.findall(r"\d+", holm[1])]
            judged = [one for one in self.verdicts.values() if one is not None]
            known = list(dict.fromkeys((one.family, one.size) for one in judged))
            if judged and len(judged) == len(self.verdicts) and sizes != [size for _, size in known]:
                yield Objection("other families", f"{holm[0]} (they are {known})")

    def _facts(self, lines: Sequence[str]) -> Iterator[Objection]:
        """Terms that stand above their numbers."""
        known = {"answers": self.table.answers, "vignettes per state": self.table.texts}
        for term, said in pairwise(lines):
            if term in known and re.fullmatch(r"[\d,]+", said) and int(said.replace(",", "")) != known[term]:
                yield Objection("another size", f"{term}: {said} (it is {known[term]})")

    def _conversions(self, line: str) -> Iterator[Objection]:
        """What a nat, or log odds, come to."""
        for said in re.finditer(r"(One nat|half a nat|[\d.]+ log odds)[^.]*?(\d\.\d times|\btwice\b)", line):
            size = {"One nat": 1.0, "half a nat": 0.5}.get(said[1]) or float(said[1].split()[0])
            told = 2.0 if said[2] == "twice" else float(said[2].split()[0])
            if abs(math.exp(size) - told) > 0.051:
                yield Objection("another factor", said[0])

    def _phrases(self, line: str) -> Iterator[Objection]:
        """What is said to be shown of a number follows from its interval."""
        for said in re.finditer(rf"({TRIPLE.pattern})(?: \([\w-]+\))?; ([^\[\]]*?)(?:\.(?!\d)|$)", line):
            low, high, words = _value(said[4]), _value(said[5]), said[6]
            bound = re.search(rf"beyond ({NUMBER})", words)
            one = not re.match(r" \(", line[said.end(1) :])  # of a single contrast
            if one and bound and re.search(r"\bis shown\b", words):
                margin = abs(_value(bound[1]))
                if not (low > margin or high < -margin):
                    yield Objection("not shown", said[0])
            if one and words.startswith("less than zero") and high >= 0:
                yield Objection("not below zero", said[0])
            if one and words.startswith("more than zero") and low <= 0:
                yield Objection("not above zero", said[0])
            if one and "zero is not excluded" in words and (low > 0 or high < 0):
                yield Objection("zero is excluded", said[0])
        for said in re.finditer(r"hardest control, ([^:]+): from ([+−]?[\d.]+)", line):
            worst = [one.worst for one in self.verdicts.values() if one is not None and one.worst]
            called = CALLED.get(said[1], said[1])
            if worst and called not in {"baseline" if one == "no-text" else one for one in worst}:
                yield Objection("another control is the hardest", f"{said[1]} ({worst})")

    # tables ----------------------------------------------------------------------------------------------------------

    def _rows(self, table: Sequence[Sequence[str]]) -> Iterator[Objection]:
        """Rows of differences are differences of the table, of the state that the row names."""
        head = [cell.lower() for cell in table[0]] if table else []
        number = next((head.index(name) for name in ("difference", "estimate") if name in head), None)
        if number is None or "95 % ci" not in head or OTHERS & set(head):
            return
        interval = head.index("95 % ci")
        for row in table[1:]:
            if len(row) != len(head):
                continue
            said = TRIPLE.match(f"{row[number]} {row[interval]}")
            if said is None:
                continue
            found = self.matching(said)
            if not found:
                yield Objection("a row has a number that is not in the table", " | ".join(row))
            elif row[0] in self.table.states and not any(one.state == row[0] for one in found):
                yield Objection("a row has the number of another state", " | ".join(row))

    def _checks(self, lines: Sequence[str], tables: Sequence[Sequence[Sequence[str]]]) -> Iterator[Objection]:
        """How many checks passed is what their table says."""
        for table in tables:
            if not table or [cell.lower() for cell in table[0]][:2] != ["check", "verdict"]:
                continue
            verdicts = [row[1] for row in table[1:]]
            for line in lines:
                said = re.search(r"Of (\d+) validity checks (?:(\d+) passed)?", line)
                if said and (int(said[1]), int(said[2] or 0)) != (len(verdicts), verdicts.count("passes")):
                    yield Objection("checks are counted otherwise", line[:120])


@dataclass(frozen=True)
class Known:
    """What the rules of verdicts give for a hypothesis."""

    verdict: str
    counts: tuple[int, int, int, int]
    """Parts, supported, open, not."""
    worst: str
    family: str
    size: int


def verdict(checker: Checker, one: Mapping[str, Any]) -> Known | None:
    """By the rules of docs/reference/hypotheses.md, for claims of the plain forms; None for others."""
    family = str(one.get("family") or ("primary" if one.get("primary") else "secondary"))
    every = _family(checker, family)
    own = _excesses(checker, one)
    if own is None or every is None:
        return None
    adjusted = {side: _holm([_p(c, d, m, side) for c, d, m in every]) for side in (True, False)}
    decided: dict[str, list[str]] = {}
    for contrast, direction, margin in own:
        at = every.index((contrast, direction, margin))
        low, high = _signed(contrast, direction)
        few = contrast.n < 3 or not math.isfinite(low)
        if not few and low > margin and adjusted[True][at] < 0.025:
            said = "supported"
        elif not few and high < margin and adjusted[False][at] < 0.025:
            said = "not supported"
        else:
            said = "open"
        decided.setdefault(contrast.state, []).append(said)
    parts = [_all(one) for one in decided.values()]
    controls: dict[str, list[float]] = {}
    for contrast, direction, _ in own:
        controls.setdefault(contrast.against, []).append(contrast.estimate * (-1 if direction == "lower" else 1))
    worst = min(controls, key=lambda name: sum(controls[name]) / len(controls[name]))
    counts = (len(parts), parts.count("supported"), parts.count("open"), parts.count("not supported"))
    return Known(_all(parts), counts, worst, family, len(every))


def _all(parts: Sequence[str]) -> str:
    return "not supported" if "not supported" in parts else "open" if "open" in parts else "supported"


Excess = tuple[Contrast, str, float]


def _family(checker: Checker, family: str) -> list[Excess] | None:
    found: list[Excess] = []
    for one in checker._hypotheses().values():
        if str(one.get("family") or ("primary" if one.get("primary") else "secondary")) == family:
            own = _excesses(checker, one)
            if own is None:
                return None
            found += own
    return found


def _excesses(checker: Checker, one: Mapping[str, Any]) -> list[Excess] | None:
    """The contrasts of a claim of a plain form, each with its direction and margin."""
    plain_keys = {"claim", "primary", "outcome", "change", "direction", "exceeds", "states", "rivals", "technique",
                  "smallest", "family"}  # fmt: skip
    if set(one) - plain_keys or not isinstance(one.get("outcome"), str | dict):
        return None
    outcome = one["outcome"]
    measure = outcome if isinstance(outcome, str) else next(iter(outcome))
    direction = str(one.get("direction", "higher"))
    if direction not in ("higher", "lower"):
        return None
    margin = float(one.get("smallest") or (checker.study.get("smallest_effect") or {}).get(measure, 0.0))
    states = one.get("states") or {}
    mean = states.get("mean")
    named = list(states.get("each") or checker.table.states)
    technique = one.get("technique") or ""
    if not isinstance(technique, str) or mean not in (None, "random"):
        return None
    kind = "mean" if mean else "regulation" if technique else "task" if measure in checker.table.tasks else "induction"
    scale = outcome[measure] if isinstance(outcome, dict) else None
    found: list[Excess] = []
    for state in ["all"] if mean else named:
        for control in one.get("exceeds") or ():
            against = "baseline" if control == "no-text" and kind == "induction" else str(control)
            match = [
                c for c in checker.contrasts
                if (c.kind, c.measure, c.state, c.against, c.technique) == (kind, measure, state, against, technique)
                and c.scale in ((scale,) if scale else (state,))
            ]  # fmt: skip
            if match:
                found.append((match[0], direction, margin))
    return found


def _signed(one: Contrast, direction: str) -> tuple[float, float]:
    return (-one.high, -one.low) if direction == "lower" else (one.low, one.high)


def _p(one: Contrast, direction: str, margin: float, holds: bool) -> float:
    from scipy import stats

    low, high = _signed(one, direction)
    if one.n < 3 or not math.isfinite(low):
        return 1.0
    se = (high - low) / 2.0 / stats.t.ppf(0.975, one.df)
    t = ((low + high) / 2.0 - margin) / se
    return float(stats.t.sf(t, one.df) if holds else stats.t.cdf(t, one.df))


def _holm(values: Sequence[float]) -> list[float]:
    order = sorted(range(len(values)), key=values.__getitem__)
    found, most = [1.0] * len(values), 0.0
    for rank, at in enumerate(order):
        most = max(most, min(1.0, values[at] * (len(values) - rank)))
        found[at] = most
    return found
