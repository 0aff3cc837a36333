"""How fast the page shows a large run.

    python benchmarks/page.py [MODELS] [STUDY] [FOLDER]

has a study (``errors``, some 218,000 answers) done below a folder by so many simulated participants (5), unless a run
lies there; starts ``affectlab page`` cold; and prints one JSON object: seconds until the first view, the opening of the
results, a conversation (the median and the slowest of some), a search in all that was said, when the index is made and
afterwards; and the most memory that the server took, in MB.
"""

from __future__ import annotations

import json
import random
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

import httpx

from affectlab.experiment import Experiment, standing
from affectlab.materials.catalogue import Catalogue
from affectlab.materials.truth import Truth
from affectlab.run import STORE

STUDY = "errors"
MODELS = 5
LOOKED_AT = 25
WORDS = ("ice", "breath", "manager", "quiet", "just now")


def main() -> None:
    """Have the run done, start the server, and look at everything once."""
    models = int(sys.argv[1]) if len(sys.argv) > 1 else MODELS
    study = sys.argv[2] if len(sys.argv) > 2 else STUDY
    folder = Path(sys.argv[3]) if len(sys.argv) > 3 else Path(tempfile.mkdtemp())
    run = folder / "runs" / "large"
    if not (run / STORE).exists():
        for _ in Experiment.load(study, models=participants(folder, models), out=run).run():
            pass
    print(json.dumps({"answers": standing(run).answers, **measured(folder)}))


def participants(folder: Path, models: int) -> list[str]:
    """So many simulated participants, each with a truth of its own name."""
    shipped = Catalogue().document(Truth, "sensible").text
    names = [f"sensible-{number}" for number in range(models)]
    for name in names:
        (folder / f"{name}.yaml").write_text(shipped.replace("id: sensible", f"id: {name}", 1), "utf-8")
    return [f"simulated:{folder / name}.yaml" for name in names]


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
            found["results"] = seconds(client, "/runs/runs~1large/results/opening")
            found["conversation_first"] = seconds(client, "/runs/runs~1large/conversations/0")
            done = standing(folder / "runs" / "large").sessions
            chosen = random.Random(1).sample(range(done), min(done, LOOKED_AT))
            each = [seconds(client, f"/runs/runs~1large/conversations/{one}") for one in chosen]
            found |= {"conversation": median(each), "conversation_slowest": max(each)}
            found["search_first"] = seconds(client, "/runs/runs~1large/conversations?words=lake")
            found["search"] = max(seconds(client, f"/runs/runs~1large/conversations?words={one}") for one in WORDS)
            status = Path(f"/proc/{server.pid}/status").read_text()
            found["memory_mb"] = int(re.findall(r"VmHWM:\s+(\d+)", status)[0]) / 1000
        return {name: round(value, 3) for name, value in found.items()}
    finally:
        server.terminate()
        server.wait()


def seconds(client: httpx.Client, path: str) -> float:
    """How long a view takes."""
    begun = time.perf_counter()
    client.get(path).raise_for_status()
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
