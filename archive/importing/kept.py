"""The untouched originals of imports: whether a file can be one, keeping it for reading only, and its exchanges."""

import hashlib
import os
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from isal import isal_zlib

from archive.disk import on_disk, sync_folder
from archive.errors import NotImportable
from archive.importing.foreign import Exchange, read_foreign
from archive.importing.records import Skipped
from archive.wacz.container import Container, Entry
from archive.warc.records import NOT_DEFLATE
from archive.writing import write_whole

FOLDER: Final = "imports"
_PIECE: Final = 1 << 20
_HEAD: Final = 64 * 1024
_FREE: Final = 1 << 30
_MOST_TIMES: Final = 200
"""A file in a WACZ of more than a gibibyte may not unpack to more than so many times its size."""
_ENDINGS: Final = (".warc", ".warc.gz")


def require_importable(path: Path) -> bool:
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


def keep(folder: Path, path: Path) -> tuple[Path, str]:
    """Copy a file as it is, for reading only, named by its digest."""
    with on_disk(folder), path.open("rb") as file:
        digest = f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"
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


def read_kept(path: Path, *, is_wacz: bool) -> Iterator[Exchange]:
    """The exchanges of a file, in an order that is always the same. Raises NotImportable, BrokenWarc."""
    return _read_wacz(path) if is_wacz else read_foreign(path)


def _read_wacz(path: Path) -> Iterator[Exchange]:
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
