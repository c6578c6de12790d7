"""Bringing in WARC and WACZ files of others: the original is kept untouched, its exchanges are written in our strict form.

Nobody can say what happened to such a file before it came: the log notes that its custody is unknown before this
moment, and its captures carry the custody `import`, never `wire`, or `unknown` where they are no exchange but a file.
An import that was interrupted goes on where it was. Imports take turns, or two of the same file would both bring it in.
"""

import hashlib
import os
import shutil
import tempfile
import zipfile
import zlib
from collections import deque
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, wait
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Final

from isal import isal_zlib

from archive.deletion.plan import imported_id
from archive.directory import locked_folder
from archive.disk import on_disk, sync_folder
from archive.errors import NotImportable
from archive.export.writing import write_whole
from archive.ingest import Intake
from archive.judge import Verdict
from archive.log.entries import ImportEntry
from archive.log.writer import Log
from archive.sites import site_for
from archive.wacz.container import Container, Entry
from archive.warc.foreign import REVISIT, Skipped, read_foreign
from archive.warc.records import NOT_DEFLATE
from pipelines.records import EXCHANGED, Capture, Custody, format_instant
from pipelines.site import Site

FOLDER: Final = "imports"
_PIECE: Final = 1 << 20
_HEAD: Final = 64 * 1024
_FREE: Final = 1 << 30
_MOST_TIMES: Final = 200
"""A file in a WACZ of more than a gibibyte may not unpack to more than so many times its size."""
_ENDINGS: Final = (".warc", ".warc.gz")


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of a file: where the original is kept in the archive, its digest, and what could not be brought in.

    `known` counts captures that an earlier, interrupted import had brought in already; `revisits` the times that a page
    of the file had not changed, which stay in the original.
    """

    name: str
    kept_as: str
    digest: str
    captures: int
    known: int
    revisits: int
    skipped: tuple[Skipped, ...]


def import_file(intake: Intake, path: Path, *, sites: Mapping[str, Site]) -> Imported:
    """Keep a file and bring in its captures. Raises NotImportable, BrokenWarc, StorageFull."""
    is_wacz = _require_importable(path)
    folder = intake.archive.path / FOLDER
    with on_disk(folder):
        folder.mkdir(exist_ok=True)
    with locked_folder(folder):
        kept, digest = _keep(folder, path)
        exchanges = _read_wacz(kept) if is_wacz else read_foreign(kept)
        captures, known, urls, skipped = _take_all(intake, exchanges, digest, sites)
        kept_as = kept.relative_to(intake.archive.path).as_posix()
        logged = format_instant(datetime.now(UTC))
        with Log(intake.archive) as log:
            log.append(
                [ImportEntry(logged=logged, name=path.name, digest=digest, kept_as=kept_as, captures=captures + known)]
            )
    # A revisit of a page that the file does not have as well is as good as a page that is missing.
    missing = [one for one in skipped if one.type != REVISIT or one.url not in urls]
    return Imported(path.name, kept_as, digest, captures, known, len(skipped) - len(missing), tuple(missing))


def _take_all(
    intake: Intake, exchanges: Iterator[Capture | Skipped], digest: str, sites: Mapping[str, Site]
) -> tuple[int, int, set[str], list[Skipped]]:
    """Bring in what is not there yet, and wait until it is catalogued: by that the same file is known when it comes again."""
    captures, known, skipped = 0, 0, []
    urls: set[str] = set()
    waiting: deque[Future[Verdict | None]] = deque()
    for number, found in enumerate(exchanges):
        if isinstance(found, Skipped):
            skipped.append(found)
            continue
        capture = _as_imported(found, digest, number)
        urls.add(capture.url)
        if intake.catalog.places_of([capture.record_id]):
            known += 1
            continue
        waiting.append(intake.take(capture, site=site_for(capture.url, sites)).verdict)
        captures += 1
        while waiting and waiting[0].done():
            waiting.popleft()
    wait(waiting)
    return captures, known, urls, skipped


def _as_imported(capture: Capture, digest: str, number: int) -> Capture:
    """The same file gives the same record ids, so that nothing comes in twice."""
    record_id = imported_id(digest, number)
    custody: Custody = "import" if capture.custody in EXCHANGED else "unknown"
    return replace(capture, custody=custody, record_id=record_id)


def _require_importable(path: Path) -> bool:
    """Whether a file is a WACZ (true) or a WARC; raises NotImportable for anything else."""
    if not path.name.isprintable():
        raise NotImportable(f"{path}: its name is no line of text, as the log has to keep it; rename a copy")
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError as error:
        raise NotImportable(f"{path}: cannot be read: {error.strerror}; name a WARC or WACZ file") from None
    if head.startswith(b"PK\x03\x04"):
        return True
    if head.startswith(b"\x1f\x8b"):
        try:
            head = isal_zlib.decompressobj(31).decompress(head, _HEAD)
        except NOT_DEFLATE as error:
            raise NotImportable(f"{path}: broken gzip ({error}); name a WARC or WACZ file") from None
    if head.startswith(b"filedesc:"):
        raise NotImportable(f"{path}: is an ARC file, which is not imported; convert it with warcio recompress")
    if head.startswith(b"WARC/0."):
        version = head[:9].decode("ascii", "replace").strip()
        raise NotImportable(f"{path}: is {version}, older than the standard; convert it to WARC/1.0 first")
    if not head.startswith(b"WARC/1."):
        raise NotImportable(f"{path}: is neither WARC nor WACZ; name one")
    return False


def _keep(folder: Path, path: Path) -> tuple[Path, str]:
    """Copy a file as it is, for reading only, named by its digest."""
    with on_disk(folder), path.open("rb") as file:
        digest = _hash(file)
        kept = folder / f"{digest.removeprefix('sha256:')[:16]}-{path.name}"
        if not kept.exists():
            file.seek(0)
            with write_whole(kept) as copy:
                shutil.copyfileobj(file, copy, _PIECE)
                copy.flush()
                os.fsync(copy.fileno())
            kept.chmod(0o444)
            sync_folder(folder)
            sync_folder(folder.parent)
    return kept, digest


def _hash(file: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while piece := file.read(_PIECE):
        digest.update(piece)
    return f"sha256:{digest.hexdigest()}"


def _read_wacz(path: Path) -> Iterator[Capture | Skipped]:
    try:
        container = Container(path)
    except (zipfile.BadZipFile, ValueError, EOFError) as error:
        raise NotImportable(f"{path.name}: not a ZIP file that can be read: {error}") from None
    try:
        for flaw in container.flaws:
            raise NotImportable(
                f"{path.name}: {flaw.kind} {flaw.name!r}; such a file means different things to different programs"
            )
        names = [name for name in container.entries if name.startswith("archive/")]
        for name in sorted(names):
            if not name.endswith(_ENDINGS):
                yield Skipped(name, "not a WARC file")
                continue
            with _unpacked(container, container.entries[name]) as plain:
                yield from read_foreign(plain)
    finally:
        container.close()


@contextmanager
def _unpacked(container: Container, entry: Entry) -> Iterator[Path]:
    """An entry as a file of its own, which is gone afterwards."""
    if entry.size > max(_FREE, _MOST_TIMES * entry.info.compress_size):
        raise NotImportable(f"{container.path.name}: {entry.name} unpacks to {entry.size} bytes; that is a bomb")
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / Path(entry.name).name
        try:
            with container.open(entry.name) as packed, plain.open("wb") as file:
                shutil.copyfileobj(packed, file, _PIECE)
        except (zipfile.BadZipFile, zlib.error, EOFError) as error:
            raise NotImportable(f"{container.path.name}: {entry.name}: {error}") from None
        yield plain
