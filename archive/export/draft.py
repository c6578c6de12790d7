"""An export while it is made: a folder beside its place, with a journal of how far it has come.

The journal's first line says what is exported; an export of the same goes on behind the last whole line of it. Nothing
of a draft is in the export's place before it is whole.
"""

import fcntl
import json
import os
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import Any, Self

from archive.disk import on_disk
from archive.errors import ExportBusy
from archive.export.selection import Chosen
from archive.log import covering

_JOURNAL, _DATA = "journal.jsonl", "data"
_RECONSTRUCTED = '"reconstructed":true'


@dataclass(frozen=True, slots=True)
class Tally:
    """What an export holds so far."""

    articles: int = 0
    reconstructed: int = 0
    undated: int = 0
    sites: Mapping[str, int] = field(default_factory=dict)
    custody: Mapping[str, int] = field(default_factory=dict)
    recipes: Mapping[str, int] = field(default_factory=dict)

    def add(self, chosen: Iterable[Chosen]) -> Self:
        """The tally with these articles."""
        batch = list(chosen)
        return replace(
            self,
            articles=self.articles + len(batch),
            reconstructed=self.reconstructed + sum(map(is_reconstructed, batch)),
            undated=self.undated + sum('"published":null' in one.body for one in batch),
            sites=_sum(self.sites, (one.site for one in batch)),
            custody=_sum(self.custody, (one.provenance.custody for one in batch)),
            recipes=_sum(self.recipes, (one.provenance.recipe for one in batch)),
        )


@dataclass(frozen=True, slots=True)
class Written:
    """A finished file of an export; `path` is relative to its place."""

    path: str
    bytes: int
    sha256: str
    articles: int
    reconstructed: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an export has come: so many articles, the last file so many bytes long, and the files finished since."""

    tally: Tally = field(default_factory=Tally)
    size: int = 0
    files: tuple[Written, ...] = ()


class Draft:
    """The draft of one export, open and locked. `progress` is where it goes on."""

    def __init__(self, folder: Path, plan: Mapping[str, Any]) -> None:
        self.folder = folder
        self.data = folder / _DATA
        self.progress = Progress()
        self._journal = folder / _JOURNAL
        if not self._resume(plan):
            shutil.rmtree(self.data, ignore_errors=True)
            self._journal.write_text(_to_line(plan), encoding="utf-8")
        self.data.mkdir(exist_ok=True)

    def note(self, progress: Progress) -> None:
        """Write down that everything so far is in the draft's files."""
        with self._journal.open("a", encoding="utf-8") as journal:
            journal.write(_to_line(asdict(progress)))
        self.progress = replace(progress, files=())

    def files(self) -> Iterator[Written]:
        """The finished files, in order; one that was finished again after an interruption is named once."""
        last: Written | None = None
        with self._journal.open("rb") as journal:
            next(journal)
            for file in chain.from_iterable(_read_progress(line).files for line in journal):
                if file != last:
                    yield file
                last = file

    def _resume(self, plan: Mapping[str, Any]) -> bool:
        """Take up the journal of the same export, without the part of a line that a kill may have left.

        Files are looked at again: after a power cut they may not be what was noted.
        """
        if not self._journal.exists():
            return False
        mended = self._journal.with_suffix(".new")
        with self._journal.open("rb") as journal, mended.open("wb") as whole:
            head = journal.readline()
            if head != _to_line(plan).encode():
                return False
            whole.write(head)
            for line in journal:
                noted = _read_progress(line) if line.endswith(b"\n") else None
                if noted is None or not all(map(self._is_intact, noted.files)):
                    break
                whole.write(line)
                self.progress = replace(noted, files=())
        mended.replace(self._journal)
        if self._has_begun_file(self.progress.size):
            return True
        self.progress = Progress()
        return False

    def _has_begun_file(self, size: int) -> bool:
        """Whether the file that is gone on with is there; it is gone when a kill came after it was put in its place."""
        return not size or any(path.stat().st_size >= size for path in self.data.glob("*"))

    def _is_intact(self, file: Written) -> bool:
        path = self.data / file.path
        return path.is_file() and digest_file(path) == file.sha256


@contextmanager
def open_draft(out: Path, plan: Mapping[str, Any]) -> Iterator[Draft]:
    """The draft of an export to `out`, new or interrupted; raises ExportBusy while another process makes it.

    It is removed when all is done, and stays after an interruption.
    """
    folder = out.with_name(f".{out.name}.draft")
    with on_disk(folder):
        folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ExportBusy(f"{out}: another process is exporting there; wait, or name another place") from None
        with on_disk(folder):
            yield Draft(folder, plan)
            shutil.rmtree(folder)
    finally:
        os.close(handle)


def is_reconstructed(chosen: Chosen) -> bool:
    """Whether repair changed or lost a character of the page; read from the JSON as pydantic writes it."""
    return _RECONSTRUCTED in chosen.body and json.loads(chosen.body)["reconstructed"] is True


def digest_file(path: Path) -> str:
    """SHA-256 of a file, in hex."""
    return covering.digest_file(path).removeprefix("sha256:")


def _sum(counts: Mapping[str, int], more: Iterable[str]) -> dict[str, int]:
    return dict(sorted((Counter(counts) + Counter(more)).items()))


def _to_line(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False) + "\n"


def _read_progress(line: bytes) -> Progress:
    noted = json.loads(line)
    return Progress(Tally(**noted["tally"]), noted["size"], tuple(Written(**one) for one in noted["files"]))
