"""A disk that is full, or that can only be read: named for what it is, and nothing is lost or left behind."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from affectlab.design.preregistration import write
from affectlab.errors import StoreError
from affectlab.report.export import dataset, export
from affectlab.run import STORE
from tests.conftest import Called, Lab
from tests.faults.conftest import Program, without_privileges
from tests.records.conftest import opened


def _one_line(complaint: str) -> None:
    assert complaint.startswith("affectlab: "), complaint
    assert complaint.count("\n") == 1, complaint
    assert "not a store" not in complaint
    assert "move that file away" not in complaint


def _limits(count: int, most: int, seed: int) -> list[int]:
    """Sizes at which a file is full, from the first page on."""
    chance = random.Random(seed)
    return [0, 20_000, *(chance.randrange(most) for _ in range(count))]


def _run_until_full(lab: Lab, program: Program, limits: list[int]) -> None:
    out = str(lab.folder / "mine")
    for largest in limits:
        process = program("run", str(lab.study), "--out", out, largest=largest)
        said, complaint = process.communicate()
        assert process.returncode in (2, 3), (largest, said, complaint)
        _one_line(complaint)
        assert "damaged" not in complaint, "a disk that is full has damaged nothing"


def test_a_run_that_met_a_full_disk_goes_on_when_there_is_room(lab: Lab, program: Program, called: Called) -> None:
    out = lab.folder / "mine"
    _run_until_full(lab, program, _limits(1, 80_000, 24))
    found = called("run", str(lab.study), "--out", str(out), "--json")
    assert found[0] == 0, found
    assert called("verify", str(out))[0] == 0
    whole = lab.folder / "whole"
    assert called("run", str(lab.study), "--out", str(whole), "--json")[0] == 0
    both = [json.loads(called("tables", str(one), "--json")[1]) for one in (out, whole)]
    assert both[0] == both[1]


@pytest.mark.long
def test_a_run_goes_on_after_a_disk_that_was_full_at_many_sizes(lab: Lab, program: Program, called: Called) -> None:
    _run_until_full(lab, program, [100, 4096, *_limits(60, 400_000, 25)])
    assert called("verify", str(lab.folder / "mine"))[0] in (0, 2)
    assert called("run", str(lab.study), "--out", str(lab.folder / "mine"), "--json")[0] == 0
    assert called("verify", str(lab.folder / "mine"))[0] == 0


def test_a_limit_on_files_is_not_called_a_permission(copied: Lab, program: Program) -> None:
    """Below 32 kB not even the memory of a log can be made, and the file is opened to be read alone."""
    process = program("delete", str(copied.folder / "run"), "--session", "0", largest=20_000)
    _, complaint = process.communicate()
    assert process.returncode == 2
    _one_line(complaint)
    assert "can only be read" not in complaint
    assert "look at the disk, its room and the limit on the size of files" in complaint


def test_a_report_and_an_export_that_met_a_full_disk_leave_nothing(
    copied: Lab, program: Program, called: Called, tmp_path: Path
) -> None:
    before = {one.name for one in (copied.folder / "run").iterdir()}
    for command in (["report", "--format", "md"], ["export", "--to", str(tmp_path / "out")]):
        process = program(command[0], str(copied.folder / "run"), *command[1:], largest=3000)
        _, complaint = process.communicate()
        assert process.returncode == 2, complaint
        _one_line(complaint)
        assert "larger than the limit on files allows" in complaint
    # where not even SQLite's own index of its log can be made, it leaves an empty one
    assert {one.name for one in (copied.folder / "run").iterdir()} - {f"{STORE}-shm", f"{STORE}-wal"} == before
    assert not (tmp_path / "out").exists()
    assert called("export", str(copied.folder / "run"), "--to", str(tmp_path / "out"))[0] == 0


def test_a_run_that_can_only_be_read_is_reported_and_exported_elsewhere(
    copied: Lab, called: Called, tmp_path: Path
) -> None:
    folder = copied.folder / "run"
    inside = called("report", str(folder), "--out", str(tmp_path / "before.md"), "--format", "md")
    assert inside[0] == 0
    (folder / STORE).chmod(0o444)
    folder.chmod(0o555)
    try:
        with without_privileges():
            for command in (
                ("verify", str(folder)),
                ("report", str(folder), "--out", str(tmp_path / "after.md"), "--format", "md"),
                ("export", str(folder), "--to", str(tmp_path / "out")),
                ("archive", str(folder), "--to", str(tmp_path / "one.affectlab")),
            ):
                code, _, complaint = called(*command)
                assert (code, complaint) == (0, ""), command
            for command in (
                ("report", str(folder)),
                ("delete", str(folder), "--session", "0"),
                ("run", str(copied.study), "--out", str(folder)),
                ("run", str(copied.study), "--out", str(folder / "deeper")),
            ):
                code, said, complaint = called(*command)
                assert (code, said) == (2, ""), command
                _one_line(complaint)
                assert "permission is denied" in complaint or "can only be read" in complaint, complaint
    finally:
        folder.chmod(0o755)
    assert (tmp_path / "after.md").read_bytes() == (tmp_path / "before.md").read_bytes()


class _Interrupted(BaseException):
    pass


def test_an_interrupted_export_leaves_nothing_that_later_refuses(
    copied: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, _ = opened(copied.folder / "run")
    whole = dataset.write_descriptions

    def interrupted(*_: object) -> None:
        raise _Interrupted

    monkeypatch.setattr(dataset, "write_descriptions", interrupted)
    with pytest.raises(_Interrupted):
        export(run, tmp_path / "out")
    assert list(tmp_path.glob("*out*")) == []
    monkeypatch.setattr(dataset, "write_descriptions", whole)
    export(run, tmp_path / "out")
    (tmp_path / "out" / "note.txt").write_text("mine")
    monkeypatch.setattr(dataset, "write_descriptions", interrupted)
    with pytest.raises(_Interrupted):
        export(run, tmp_path / "out")
    assert (tmp_path / "out" / "note.txt").read_text() == "mine"
    monkeypatch.setattr(dataset, "write_descriptions", whole)
    assert {"README.md", "analysis"} <= {one.name for one in export(run, tmp_path / "out").iterdir()}


def test_a_device_is_written_and_not_replaced(copied: Lab, called: Called) -> None:
    code, _, complaint = called("report", str(copied.folder / "run"), "--format", "md", "--out", "/dev/full")
    assert code == 2
    _one_line(complaint)
    assert "/dev/full cannot be written: the disk is full" in complaint
    assert not Path("/dev/full").is_file()
    assert called("report", str(copied.folder / "run"), "--format", "md", "--out", os.devnull)[0] == 0
    assert not Path(os.devnull).is_file()


def test_a_preregistration_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be written: permission is denied"), _read_only(tmp_path):
        write({"kind": "preregistration"}, tmp_path / "one.yaml")
    assert list(tmp_path.iterdir()) == []


@contextmanager
def _read_only(folder: Path) -> Iterator[None]:
    folder.chmod(0o555)
    try:
        with without_privileges():
            yield
    finally:
        folder.chmod(0o755)
