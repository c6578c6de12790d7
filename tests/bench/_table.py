"""Tables in Markdown, and the reports they are made of."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any


def make_table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """A table whose first column is text and whose others are figures; None becomes a dash."""
    lines = [_line(head), "|---|" + "---:|" * (len(head) - 1), *map(_line, rows)]
    return "\n".join(lines)


def _line(cells: Sequence[Any]) -> str:
    return "| " + " | ".join("–" if cell is None else str(cell) for cell in cells) + " |"


def read_report(path: Path) -> Any:
    """A committed report."""
    return json.loads(path.read_text(encoding="utf-8"))
