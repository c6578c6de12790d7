"""A WACZ while it is written, and what waits in temporary files for its place in it."""

import heapq
import os
import tempfile
import zipfile
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import IO, Any, Final

from archive.wacz.part import Part
from archive.wacz.proofs import Prover

_MOST_RUNS: Final = 100
"""Temporary files held open at once."""


@dataclass(slots=True)
class Packed:
    """What went into a WACZ: captures, pages, and how many of the captures the log vouches for."""

    captures: int = 0
    pages: int = 0
    proven: int = 0
    digest: str = ""


@dataclass(slots=True)
class Draft:
    """The file so far, its `resources` for the manifest, and lines in temporary files, `index` in sorted runs.

    What it opens is closed with `held`.
    """

    zip: zipfile.ZipFile
    held: ExitStack
    prover: Prover | None
    pages: IO[str] = field(init=False)
    proofs: IO[str] = field(init=False)
    unsealed: IO[str] = field(init=False)
    packed: Packed = field(default_factory=Packed)
    resources: list[dict[str, Any]] = field(default_factory=list)
    index: list[IO[str]] = field(default_factory=list)
    certificates: dict[str, bytes] = field(default_factory=dict)
    home: dict[str, str] | None = None

    def __post_init__(self) -> None:
        self.pages, self.proofs, self.unsealed = (_aside(self.held) for _ in range(3))

    def part(self, name: str, *, most: int = 0) -> Part:
        """A file of the WACZ to be written, of `most` bytes or few."""
        return Part(self.zip, self.resources, name, most=most)

    def add_lines(self, name: str, first: Iterable[str], rest: IO[str] | None = None) -> None:
        """A file of lines, the rest of them from a temporary one."""
        with self.part(name, most=size_of(rest) if rest else 0) as out:
            for line in first:
                out.write(line.encode())
            for line in rewound(rest) if rest else ():
                out.write(line.encode())

    def take_run(self, lines: Iterable[str]) -> None:
        """Put aside sorted lines of the index."""
        run = _aside(self.held)
        run.writelines(lines)
        self.index.append(run)
        if len(self.index) >= _MOST_RUNS:
            self.index = [self.merge()]

    def merge(self) -> IO[str]:
        """All lines of the index so far, sorted, in one temporary file."""
        merged = _aside(self.held)
        merged.writelines(heapq.merge(*map(rewound, self.index)))
        for run in self.index:
            run.close()
        return rewound(merged)


def size_of(file: IO[Any]) -> int:
    """Bytes of an open file."""
    return os.fstat(file.fileno()).st_size


def rewound(lines: IO[str]) -> IO[str]:
    """A temporary file from its beginning."""
    lines.seek(0)
    return lines


def _aside(held: ExitStack) -> IO[str]:
    return held.enter_context(tempfile.TemporaryFile("w+", encoding="utf-8", newline="\n"))
