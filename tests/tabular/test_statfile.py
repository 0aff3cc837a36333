"""Files of SPSS, Stata and SAS, and jsPsych's JSON: values, labels, codes and wordings as the packages keep them."""

from __future__ import annotations

import base64
import json
import random
import zlib
from contextlib import suppress
from pathlib import Path

import pandas as pd
import pytest

from affectlab.errors import AffectlabError, InputError
from affectlab.experiment.table import TableAnalysis, analyse_table
from affectlab.report.factorial import found_record
from affectlab.tabular.overview import overview
from affectlab.tabular.source import read_known, read_source
from tests.fuzz.spoil import spoiled_bytes

pyreadstat = pytest.importorskip("pyreadstat")

DATA = pd.DataFrame(
    {
        "vp": [f"p{one}" for one in range(12)],
        "group": [float(1 + one % 2) for one in range(12)],
        "sad_pre": [3.0, 2, 4, 1, 2, 3, 4, 2, 1, 99, 3, 2],
        "sad_post": [5.0, 2, 6, 2, 4, 3, 5, 1, 98, 2, 5, 3],
        "age": [20.0 + one for one in range(11)] + [float("nan")],
    }
)
LABELS = {"group": {1.0: "film", 2.0: "walk"}, "sad_pre": {1.0: "not at all", 99.0: "refused"}}
ASKED = {"outcome": "sad_post", "conditions": ("group",), "unit": "vp"}


@pytest.fixture(scope="module")
def sav(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("spss") / "data.sav"
    pyreadstat.write_sav(
        DATA,
        str(path),
        column_labels={"sad_pre": "How sad are you now?"},
        variable_value_labels=LABELS,
        missing_ranges={"sad_pre": [99], "sad_post": [{"lo": 98, "hi": 99}]},
    )
    return path


def test_spss_keeps_labels_codes_and_wordings(sav: Path) -> None:
    source = read_known(sav)
    assert source.rows["group"].tolist()[:2] == ["1", "2"]
    assert source.rows["sad_pre"].tolist()[9] == ""
    assert source.rows["age"].tolist()[-1] == ""
    assert source.columns["sad_pre"].wording == "How sad are you now?"
    assert source.columns["sad_pre"].codes == ("99",)
    assert source.remarks == (
        "1 values 99 (refused) of `sad_pre` are missing, as the file says",
        "1 values 98 of `sad_post` are missing, as the file says",
    )
    found = {one.name: one for one in overview(sav).columns}
    assert (found["group"].kind, found["group"].role) == ("labels", "condition")
    assert found["group"].labels == {"1": "film", "2": "walk"}
    assert (found["sad_pre"].kind, found["sad_pre"].codes, found["sad_pre"].most) == ("numbers", ("99",), 4.0)


def test_conditions_have_the_names_of_the_file(sav: Path) -> None:
    said = found_record(analyse_table(sav, TableAnalysis(**ASKED)))
    film, walk = (DATA["sad_post"][DATA["sad_post"] < 90][DATA["group"] == code] for code in (1, 2))
    assert [one["condition"] for one in said["conditions"]] == ["film", "walk"]
    assert said["difference"] == pytest.approx(film.mean() - walk.mean())
    assert said["n"] == 11


@pytest.mark.parametrize("form", ["dta", "xpt"])
def test_stata_and_sas_are_read(form: str, tmp_path: Path) -> None:
    path = tmp_path / f"data.{form}"
    table = DATA.assign(sad_post=DATA["sad_post"].where(DATA["sad_post"] < 90))
    if form == "dta":
        pyreadstat.write_dta(table, str(path), variable_value_labels={"group": {1: "film", 2: "walk"}})
    else:
        pyreadstat.write_xport(table.rename(columns=str.upper), str(path), table_name="DATA")
    asked = ASKED if form == "dta" else {k: v.upper() if k != "conditions" else ("GROUP",) for k, v in ASKED.items()}  # type: ignore[attr-defined]
    said = found_record(analyse_table(path, TableAnalysis(**asked)))
    assert [one["condition"] for one in said["conditions"]] == (["film", "walk"] if form == "dta" else ["1", "2"])
    assert said["n"] == 11


def test_a_damaged_file_is_one_line(sav: Path, tmp_path: Path) -> None:
    raw, path = sav.read_bytes(), tmp_path / "data.sav"
    for seed in range(40):
        path.write_bytes(b"$FL2" + spoiled_bytes(raw, random.Random(seed))[4:])
        with suppress(AffectlabError):  # anything else fails the test
            read_source(path)
    path.write_bytes(b"$FL2@(#) nothing")
    with pytest.raises(InputError, match=r"cannot be read .* it is SPSS data; .*haven::read_sav"):
        read_source(path)


SCREENS = [
    {"trial_type": "survey-likert", "trial_index": at, "time_elapsed": at, "subject": f"s{at}",
     "rt": None if at == 3 else 400 + at, "group": "film" if at % 2 else "walk",
     "response": {"sad": at % 5, "glad": 4 - at % 3}}
    for at in range(10)
]  # fmt: skip


def test_jspsych_is_read_from_json_and_from_csv(tmp_path: Path) -> None:
    (tmp_path / "data.json").write_text(json.dumps([SCREENS[:5], SCREENS[5:]]))
    flat = pd.DataFrame([{**one, "response": json.dumps(one["response"])} for one in SCREENS])
    flat.to_csv(tmp_path / "data.csv", index=False)
    asked = TableAnalysis(outcome="response.sad", conditions=("group",), unit="subject")
    first, second = (found_record(analyse_table(tmp_path / name, asked)) for name in ("data.json", "data.csv"))
    assert first["contrasts"] == second["contrasts"]
    assert first["n"] == 10
    assert read_source(tmp_path / "data.json").rows["rt"].tolist()[3] == ""


SAS7BDAT = (
    "eNrt2r9LAmEcx/Gv6XCRwwkSDkJHNDSFkkRNKWQQGAQ6NiREIVlIUrZVe0P0r7S0BNHSWG1t7U1NFfTDTu+57nzysqVBer8OeXg+"
    "z32/nMgDPnAinsuHw5XTeOz6/MSQwav0UWLEjE2KjEpI0vKjeMesmCta8wuF/FyulCvmS1YQ6aFV79x3cFZv3Oe8UdPqZIoMaPHM"
    "RCqdSi+m7DFjj1OFytbOngAAAAAAAAAAAAAA8B8Z9iVyF3Vm4+HO1QuVJ7SqY5Wn3CDkDMsqz2i5qfKClt8MOWNW7x+QLwXkAAAA"
    "wF/4eG229Wv9m1PenP52ChCJ2H/KDTWPtD8DEtXW/VSrpvWVJNU7upY4x4gx0Y4T8q5qkr5Mf194tyayvl2TenlVnmytTO/zbPvN"
    "9437nr+bcK8GZve4qWFnoC+F/DvjcXatUt1UO8c9Yme9zFSZ4cuGs+6alyWybo9GubohHUf2hC8zVJbscp/lZbcv+/xQAAAAAAAE"
    "+wSUz4W4"
)
"""Eight people, written by R's `haven::write_sas`: no package for Python writes this form."""


def test_a_table_of_sas_is_read(tmp_path: Path) -> None:
    path = tmp_path / "mood.sas7bdat"
    path.write_bytes(zlib.decompress(base64.b64decode(SAS7BDAT)))
    rows = read_known(path).rows
    assert list(rows.columns) == ["vp", "grp", "sad"]
    assert rows["sad"].tolist() == ["5", "4", "5.5", "6", "2", "3", "2", ""]
    assert rows["grp"].tolist() == ["film"] * 4 + ["walk"] * 4
    path.write_bytes(path.read_bytes()[:9000])
    with pytest.raises(InputError, match="SAS data"):
        read_known(path)
