"""Called by mkdocs: adds the pages that are made from the code to those that are written."""

from __future__ import annotations

from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

from documentation import command_line, findings, materials, study_file


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """The files of the site, the generated ones among them."""
    docs = Path(config.docs_dir)
    pages = {
        "reference/commands.md": command_line.page(),
        "reference/study-file.md": study_file.page(),
        **materials.pages(),
        **findings.figures(docs / "findings"),
        "contributing.md": _from_root(docs.parent / "CONTRIBUTING.md"),
        "changes.md": (docs.parent / "CHANGELOG.md").read_text("utf-8"),
    }
    for path, text in pages.items():
        files.append(File.generated(config, path, content=text))
    return files


def _from_root(path: Path) -> str:
    """A page of the repository's root, its links as seen from `docs/`."""
    return path.read_text("utf-8").replace("](docs/", "](")
