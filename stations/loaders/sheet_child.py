"""Reads a workbook in a process of its own and writes its rows to standard output: ``sheet_child PATH [SHEET]``.

A few bytes of a spreadsheet can ask its reader for more memory than there is, which ends the process that reads it.
So that process is this one, and what it may use is limited. Formulas and macros are never run: a formula's cell is
the value that stood in it when the file was saved.

What is written is a series of `marshal` objects, see `SheetMessage`; ``("end",)`` is the last of a whole file.
"""

from __future__ import annotations

import marshal
import resource
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from stations.loaders.cells import cell_text

MOST_MEMORY_BYTES = 1_500_000_000
MOST_CPU_S = 120
ROWS_A_MESSAGE = 512

SheetMessage = tuple[object, ...]
"""``("sheets", [(name, visible)])``, ``("table", name)``, ``("rows", [(number, cells)])``, ``("wrong", key)``,
``("end",)``."""

Range = tuple[tuple[int, int], tuple[int, int]]


def main(path: Path, sheet: str | None) -> None:
    """Write the rows of `sheet`, of every visible sheet where there is none."""
    out = sys.stdout.buffer
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY_BYTES, MOST_MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_CPU_S, MOST_CPU_S))
    opened = False
    try:
        with path.open("rb") as file:
            workbook = _open(path, file)
            opened = True
            _write_workbook(workbook, sheet, out)
    except PasswordError:
        marshal.dump(("wrong", "file_password"), out)
    except BaseException:  # a panic of the reader is no Exception
        marshal.dump(("wrong", "file_damaged" if opened else "file_no_workbook"), out)
    out.flush()


def _open(path: Path, file: BinaryIO) -> CalamineWorkbook:
    """Open a workbook as what its name says, which tells of a password, else as what its content is."""
    try:
        return CalamineWorkbook.from_path(path)
    except PasswordError:
        raise
    except CalamineError:
        return CalamineWorkbook.from_filelike(file)


def _write_workbook(workbook: CalamineWorkbook, sheet: str | None, out: BinaryIO) -> None:
    sheets = [found for found in workbook.sheets_metadata if found.typ == SheetTypeEnum.WorkSheet]
    visible = {found.name: found.visible == SheetVisibleEnum.Visible for found in sheets}
    marshal.dump(("sheets", list(visible.items())), out)
    for name in visible if sheet is None else [sheet] if sheet in visible else []:
        if sheet is None and not visible[name]:
            continue
        marshal.dump(("table", name), out)
        batch: list[tuple[int, list[str]]] = []
        for row in _rows(workbook.get_sheet_by_name(name)):
            batch.append(row)
            if len(batch) == ROWS_A_MESSAGE:
                marshal.dump(("rows", batch), out)
                batch = []
        marshal.dump(("rows", batch), out)
    marshal.dump(("end",), out)


def _rows(sheet: CalamineSheet) -> Iterator[tuple[int, list[str]]]:
    """Yield the number (first line 1) and cells of each row that is not blank; a merged cell stands in all its rows."""
    if sheet.start is None:
        return
    left = [""] * sheet.start[1]
    ranges = sorted(sheet.merged_cell_ranges or (), reverse=True)
    merged: dict[int, tuple[int, str]] = {}
    for number, values in enumerate(sheet.iter_rows()):
        cells = left + [cell_text(value) for value in values]
        while ranges and ranges[-1][0][0] <= number:
            (top, column), (bottom, _) = ranges.pop()
            if top == number and top < bottom and column < len(cells) and cells[column]:
                merged[column] = (bottom, cells[column])
        if any(cells):
            for column, (bottom, text) in merged.items():
                if number <= bottom and not cells[column]:
                    cells[column] = text
            while not cells[-1]:
                cells.pop()
            yield number + 1, cells


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else None)
