"""Study files as somebody might write them: any sound content, any layout, comments anywhere."""

from __future__ import annotations

import json
from collections.abc import Callable
from random import Random
from typing import Any

import yaml

STATES = ["fear", "anxiety", "anger", "sadness", "disgust", "worry", "stress"]
MEASURES = ["affect-cloze", "ratings", "deq"]
REGULATIONS = ["mindfulness-breathing", "neutral-reading", "none"]
SAID = "what a text says: of it # and more, yes 'no' 12:30 - ? {of} [it] 1.5 ~ é ✓"
WORDS = SAID.split()


def content(rng: Random) -> dict[str, Any]:
    """The content of a study file that has no mistake of its own."""
    states = [*rng.sample(STATES, rng.randint(1, 5)), "neutral"]
    measures = rng.sample(MEASURES, rng.randint(1, 3))
    made: dict[str, Any] = {
        "id": f"study-{rng.randrange(1000)}",
        "version": rng.randint(1, 9),
        "title": sentence(rng),
        "tests": sentence(rng, 30),
        "against": sentence(rng, 12),
        "states": states,
        "measures": measures,
    }
    maybe: dict[str, Any] = {
        "source": sentence(rng, 20),
        "seed": rng.randrange(10**6),
        "models": rng.sample(["smollm2", "simulated"], rng.randint(1, 2)),
        "frames": rng.sample(["human-participant", "human-plain", "none"], rng.randint(1, 3)),
        "stabilisation": rng.choice([None, "stabilisation"]),
        "regulations": rng.sample(REGULATIONS, rng.randint(1, 3)),
        "induction": {
            "techniques": ["imagery"],
            "grades": rng.sample(["mild", "moderate", "severe"], rng.randint(1, 3)),
            "texts": rng.randint(1, 8),
            "arms": ["induction-text", *rng.sample(["sham", "third-person", "no-text"], rng.randint(0, 3))],
        },
        "regulation": {"rounds": rng.randint(1, 4)},
        "neutral_turns": sorted(rng.sample(range(1, 9), 2)),
        "again": rng.choice([True, False]),
        "contexts": ["branched"],
        "measure_at": ["baseline", "induced", "stabilised", "regulated"],
        "tasks": [
            {"task": "sentence-completion", "at": "stabilised", "generate": rng.choice([True, False])},
            {"task": "framing", "at": "induced"},
        ][: rng.randint(0, 2)],
        "replicates": rng.randint(1, 5),
        "smallest_effect": {name: rng.choice([0.2, 0.5, 1.0, 2]) for name in measures},
        "validity": rng.choice([["default"], "none", "default"]),
        "hypotheses": _hypotheses(rng, states, measures),
        "quick": {"states": [states[0], "neutral"], "replicates": 1},
    }
    chosen = rng.sample(list(maybe), rng.randint(2, len(maybe)))
    return made | {name: maybe[name] for name in chosen}


def sentence(rng: Random, most: int = 8) -> str:
    """Some words, marks that mean something to YAML among them."""
    return " ".join(rng.choice(WORDS) for _ in range(rng.randint(2, most))).strip(" -?")


def _hypotheses(rng: Random, states: list[str], measures: list[str]) -> Any:
    if rng.random() < 0.3:
        return [sentence(rng) for _ in range(rng.randint(1, 3))]
    return {
        f"claim-{number}": rng.choice(
            [
                sentence(rng),
                {
                    "claim": sentence(rng),
                    "outcome": rng.choice([measures[0], {measures[0]: states[0]}]),
                    "change": {"from": "baseline", "to": "induced"},
                    "direction": rng.choice(["higher", "lower"]),
                    "exceeds": rng.choice(["neutral", ["neutral", "baseline"]]),
                    "states": {"each": [states[0]]},
                },
            ]
        )
        for number in range(rng.randint(1, 3))
    }


def text(rng: Random, said: dict[str, Any]) -> str:
    """The content as a file: as JSON, or as YAML in some layout with comments above and beside its lines."""
    if rng.random() < 0.15:
        return json.dumps(said, indent=rng.choice([None, 2, 4]), ensure_ascii=rng.choice([True, False]))
    flow = rng.choice([None, False, True]) if rng.random() < 0.9 else None
    body = yaml.safe_dump(
        said, sort_keys=False, allow_unicode=True, default_flow_style=flow, width=rng.choice([60, 120])
    )
    lines = body.split("\n")
    if not flow:
        lines = [part for line in lines for part in _commented(rng, line, lines)]
    newline = rng.choice(["\n", "\n", "\r\n"])
    made = "# the study\n" * rng.randint(0, 1) + "\n".join(lines)
    return rng.choice(["", "", "\ufeff"]) + made.replace("\n", newline)


def _commented(rng: Random, line: str, lines: list[str]) -> list[str]:
    """A line with comments about it, where they are no part of a longer text."""
    starts = line.lstrip(" -").partition(":")[0]
    own = ":" in line and starts.replace("_", "").replace("-", "").isalnum() and "'" not in line and '"' not in line
    if not own or line.endswith(("|-", ">-", "|", ">")):
        return [line]
    # only top-level keys: a deeper line may be the middle of a longer text
    if line.startswith(" "):
        return [line]
    found = [f"# about {starts}"] if rng.random() < 0.3 else []
    if rng.random() < 0.2:
        found.append("")
    return [*found, line]


ODD = (
    "a",
    "b c",
    "yes",
    "12:30",
    "# x",
    "- y",
    "{z}",
    "q: r",
    "'s'",
    '"t"',
    "é",
    "",
    "long " * 30 + "end",
    "two\nlines",
)
PLAIN = (1, 2.5, True, False, None, 0, -3)


def anything(rng: Random, depth: int = 0) -> Any:
    """What any YAML file may hold."""
    kind = rng.random() if depth < 3 else 1.0
    if kind < 0.25:
        return {f"k{rng.randrange(6)}": anything(rng, depth + 1) for _ in range(rng.randint(0, 4))}
    if kind < 0.5:
        return [anything(rng, depth + 1) for _ in range(rng.randint(0, 4))]
    return rng.choice(ODD if rng.random() < 0.6 else PLAIN)


def otherwise(rng: Random, value: Any) -> Any:
    """The same but for one thing somewhere in it: another value, one more, one less."""
    if isinstance(value, dict) and value and rng.random() < 0.8:
        name, way = rng.choice(list(value)), rng.random()
        if way < 0.2:
            return {key: one for key, one in value.items() if key != name}
        return {**value, f"n{rng.randrange(9)}" if way < 0.4 else name: otherwise(rng, value[name])}
    if isinstance(value, list) and value and rng.random() < 0.8:
        at, way = rng.randrange(len(value)), rng.random()
        new = [] if way < 0.3 else [value[at], anything(rng, 2)] if way < 0.6 else [otherwise(rng, value[at])]
        return [*value[:at], *new, *value[at + 1 :]]
    return anything(rng, 2)


def annotated(rng: Random, lines: list[str], is_same: Callable[[str], bool]) -> str:
    """The lines of a file with comments between and beside them, wherever they are no part of a text."""
    made: list[str] = []
    for number, line in enumerate(lines):
        rest = lines[number + 1 :]
        ways = [[line, " " * rng.randrange(6) + "# between"], [f"{line}  # beside" if line.strip() else line], [line]]
        ways = ways if rng.random() < 0.3 else ways[1:] if rng.random() < 0.3 else ways[2:]
        made += next(way for way in ways if way == [line] or is_same("\n".join([*made, *way, *rest])))
    return "\n".join(made)


def layout(rng: Random, said: Any) -> list[str]:
    """The lines of a file in some layout."""
    flow, width, indent = rng.choice([None, False, True]), rng.choice([30, 80, 200]), rng.choice([2, 4])
    found = yaml.safe_dump(
        said, sort_keys=False, allow_unicode=True, default_flow_style=flow, width=width, indent=indent
    )
    return found.split("\n")
