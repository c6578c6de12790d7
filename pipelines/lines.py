"""A tree as the lines a reader sees, each knowing how much of it is links and which element it stands in.

One walk over the page makes every line; an element is then a range of lines, so that choosing a body, reading what
stands above it and trimming its ends are slices. A row of a data table is one line, its cells joined by ` | `.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from lxml import etree
from lxml.etree import _Element

from pipelines.dom import SILENT, hidden, squeeze

BLOCKS = frozenset(
    re.findall(
        r"\S+",
        "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption figure "
        "footer form h1 h2 h3 h4 h5 h6 header hr li main menu nav ol p pre section summary table tbody td tfoot th thead "
        "tr ul founder-content ucapcontent",
    )
)
"""Elements that begin and end a line."""

_CELLS = frozenset({"td", "th"})
_CELL_LIMIT = 1500  # a longer cell is a page laid out with tables, not data
_CELL_BLOCKS = 12
_HIDDEN_SHARE = 0.8


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """One line: its text, how many of its characters stand in links, its innermost block, whether it is hidden."""

    text: str
    linked: int
    element: _Element
    hidden: bool = False
    row: bool = False

    @property
    def plain(self) -> int:
        """Characters outside links."""
        return len(self.text) - self.linked


@dataclass(slots=True)
class Lines:
    """The lines of a page in order, and for every element the range of lines inside it."""

    all: list[Line] = field(default_factory=list)
    spans: dict[_Element, tuple[int, int]] = field(default_factory=dict)

    def inside(self, element: _Element) -> list[Line]:
        """The lines of one element."""
        start, end = self.spans.get(element, (0, 0))
        return self.all[start:end]


def read_lines(root: _Element, *, breaks: Iterable[_Element] = ()) -> Lines:
    """Walk the tree once. `breaks` are inline elements that shall begin and end a line (a `<span id=zoom>`)."""
    walk = _Walk(frozenset(breaks))
    walk.run(root)
    if _is_all_hidden(walk.lines.all):
        walk.lines.all = [replace(line, hidden=False) for line in walk.lines.all]
    return walk.lines


def _is_all_hidden(lines: list[Line]) -> bool:
    """Whether nearly all text is hidden: a wrapper that a script turns on, not text that nobody shall see."""
    total = sum(line.plain for line in lines)
    return sum(line.plain for line in lines if line.hidden) > _HIDDEN_SHARE * total


class _Walk:
    """The state of one walk: the line being gathered, the depth of links, hidden parts and data rows."""

    def __init__(self, breaks: frozenset[_Element]) -> None:
        self.lines = Lines()
        self.breaks = breaks
        self.parts: list[str] = []
        self.veiled: list[int] = []
        self.linked = 0
        self.links = 0
        self.hides = 0
        self.rows = 0
        self.pre = 0
        self.blocks: list[_Element] = []
        self.starts: list[tuple[int, bool]] = []

    def run(self, root: _Element) -> None:
        walker = etree.iterwalk(root, events=("start", "end"))
        for event, node in walker:
            if event == "start":
                if node.tag in SILENT:
                    walker.skip_subtree()
                self.open(node)
            else:
                self.close(node)
                if node.tail and node is not root:
                    self.add(node.tail)
        self.flush(root)

    def open(self, node: _Element) -> None:
        tag = node.tag
        if tag in BLOCKS or node in self.breaks:
            self.open_block(node)
        elif tag == "a":
            self.links += 1
        elif tag == "br":
            self.parts.append(" ") if self.rows else self.flush()
        veiled = node.get("style") is not None and hidden(node)
        self.hides += veiled
        self.starts.append((len(self.lines.all), veiled))
        if node.text and tag not in SILENT:
            self.add(node.text)

    def open_block(self, node: _Element) -> None:
        tag = node.tag
        if self.rows:
            self.parts.append("\x1f" if tag in _CELLS else " ")
        else:
            self.flush()
        self.blocks.append(node)
        if tag == "tr" and (self.rows or _is_data_row(node)):
            self.rows += 1
        elif tag == "pre":
            self.pre += 1

    def close(self, node: _Element) -> None:
        tag = node.tag
        if tag in BLOCKS or node in self.breaks:
            self.close_block(node)
        elif tag == "a":
            self.links -= 1
        start, veiled = self.starts.pop()
        self.hides -= veiled
        self.lines.spans[node] = (start, len(self.lines.all))

    def close_block(self, node: _Element) -> None:
        if self.rows:
            self.parts.append(" ")
            if node.tag == "tr":
                self.rows -= 1
                if not self.rows:
                    self.flush(node, row=True)
        else:
            self.flush()
        self.blocks.pop()
        if node.tag == "pre":
            self.pre -= 1

    def add(self, text: str) -> None:
        if not self.parts and text.isspace():
            return  # most text between elements; a line never begins with it
        if self.pre and "\n" in text and not self.rows:
            *whole, text = text.split("\n")
            for part in whole:
                self.parts.append(part)
                self.flush()
        if self.hides and not self.rows:
            self.veiled.append(len(self.parts))
        self.parts.append(text)
        if self.links:
            self.linked += len("".join(text.split()))

    def gather(self) -> tuple[str, bool]:
        """The text of a line and whether it is hidden; hidden words inside a line that is shown are left out.

        A label is kept: scripts show it where its value is filled in.
        """
        if not self.veiled:
            raw = "".join(self.parts)
            self.parts.clear()
            return raw, self.hides > 0
        hides = {number for number in self.veiled if not self.parts[number].rstrip().endswith((":", "："))}
        shown = "".join(part for number, part in enumerate(self.parts) if number not in hides)
        raw = shown if hides and shown.strip() else "".join(self.parts)
        veiled = self.hides > 0 or bool(hides and not shown.strip())
        self.parts.clear()
        self.veiled.clear()
        return raw, veiled

    def flush(self, element: _Element | None = None, *, row: bool = False) -> None:
        if not self.parts:
            return
        raw, veiled = self.gather()
        text = _join_cells(raw) if row else squeeze(raw)
        if text:
            block = element if element is not None else self.blocks[-1] if self.blocks else None
            if block is not None:
                linked = min(self.linked, len(text))
                self.lines.all.append(Line(text, linked, block, veiled, row))
        self.linked = 0


def _join_cells(raw: str) -> str:
    cells = [squeeze(cell) for cell in raw.split("\x1f")][1:]
    return " | ".join(cells) if any(cells) else ""


def _is_data_row(row: _Element) -> bool:
    """Two or more filled cells, no table inside, no cell that holds a whole page column."""
    cells = [cell for cell in row if cell.tag in _CELLS]
    if len(cells) < 2:  # noqa: PLR2004
        return False
    filled = 0
    for cell in cells:
        if next(cell.iter("table", "form", "script"), None) is not None:
            return False
        size = sum(len(part) for part in cell.itertext())
        if size > _CELL_LIMIT or sum(1 for _ in cell.iter("p", "li", "div", "h1", "h2", "h3")) > _CELL_BLOCKS:
            return False
        filled += size > 0
    return filled > 0
