"""CDXJ: one line for each capture that a player can show, sorted by key and moment, as pywb and wabac.js read them.

    cn,gov,example)/a.html 20260402010000 {"url": …, "mime": …, "status": …, "digest": …, "length": …, "offset": …, …}

`recordDigest` covers the compressed member as stored. Lines and their fields are those of cdxj-indexer. Each closed
WARC file has an index of its own, `index/<name>.cdxj`; all of them are derived and can be made anew.
"""

import heapq
import json
import os
import re
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path, PurePosixPath
from typing import Final

from archive.catalog.entries import site_key
from archive.directory import Archive
from archive.disk import on_disk, sync_folder
from archive.readonly import can_write
from archive.request_body import canonical_body
from archive.surt import surt
from archive.warc.openfile import ENDING, open_either
from archive.warc.readback import read_groups, warc_files
from archive.warc.records import Placed, Record, sha256
from archive.writing import write_whole
from pipelines.framing import parse_head
from pipelines.records import parse_instant

SUFFIX: Final = ".cdxj"
_MOST_OPEN: Final = 200
_SHOWN: Final = ("response", "revisit", "resource")
_REQUEST_LINE: Final = re.compile(rb"([A-Z]+) ")
_MIME_END: Final = re.compile(r"[;\s]")


def make_line(group: Sequence[Placed], member: bytes, *, filename: str) -> str | None:
    """The line of a capture, with its line feed; None where nothing came that could be shown.

    `group` are the records of the capture, `member` the compressed bytes of the first of them as stored.
    """
    primary = group[0].record
    if primary.type not in _SHOWN:
        return None
    uri, moment = primary.get("WARC-Target-URI") or "", parse_instant(primary.get("WARC-Date") or "")
    fields = {
        "url": uri,
        **_describe(primary),
        "digest": primary.get("WARC-Payload-Digest"),
        "length": str(group[0].length),
        "offset": str(group[0].offset),
        "filename": filename,
        "recordDigest": sha256(member),
    }
    asked = _read_request(group)
    if asked:
        fields |= asked
        uri += ("&" if "?" in uri else "?") + "&".join(
            filter(None, (f"__wb_method={asked['method']}", asked["requestBody"]))
        )
    known = {name: value for name, value in fields.items() if value is not None}
    return f"{surt(uri)} {moment:%Y%m%d%H%M%S} {json.dumps(known)}\n"


def index_file(archive: Archive, file: str, *, name: Callable[[str], str] = str) -> list[str]:
    """The sorted lines of one WARC file, read strictly; `name` gives the filename to write. Raises BrokenWarc."""
    lines: list[str] = []
    with os.fdopen(open_either(archive.path / file)[0], "rb") as stored:
        for group in read_groups(archive, file):
            member = os.pread(stored.fileno(), group[0].length, group[0].offset)
            line = make_line(group, member, filename=name(file))
            lines += [line] if line else []
    return sorted(lines)


def update_index(archive: Archive, *, anew: bool = False) -> int:
    """Index the closed files that have no index, or all of them, and give their number; raises BrokenWarc.

    Indexes of files that are no longer there are removed.
    """
    files = [file for file in warc_files(archive) if (archive.path / file).exists()]
    wanted = {index_path(archive, file): file for file in files}
    with on_disk(archive.index_dir):
        archive.index_dir.mkdir(exist_ok=True)
        for old in archive.index_dir.glob(f"*{SUFFIX}"):
            if old not in wanted:
                old.unlink()
    missing = {path: file for path, file in wanted.items() if anew or not path.exists()}
    for path, file in missing.items():
        lines = index_file(archive, file)
        with on_disk(path), write_whole(path) as index:
            index.write("".join(lines).encode())
            # An index that a power cut has emptied would look like one from which lines were taken.
            index.flush()
            os.fsync(index.fileno())
    with on_disk(archive.index_dir):
        sync_folder(archive.index_dir)
    return len(missing)


def read_index(archive: Archive, *, sites: Collection[str] = ()) -> Iterator[str]:
    """Every line of the archive, or of these sites, in order; files without an index are indexed first.

    Where nothing can be written, the lines of those are held in memory.
    """
    if can_write(archive.path):
        update_index(archive)
    files = (file for file in warc_files(archive) if not sites or site_key(file) in sites)
    paths = {file: index_path(archive, file) for file in files}
    growing = [index_file(archive, file) for file, path in paths.items() if not path.exists()]
    yield from merge_lines([path for path in paths.values() if path.exists()], *growing)


def merge_lines(paths: Sequence[Path], *more: Iterable[str]) -> Iterator[str]:
    """The lines of sorted files, and of other sorted lines, in one order; any number of files."""
    with ExitStack() as held:
        parts: list[Iterable[str]] = list(more)
        if len(paths) <= _MOST_OPEN:
            parts += [held.enter_context(path.open(encoding="utf-8", newline="\n")) for path in paths]
        else:
            chunks = [paths[start : start + _MOST_OPEN] for start in range(0, len(paths), _MOST_OPEN)]
            parts += [_merge_aside(chunk, held) for chunk in chunks]
        yield from heapq.merge(*parts)


def _merge_aside(paths: Sequence[Path], held: ExitStack) -> Iterable[str]:
    merged = held.enter_context(tempfile.TemporaryFile("w+", encoding="utf-8", newline="\n"))  # noqa: SIM115 (held open)
    merged.writelines(merge_lines(paths))
    merged.seek(0)
    return merged


def index_path(archive: Archive, file: str) -> Path:
    """Where the index of a WARC file is."""
    return archive.index_dir / (PurePosixPath(file).name.removesuffix(ENDING) + SUFFIX)


def _describe(primary: Record) -> dict[str, str | None]:
    if primary.type == "resource":
        return {"mime": _mime(primary.get("Content-Type"))}
    head = parse_head(primary.block)
    mime = "warc/revisit" if primary.type == "revisit" else _mime(head.header("content-type"))
    return {"mime": mime, "status": str(head.status) if head.status else None}


def _mime(value: str | None) -> str | None:
    return None if value is None else _MIME_END.split(value.strip(), maxsplit=1)[0]


def _read_request(group: Sequence[Placed]) -> Mapping[str, str] | None:
    """Method and body where it was not a GET; players look such answers up by both."""
    block = next((placed.record.block for placed in group if placed.record.type == "request"), b"")
    line = _REQUEST_LINE.match(block)
    if not line or line[1] == b"GET":
        return None
    return {"requestBody": canonical_body(block), "method": line[1].decode()}
