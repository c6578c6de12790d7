"""Which program made a file, and what it says: the text of notices that are published as attachments."""

import io
import zipfile
from collections.abc import Callable, Iterator
from importlib import import_module
from itertools import islice
from typing import Final

from pipelines.documents.problem import Unreadable
from pipelines.records import Document, Format

Reader = Callable[[bytes], Iterator[str]]

MOST_PARAGRAPHS: Final = 50_000
"""Of one file; longer ones are data, and are cut with the problem `cut`."""
_LARGEST_UNPACKED: Final = 256 << 20
_READERS: Final[dict[Format, tuple[str, str]]] = {
    "pdf": ("pdf", "read_pdf"),
    "docx": ("word", "read_docx"),
    "doc": ("word_binary", "read_doc"),
    "xlsx": ("sheets", "read_xlsx"),
    "xls": ("sheets", "read_xls"),
}
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def read_document(content: bytes) -> Document | None:
    """Read a file by what its bytes are, whatever its name says; None for a file of no such program.

    Never raises for a bad file: what was read until then is kept, and `problem` says what went wrong.
    """
    form = _find_format(content)
    if form is None:
        return None
    if form in {"docx", "xlsx"} and _is_bomb(content):
        return Document(form, problem="bomb")
    paragraphs: list[str] = []
    problem = None
    try:
        paragraphs.extend(islice(_read(form, content), MOST_PARAGRAPHS + 1))
    except Unreadable as error:
        problem = error.word
    except Exception:  # noqa: BLE001 (the libraries raise some thirty kinds for damaged files)
        problem = "broken"
    if len(paragraphs) > MOST_PARAGRAPHS:
        return Document(form, tuple(paragraphs[:MOST_PARAGRAPHS]), "cut")
    return Document(form, tuple(paragraphs), problem or (None if paragraphs else "no text"))


def _read(form: Format, content: bytes) -> Iterator[str]:
    """The libraries take a fifth of a second to import: a page that is no such file does not wait for them."""
    module, function = _READERS[form]
    reader: Reader = getattr(import_module(f"pipelines.documents.{module}"), function)
    return reader(content)


def _find_format(content: bytes) -> Format | None:
    if content.startswith(b"%PDF-"):
        return "pdf"
    if content.startswith(b"PK\x03\x04"):
        return _find_office_format(content)
    if content.startswith(_OLE):
        # Names in the directory of an OLE file are UTF-16; [MS-DOC] §2.1, [MS-XLS] §2.1.2.
        if "WordDocument".encode("utf-16-le") in content:
            return "doc"
        return "xls" if any(name.encode("utf-16-le") in content for name in ("Workbook", "Book")) else None
    return None


def _find_office_format(content: bytes) -> Format | None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            names = set(packed.namelist())
    except Exception:  # noqa: BLE001 (so does zipfile)
        return None
    return "docx" if "word/document.xml" in names else "xlsx" if "xl/workbook.xml" in names else None


def _is_bomb(content: bytes) -> bool:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return sum(entry.file_size for entry in packed.infolist()) > _LARGEST_UNPACKED
