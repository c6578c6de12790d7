"""What somebody puts into an archive so that its check waits, breaks off or looks elsewhere; nothing here needs a key."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from archive.canonical import LARGEST_INTEGER, canonical_json
from archive.directory import Archive
from archive.log.covering import now
from archive.log.deriving import describe_site
from archive.log.entries import SiteEntry, decode_entry
from archive.log.reader import LogReader
from archive.log.writer import Log
from archive.warc.records import sha256, split_header
from pipelines.site import parse_site
from tests.archive.altered.case import Case, Spot
from tests.archive.altered.catalog import CATALOG
from tests.archive.altered.clean import first_file, name_of, second_file
from tests.archive.altered.records import at, edit
from tests.archive.altered.relogging import leaf_of
from tests.archive.verify.sealed import rewrite, split, with_block

Alter = Callable[[Path], Sequence[Spot]]
FIRST: Final = "http://hbj.example/0.html"


def _put(name: str, make: Callable[[Path], object]) -> Alter:
    """Something else than a file of ours, by a name in the archive."""

    def alter(folder: Path) -> Sequence[Spot]:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        make(path)
        return [Spot(name)]

    return alter


def _in_place_of_file(folder: Path) -> Sequence[Spot]:
    return _put(name_of(folder, second_file(folder)), os.mkfifo)(folder)


def _beside_seal(suffix: str, make: Callable[[Path], object]) -> Alter:
    return lambda folder: _put(f"log/seals/{LogReader.open(folder).size}{suffix}", make)(folder)


def _of_holes(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(1 << 40)


def _device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def _by_no_text(folder: Path) -> Sequence[Spot]:
    """A name that no log can have, between others."""
    path = second_file(folder)
    path.with_name(os.fsdecode(b"\xff.warc.gz.open")).write_bytes(b"x")
    return [Spot(f"{name_of(folder, path.parent)}/\\udcff.warc.gz.open")]


def _deep_down(folder: Path) -> Sequence[Spot]:
    path = folder.joinpath("warc", *"x" * 40)
    path.mkdir(parents=True)
    (path / "evil.warc.gz").write_bytes(first_file(folder).read_bytes())
    return [Spot("/".join(("warc", *"x" * 32)))]


def _edit(folder: Path) -> Spot:
    """The payload of the first capture, with every digest of its record made anew."""
    path = first_file(folder)
    place = Spot(name_of(folder, path), len(split(path.read_bytes())[0].data))
    rewrite(path, at(1, with_block(edit, recompute=True)))
    return place


def _log(folder: Path, **fields: Any) -> None:
    """An entry of the first capture that nobody signs, which anybody can add who can write."""
    _, entry = leaf_of(folder, FIRST)
    changed = {**entry, "logged": now(), "previous": None} | fields
    with Log(Archive.open(folder)) as log:
        log.append([decode_entry(canonical_json(changed))])


def _without_measure(folder: Path) -> Sequence[Spot]:
    spot = _edit(folder)
    other = dict(uri="http://other.example/", record_id="urn:uuid:00000000-0000-4000-8000-000000000001", others=[])
    _log(folder, file=name_of(folder, second_file(folder)), offset=7, length=LARGEST_INTEGER, **other)
    return [spot]


def _logged_again(folder: Path) -> Sequence[Spot]:
    spot = _edit(folder)
    member = split(first_file(folder).read_bytes())[1]
    header = split_header(member.plain)
    digests = dict(member=sha256(member.data), header=sha256(header), block=sha256(member.plain[len(header) : -4]))
    _log(folder, length=len(member.data), payload=None, **digests)
    return [spot]


def _place_without_end(folder: Path) -> Sequence[Spot]:
    """A site file that nobody signs, by which an address would be at a port of five thousand digits."""
    place = f"a.example:{'9' * 5000}"
    sites = [parse_site(_SITE.format(key=key, place=place), where=key) for key in ("suzhou_js", "wuxi")]
    described = [(site.key, *describe_site(site)) for site in sites]
    with Log(Archive.open(folder)) as log:
        log.append([SiteEntry(logged=now(), key=key, digest=digest, rules=rules) for key, rules, digest in described])
    (case,) = (one for one in CATALOG if one.name == "page of a capture edited")
    return case.alter(folder)


_SITE: Final = """key = "{key}"
name = "苏州"
kind = "bureau"
hosts = ["hbj.example", "{place}"]
[[channel]]
name = "公告"
url = "http://hbj.example/"
[same_page]
mirrors = [{{ at = "hbj.example", of = "{place}" }}]
"""
_EDITED: Final = ("payload-altered", "header-altered")
HOSTILE: Final = [
    Case("file among the originals of imports", _put("imports/x", Path.touch), (), verdict="intact", notes=("original-unlisted",)),
    Case("link among the originals of imports", _put("imports/x", _device), ("link",), verdict="not-provable", notes=("original-unlisted",)),
    Case("keys of the log no keys", _put("log/keys", lambda path: path.write_bytes(b"x")), ("seal-unreadable", "key-swapped", "unsealed")),
    Case("pipe in the place of a WARC file", _in_place_of_file, ("file-missing",)),
    Case("pipe by the name of a file that is written", _put("warc/wuxi/202611/x.warc.gz.open", os.mkfifo), ("file-unlisted",)),
    Case("device in the place of a seal", _beside_seal("", _device), ("seal-unreadable", "no-seal"), notes=("log-stray",)),
    Case("file of holes in the place of the published checkpoint", _put("log/checkpoint", _of_holes), ("checkpoint-other",)),
    Case("folder in the place of a timestamp", _beside_seal(".0.tsr", Path.mkdir), ("timestamp-other",)),
    Case("pipe in the place of a cosignature", _beside_seal(".0.cosig", os.mkfifo), ("cosignature-invalid",), notes=("log-stray",)),
    Case("file whose name is no text", _by_no_text, ("file-unlisted",)),
    Case("file below more folders than are looked into", _deep_down, ("file-unlisted",)),
    Case("payload edited, beside an unsigned entry of a record without measure", _without_measure, (*_EDITED, "record-missing", "unsealed", "catalog-lacks", "index-removed")),
    Case("payload edited, and logged once more as it is now, unsigned", _logged_again, (*_EDITED, "record-id-reused", "unsealed", "index-altered")),
    Case("page of a capture edited, beside an unsigned site file that leads nowhere", _place_without_end, ("page-unexplained", "unsealed"), verdict="not-provable"),
]  # fmt: skip
