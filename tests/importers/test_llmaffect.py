"""The importer of the published repository: each defect is found in one clone, and none in its clean twin."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from affectlab.errors import InputError
from affectlab.experiment import Experiment
from affectlab.importers.imported import NO_LICENCE
from affectlab.importers.llmaffect.importer import read_clone
from affectlab.importers.llmaffect.vignettes import vignettes
from affectlab.importers.write import SUMMARY, import_folder
from tests.conftest import Called
from tests.importers import clone

Change = Callable[[Path], None]


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    return clone.write(tmp_path / "clone")


def prompt(state: str, number: int) -> str:
    return f"states/Folder_{state}/Prompt{number}.txt"


def replaced(file: str, before: str, after: str, *everywhere: tuple[str, str]) -> Change:
    """A clone in which something else stands in a file: once, or, where there are several, everywhere."""

    def change(folder: Path) -> None:
        text = (folder / file).read_text("utf-8")
        assert before in text
        text = text.replace(before, after, -1 if everywhere else 1)
        for one, other in everywhere:
            text = text.replace(one, other)
        (folder / file).write_text(text, "utf-8")

    return change


def everywhere(before: str, after: str) -> Change:
    """A clone in which something else stands in all prompts."""

    def change(folder: Path) -> None:
        for file in folder.rglob("Prompt*.txt"):
            file.write_text(file.read_text("utf-8").replace(before, after), "utf-8")

    return change


def in_bytes(file: str, before: bytes, after: bytes) -> Change:
    def change(folder: Path) -> None:
        raw = (folder / file).read_bytes()
        assert before in raw
        (folder / file).write_bytes(raw.replace(before, after, 1))

    return change


FEAR1, FEAR2, FEAR3, FEAR4 = (prompt("Fear", number) for number in (1, 2, 3, 4))
SCHEMAS = "states/answer_schemas.py"
OPTIONS = "1 = none   2 = some   3 = much"
OTHERWISE = "wording differs between conditions"
PLANTED: dict[str, tuple[str, str, int | None, Change]] = {
    "bytes of Windows": (
        "characters that are not valid UTF-8",
        FEAR2,
        2,
        in_bytes(FEAR2, b"The lift stops", b"The lift\x92s door stops"),
    ),
    "scale": ("scale against schema", FEAR1, 4, replaced(SCHEMAS, "y: Literal[1, 2", "y: Literal[0, 1, 2")),
    "item": ("substituted item", FEAR4, 5, replaced(FEAR4, "1. uneasy", "1. restless")),
    "key": ("substituted item", FEAR1, 6, replaced(SCHEMAS, "    gloomy:", "    lonely:")),
    "reversed item": (
        "reverse-keyed item",
        FEAR4,
        6,
        replaced(FEAR4, "cheerful\t1 = none   2 = some   3 = much", "cheerful\t1 = much   2 = some   3 = none"),
    ),
    "pole": ("reverse-keyed item", FEAR1, 10, everywhere("no sadness 0 - 100 utmost sadness", "gloomy 0 - 100 glad")),
    "two turns": (
        "two user turns in a row",
        "states/program.py",
        2,
        replaced("states/program.py", "    reply = ask(text)", "    if number != 2:\n        reply = ask(text)"),
    ),
    "instruction": ("missing instruction", FEAR2, 4, replaced(FEAR2, clone.INSTRUCTION, "")),
    "wording": (OTHERWISE, FEAR4, 2, replaced(FEAR4, "Then look out", "Once only, look out")),
    "stabilisation": (OTHERWISE, FEAR3, 1, replaced(FEAR3, "stay", "remain")),
    "length": (
        "lengths that differ by more than a tenth",
        FEAR2,
        1,
        replaced(FEAR2, "goes out.", "goes out. It is cold."),
    ),
    "heading": ("stray heading", FEAR4, 1, replaced(FEAR4, "Sit down", "Prompt4\nSit down")),
    "direction": ("scale without named direction", FEAR1, 9, everywhere("no fear 0 - 100 utmost fear", "fear 0 - 100")),
    "trait": (
        "trait anchors on a state scale",
        FEAR1,
        4,
        everywhere("1 = none   2 = some   3 = much", "1 = almost never   2 = sometimes   3 = often"),
    ),
    "options": (
        "options that cannot be told apart",
        FEAR1,
        7,
        replaced(FEAR1, "furious\t1 = none   2 = some   3 = much", "furious\t1 = none   2 = some   3 = some"),
    ),
    "cut short": (
        "item with other options",
        FEAR1,
        7,
        replaced(FEAR1, "furious\t1 = none   2 = some   3 = much", "furious\t1 = none   2 = some"),
    ),
    "no text": (
        "no neutral text",
        prompt("Neutral", 2),
        1,
        replaced(prompt("Neutral", 2), "Picture these scenes:\n" + "\n".join(clone.TEXTS["Neutral"]) + "\n", ""),
    ),
}


def test_nothing_is_wrong_with_a_sound_clone(sound: Path) -> None:
    assert read_clone(sound).defects == ()


@pytest.mark.parametrize("name", PLANTED)
def test_a_defect_that_is_planted_is_found_at_its_place(sound: Path, name: str) -> None:
    kind, file, line, change = PLANTED[name]
    change(sound)
    found = read_clone(sound).defects
    assert (kind, file, line) in [(one.kind, one.file, one.line) for one in found]
    assert {one.kind for one in found} == {kind}


def test_characters_are_counted_and_named_by_line(sound: Path) -> None:
    in_bytes(FEAR2, b"The lift stops", b"The lift\x92s \x93door\x94 stops")(sound)
    (found,) = read_clone(sound).defects
    assert found.message.replace("\N{NO-BREAK SPACE}", " ").startswith("3 characters in line 2;")


def test_what_is_sent_keeps_the_wrong_characters_and_what_is_done_well_has_those_that_were_meant(sound: Path) -> None:
    in_bytes(FEAR2, b"The lift stops", b"The lift\x92s door stops")(sound)
    published, well = read_clone(sound).studies
    file = "inductions/published/fear.yaml"
    assert "lift\ufffds door" in published.materials[file]["texts"][0]["grades"]["moderate"]["text"]
    assert "lift’s door" in well.materials[file]["texts"][0]["grades"]["moderate"]["text"]


def test_a_dash_of_an_older_mac_leaves_the_questionnaires_with_their_keys(sound: Path) -> None:
    in_bytes(FEAR1, b"no sadness 0 - 100", b"no sadness 0 \xd0 100")(sound)
    PLANTED["heading"][3](sound)
    _, well = read_clone(sound).studies
    assert {"instruments/mood.yaml", "instruments/lines.yaml"} <= set(well.materials)
    (regulation,) = (one for path, one in well.materials.items() if path.startswith("regulations/"))
    assert regulation["scripts"][0]["text"].startswith("Sit down")


def without(file: str) -> Change:
    return lambda folder: (folder / file).unlink()


def renamed(folder: Path) -> None:
    (folder / "states/Folder_Fear").rename(folder / "states/Folder_Furcht")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            without(prompt("Fear", 3)),
            r"Folder_Fear/Prompt3.txt: no such file; the folder needs Prompt1.txt to Prompt4.txt",
        ),
        (renamed, r"Folder_Furcht: is named after no state; name it Folder_ and one of fear, anxiety"),
        (in_bytes(FEAR1, b"You take", b"\xff\xfeYou take"), r"Folder_Fear/Prompt1.txt: is UTF-16 or no text"),
        (in_bytes(FEAR1, b"You take", b"You\0take"), r"Folder_Fear/Prompt1.txt: is UTF-16 or no text"),
        (lambda folder: (folder / FEAR1).write_text(" \n"), r"Folder_Fear/Prompt1.txt: is empty"),
        (everywhere(clone.ITEMS, ""), r""),
        (replaced(SCHEMAS, "class Mood:", "class Mood"), r"answer_schemas.py:4: is no Python"),
        (
            replaced(FEAR4, clone.CALM, ""),
            r"Folder_Fear/Prompt4.txt: says nothing beside",
        ),
        (
            lambda folder: [one.write_text("Hello.\n") for one in folder.rglob("Prompt1.txt")] and None,
            r"asks no questionnaire that can be read",
        ),
    ],
)
def test_what_cannot_be_read_is_one_line(sound: Path, change: Change, message: str) -> None:
    change(sound)
    if not message:
        assert len(read_clone(sound).studies) == 2, "the scales between two ends are left"
        return
    with pytest.raises(InputError, match=message) as told:
        read_clone(sound)
    assert "\n" not in str(told.value)


def test_a_folder_without_prompts_and_one_that_is_not_empty_are_one_line(sound: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    with pytest.raises(InputError, match="other: holds no prompts; name the folder of the repository"):
        read_clone(tmp_path / "other")
    with pytest.raises(InputError, match="clone: is there already, and is no empty folder; name another --to"):
        import_folder("llmaffect", sound, sound)
    with pytest.raises(
        InputError, match="there is no importer `llmafect`; there are: llmaffect, gpt-trauma-induction, emotionbench"
    ):
        import_folder("llmafect", sound, tmp_path / "out")
    with pytest.raises(InputError, match="nowhere: no such folder"):
        import_folder("llmaffect", tmp_path / "nowhere", tmp_path / "out")


@pytest.mark.parametrize("told", [True, False], ids=["neutral text", "no neutral text"])
def test_both_studies_are_sound_and_run(sound: Path, tmp_path: Path, told: bool) -> None:
    if not told:
        PLANTED["no text"][3](sound)
    made = import_folder("llmaffect", sound, tmp_path / "out")
    assert [one.name for one in made.studies] == ["as-published", "done-well"]
    for one in made.studies:
        file = tmp_path / "out" / one.name / "study.yaml"
        assert Experiment.check(file).errors == []
        experiment = Experiment.load(file, models=["simulated"], replicates=1, out=tmp_path / one.name)
        assert [event.kind for event in experiment.run()][-1] == "ended"
        results = experiment.results()
        assert results.findings
        (methods,) = results.sections(["methods"])
        alone = "no answer could affect another" in " ".join(methods.sentences)
        assert alone is (one.name == "done-well"), "a battery is no branch"


def test_two_experiments_are_named_by_their_folders(sound: Path, tmp_path: Path) -> None:
    shutil.copytree(sound / "states", sound / "Once more")
    import_folder("llmaffect", sound, tmp_path / "out")
    found = sorted(file.parent.name for file in (tmp_path / "out").glob("*/study.yaml"))
    assert found == ["once-more-as-published", "once-more-done-well", "states-as-published", "states-done-well"]


def test_as_published_has_the_turns_of_the_prompts_in_their_order(sound: Path, tmp_path: Path) -> None:
    import_folder("llmaffect", sound, tmp_path / "out")
    experiment = Experiment.load(tmp_path / "out" / "as-published" / "study.yaml", models=["simulated"])
    assert experiment.plan.replicates == 5
    turns = [one.text for one in experiment.preview(0) if one.role == "user"]
    asked = [text for text in turns if text.startswith("Please mark") or text.startswith("And now")]
    said = [text for text in turns if text not in asked]
    assert said == [
        one.strip() for one in (clone.FRAME, clone.prompts("Fear")[2].partition("Please")[0], clone.STAY, clone.CALM)
    ]
    assert len(asked) == 3 * 2, "two questionnaires at three points"
    assert "1. uneasy   1 = none   2 = some   3 = much" in asked[0]


def test_the_licence_is_that_of_the_clone_and_where_there_is_none_it_says_so(sound: Path, tmp_path: Path) -> None:
    import_folder("llmaffect", sound, tmp_path / "out")
    files = sorted((tmp_path / "out").rglob("materials/**/*.yaml"))
    heads = {(one["licence"], one["source"]) for file in files if (one := yaml.safe_load(file.read_text("utf-8")))}
    assert len(files) > 10
    assert [licence for licence, _ in heads] == ["MIT License (LICENSE of the repository)"]
    (sound / "LICENSE").unlink()
    assert read_clone(sound).licence == NO_LICENCE


def test_statements_lines_and_sentences_are_vignettes(sound: Path) -> None:
    def texts(text: str) -> list[str]:
        from affectlab.defects.questionnaire import parsed

        return vignettes(parsed(text.splitlines(), frozenset()))

    assert texts("Picture this: A dog barks. A door opens.") == ["A dog barks.", "A door opens."]
    assert texts("Picture this:\nA dog barks. It is near.\nA door opens.") == [
        "A dog barks. It is near.",
        "A door opens.",
    ]
    assert [len(one.splitlines()) for one in texts("\n".join(f"{n}. So it is." for n in range(1, 9)))] == [2, 2, 2, 2]
    assert texts("Think of what worries you.\nGo on.") == ["Think of what worries you.\nGo on."]


def test_the_command_tells_what_it_made(sound: Path, tmp_path: Path, called: Called) -> None:
    PLANTED["heading"][3](sound)
    code, out, _ = called("import", "llmaffect", str(sound), "--to", str(tmp_path / "out"))
    assert code == 0
    assert "stray heading" in out
    assert f"{FEAR4}:1" in out
    summary = (tmp_path / "out" / SUMMARY).read_text("utf-8")
    assert f"- {FEAR4}:1: stray heading: `Prompt4` is sent to the model" in summary
    assert "temperature 0.5" in summary
    code, _, err = called("import", "llmaffect", str(sound / "none"), "--to", str(tmp_path / "more"))
    assert (code, err.count("\n")) == (2, 1)
    assert not (tmp_path / "more").exists()
