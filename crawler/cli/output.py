"""What commands print: JSON lines for programs, lines and tables for people; errors and progress on standard error.

All of it passes here, and nothing in it steers a terminal: see `archive.display`.
"""

import json
import sys
from collections.abc import Iterable, Sequence
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from archive.display import printable, printable_json, printable_lines

_WIDE = 200
"""Columns of a table that goes into a file or a pipe, where nothing says how wide it may be."""

_LONGEST_WORD = 200

ERRORS = Console(stderr=True)
"""Where progress is drawn, when it is a terminal."""


def print_json(value: Any) -> None:
    """Print one JSON line; Chinese stays readable, lone surrogates are escaped."""
    text = printable_json(json.dumps(value, ensure_ascii=False))
    sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace") + b"\n")
    sys.stdout.buffer.flush()


def say(text: object = "", *, err: bool = False) -> None:
    """Print one line."""
    click.echo(printable(text), err=err)


def say_lines(text: str, *, err: bool = False) -> None:
    """Print text of several lines, each with its line feed."""
    click.echo(printable_lines(text), nl=False, err=err)


class Screen(Console):
    """A terminal, or the file or pipe in the place of one, which has room for long lines."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        if not self.is_terminal:
            self.width = _WIDE

    def print(self, *things: Any, **options: Any) -> None:
        """Print; text has its marks, and plain strings have none."""
        super().print(*map(_tame, things), **{"markup": False} | options)


def _tame(thing: object) -> object:
    if isinstance(thing, Text):
        tamed = thing.copy()
        tamed.plain = printable_lines(thing.plain)
        return tamed
    return printable_lines(thing) if isinstance(thing, str) else thing


def print_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table; numbers stand on the right."""
    table = Table(title=title, title_justify="left")
    filled = [[cell if cell is not None else "" for cell in row] for row in rows]
    for index, column in enumerate(columns):
        numeric = bool(filled) and all(isinstance(row[index], int) for row in filled)
        table.add_column(column, justify="right" if numeric else "left", overflow="fold")
    for row in filled:
        table.add_row(*(Text(printable(cell)) for cell in row))
    Screen().print(table)


def say_count(number: int, things: str) -> str:
    """A number with what was counted.

    >>> say_count(1, "articles"), say_count(2, "articles")
    ('1 article', '2 articles')
    """
    return f"{number} {things.removesuffix('s') if number == 1 else things}"


def complain(line: object) -> None:
    """One line on standard error: `lantian: where: what; hint`; of a word without end, such as an address, its head."""
    say(f"lantian: {' '.join(map(_brief, str(line).split()))}", err=True)


def _brief(word: str) -> str:
    return word if len(word) <= _LONGEST_WORD else f"{word[:_LONGEST_WORD]}…"


def progress_bar() -> Progress:
    """A progress bar on standard error, drawn only on a terminal; add tasks to it."""
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=ERRORS,
        disable=not ERRORS.is_terminal,
        transient=True,
    )
