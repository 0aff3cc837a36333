"""Every command that reads a run, in every form of output; and what must hold of whatever it prints or writes."""

from __future__ import annotations

import io
import json
import re
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

from affectlab.cli import main

FORMS = ("html", "md", "json", "csv")
READING: tuple[tuple[str, ...], ...] = (
    *(("report", "RUN", "--format", form, "--out", f"OUT/report.{form}") for form in FORMS),
    ("export", "RUN", "--to", "OUT/export"),
    *(
        (command, "RUN", *form)
        for command in ("tables", "validity", "hypotheses", "humans", "manipulation", "multiverse", "regulation")
        for form in ((), ("--json",))
    ),
    ("tables", "RUN", "--table", "contrasts", "--csv"),
    ("incidents", "RUN", "--json"),
    ("power", "STUDY", "--quick", "--from", "RUN", "--draws", "20"),
    ("score", "RUN"),
    ("verify", "RUN"),
    ("archive", "RUN", "--to", "OUT/run.zip"),
)
"""RUN, STUDY and OUT stand for places."""

_NUMBER = re.compile(r"(?<![\w-])[-+−]?(?:nan|NaN|NAN|inf|Infinity|<NA>|NaT)(?![\w-])")
_CODES = (0, 2, 3)


class Ended(NamedTuple):
    """What a command did."""

    code: int
    out: str
    err: str


def called(*words: str) -> Ended:
    """Call the program in this process."""
    out, err = io.StringIO(), io.StringIO()
    with patch.object(sys, "argv", ["affectlab", *words]), redirect_stdout(out), redirect_stderr(err):
        try:
            main()
            code = 0
        except SystemExit as end:
            code = int(end.code or 0)
        except BaseException:
            code = 1
            err.write(traceback.format_exc())
    return Ended(code, out.getvalue(), err.getvalue())


def read(run: Path, study: str, words: Sequence[str], out: Path) -> Iterator[str]:
    """Call a command that reads a run; yields what is wrong with what it did."""
    out.mkdir(parents=True, exist_ok=True)
    places = {"RUN": str(run), "STUDY": study}
    ended = called(*(places.get(word, word.replace("OUT", str(out))) for word in words))
    if ended.code not in _CODES:
        yield f"code {ended.code}: {ended.err.strip()[-1500:]}"
    elif ended.code and len(ended.err.strip().splitlines()) != 1:
        yield f"not one line: {ended.err[-300:]}"
    yield from (f"prints {found}" for found in _unnumbered(ended.out))
    for path in sorted(out.rglob("*")):
        if path.is_file() and path.suffix in (".html", ".md", ".json", ".csv"):
            text = path.read_text("utf-8")
            yield from (f"{path.relative_to(out)} holds {found}" for found in _unnumbered(_visible(text, path.suffix)))
            if path.suffix == ".json":
                json.loads(text, parse_constant=_refuse)


def _visible(text: str, suffix: str) -> str:
    """What a reader sees of a page: neither its style nor what lies behind its links and drawings."""
    return re.sub(r"<style.*?</style>|<[^>]*>", " ", text, flags=re.DOTALL) if suffix == ".html" else text


def _unnumbered(text: str) -> list[str]:
    """Numbers that are none, with what stands around them."""
    return [text[max(0, one.start() - 60) : one.end() + 40].replace("\n", " ⏎ ") for one in _NUMBER.finditer(text)][:3]


def _refuse(constant: str) -> float:
    raise ValueError(f"{constant} in JSON")
