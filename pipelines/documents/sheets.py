"""Excel files: of today (ECMA-376, .xlsx) by openpyxl, of before 2007 ([MS-XLS], .xls) by xlrd."""

import io
import warnings
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from typing import Any

import openpyxl
import xlrd

from pipelines.documents.problem import Unreadable

_WHOLE = 2.0**53
"""Where whole numbers end to be exact."""


def read_xlsx(content: bytes) -> Iterator[str]:
    """Rows of each sheet, its name before them where there are several; raises whatever for a damaged file."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what openpyxl does not keep: styles, pictures
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    for sheet in book.worksheets:
        yield from _titled(sheet.title, _rows(sheet.iter_rows(values_only=True)), len(book.worksheets))


def read_xls(content: bytes) -> Iterator[str]:
    """Rows of each sheet, its name before them where there are several; raises Unreadable, or whatever."""
    try:
        book = xlrd.open_workbook(file_contents=content, logfile=io.StringIO(), on_demand=True)
    except xlrd.XLRDError as error:
        raise Unreadable("encrypted" if "encrypted" in str(error) else "broken") from None
    for sheet in book.sheets():
        rows = ([_value(cell, book.datemode) for cell in row] for row in sheet.get_rows())
        yield from _titled(sheet.name, _rows(rows), book.nsheets)


def _titled(name: str, rows: Iterator[str], sheets: int) -> Iterator[str]:
    first = next(rows, None)
    if first is None:
        return
    if sheets > 1:
        yield name
    yield first
    yield from rows


def _rows(rows: Iterable[Iterable[object]]) -> Iterator[str]:
    for row in rows:
        line = "\t".join(map(_text, row)).rstrip("\t")
        if line.strip():
            yield line


def _text(value: object) -> str:
    """A cell as a reader of the sheet would take it: whole numbers without a point, days without midnight."""
    if value is None:
        return ""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < _WHOLE else repr(value)
    if isinstance(value, datetime):
        return value.isoformat(" ") if value.time() != time() else value.date().isoformat()
    return value.isoformat() if isinstance(value, date) else " ".join(str(value).split())


def _value(cell: Any, datemode: int) -> object:
    if cell.ctype == xlrd.XL_CELL_DATE:
        return xlrd.xldate_as_datetime(cell.value, datemode)
    return None if cell.ctype in {xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK, xlrd.XL_CELL_ERROR} else cell.value
