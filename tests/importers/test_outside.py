"""An importer from a package outside the tree is listed, used, and its study runs."""

from __future__ import annotations

import json
import re
from pathlib import Path

from tests.outside import done_outside

HERE = Path(__file__).parent


def test_an_importer_of_another_package_is_used_by_every_command(tmp_path: Path) -> None:
    done = done_outside(HERE / "imported_outside.py", tmp_path)
    assert {name: one["code"] for name, one in done.items()} == {**dict.fromkeys(done, 0), "refused": 2}
    assert re.search(r"letters +Letters, one in each text file\.", done["list"]["out"])
    assert "two.txt:1" in done["import"]["out"]
    assert json.loads(done["json"]["out"])["defects"] == [
        {"kind": "short letter", "message": "fewer than five words", "file": "two.txt", "line": 1}
    ]
    assert done["refused"]["err"].endswith("holds no letters; name a folder with text files\n")
    assert (tmp_path / "run" / "answers.sqlite").is_file()
