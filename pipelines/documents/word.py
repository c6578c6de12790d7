"""Word files of today (ECMA-376, .docx), by python-docx."""

import io
from collections.abc import Iterator
from typing import Any

import docx
from docx.table import Table


def read_docx(content: bytes) -> Iterator[str]:
    """Paragraphs and table rows in their order; raises whatever for a damaged file."""
    for block in docx.Document(io.BytesIO(content)).iter_inner_content():
        yield from _rows_of(block) if isinstance(block, Table) else _lines_of(block.text)


def _lines_of(text: str) -> Iterator[str]:
    yield from (line.strip() for line in text.splitlines() if line.strip())


def _rows_of(table: Any) -> Iterator[str]:
    for row in table.rows:
        # A merged cell is one cell, though it is given once for each column.
        cells = list(dict.fromkeys(row.cells))
        line = "\t".join(" ".join(cell.text.split()) for cell in cells)
        if line.strip():
            yield line
