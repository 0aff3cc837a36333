"""Read a table from a spreadsheet: a workbook of Excel, old or new, or an OpenDocument."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from affectlab.errors import InputError
from affectlab.tabular.extent import refuse_far_cells
from affectlab.tabular.header import LOOKED_AT, Row, below_titles, from_line, named_in, skipped


def workbook(
    path: Path, sheet: str | None = None, header: int | None = None, wanted: Collection[str] = ()
) -> tuple[Iterator[Row], tuple[str, ...]]:
    """The rows of a sheet that are not blank, as text, its header first; and a remark on a title above.

    Args:
        path: of the workbook.
        sheet: its name; not needed where one sheet alone holds anything.
        header: the line of the names, where they are not to be found.
        wanted: names of columns that are asked for, by which their line is known.

    Raises:
        InputError: the reader is not installed, the file is damaged, the sheet is not there or one of several,
            it is empty.
    """
    try:
        from python_calamine import CalamineError, CalamineWorkbook
    except ImportError:
        message = "a spreadsheet is read by python-calamine, which is not installed"
        hint = "pip install 'affectlab[sheets]', or save the table as CSV and name that file"
        raise InputError(message, hint=hint, file=path) from None
    refuse_far_cells(path)
    try:
        with CalamineWorkbook.from_path(path) as book:
            found = {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}
    except (CalamineError, OSError) as error:
        message = f"the workbook cannot be read ({error})".replace("\n", " ")
        raise InputError(message, hint="open it, remove a password, save it anew or as CSV", file=path) from None
    filled = {name: rows for name, cells in found.items() if (rows := _filled(cells))}
    rows = filled[_chosen(list(filled), sheet, path)]
    if header is not None:
        return iter(from_line(rows, header, path)), ()
    begin = rows[:LOOKED_AT]
    above = named_in(begin, wanted, below_titles(begin))
    return iter(rows[above:]), skipped(begin, above)


def _chosen(filled: Sequence[str], sheet: str | None, path: Path) -> str:
    shown = ", ".join(f"`{name}`" for name in filled)
    if not filled:
        raise InputError("the workbook is empty", hint="a table has a line of names and a line for each row", file=path)
    if sheet is not None and sheet not in filled:
        raise InputError(f"no sheet `{sheet}` holds anything", hint=f"those that do are {shown}", file=path)
    if sheet is None and len(filled) > 1:
        raise InputError(f"the workbook has several sheets: {shown}", hint=f"say --sheet '{filled[0]}'", file=path)
    return sheet or filled[0]


def _filled(cells: Sequence[Sequence[object]]) -> list[Row]:
    rows = [(at, [_text(cell) for cell in row]) for at, row in enumerate(cells, 1)]
    return [(at, row) for at, row in rows if any(row)]


def _text(cell: object) -> str:
    if isinstance(cell, float):
        # a whole number is a label as likely as a score: all of its digits stay
        return str(int(cell)) if cell.is_integer() and abs(cell) < 2**63 else f"{cell:.15g}"
    return str(cell).strip()
