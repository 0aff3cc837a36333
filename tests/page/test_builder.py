"""The builder: form and file are the same study, mistakes stand at their fields, and nothing is written elsewhere."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path
from typing import Any

import httpx
import pytest

from affectlab.design.load import load_study, shipped
from affectlab.design.study import Study
from affectlab.materials.fields import Field, fields
from affectlab.page.builder import OWN
from affectlab.page.draft import KINDS, STUDY
from affectlab.page.formview import GROUPS
from affectlab.page.words import LANGUAGES, page_words
from tests.page.conftest import Browser, opened

DRESDEN = shipped()["dresden"].read_text("utf-8")


def sent(page: Browser, address: str, text: str, *, kind: str = STUDY, **values: Any) -> httpx.Response:
    """What the page sends when something is changed, asked for or saved."""
    place, said = json.dumps(values.pop("place", [])), json.dumps(values.pop("values", []))
    data = {
        "kind": kind,
        "path": f"new-{kind}.yaml",
        "in": "",
        "saved": "",
        "text": text,
        "place": place,
        "values": said,
    }
    return page.post(f"/build/{address}", data={**data, **values})


def file_of(answer: httpx.Response) -> str:
    """The file that stands beside the form."""
    found = re.search(r'<textarea id="text"[^>]*>\n(.*?)</textarea>', answer.text, re.DOTALL)
    assert found is not None, answer.text[:500]
    return html.unescape(found[1])


@pytest.mark.parametrize("name", shipped())
def test_every_shipped_study_is_shown_as_it_is(page: Browser, name: str) -> None:
    answer = page.get(f"/build/{name}")
    assert answer.status_code == 200
    assert file_of(answer) == shipped()[name].read_text("utf-8")


def test_one_field_changes_its_line_of_the_file(page: Browser) -> None:
    answer = sent(page, "change", DRESDEN, action="set", place=["induction", "texts"], values=["2"])
    assert file_of(answer) == DRESDEN.replace("  texts: 4\n", "  texts: 2\n", 1)


def test_what_is_chosen_keeps_its_order(page: Browser) -> None:
    answer = sent(page, "change", DRESDEN, action="set", place=["measures"], values=["deq", "affect-cloze"])
    assert "\nmeasures: [affect-cloze, deq]\n" in file_of(answer)


def test_a_mistake_stands_at_its_field_and_is_mended_by_a_click(page: Browser) -> None:
    wrong = DRESDEN.replace("regulations: [mindfulness-breathing,", "regulations: [mindfulness-breath,", 1)
    answer = sent(page, "change", wrong, action="text")
    line = wrong.splitlines().index("regulations: [mindfulness-breath, neutral-reading, none]") + 1
    said = f"Line {line}: unknown regulation `mindfulness-breath`; did you mean `mindfulness-breathing`?"
    at = answer.text.index('id="f-regulations"')
    assert html.unescape(answer.text[at:].split('<p class="msg">')[1]).startswith(said)
    mended = sent(page, "change", wrong, action="use", place=["regulations", 0], values=["mindfulness-breathing"])
    assert file_of(mended) == DRESDEN


def test_a_file_that_cannot_be_read_is_kept_and_can_be_mended(page: Browser) -> None:
    broken = DRESDEN.replace("states: [", "states: [[")
    answer = sent(page, "change", broken, action="set", place=["version"], values=["2"])
    assert answer.status_code == 200
    assert file_of(answer) == broken
    assert "is not YAML" in answer.text
    assert page_words("en")("build.unreadable") in answer.text


def test_entries_are_added_named_and_taken_out(page: Browser) -> None:
    text = file_of(sent(page, "change", DRESDEN, action="add", place=["hypotheses"], values=["further"]))
    assert "\n  further: {}\n" in text
    text = file_of(
        sent(page, "change", text, action="set", place=["hypotheses", "further", "claim"], values=["It lasts."])
    )
    text = file_of(sent(page, "change", text, action="rename", place=["hypotheses", "further"], values=["lasting"]))
    assert load_written(text).hypotheses["lasting"].claim == "It lasts."
    text = file_of(sent(page, "change", text, action="drop", place=["hypotheses", "lasting"]))
    assert text == DRESDEN
    text = file_of(sent(page, "change", DRESDEN, action="add", place=["tasks"]))
    assert "  - {task: sentence-completion, at: stabilised}\n  - {task: ''}\n" in text


def load_written(text: str) -> Study:
    import yaml

    return Study.model_validate(yaml.safe_load(text))


def test_that_there_is_none_can_be_chosen(page: Browser) -> None:
    text = file_of(sent(page, "change", DRESDEN, action="set", place=["stabilisation"], values=["~"]))
    assert "\nstabilisation: null\n" in text
    assert '<option value="~" selected>' in sent(page, "change", text, action="text").text


def test_cost_power_and_preview_need_no_model(page: Browser) -> None:
    quick = DRESDEN.replace("texts: 4", "texts: 3").replace("models: [smollm2]", "models: [simulated]")
    cost = sent(page, "cost", quick).text
    assert re.search(r"<dd>\d+ <small>in \d+ cells", cost)
    assert "Units for .80" in sent(page, "power", quick).text
    shown = sent(page, "preview", quick, **{"level-state": "anger", "level-arm": "sham"}).text
    assert "You are angry." in html.unescape(shown)
    assert "each on a branch of its own" in shown
    assert "Counted as soon as there is no mistake." in sent(page, "cost", quick.replace("fear", "feer")).text


def test_a_study_is_saved_below_the_folder_and_nowhere_else(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    page = opened(folder)
    for name in ("../out", "/elsewhere/out", "a/../../out", "materials/out", "..", ".hidden", "~/out", ""):
        assert sent(page, "save", DRESDEN, name=name).status_code in (200, 404), name
    there = {path for path in tmp_path.rglob("*") if path.is_file()}
    assert there <= set(folder.rglob("*.yaml"))
    assert not any("materials" in path.parts or path.name.startswith(".") for path in there)
    assert sent(page, "save", DRESDEN, name="mine").headers["hx-redirect"] == "/build/mine.yaml"
    assert (folder / "mine.yaml").read_text("utf-8") == DRESDEN


def test_what_somebody_else_has_changed_is_not_overwritten(tmp_path: Path) -> None:
    page, file = opened(tmp_path), tmp_path / "mine.yaml"
    file.write_bytes(("\ufeff" + DRESDEN.replace("\n", "\r\n")).encode())
    answer = page.get("/build/mine.yaml")
    saved = re.search(r'data-saved="([^"]+)"', answer.text)
    assert saved is not None
    new = DRESDEN.replace("texts: 4", "texts: 3")
    assert "Saved" in sent(page, "save", new, name="mine.yaml", saved=saved[1]).text
    # its lines end as they did, and the mark of its encoding is there still
    assert file.read_bytes() == ("\ufeff" + new.replace("\n", "\r\n")).encode()
    assert "there already" in sent(page, "save", DRESDEN, name="mine.yaml", saved=saved[1]).text
    assert file.read_bytes() == ("\ufeff" + new.replace("\n", "\r\n")).encode()


def test_own_materials_lie_beside_the_study(tmp_path: Path) -> None:
    page = opened(tmp_path)
    scale = "kind: instrument\nid: own-scale\nversion: 1\ntitle: Own\nlicence: CC0-1.0\nsource: own\nform: rating\n"
    scale += "question: How is it?\nminimum_coverage: 0.5\nitems:\n  - {id: one, text: I could run, scale: fear}\n"
    scale += "options: {from: 0, to: 4}\n"
    assert "Saved: materials/instruments/own-scale.yaml" in sent(page, "save", scale, kind="instrument").text
    assert (tmp_path / "materials" / "instruments" / "own-scale.yaml").read_text("utf-8") == scale
    shown = page.get("/build").text
    assert 'value="own-scale"' in shown
    assert 'href="/build/material/instrument?in=&amp;id=own-scale"' in shown
    assert file_of(page.get("/build/material/instrument", params={"id": "own-scale"})) == scale
    evil = scale.replace("id: own-scale", "id: ../../out")
    assert "by which it could be saved" in sent(page, "save", evil, kind="instrument").text


def test_the_checks_stand_beside_the_text(page: Browser) -> None:
    text = "kind: induction\nid: imagery-fear\nversion: 1\ntitle: Own\nlicence: (c) a publisher\nsource: own\n"
    text += "technique: imagery\nstate: fear\ntexts:\n  - id: one\n    topic: rain\n"
    text += "    grades: {moderate: {text: I am afraid of rain}}\n"
    shown = html.unescape(sent(page, "change", text, kind="induction", action="text").text)
    assert "5 words; 57 to 63 are wanted" in shown
    assert "contains `afraid`, which `affect-cloze` scores" in shown
    assert "Not among the licences under which a text may be passed on" in shown


def test_what_a_file_says_is_shown_as_text(page: Browser) -> None:
    attack = "</textarea><script>alert(1)</script>"
    text = DRESDEN.replace("title: Three claims", f"title: {attack}")
    for answer in (sent(page, "change", text, action="text"), sent(page, "cost", text + attack)):
        assert "<script>alert" not in answer.text


@pytest.mark.parametrize("kind", OWN)
def test_every_kind_of_material_has_a_form(page: Browser, kind: str) -> None:
    answer = page.get(f"/build/material/{kind}")
    assert answer.status_code == 200
    assert f"kind: {kind}" in file_of(answer)
    assert page.get("/build/material/no-such-kind").status_code == 404
    assert page.get(f"/build/material/{kind}", params={"in": "../.."}).status_code == 404


def _paths(found: tuple[Field, ...], above: str = "") -> list[str]:
    return [path for one in found for path in (f"{above}{one.name}", *_paths(one.fields, f"{above}{one.name}."))]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_field_of_a_study_has_a_name_in_every_language(language: str) -> None:
    t = page_words(language)
    lacking = [
        path
        for path in _paths(fields(Study))
        if not any(f"field.{'.'.join(path.split('.')[at:])}" in t.words for at in range(path.count(".") + 1))
    ]
    assert lacking == []
    assert [name for name in (*GROUPS, "rest", "file") if f"group.{name}" not in t.words] == []
    assert [kind for kind in OWN if f"kind.{kind}" not in t.words] == []
    assert set(OWN) <= set(KINDS)


def test_a_shipped_study_is_copied_and_not_changed(page: Browser) -> None:
    answer = page.get("/build", params={"from": "dresden"})
    assert file_of(answer) == DRESDEN.replace("id: dresden\n", "id: dresden-copy\n", 1)
    assert load_study("dresden").id == "dresden"


@pytest.mark.parametrize(
    ("action", "place"),
    [
        ("set", "5"),
        ("set", "{"),
        ("drop", "[1.5]"),
        ("add", '["states", 900000000]'),
        ("use", '["states", 900000000]'),
        ("rename", '[{"a": 1}]'),
        ("set", '["no-such-key", "x"]'),
        ("no-such-thing", '["states"]'),
    ],
)
def test_what_no_form_sends_changes_nothing(page: Browser, action: str, place: str) -> None:
    data = {"kind": STUDY, "path": "", "in": "", "text": DRESDEN, "place": place, "values": '["x"]', "action": action}
    answer = page.post("/build/change", data=data)
    assert answer.status_code == 200
    assert file_of(answer) == DRESDEN
