"""A workbook that claims to be far larger than it is ends in one line, and not the process."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from affectlab.errors import InputError
from affectlab.tabular.source import read_source
from tests.tabular.test_source import ROWS, workbook

LAST = b"</row></sheetData>"


def patched(path: Path, old: bytes, new: bytes) -> Path:
    """A workbook in whose sheet something else stands."""
    source = workbook(path.with_name("source.xlsx"), Data=ROWS)
    with zipfile.ZipFile(source) as old_file, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new_file:
        for name in old_file.namelist():
            new_file.writestr(name, old_file.read(name).replace(old, new, 1))
    return path


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (LAST, b'</row><row r="1048576"><c r="XFD1048576"><v>3</v></c></row></sheetData>'),
        (LAST, b'</row><row r="1048576"><c r="ZZ1048576" t="str"><v>x</v></c></row></sheetData>'),
        (b'<row r="1">', b'<row r="99999999999">'),
        (b'<row r="1">', b"<row spans='1:2' r = '4294967295'>"),
    ],
)
def test_a_cell_far_from_all_others_is_refused(tmp_path: Path, old: bytes, new: bytes) -> None:
    with pytest.raises(InputError, match=r"goes to line .* CSV") as refused:
        read_source(patched(tmp_path / "data.xlsx", old, new))
    assert "\n" not in str(refused.value)


def test_a_cell_at_the_end_of_a_column_is_read(tmp_path: Path) -> None:
    new = b'</row><row r="50000"><c r="A50000"><v>3</v></c><c r="B50000" t="str"><v>b</v></c></row></sheetData>'
    rows = read_source(patched(tmp_path / "data.xlsx", LAST, new)).rows
    assert (len(rows), rows.index[-1]) == (len(ROWS), 50_000)


def test_no_more_is_unpacked_than_fits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("affectlab.tabular.extent.LARGEST", 2**20)
    path = patched(tmp_path / "data.xlsx", LAST, b"<c/>" * 2**19 + LAST)
    with pytest.raises(InputError, match="unpacks to more than 1 MiB"):
        read_source(path)
