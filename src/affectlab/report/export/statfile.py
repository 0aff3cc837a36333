"""The scores of a run as a file of SPSS, with what every column holds."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from affectlab.errors import InputError, StoreError
from affectlab.report.export.variables import codebook
from affectlab.run import Run

LONGEST = 255
"""Letters of a column's description."""


def write_sav(run: Run, file: Path) -> Path:
    """Write the scores as a file of SPSS: a row for each, names and descriptions of the columns as in the codebook.

    Texts that are missing are empty, numbers that are missing are system-missing; a seed is a text, as a double cannot
    hold it.

    Returns:
        the file.

    Raises:
        InputError: pyreadstat, which writes it, is not installed.
        StoreError: the file is there, or cannot be written; or the run is damaged.
    """
    try:
        import pyreadstat
    except ImportError:
        hint = "pip install 'affectlab[spss]'"
        raise InputError("files of SPSS are written by pyreadstat, which is not installed", hint=hint) from None
    run.store.check()
    if file.exists():
        raise StoreError(f"{file} is there already", hint="name a new file as --to")
    scores = run.scores()
    described = {one.name: one.description[:LONGEST] for one in codebook(scores)}
    table = pd.DataFrame({name: _column(scores[name], str(name)) for name in scores})
    try:
        pyreadstat.write_sav(table, str(file), column_labels=[described[str(name)] for name in table])
    except (OSError, pyreadstat.PyreadstatError) as error:
        raise StoreError(f"{file} cannot be written ({error})", hint="name another --to") from None
    return file


def _column(column: pd.Series, name: str) -> pd.Series:
    if name == "seed":
        return column.map(str)
    if pd.api.types.is_numeric_dtype(column):
        return column.astype("float64")
    return column.map(lambda value: "" if pd.isna(value) else str(value)).astype(object)
