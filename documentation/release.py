"""Makes a version: puts the fragments of `changes/` together in `CHANGELOG.md`, and writes its number where it stands.

    python -m documentation.release 0.2.0 2026-11-30

Nothing is published or committed by it; look at what it changed, and then do that.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
NUMBER = re.compile(r"\d+\.\d+\.\d+")
DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def release(root: Path, version: str, date: str) -> int:
    """Make a version of what lies in a folder; returns how many fragments there were.

    Args:
        date: the day of the release, as 2026-11-30; it is said and never looked up.

    Raises:
        ValueError: the number or the date is none, the version is there already, or nothing changed.
    """
    changelog = root / "CHANGELOG.md"
    text = changelog.read_text("utf-8")
    fragments = sorted(path for path in (root / "changes").glob("*.md") if path.name != "README.md")
    if not NUMBER.fullmatch(version) or not DATE.fullmatch(date):
        raise ValueError("say a version and a date, as in `0.2.0 2026-11-30`")
    if f"\n## {version} " in text:
        raise ValueError(f"CHANGELOG.md has a version {version} already")
    if not fragments:
        raise ValueError("changes/ has no fragment: there is nothing to release")
    head, rest = text.split("\n## ", 1)
    section = "\n".join(_entry(path.read_text("utf-8")) for path in fragments)
    changelog.write_text(f"{head}\n## {version} ({date})\n\n{section}\n\n## {rest}", "utf-8")
    for path in fragments:
        path.unlink()
    _rewrite(root / "pyproject.toml", r'(?m)^version = ".+"$', f'version = "{version}"')
    _rewrite(root / "CITATION.cff", r"(?m)^version: .+$", f"version: {version}")
    return len(fragments)


def _entry(fragment: str) -> str:
    """A fragment as an entry of a list; what stands in it keeps its lines."""
    first, *others = fragment.strip().splitlines()
    return "\n".join([f"- {first}", *(f"  {line}" if line else "" for line in others)])


def _rewrite(path: Path, pattern: str, line: str) -> None:
    text, count = re.subn(pattern, line, path.read_text("utf-8"), count=1)
    if count != 1:
        raise ValueError(f"{path.name} has no line with the version")
    path.write_text(text, "utf-8")


def main() -> None:
    """Make the version that is named."""
    try:
        version, date = sys.argv[1:]
        print(f"{release(ROOT, version, date)} changes are in CHANGELOG.md now")
    except ValueError as error:
        raise SystemExit(f"release: {error}") from None


if __name__ == "__main__":
    main()
