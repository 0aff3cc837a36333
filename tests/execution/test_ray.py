"""Ray: on this machine, and as a head and two further nodes on loopback, also when a node is killed in mid-run.

Where Ray is not installed (``pip install 'affectlab[ray]'``) there is one line. Only the long form begins the cluster.
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pytest

from affectlab.errors import EngineError, InputError
from affectlab.execution.executor import executor
from affectlab.execution.ray_cluster import RayCluster
from affectlab.experiment import Experiment
from affectlab.run import Run
from tests.conftest import Lab
from tests.execution.test_shards import tables
from tests.execution.working import descendants
from tests.house import ROOT
from tests.needs import needs_ray

LIMIT = 300.0
"""Seconds that a step of the cluster may take on a slow machine."""
STUDY = ("run", "regulation-screen", "--quick", "--model", "simulated")


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@dataclass
class Cluster:
    """Nodes on this machine, each with a folder of its own."""

    folder: Path
    port: int = field(default_factory=free_port)
    client: int = field(default_factory=free_port)
    nodes: list[subprocess.Popen[bytes]] = field(default_factory=list)
    token: str = field(default_factory=lambda: secrets.token_hex(16))
    """What every process of this cluster shows the others; Ray asks for one where nodes reach each other by address."""

    @property
    def env(self) -> dict[str, str]:
        path = os.pathsep.join([str(ROOT / "src"), str(ROOT), *sys.path])
        shown = {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": self.token}
        quiet = {"RAY_DISABLE_IMPORT_WARNING": "1", "RAY_USAGE_STATS_ENABLED": "0"}
        return {**os.environ, "PYTHONPATH": path, **quiet, **shown}

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        own = tempfile.mkdtemp(prefix="node", dir=self.folder)
        code = "import sys; from ray.scripts.scripts import main; sys.exit(main())"
        program = [sys.executable, "-c", code, "start", "--block", "--num-cpus=1", "--disable-usage-stats", *words]
        node = subprocess.Popen(program, cwd=own, env=self.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.nodes.append(node)
        return node

    def begin(self) -> None:
        temporary = f"--temp-dir={self.folder / 'r'}"
        head = ("--head", f"--port={self.port}", f"--ray-client-server-port={self.client}", temporary)
        self.start(*head, "--node-ip-address=127.0.0.1", "--include-dashboard=false")
        self.until(lambda: answers(self.client) and answers(self.port), "the head")
        for _ in range(2):
            self.join()
        self.until(lambda: self.count() == 3, "three nodes")

    def join(self) -> subprocess.Popen[bytes]:
        return self.start(f"--address=127.0.0.1:{self.port}", "--node-ip-address=127.0.0.1")

    def count(self) -> int:
        code = f"import ray; ray.init('127.0.0.1:{self.port}', log_to_driver=False, logging_level='ERROR'); "
        code += "print(sum(one['Alive'] for one in ray.nodes()))"
        done = subprocess.run([sys.executable, "-c", code], env=self.env, capture_output=True, text=True, check=False)
        return int(done.stdout.strip() or 0)

    def until(self, there, what: str) -> None:  # type: ignore[no-untyped-def]
        start = time.monotonic()
        while not there():
            assert time.monotonic() - start < LIMIT, f"waited for {what}"
            time.sleep(0.5)

    def kill(self, node: subprocess.Popen[bytes]) -> None:
        """Kill all processes of a node at once."""
        for process in [*descendants(node.pid), node.pid]:
            try:
                os.kill(process, signal.SIGKILL)
            except ProcessLookupError:
                continue
        node.wait()
        self.nodes.remove(node)

    def end(self) -> None:
        for node in list(self.nodes)[::-1]:
            self.kill(node)


def answers(port: int) -> bool:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    needs_ray()
    # the sockets of Ray lie below it, and their names may not be long
    folder = Path(tempfile.mkdtemp(prefix="ray"))
    made = Cluster(folder)
    try:
        made.begin()
        yield made
    finally:
        made.end()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("whole") / "run"
    for _ in Experiment.load("regulation-screen", quick=True, models=["simulated"], out=out).run():
        pass
    return out


def started(cluster: Cluster, out: Path) -> subprocess.Popen[str]:
    on = f"ray://127.0.0.1:{cluster.client}"
    program = [sys.executable, "-m", "affectlab", *STUDY, "--out", str(out), "--on", on, "--json"]
    return subprocess.Popen(program, env=cluster.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_two_workers_of_this_machine_do_what_one_process_does(lab: Lab, tmp_path: Path) -> None:
    needs_ray()
    study = lab.load(states=["fear", "neutral"], regulations=["none"])
    for on in ("here", "ray:2"):
        experiment = Experiment(study, models=["simulated"], out=tmp_path / on[:4])
        for _ in experiment.run(on):
            pass
    assert tables(tmp_path / "ray:") == tables(tmp_path / "here")
    assert Run.open(tmp_path / "ray:").store.incidents() == []


@pytest.mark.long
def test_three_nodes_do_what_one_process_does(cluster: Cluster, whole: Path, tmp_path: Path) -> None:
    done = started(cluster, tmp_path / "run")
    _, error = done.communicate(timeout=LIMIT)
    assert done.returncode == 0, error
    assert tables(tmp_path / "run") == tables(whole)
    assert Run.open(tmp_path / "run").store.incidents() == []


def killed(cluster: Cluster, whole: Path, out: Path, seed: int) -> None:
    """Kill a node when so many answers are there as the seed says; the run completes, and is the same."""
    chance = Random(seed)
    answers = chance.randrange(1, Run.open(whole).store.count())
    running = started(cluster, out)

    def reached() -> bool:
        store = out / "answers.sqlite"
        return running.poll() is not None or (store.exists() and counted(out) >= answers)

    cluster.until(reached, f"{answers} answers")
    cluster.kill(chance.choice(cluster.nodes[1:]))
    cluster.join()
    _, error = running.communicate(timeout=LIMIT)
    assert running.returncode == 0, error
    assert tables(out) == tables(whole)


def counted(out: Path) -> int:
    try:
        run = Run.open(out)
    except Exception:
        return 0
    found = run.store.count()
    run.store.close()
    return found


@pytest.mark.long
def test_a_node_that_is_killed_costs_nothing(cluster: Cluster, whole: Path, tmp_path: Path) -> None:
    killed(cluster, whole, tmp_path / "run", 1)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(2, 22))
def test_twenty_nodes_are_killed(cluster: Cluster, whole: Path, tmp_path: Path, seed: int) -> None:
    killed(cluster, whole, tmp_path / "run", seed)


def test_an_address_that_does_not_answer_is_told_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    # that Ray is not installed would be told first
    monkeypatch.setitem(sys.modules, "ray", type(sys)("ray"))
    made = RayCluster(f"//127.0.0.1:{free_port()}")
    with pytest.raises(EngineError, match=r"no Ray at ray://127.0.0.1:\d+ \(Connection refused\)") as told:
        made._connected()
    assert told.value.exit_code == 3


@pytest.mark.parametrize("detail", ["//nowhere", "//:10001", "//host:port", "-1"])
def test_what_is_no_address_is_told_before_anything_is_asked(detail: str) -> None:
    with pytest.raises(InputError, match=r"not an address of Ray|not a number of workers"):
        executor(f"ray:{detail}")
