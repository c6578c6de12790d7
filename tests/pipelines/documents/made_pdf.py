"""PDF files as an office prints them: Chinese in a font that is named and not embedded (Adobe-GB1, `GBK-EUC-H`)."""

from collections.abc import Sequence

SIZE, LEFT, TOP, LEADING = 16, 80, 760, 28
PER_LINE = 27


def set_paragraphs(paragraphs: Sequence[str]) -> list[tuple[int, str]]:
    """Break paragraphs into lines, each with its indent in characters; the first line of each is set in by two."""
    lines = []
    for paragraph in paragraphs:
        first = PER_LINE - 2
        lines.append((2, paragraph[:first]))
        lines += [(0, paragraph[at : at + PER_LINE]) for at in range(first, len(paragraph), PER_LINE)]
    return lines


def make_pdf(lines: Sequence[tuple[int, str]], *, lines_a_page: int = 20, trailer: bytes = b"") -> bytes:
    """A whole file, with page numbers at the foot of its pages."""
    pages = [lines[at : at + lines_a_page] for at in range(0, len(lines), lines_a_page)] or [[]]
    first = 6
    kids = b" ".join(b"%d 0 R" % (first + 2 * number) for number in range(len(pages)))
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        2: b"<< /Type /Pages /Kids [%b] /Count %d >>" % (kids, len(pages)),
        3: b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /GBK-EUC-H /DescendantFonts [4 0 R] >>",
        4: b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /FontDescriptor 5 0 R /DW 1000"
        b" /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> >>",
        5: b"<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] /ItalicAngle 0"
        b" /Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>",
    }
    for number, page in enumerate(pages):
        drawn = _draw(page, number + 1)
        objects[first + 2 * number] = (
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >>"
            b" /Contents %d 0 R >>" % (first + 2 * number + 1)
        )
        objects[first + 2 * number + 1] = b"<< /Length %d >>\nstream\n%b\nendstream" % (len(drawn), drawn)
    return _write(objects, trailer)


def _draw(page: Sequence[tuple[int, str]], number: int) -> bytes:
    shown = [(LEFT + indent * SIZE, TOP - at * LEADING, text) for at, (indent, text) in enumerate(page)]
    if page:
        shown.append((280, 40, f"－{number}－"))
    placed = (b"1 0 0 1 %d %d Tm <%b> Tj" % (x, y, text.encode("gbk").hex().encode()) for x, y, text in shown)
    return b"BT /F1 %d Tf\n%b\nET" % (SIZE, b"\n".join(placed))


def _write(objects: dict[int, bytes], trailer: bytes) -> bytes:
    data, places = b"%PDF-1.4\n", []
    for number, value in sorted(objects.items()):
        places.append(len(data))
        data += b"%d 0 obj\n%b\nendobj\n" % (number, value)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    table = b"xref\n0 %d\n0000000000 65535 f \n%b" % (size, table)
    end = b"trailer << /Size %d /Root 1 0 R %b >>\nstartxref\n%d\n%%%%EOF\n" % (size, trailer, len(data))
    return data + table + end
