"""Files that are there whole or not at all."""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from archive.disk import on_disk


@contextmanager
def write_whole(path: Path) -> Iterator[BinaryIO]:
    """Write beside `path` and put it in its place at the end; nothing is left behind by an error.

    The file is not synced: after a power cut an export is made again.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.draft")
    try:
        with draft.open("wb") as file:
            yield file
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def write_lines(path: Path, lines: Iterable[str]) -> int:
    """Write lines, which have their line feeds, to a file that is there whole or not at all, and give their number.

    Raises StorageFull.
    """
    count = 0
    with on_disk(path), write_whole(path) as file:
        for line in lines:
            file.write(line.encode())
            count += 1
    return count


def write_text(path: Path, text: str) -> None:
    """Write a text to a file that is there whole or not at all. Raises StorageFull."""
    write_lines(path, [text])
