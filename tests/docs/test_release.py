"""A version is made of the fragments, and its number stands wherever it has to."""

from __future__ import annotations

import re
import shutil
import tomllib
from pathlib import Path

import pytest
import yaml
from documentation.release import release

from tests.house import ROOT


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """What a release changes, copied."""
    for name in ("CHANGELOG.md", "CITATION.cff", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path / name)
    shutil.copytree(ROOT / "changes", tmp_path / "changes")
    (tmp_path / "changes" / "zz-two-lines.md").write_text("The first line\nand the second.\n", "utf-8")
    return tmp_path


def test_fragments_become_a_section_and_are_gone(copy: Path) -> None:
    before = (copy / "CHANGELOG.md").read_text("utf-8")
    fragments = [path.read_text("utf-8") for path in (copy / "changes").glob("*.md") if path.name != "README.md"]
    assert release(copy, "9.8.7", "2031-02-03") == len(fragments)
    text = (copy / "CHANGELOG.md").read_text("utf-8")
    section = text[text.index("## 9.8.7 (2031-02-03)") : text.index("\n## 0.1.0")]
    assert "- The first line\n  and the second." in section
    assert [one for one in fragments if " ".join(one.split()) not in " ".join(section.split())] == []
    assert before.split("\n## ")[1] in text
    assert [path.name for path in (copy / "changes").glob("*.md")] == ["README.md"]
    assert tomllib.loads((copy / "pyproject.toml").read_text("utf-8"))["project"]["version"] == "9.8.7"
    assert yaml.safe_load((copy / "CITATION.cff").read_text("utf-8"))["version"] == "9.8.7"
    with pytest.raises(ValueError, match="has a version"):
        release(copy, "9.8.7", "2031-02-03")
    with pytest.raises(ValueError, match="nothing to release"):
        release(copy, "9.8.8", "2031-02-03")


def test_what_is_claimed_of_the_version_is_the_same_everywhere() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))["version"] == project["version"]
    claimed = {one for one in project["classifiers"] if re.search(r"Python :: 3\.\d+", one)}
    assert claimed == {"Programming Language :: Python :: 3.11"}
    assert (ROOT / "src" / "affectlab" / "py.typed").exists()


def test_the_lock_of_the_tests_has_a_hash_for_each_version_and_no_address() -> None:
    lock = (ROOT / "requirements" / "tests.txt").read_text("utf-8")
    pinned = set(re.findall(r"(?m)^([\w.-]+==[^\s;\\]+)", lock))
    wanted = {
        re.sub(r"[-_.]+(?=.*==)", "-", one.lower())
        for one in (ROOT / "requirements/lock.txt").read_text("utf-8").split()
    }
    compiled = {one for one in wanted if one.startswith("llama-cpp-python==")}
    hashed = {re.sub(r"[-_.]+(?=.*==)", "-", one.lower()) for one in pinned}
    assert hashed - wanted == set()
    # what was added since the last version gets its hash when the next one is made
    assert len(wanted - compiled - hashed) < 10
    assert len(re.findall(r"--hash=sha256:[0-9a-f]{64}", lock)) >= len(pinned)
    assert "://" not in lock
