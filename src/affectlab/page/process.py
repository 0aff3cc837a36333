"""Runs that the page has done: each by a process of its own, so that neither the browser nor the server ends it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from affectlab.atomic import file_replaced
from affectlab.errors import ParticipantError, StoreError
from affectlab.experiment import Experiment, standing
from affectlab.experiment.standing import interrupt, note_interruption
from affectlab.run import STORE
from affectlab.store.lock import holder

LOG = "page.log"
"""What the process prints, beside the answers."""
STARTED = "page.json"
"""With which options it was started, so that it is gone on with under the same limits."""
PATIENCE = 120.0
"""Seconds in which a run must have begun: a model has to be loaded."""
_LOOK = 0.1
RUNNING: list[subprocess.Popen[bytes]] = []
"""What has ended of these is heard of when the next one starts: a process of its own is nobody's to wait for."""
_KEPT = ("--budget", "--prices", "--base-url", "--key-env")
"""Options that a run does not keep by itself."""


def start(root: Path, study: str, models: Sequence[str], options: Mapping[str, str], *, quick: bool = False) -> Path:
    """Have a study be run; returns the directory of the run, when it has begun.

    Args:
        root: the folder of the page.
        study: a file, or the name of a shipped one.
        options: of ``affectlab run``, by their names there.

    Raises:
        InputError: something is wrong with the study.
        ParticipantError: the run did not begin; it says why.
    """
    experiment = Experiment.load(study, quick=quick, models=tuple(models))
    directory = _free(root / experiment.directory)
    directory.mkdir(parents=True)
    given = [part for name, value in options.items() if value for part in (name, value)]
    named = [part for model in models for part in ("--model", model)]
    with file_replaced(directory / STARTED) as part:
        part.write_text(json.dumps({name: value for name, value in options.items() if name in _KEPT}), "utf-8")
    _begun(directory, ["run", study, "--out", str(directory), *named, *(["--quick"] if quick else []), *given])
    return directory


def go_on(directory: Path) -> None:
    """Have a run be gone on with.

    Raises:
        ParticipantError: it did not begin; it says why.
    """
    try:
        kept = json.loads((directory / STARTED).read_text("utf-8"))
    except (OSError, ValueError):
        kept = {}
    given = [part for name in _KEPT if kept.get(name) for part in (name, str(kept[name]))]
    _begun(directory, ["resume", str(directory), *given])


def end_run(directory: Path, kind: str) -> None:
    """Interrupt a run, and keep with it that this was done by hand; it may be complete before it hears of it.

    Raises:
        StoreError: nobody does it, or it cannot be interrupted from here.
    """
    interrupt(directory)
    until = time.monotonic() + PATIENCE
    while holder(directory / STORE) is not None and time.monotonic() < until:
        time.sleep(_LOOK)
    if standing(directory).state == "interrupted":
        note_interruption(directory, kind)


def said_last(directory: Path) -> str:
    """The last line that the process of a run has printed of itself; empty where it has printed none."""
    try:
        lines = (directory / LOG).read_text("utf-8", "replace").splitlines()
    except OSError:
        return ""
    return next((line for line in reversed(lines) if line.startswith("affectlab: ")), "").removeprefix("affectlab: ")


def _begun(directory: Path, command: Sequence[str]) -> None:
    """Start the process, and wait until it writes the run, or has ended."""
    with (directory / LOG).open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "affectlab", *command],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    RUNNING[:] = [one for one in RUNNING if one.poll() is None]
    RUNNING.append(process)
    until = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < until:
        if _is_written(directory):
            return
        time.sleep(_LOOK)
    if process.poll() == 0:
        return
    why = said_last(directory) or f"it ended with code {process.poll()}"
    if not (directory / STORE).exists():
        process.kill()
        shutil.rmtree(directory)
    message, _, hint = why.partition("; ")
    raise ParticipantError(f"the run did not begin: {message}", hint=hint or "try the same in a terminal")


def _is_written(directory: Path) -> bool:
    """Whether somebody does the run, and it says already what it is; or it is complete before that was seen."""
    try:
        return standing(directory).state in ("running", "complete")
    except StoreError:
        return False


def _free(directory: Path) -> Path:
    """The directory, or one beside it where there is a run already."""
    number, free = 2, directory
    while free.exists():
        free, number = directory.with_name(f"{directory.name}-{number}"), number + 1
    return free
