"""Study files as somebody might write them: any sound content, any layout, comments anywhere."""

from __future__ import annotations

import json
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
