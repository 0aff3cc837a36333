"""How fast the page shows a large run.

    python benchmarks/page.py [ANSWERS] [FOLDER]

has a study with conversations of some 500 words done below a folder by two simulated participants, until there are so
many answers (a million), by ``affectlab run``, unless a run lies there; starts ``affectlab page`` cold; and prints one
JSON object: seconds until the first view, the findings, a conversation (the median and the slowest of some), a search
in all that was said; and the most memory that the server took, in MB. All is asked for three times: with what was kept
when the run ended, of a server whose cache is empty, and of one that was started anew.
"""

from __future__ import annotations

import json
import math
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

import httpx
import yaml

from affectlab.experiment import Experiment, standing
from affectlab.materials.catalogue import Catalogue
from affectlab.materials.truth import Truth
from affectlab.run import STORE

ANSWERS = 1_000_000
MODELS = 2
LOOKED_AT = 25
SEARCHED = ("harbour", "shelf bench", "manager", "quiet", "just now")
WORDS = 400
"""Of a vignette; frame, questions and regulation bring a conversation to some 500."""
STATES = ("fear", "anxiety", "anger", "sadness", "disgust", "worry", "stress", "neutral")
HEAD = {"version": 1, "licence": "CC0-1.0", "source": "Made for a benchmark; no scene at all."}
THINGS = ("box", "bag", "lamp", "jar", "rope", "plank", "bench", "shelf", "folder", "basket", "ticket", "kettle")
PLACES = ("harbour", "station", "garden", "office", "market", "library", "yard", "kitchen", "bridge", "workshop")
STUDY: dict[str, Any] = {
    "id": "large",
    "version": 1,
    "title": "A large run of long conversations",
    "tests": "How fast the page is.",
    "against": "A view that takes long.",
    "seed": 1,
    "frames": ["human-participant"],
    "states": list(STATES),
    "induction": {"techniques": ["long"], "grades": ["moderate"]},
    "stabilisation": None,
    "regulations": ["mindfulness-breathing", "neutral-reading", "none"],
    "measures": ["affect-cloze", "ratings", "deq"],
    "smallest_effect": {"affect-cloze": 0.5, "ratings": 1.0, "deq": 0.5},
    "hypotheses": {
        "regulation": {
            "claim": "A breathing exercise lowers the words of the state by more than each control does.",
            "primary": True,
            "outcome": "affect-cloze",
            "technique": "mindfulness-breathing",
            "direction": "lower",
            "exceeds": ["neutral-reading", "none"],
            "states": {"mean": "random"},
        }
    },
}


def main() -> None:
    """Have the run done, start the server twice, and look at everything once each time."""
    answers = int(sys.argv[1]) if len(sys.argv) > 1 else ANSWERS
    folder = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(tempfile.mkdtemp())
    os.environ["AFFECTLAB_CACHE"] = str(folder / "cache")
    run = folder / "runs" / "large"
    if not (run / STORE).exists():
        begun = time.perf_counter()
        command = ("run", str(study(folder, answers)), "--out", str(run), "--large")
        subprocess.run([sys.executable, "-m", "affectlab", *command], check=True, stdout=subprocess.DEVNULL)
        print(json.dumps({"run": round(time.perf_counter() - begun, 1)}), flush=True)
    facts = {"answers": standing(run).answers, "sessions": standing(run).sessions}
    facts["store_mb"] = (run / STORE).stat().st_size // 10**6
    print(json.dumps(facts), flush=True)
    for name in ("after_the_run", "empty_cache", "again"):
        if name == "empty_cache":
            shutil.rmtree(folder / "cache", ignore_errors=True)
        print(json.dumps({name: measured(folder)}), flush=True)


def study(folder: Path, answers: int) -> Path:
    """A study file that asks at least so many questions, with its materials."""
    texts, asked = 2, _asked(folder, 2)
    while asked < answers:
        # what several sessions share is asked once, so that the last texts bring fewer questions than the first
        texts = max(texts + 1, math.ceil(texts * answers / asked))
        asked = _asked(folder, texts)
    return _written(folder, texts)


def _asked(folder: Path, texts: int) -> int:
    # what is distinct is counted whoever is asked it
    return MODELS * Experiment.load(_written(folder, texts)).planned().count.distinct_asks


def _written(folder: Path, texts: int) -> Path:
    """The study with so many vignettes for each state."""
    made = folder / "materials" / "inductions" / "long"
    made.mkdir(parents=True, exist_ok=True)
    length = {"words": WORDS, "tolerance": 0.05}
    technique = {"kind": "technique", "id": "long", "title": "Long", "instruction": "Picture this.", "length": length}
    _write(made / "technique.yaml", {**technique, **HEAD})
    for state in STATES:
        told = [vignette(state, number) for number in range(texts)]
        file = {"kind": "induction", "id": f"long-{state}", "title": f"Long, {state}", "technique": "long"}
        _write(made / f"{state}.yaml", {**file, "state": state, "texts": told, **HEAD})
    induction = {**STUDY["induction"], "texts": texts}
    return _write(folder / "large.yaml", {**STUDY, "models": participants(folder), "induction": induction})


def vignette(state: str, number: int) -> dict[str, Any]:
    """A long text, another for each number, that says nothing."""
    chance = random.Random(f"{state} {number}")
    words: list[str] = []
    while len(words) < WORDS:
        thing, other = chance.sample(THINGS, 2)
        here, there = chance.sample(PLACES, 2)
        words += f"You carry the {thing} from the {here} to the {there} and set it beside the {other}.".split()
    text = " ".join(words[:WORDS]).rstrip(".") + "."
    return {
        "id": f"{state}-{number}",
        "topic": f"scene {number}",
        "grades": {"moderate": {"words": WORDS, "text": text}},
    }


def participants(folder: Path) -> list[str]:
    """Simulated participants, each with a truth of its own name."""
    shipped = Catalogue().document(Truth, "sensible").text
    names = [f"sensible-{number}" for number in range(MODELS)]
    for name in names:
        (folder / f"{name}.yaml").write_text(shipped.replace("id: sensible", f"id: {name}", 1), "utf-8")
    return [f"simulated:{folder / name}.yaml" for name in names]


def _write(path: Path, content: dict[str, Any]) -> Path:
    path.write_text(yaml.safe_dump(content, sort_keys=False, width=100), "utf-8")
    return path


def measured(folder: Path) -> dict[str, Any]:
    """What each view takes, asked for one after another as a person would."""
    command = [sys.executable, "-m", "affectlab", "page", str(folder), "--no-browser", "--port", "0"]
    begun = time.perf_counter()
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    try:
        (address,) = re.findall(r"http://\S+", server.stdout.readline())
        with httpx.Client(base_url=address.partition("/?")[0], follow_redirects=True, timeout=600) as client:
            client.get(address)
            found = {"home_from_cold": time.perf_counter() - begun}
            found["home"] = seconds(client, "/")
            found["conversation_first"] = seconds(client, "/runs/runs~1large/conversations/0")
            done = standing(folder / "runs" / "large").sessions
            chosen = random.Random(1).sample(range(done), min(done, LOOKED_AT))
            each = [seconds(client, f"/runs/runs~1large/conversations/{one}") for one in chosen]
            found |= {"conversation": median(each), "conversation_slowest": max(each)}
            found["search_first"] = seconds(client, "/runs/runs~1large/conversations?words=lake")
            found["search"] = max(seconds(client, f"/runs/runs~1large/conversations?words={one}") for one in SEARCHED)
            found["filter"] = seconds(client, "/runs/runs~1large/conversations?state=fear&measure=deq&coverage=50")
            found["memory_before_findings_mb"] = memory(server.pid)
            found["findings"] = seconds(client, "/runs/runs~1large/results/opening")
            found["findings_again"] = seconds(client, "/runs/runs~1large/results/opening")
            found["headline"] = seconds(client, "/runs/runs~1large/headline")
            found["memory_after_findings_mb"] = memory(server.pid)
            found["rest"] = seconds(client, "/runs/runs~1large/results/rest")
            found["memory_mb"] = memory(server.pid)
        return {name: round(value, 3) for name, value in found.items()}
    finally:
        server.terminate()
        server.wait()


def memory(process: int) -> float:
    """The most memory that a process took, in MB."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(re.findall(r"VmHWM:\s+(\d+)", status)[0]) / 1000


def seconds(client: httpx.Client, path: str) -> float:
    """How long a view takes."""
    begun = time.perf_counter()
    client.get(path).raise_for_status()
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
