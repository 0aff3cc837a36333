"""Somebody who does what a page says, in an empty folder, and sees what the page shows."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.conftest import Called
from tests.docs.page import Block, Page
from tests.house import ROOT

REASONS = {
    "it installs",
    "it opens a browser",
    "it needs a cluster",
    "it needs a model of your own",
    "it takes minutes",
}
"""Why a block may be left out when a page is done."""


class Reader:
    """Does the blocks of a page in order: writes files, types commands, runs programs."""

    def __init__(self, folder: Path, called: Called, instead: Mapping[str, str] | None = None) -> None:
        """
        Args:
            called: calls a command of affectlab.
            instead: what stands here for an address or file that only the reader has.
        """
        self.folder, self.called, self.instead = folder, called, instead or {}
        self.names: dict[str, Any] = {}

    def do(self, page: Page) -> None:
        """Everything that a page says, the blocks aside whose comment says why they are not run."""
        for block in page.blocks:
            if block.said.startswith("not run: "):
                assert block.said.removeprefix("not run: ") in REASONS, block.said
            elif block.title and block.language == "diff":
                self._change(Path(block.title), block.text)
            elif block.title:
                path = Path(block.title)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(block.text, "utf-8")
            elif block.language == "console":
                self._type(block)
            elif block.language == "python":
                exec(compile(block.text, page.name, "exec"), self.names)

    def _change(self, path: Path, change: str) -> None:
        """Take out the lines with a minus, and put those with a plus in their place."""
        before, after = ("".join(f"{line[1:]}\n" for line in change.splitlines() if line[0] == mark) for mark in "-+")
        text = path.read_text("utf-8")
        assert text.count(before) == 1, f"{path} does not have once: {before}"
        path.write_text(text.replace(before, after), "utf-8")

    def _type(self, block: Block) -> None:
        expected = int(re.sub(r"\D", "", block.said) or 0)
        for command, shown in block.commands:
            code, printed = self._run(command)
            assert code == expected, f"{command} ended with {code}: {printed}"
            assert is_shown(printed, shown), f"{command} printed\n{printed}\nand not\n" + "\n".join(shown)

    def _run(self, command: str) -> tuple[int, str]:
        for there, here in self.instead.items():
            command = command.replace(there, here)
        typed = shlex.split(command, comments=True)
        if typed[0] == "cd":
            os.chdir(typed[1])
            return 0, ""
        if typed[0] == "affectlab" and not set("|>*$;&") & set(command):
            code, out, complained = self.called(*typed[1:])
            return code, out + complained
        environment = {
            **os.environ,
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT / "src"),
        }
        done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False, env=environment)
        return done.returncode, done.stdout + done.stderr


def is_shown(printed: str, shown: list[str]) -> bool:
    """Whether what was printed is what a page shows, where `…` stands for anything, and a line of it for any lines.

    >>> is_shown("one\\ntwo  2\\nthree", ["one", "…", "thr…"]), is_shown("one", ["two"]), is_shown("one", [])
    (True, False, True)
    """
    if not shown:
        return True
    lines = [re.escape(" ".join(line.split())).replace("…", ".*?") for line in shown if line.strip()]
    pattern = "".join(r"(?:.*\n)*?" if line == ".*?" else f"{line}\n" for line in lines)
    said = "".join(f"{' '.join(line.split())}\n" for line in printed.splitlines() if line.strip())
    return re.fullmatch(pattern, said) is not None
