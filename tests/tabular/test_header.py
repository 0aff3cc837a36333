"""The names of columns are found below what programs write above them; what is no file, and no table, is refused."""

from __future__ import annotations

import itertools
import json
import os
import pathlib
import shlex
from pathlib import Path

import pandas
import pytest
from typer.testing import CliRunner

from affectlab.cli import app
from affectlab.errors import AffectlabError, DataError, InputError
from affectlab.tabular.source import read_source
from tests.tabular.conftest import Command
from tests.tabular.test_source import workbook

ROLES = "--outcome x --condition c"
ABOVE = {
    "a title": ["Experiment 2"],
    "two titles": ["Experiment 2", "exported by somebody"],
    "a scenario": ["Scenario - mood", "Logfile written - 01/02/2020 12:00:00"],
    "a title with commas": ["Mood, pilot, first wave", "of spring, summer"],
    "a title and groups": ["Experiment 2", "{s}{s}before{s}"],
    "wordings": ["How are you now?{s}Which group is it?{s}Any other remarks?{s}Number"],
    "wordings twice": ["How are you?{s}Which group?{s}Remarks?{s}Number", "in points{s}of two{s}in words{s}of the row"],
}


@pytest.mark.parametrize(("kind", "separator"), list(itertools.product(ABOVE, ",;\t|")))
@pytest.mark.parametrize("blank", ["", "\n"])
def test_names_are_found_below_what_stands_above(tmp_path: Path, kind: str, separator: str, blank: str) -> None:
    above = [line.format(s=separator) for line in ABOVE[kind]]
    rows = [["x", "c", "note", "id"], *([str(n * 3 % 7), "ab"[n % 2], "so", str(n)] for n in range(8))]
    text = "\n".join(above) + "\n" + blank + "\n".join(separator.join(row) for row in rows) + "\n"
    path = tmp_path / "data.csv"
    path.write_text(text)
    found = read_source(path)
    assert list(found.rows) == ["x", "c", "note", "id"]
    assert found.rows["x"].tolist() == [str(n * 3 % 7) for n in range(8)]
    assert any(f"names of columns are in line {len(above) + len(blank) + 1}" in remark for remark in found.remarks)
    said = read_source(path, header=len(above) + len(blank) + 1)
    assert said.rows.equals(found.rows)


def test_a_workbook_may_have_a_title_and_groups(tmp_path: Path) -> None:
    rows = [["Experiment 2"], [None, None, "before"], ["x", "c", "n", "m"], *([n, "ab"[n % 2], 1, 2] for n in range(6))]
    path = workbook(tmp_path / "data.xlsx", Data=rows)
    assert list(read_source(path).rows) == ["x", "c", "n", "m"]
    assert list(read_source(path, header=3).rows) == ["x", "c", "n", "m"]
    with pytest.raises(InputError, match="line 40 is blank or not there"):
        read_source(path, header=40)


def test_the_line_of_names_may_be_said(command: Command) -> None:
    text = "1,2\n3,4\nx,c\n1,a\n2,a\n4,b\n6,b\n"
    assert command(text, ROLES, "--header 3")["difference"] == pytest.approx(-3.5)
    with pytest.raises(InputError, match="line 30 is blank or not there; the file has"):
        command(text, ROLES, "--header 30")


@pytest.mark.parametrize("mark", ['{""ImportId"":""a""}', '{ ""ImportId"" : ""a"" }', '{""ImportId"":""a"",""z"":1}'])
@pytest.mark.parametrize("first", ["", "added", "Nr."])
def test_lines_of_qualtrics_are_known_below_an_added_column(command: Command, first: str, mark: str) -> None:
    text = f'{first},x,c\n,How?,Group\n,"{mark}","{mark}"\n'
    said = command(text + "".join(f"p{n},{n},{'ab'[n % 2]}\n" for n in range(8)), ROLES)
    assert said["difference"] == pytest.approx(-1)


def test_a_first_column_without_a_name_is_told_of(tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    path.write_text(",x,c\np1,1,a\np2,2,b\n")
    assert read_source(path).remarks == ("column 1 has no name and is left out: give it one in the file to use it",)
    path.write_text(",x,c\n1,1,a\n2,2,b\n")
    assert read_source(path).remarks == ()


def test_rows_may_end_early_where_that_is_said(command: Command) -> None:
    text = "x,c,note\n1,a\n2,a,so\n4,b,\n6,b\n"
    with pytest.raises(InputError, match=r":2: 2 values where 3 .* say --ragged"):
        command(text, ROLES)
    said = command(text, ROLES, "--ragged")
    assert said["difference"] == pytest.approx(-3.5)
    assert "2 rows end early, and what they lack is missing" in said["notes"]
    with pytest.raises(InputError, match="4 values where 3"):
        command(text.replace("so", "so,so"), ROLES, "--ragged")


@pytest.mark.parametrize("verb", ["analyse", "tables"])
@pytest.mark.parametrize("kind", ["pipe", "device", "loop", "directory", "long", "lock", "open", "object"])
def test_what_is_no_table_is_refused_in_a_line(tmp_path: Path, verb: str, kind: str) -> None:
    path = tmp_path / "data.csv"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "loop":
        path.symlink_to(path)
    elif kind == "directory":
        path.mkdir()
    elif kind == "lock":
        path = tmp_path / "~$data.xlsx"
        path.write_bytes(b"\x05Me")
    elif kind == "open":
        path = tmp_path / ".~lock.data.ods#"
        path.write_text(",me,here,29.11.2026 10:00,file:///;")
    elif kind == "object":
        path.write_text('{"meta": 1, "rows": [{"x": 1, "c": "a"}]}')
    path = {"device": Path("/dev/zero"), "long": tmp_path / ("a" * 300)}.get(kind, path)
    if verb == "tables" and kind in ("loop", "directory", "long"):
        return  # the name of a run
    options = ["--outcome", "x", "--condition", "c", "--unit", "u"]
    refused = CliRunner().invoke(app, [verb, str(path), *options]).exception
    assert isinstance(refused, InputError)
    assert "\n" not in str(refused)
    if kind == "object":
        assert "['rows']" in refused.hint


def test_no_more_is_read_than_fits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import gzip

    monkeypatch.setattr("affectlab.tabular.fileformat.LARGEST", 2**20)
    for content in (b"x,c\n" * 300_000, gzip.compress(b"x,c\n" * 300_000, mtime=0)):
        (tmp_path / "data.csv").write_bytes(content)
        with pytest.raises(InputError, match="holds more than 1 MiB"):
            read_source(tmp_path / "data.csv")


RECORDS = [{"who": f"{n:02d}", "x": n * 3 % 7, "c": "ab"[n % 2]} for n in range(8)]
JSONS = {
    "objects": RECORDS,
    "lists": [list(RECORDS[0]), *(list(one.values()) for one in RECORDS)],
    "columns": {name: [one[name] for one in RECORDS] for name in RECORDS[0]},
    "in an object": {"title": "Mood", "data": {"rows": RECORDS}},
    "lists in an object": {"rows": [list(RECORDS[0]), *(list(one.values()) for one in RECORDS)]},
}


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("begin", ["", " \n", "\ufeff"])
@pytest.mark.parametrize("kind", [*JSONS, "lines"])
def test_json_is_refused_with_what_makes_a_table_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, begin: str, indent: int | None
) -> None:
    lines = "\n".join(map(json.dumps, RECORDS))
    (tmp_path / "data.json").write_text(begin + (lines if kind == "lines" else json.dumps(JSONS[kind], indent=indent)))
    with pytest.raises(InputError, match="the file is JSON") as told:
        read_source(tmp_path / "data.json")
    monkeypatch.chdir(tmp_path)
    exec(
        told.value.hint.removeprefix("in Python: ").replace("FILE", "'data.json'"),
        {"pandas": pandas, "json": json, "pathlib": pathlib},
    )
    made = read_source(tmp_path / "data.csv").rows
    assert made["who"].tolist() == [one["who"] for one in RECORDS], "a label keeps its zeros"
    assert made["x"].tolist() == [str(one["x"]) for one in RECORDS]


def test_what_only_begins_like_json_is_a_table(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("[x],c\n1,a\n2,b\n")
    assert list(read_source(tmp_path / "data.csv").rows) == ["[x]", "c"]


def test_an_option_of_one_value_is_given_once(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("x,c,d\n1,a,u\n2,a,v\n4,b,u\n6,b,v\n")
    roles = ["analyse", str(tmp_path / "data.csv"), "--outcome", "x", "--condition", "c"]
    twice = CliRunner().invoke(app, [*roles, "--outcome", "d"])
    assert twice.exit_code == 2
    assert "`--outcome` is given 2 times" in twice.output
    assert CliRunner().invoke(app, [*roles, "--missing", "8", "--missing", "9", "--json", "--json"]).exit_code == 0
    assert (
        "`--seed` is given 3 times" in CliRunner().invoke(app, ["run", "--seed", "1", "--seed=1", "--seed", "2"]).output
    )


@pytest.mark.parametrize("joined", ["g:t", "g*t", "g, t", "g + t", "g x t", "t by g"])
def test_two_factors_are_told_what_to_do_today(command: Command, joined: str) -> None:
    rows = [(f"p{n}", "ab"[n % 2], t, n % 5 + (t == "post") * (n % 3)) for n in range(12) for t in ("pre", "post")]
    text = "id,g,t,x\n" + "".join(f"{a},{b},{c},{d}\n" for a, b, c, d in rows)
    with pytest.raises(AffectlabError, match="name each factor by an option of its own") as told:
        command(text, "--outcome x --unit id", f"--condition '{joined}'")
    first, second = ("t", "g") if joined.startswith("t") else ("g", "t")
    assert f"--condition {first} --where {second}=LEVEL" in told.value.hint
    both = "--condition g --condition t --within t"
    single = ("--condition g --where t=pre", "--condition g --within t", "--condition t --where g=a --within id")
    for one in (*single, both):
        command(text, "--outcome x --unit id", one)


def test_a_wide_table_is_told_how_it_becomes_long(tmp_path: Path) -> None:
    rows = [(f"{n:02d}", "ab"[n % 2], n % 5, n % 5 + 1 + n % 3) for n in range(12)]
    (tmp_path / "wide.csv").write_text("id,group,pre,post\n" + "".join(",".join(map(str, row)) + "\n" for row in rows))
    refused = CliRunner().invoke(app, ["analyse", str(tmp_path / "wide.csv"), "--outcome", "x", "--condition", "time"])
    assert isinstance(refused.exception, DataError)
    option = shlex.split(refused.exception.hint.partition("say ")[2])
    roles = ["--condition", "condition", "--unit", "id", "--within", "id", "--control", "pre"]
    said = CliRunner().invoke(app, ["analyse", str(tmp_path / "wide.csv"), *option, *roles, "--json"])
    assert json.loads(said.output)["difference"] == pytest.approx(2.0)
