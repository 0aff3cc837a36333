"""A researcher's file is read right, with a remark on what was assumed, or refused with file, line and remedy."""

from __future__ import annotations

import builtins
import gzip
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from affectlab.cli import app
from affectlab.errors import DataError, InputError
from affectlab.tabular.source import read_source
from tests.tabular.conftest import Command

PLAIN = "x,c,note\n1,a,fine\n2,a,so\n4,b,well\n6,b,good\n"
ROLES = "--outcome x --condition c"


@pytest.mark.parametrize(
    ("text", "difference", "remark"),
    [
        (f"Experiment 2\n{PLAIN}", -3.5, "`Experiment 2` is taken as a title"),
        (f"Experiment 2, pilot\n\n{PLAIN}", -3.5, "names of columns are in line 3"),
        (f"Experiment 2,,\n,,\n{PLAIN}", -3.5, "names of columns are in line 3"),
        (f"# exported\n{PLAIN}", -3.5, ""),
        (PLAIN.replace("\n", "\r\n"), -3.5, ""),
        (PLAIN.replace("\n", "\r"), -3.5, ""),
        (PLAIN.replace("4,b", "\n   \n4,b"), -3.5, ""),
        (PLAIN.replace("fine", '"one, two\nthree"'), -3.5, ""),
        (PLAIN.replace("fine", '"said ""no"""'), -3.5, ""),
        (PLAIN.replace("fine", '5" tall'), -3.5, ""),
        ("x,c,,\n1,a\n2,a,,\n4,b,,\n6,b,,\n,,,\n", -3.5, ""),
        (PLAIN.replace(",", "\t"), -3.5, ""),
        ('"x" "c"\n"r 1" 1 "a"\n"2" 2 "a"\n"3"   4 "b"\n"4" 6 "b"\n', -3.5, ""),
        ("x\tc\n1\t1\ta\n2\t2\ta\n3\t4\tb\n4\t6\tb\n", -3.5, ""),
        ("x,c,\n1,a,so\n2,a,\n4,b,\n6,b,\n", -3.5, "column 3 has no name"),
        ('x,c\nHow?,Group\n"{""ImportId"":""a""}","{""ImportId"":""b""}"\n1,a\n2,a\n4,b\n6,b\n', -3.5, "Qualtrics"),
    ],
)
def test_text_is_read_right(command: Command, text: str, difference: float, remark: str) -> None:
    said = command(text, ROLES)
    assert said["difference"] == pytest.approx(difference)
    assert remark in " ".join(said["notes"])


def test_a_value_that_holds_rows_is_remarked_on(tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    path.write_text('x,c,note\n1,a,"\n2,a,so\n4,b,"\n6,b,good\n')
    found = read_source(path)
    assert found.remarks == ("lines 2 to 4 are one row: a value of `note`, in quotes, goes over them",)


def test_a_name_may_go_over_lines(tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    path.write_text('x,"how\ndo you feel?"\n1,a\n2,b\n')
    rows, _ = read_source(path)
    assert rows["how do you feel?"].tolist() == ["a", "b"]
    assert rows.index.tolist() == [3, 4]


def test_a_point_before_three_digits_is_never_read_in_silence(command: Command) -> None:
    rows = "x;c\n3.500;a\n4.250;a\n1.500;b\n2.750;b\n"
    assert "`x` is read with a decimal point, `3.500` as 3.5" in command(rows, ROLES)["notes"]
    with pytest.raises(DataError, match=r"data\.csv:2: in `x` `3\.500` may be 3500 or 3\.500"):
        command(rows.replace("2.750", "2,75").replace("4.250", "4"), ROLES)
    assert not any("decimal" in note for note in command(rows.replace("2.750", "2.75"), ROLES)["notes"])


def column(*values: str) -> str:
    """Two scores in each of two conditions, semicolons apart; then as many more."""
    return "x;c\n" + "".join(f"{value};{'ab'[at // 2 % 2]}\n" for at, value in enumerate(values))


@pytest.mark.parametrize(
    ("values", "options", "difference", "remark"),
    [
        (("1,5", "2,5", "4", "6,25"), "", -3.125, "decimal comma"),
        (("1,234.5", "1,200.25", "1,500", "900"), "", 17.375, "read with a comma before thousands"),
        (("1.234,5", "1.200,25", "1.500", "900"), "", 17.375, "a decimal comma and a point before thousands"),
        (("1,234,567", "1,200", "3", "4"), "", 617880.0, "a comma before thousands"),
        (("1", "3", "4", "6", "0", "0"), "--missing 0", -3.0, "2 of 6 rows have no score"),
        (("1", "3", "4", "6", "-99", "-99.0"), "--missing -99", -3.0, "2 of 6 rows have no score"),
    ],
)
def test_numbers_that_can_be_read_in_one_way(
    command: Command, values: tuple[str, ...], options: str, difference: float, remark: str
) -> None:
    said = command(column(*values), ROLES, options)
    assert said["difference"] == pytest.approx(difference)
    assert any(remark in note for note in said["notes"])


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (column("12.5", "1,234", "3", "4"), ":3: in `x` `1,234` may be 1234 or 1.234; write"),
        (column("1.234,5", "3.5", "1", "4"), ":3: in `x` `.` stands before decimals in `3.5` and before thousands in"),
        (column("2024-01-05", "2024-02-05", "1", "2"), ":2: 2 of 4 values of `x` are no numbers: `2024-01-05`"),
        (column("1", "2", "", "oops").replace(";b\n", ";b\n\n", 1), ":6: 1 of 4 values of `x` are no numbers: `oops`"),
        (column("How?", "1", "2", "3"), ":2: 1 of 4 values of `x` are no numbers: `How?`; name another column, or"),
        (column("1", "inf", "3", "4"), ":3: 1 values of `x` are infinite; mark"),
        (column("1", "1e300", "3", "4"), ":3: `x` holds 1e+300, which is too large to be computed with; give it"),
        (column("1", "2", "-1e71", "4"), ":4: `x` holds -1e+71, which is too large to be computed with; give it"),
        (column("1", "2", "-99", "4"), ":4: -99 stands 1 times in `x`"),
        (column("1", "2", "3", "4") + "5;A\n", ":6: `a` and `A` in `c` differ in capitals only; write"),
        ("y;c\n1;a\n", ": there is no column `x`, which is to be the outcome; columns are y, c\n"),
    ],
)
def test_an_error_about_a_value_names_its_file_and_line(tmp_path: Path, text: str, why: str) -> None:
    path = tmp_path / "data.csv"
    path.write_text(text)
    refused = CliRunner().invoke(app, ["analyse", str(path), *ROLES.split()]).exception
    assert isinstance(refused, DataError)
    assert f"{refused}\n".startswith(f"{path}{why}")
    assert "\n" not in str(refused)
    assert refused.exit_code == 2


def test_a_score_beyond_its_scale_is_named_even_if_its_mean_is_not(command: Command, tmp_path: Path) -> None:
    (tmp_path / "book.yaml").write_text("x: {least: 0, most: 10}")
    rows = "x,c,u\n1,a,1\n2,a,2\n0,b,3\n12,b,3\n7,b,4\n"
    with pytest.raises(DataError, match=r"data\.csv:5: `x` goes from 0 to 12, beyond the ends"):
        command(rows, ROLES, f"--unit u --average --codebook {tmp_path / 'book.yaml'}")


def test_words_of_a_scale_are_scores_by_the_codebook(command: Command, tmp_path: Path) -> None:
    rows = "x,c\nAgree,a\nstrongly agree,a\ndisagree,b\nagree,b\n"
    with pytest.raises(DataError, match=r"with --codebook, as `x: \{labels: \{NUMBER: \"Agree\"\}\}`"):
        command(rows, ROLES)
    book = tmp_path / "book.yaml"
    book.write_text("x: {labels: {1: disagree, 2: agree, 3: strongly agree}}")
    assert command(rows, ROLES, f"--codebook {book}")["difference"] == pytest.approx(1.0)
    book.write_text("x: {labels: {1: disagree, 2: agree, 3: Agree}}")
    with pytest.raises(InputError, match="the label `agree` stands for two codes"):
        command(rows, ROLES, f"--codebook {book}")


def test_a_wide_table_is_refused_with_the_option_that_makes_it_long(command: Command) -> None:
    wide = "id,sad,neutral\n1,4,3\n2,6,4\n3,8,7\n"
    for options in ("--outcome sad", "--outcome score --condition condition"):
        with pytest.raises(DataError, match="where each condition is a column") as refused:
            command(wide, options)
    option = str(refused.value).partition("say ")[2]
    assert option == "--wide '{condition:sad|neutral}' --outcome score"
    said = command(wide, option, "--condition condition --unit id --within id")
    assert (said["difference"], said["n"]) == (pytest.approx(4 / 3), 3)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_encodings(tmp_path: Path, encoding: str, pack: Callable[[bytes], bytes]) -> None:
    path = tmp_path / "data.csv"
    path.write_bytes(pack("Größe,c\n1,müde\n\n2,froh\n".encode(encoding)))
    rows, remarks = read_source(path)
    assert rows.to_dict("list") == {"Größe": ["1", "2"], "c": ["müde", "froh"]}
    assert rows.index.tolist() == [2, 4]
    assert bool(remarks) == (encoding == "cp1252")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (PLAIN.replace("so", '"so'), r":3: a quote that opens here is not closed; close it"),
        (PLAIN.replace("so", '"so').replace("good", '"good"'), r":3: a quote that opens here .* text follows"),
        (PLAIN.replace("c,note", '"c,note'), r":1: a quote that opens here"),
        (PLAIN.replace("4,b,well", "4,b"), r":4: 2 values where 3 columns have names; write an empty value"),
        (PLAIN.replace("4,b,well", '4,"b"'), r":4: 2 values"),
        (PLAIN.replace("so", '"so",').replace("2,", "\n\n2,"), r":5: 4 values"),
        ("x c\n1 a\n2\n", r":3: 1 value where 2"),
        ("x\tc\n1\ta\t\n2\tb\t\n", r":2: 3 values where 2 columns have names"),
        (b"x,c\n1,a\n2,\x81\n", r":3: neither UTF-8 nor Windows-1252"),
        (b"$FL2@(#) SPSS DATA FILE", "SPSS data; in SPSS save it as CSV"),
        (b"PAR1\x15\x04", "Parquet; in Python"),
        (b"SQLite format 3\0", "a database"),
        (b"PK\x03\x04 of something else", "packed folder"),
        (b'[{"x": 1}]', "JSON"),
        (b"<html><table>", "web page"),
        (b"x,c\n1,\0\n", "not text"),
        (gzip.compress(b"RDX3\nX\n", mtime=0), "R data"),
        (gzip.compress(PLAIN.encode(), mtime=0)[:-12], "cannot be unpacked"),
        (gzip.compress(PLAIN.encode(), mtime=0)[:14] + b"x" * 10, "cannot be unpacked"),
        ("x,c\n1,5,a\n", r":2: 3 values where 2 columns have names; quote values that hold the separator"),
        ("x,c,x\n1,a,2\n", r":1: the column `x` stands twice"),
        ("\n,,\n", "the file is empty"),
        (f"{PLAIN}\nNote\n", r":7: 1 value where 3 columns have names; .*delete notes below"),
        ("x,c\n", "names and no rows"),
    ],
)
def test_what_cannot_be_read_is_refused_in_a_line(tmp_path: Path, content: str | bytes, why: str) -> None:
    path = tmp_path / "data.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(InputError, match=why) as refused:
        read_source(path)
    assert str(refused.value).startswith(str(path))
    assert "\n" not in str(refused.value)


def workbook(path: Path, **sheets: list[list[Any]]) -> Path:
    """The least that is a workbook of Excel."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    kin = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"

    def cell(value: Any) -> str:
        if value is None:
            return "<c/>"
        return f"<c><v>{value}</v></c>" if not isinstance(value, str) else f'<c t="str"><v>{value}</v></c>'

    with zipfile.ZipFile(path, "w") as packed:
        listed, kinds, named = "", "", ""
        for at, (name, rows) in enumerate(sheets.items(), 1):
            listed += f'<sheet name="{name}" sheetId="{at}" r:id="r{at}"/>'
            named += f'<Relationship Id="r{at}" Type="{kin}/worksheet" Target="worksheets/s{at}.xml"/>'
            kinds += f'<Override PartName="/xl/worksheets/s{at}.xml" ContentType="application/vnd.openxmlformats-'
            kinds += 'officedocument.spreadsheetml.worksheet+xml"/>'
            body = "".join(f'<row r="{r}">{"".join(map(cell, row))}</row>' for r, row in enumerate(rows, 1))
            sheet = f'<worksheet xmlns="{main}"><sheetData>{body}</sheetData></worksheet>'
            packed.writestr(f"xl/worksheets/s{at}.xml", sheet)
        begin = f'<Relationship Id="r1" Type="{kin}/officeDocument" Target="xl/workbook.xml"/>'
        book = f'<workbook xmlns="{main}" xmlns:r="{kin}"><sheets>{listed}</sheets></workbook>'
        packed.writestr("[Content_Types].xml", f'<Types xmlns="{package}/content-types">{kinds}</Types>')
        packed.writestr("_rels/.rels", f'<Relationships xmlns="{package}/relationships">{begin}</Relationships>')
        packed.writestr(
            "xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{package}/relationships">{named}</Relationships>'
        )
        packed.writestr("xl/workbook.xml", book)
    return path


ROWS: list[list[Any]] = [["x", "c"], [1.5, "a"], [2, "a"], [4, "b"], [None, "b"], [6, "b"]]


def test_a_workbook_is_read(tmp_path: Path) -> None:
    rows, remarks = read_source(workbook(tmp_path / "data.xlsx", Data=[["Experiment 2"], *ROWS], Empty=[]))
    assert rows["x"].tolist() == ["1.5", "2", "4", "", "6"]
    assert rows.index.tolist() == [3, 4, 5, 6, 7]
    assert remarks == ("`Experiment 2` is taken as a title; the names of columns are in line 2",)


def test_of_several_sheets_one_is_named(tmp_path: Path) -> None:
    path = workbook(tmp_path / "data.xlsx", Raw=ROWS, Clean=ROWS[:4])
    with pytest.raises(InputError, match="several sheets: `Raw`, `Clean`; say --sheet 'Raw'"):
        read_source(path)
    with pytest.raises(InputError, match="no sheet `Row` holds anything; those that do are `Raw`, `Clean`"):
        read_source(path, "Row")
    assert len(read_source(path, "Clean").rows) == 3


def test_without_its_reader_a_workbook_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def missing(name: str, *more: Any, **others: Any) -> Any:
        if name == "python_calamine":
            raise ImportError(name)
        return real(name, *more, **others)

    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(InputError, match=r"not installed; pip install 'affectlab\[sheets\]'"):
        read_source(workbook(tmp_path / "data.xlsx", Data=ROWS))
