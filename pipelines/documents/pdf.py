"""PDF files (ISO 32000), by PDFium, which knows the Chinese character collections without their fonts.

A page of text has lines, not paragraphs. Lines that reach the right margin and are not followed by an indent go on.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from statistics import median
from typing import Any, Final

import pypdfium2 as pdfium
from pypdfium2 import raw

from pipelines.documents.problem import Unreadable

MOST_PAGES: Final = 3000
_FOOTER: Final = re.compile(r"[\s—–\-－·第]*[0-9]{1,4}[\s—–\-－·页]*(?:/\s*[0-9]{1,4})?")
_NEVER_FIRST: Final = "，。、；：！？）》〉”’】％"
# What begins a paragraph of its own even where no indent shows it.
_HEADING: Final = re.compile(
    r"(?:[一二三四五六七八九十]+、|[(（][一二三四五六七八九十]+[)）]|第[一二三四五六七八九十百]+[章条])"
)


@dataclass(frozen=True, slots=True)
class _Line:
    """A line; in points, the width of its characters and of what may not be parted at its head, indent, and room."""

    text: str
    left: float
    right: float
    width: float
    head: float
    indent: float = 0
    room: float = 0

    def has_room_for(self, following: "_Line") -> bool:
        return self.room > following.head + self.width / 2

    def is_beginning(self) -> bool:
        return self.indent > 1.2 * self.width or _HEADING.match(self.text) is not None


@dataclass(frozen=True, slots=True)
class _Unit:
    """A UTF-16 code unit, its left, bottom, right and top edge, and whether PDFium put it there."""

    text: str
    box: tuple[float, float, float, float]
    is_generated: bool

    @property
    def width(self) -> float:
        return self.box[2] - self.box[0]


def read_pdf(content: bytes) -> Iterator[str]:
    """Paragraphs in the order of the pages; raises Unreadable."""
    try:
        document = pdfium.PdfDocument(content)
    except pdfium.PdfiumError as error:
        raise Unreadable("encrypted" if "password" in str(error).lower() else "broken") from None
    try:
        yield from _join(document)
        if len(document) > MOST_PAGES:
            raise Unreadable("cut")
    finally:
        document.close()


def _join(document: Any) -> Iterator[str]:
    """Paragraphs, also those that go on over the edge of a page."""
    begun = ""
    lines = [*_placed_lines(document)]
    for line, following in zip_longest(lines, lines[1:]):
        begun += _space_between(begun, line.text) + line.text
        if following is None or line.has_room_for(following) or following.is_beginning():
            yield begun
            begun = ""


def _placed_lines(document: Any) -> Iterator[_Line]:
    for number in range(min(len(document), MOST_PAGES)):
        lines = _lines_of(document, number)
        left = min((line.left for line in lines), default=0)
        right = max((line.right for line in lines), default=0)
        yield from (replace(line, indent=line.left - left, room=right - line.right) for line in lines)


def _space_between(before: str, after: str) -> str:
    """Words of Latin letters are parted by the end of a line, Chinese is not."""
    return " " if before and before[-1].isascii() and before[-1].isalnum() and after[0].isascii() else ""


def _lines_of(document: Any, number: int) -> list[_Line]:
    try:
        page = document[number]
        text = page.get_textpage()
    except pdfium.PdfiumError:
        raise Unreadable("broken") from None
    try:
        lines = [*_find_lines(text)]
    finally:
        text.close()
        page.close()
    return [line for at, line in enumerate(lines) if not (at in {0, len(lines) - 1} and _FOOTER.fullmatch(line.text))]


def _find_lines(page: Any) -> Iterator[_Line]:
    units: list[_Unit] = []
    for index in range(page.count_chars() + 1):
        text = chr(raw.FPDFText_GetUnicode(page, index)) if index < page.count_chars() else "\n"
        if text not in "\r\n":
            units.append(_Unit(text, page.get_charbox(index, loose=True), bool(raw.FPDFText_IsGenerated(page, index))))
            continue
        shown = [unit for unit in units if not unit.text.isspace()]
        if shown and (line := _clean("".join(_say_gaps(units, width := median(unit.width for unit in shown))))):
            yield _Line(line, shown[0].box[0], max(unit.box[2] for unit in shown), width, _measure_head(shown))
        units = []


def _measure_head(units: Sequence[_Unit]) -> float:
    """The width of a first word with the punctuation that may not begin a line."""
    end = next((at for at, unit in enumerate(units) if not unit.text.isascii()), len(units)) or 1
    while end < len(units) and units[end].text in _NEVER_FIRST:
        end += 1
    return units[end - 1].box[2] - units[0].box[0]


def _say_gaps(units: Sequence[_Unit], width: float) -> Iterator[str]:
    """PDFium puts a space into each gap: one as wide as a character parts columns, a narrow one only Latin words."""
    for before, unit, after in zip([None, *units], units, [*units[1:], None], strict=False):
        if not unit.is_generated or not before or not after:
            yield unit.text
        elif after.box[0] - before.box[2] > width:
            yield "\t"
        elif before.text.isascii() and after.text.isascii():
            yield " "


def _clean(text: str) -> str:
    """Without what no font shows; a character that the file does not name is U+FFFD."""
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return "".join("\ufffd" if unit in "\0\ufffe" else unit for unit in whole if unit not in "\x02\xad").strip()
