"""What is said of when: captures dated back and ahead, and timestamps that do not hold."""

import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final

from archive.directory import Archive
from archive.log.attest import keep_beside
from archive.log.entries import FileEntry, decode_entry
from archive.log.reader import REPLIES, LogReader
from archive.log.seal import seal
from archive.log.timestamps import ask_for_timestamp
from archive.log.writer import Log
from archive.store import Store
from archive.verify.log_state import Trust
from pipelines.records import format_instant
from tests.archive.altered.case import Case, Spot, nothing_kept
from tests.archive.altered.clean import first_file, name_of
from tests.archive.altered.relogging import leaf_of, of_page, relog
from tests.archive.log.authority import Authority, make_root
from tests.archive.verify.sealed import key_of, seal_now, today
from tests.archive.warc.samples import page

Alter = Callable[[Path], Sequence[Spot]]
_DAY: Final = timedelta(days=1)


def _dated(date: str) -> Alter:
    """The entry of a capture dated otherwise than its record, by whoever has the key."""

    def change(entry: dict[str, Any]) -> dict[str, Any]:
        return {**entry, "date": date}

    def alter(folder: Path) -> Sequence[Spot]:
        name = name_of(folder, first_file(folder))
        relog(folder, lambda entry: of_page(change)(entry) if entry.get("file") == name else entry)
        leaf, entry = leaf_of(folder)
        return [Spot(name, entry["offset"], entry["record_id"], leaf)]

    return alter


def _taken(date: datetime) -> Alter:
    """A record and its entry that agree on a date that cannot be."""

    def alter(folder: Path) -> Sequence[Spot]:
        archive = Archive.open(folder)
        capture = replace(today(page(60)), fetched_at=date)
        with Store(archive) as store:
            kept = store.append(capture, site="wuxi")
        relog(folder, of_page(lambda entry: {**entry, "claim": "received"}, capture.url))
        leaf, _ = leaf_of(folder, capture.url)
        return [Spot(kept.file, kept.offset, kept.record_id, leaf)]

    return alter


class Authorities:
    """Authorities that are valid, were, and are not known; made once."""

    @staticmethod
    @cache
    def valid() -> Authority:
        return Authority.of_today(_folder() / "valid")

    @staticmethod
    @cache
    def expired() -> Authority:
        now = datetime.now(UTC)
        return Authority(_folder() / "expired", valid=(now - 9 * _DAY, now - 2 * _DAY))


@cache
def _kept() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="lantian-authority-", ignore_cleanup_errors=True)


def _folder() -> Path:
    return Path(_kept().name)


def _stamp(folder: Path, authority: Authority) -> Path:
    """The reply over the last seal, put there by whoever has the key: `seal` would not keep one that contradicts."""
    archive = Archive.open(folder)
    with Log(archive) as log:
        made = seal(log, key_of(archive))
        keep_beside(log, made, REPLIES, ask_for_timestamp(made.checkpoint.text.encode(), authority.reply))
    (path,) = (folder / "log" / "seals").glob(f"{made.name}.*.tsr")
    return path


def _spot(folder: Path, reply: Path) -> list[Spot]:
    return [Spot(name_of(folder, reply))]


def _over_other_data(folder: Path) -> Sequence[Spot]:
    reply = _stamp(folder, Authorities.valid())
    with Store(Archive.open(folder)) as store:
        store.append(today(page(50)), site="wuxi")
    seal_now(Archive.open(folder))
    other = shutil.move(reply, reply.with_name(f"{LogReader.open(folder).size}.0.tsr"))
    return _spot(folder, Path(other))


def _stamped(authority: Callable[[], Authority]) -> Alter:
    return lambda folder: _spot(folder, _stamp(folder, authority()))


def _continued(folder: Path) -> Sequence[Spot]:
    """More came, and was sealed without a timestamp: the old one says nothing of it."""
    _stamp(folder, Authorities.valid())
    with Store(Archive.open(folder)) as store:
        store.append(today(page(50)), site="wuxi")
    seal_now(Archive.open(folder))
    return []


def _tampered(at: int) -> Alter:
    """A bit of the reply flipped."""

    def alter(folder: Path) -> Sequence[Spot]:
        reply = _stamp(folder, Authorities.valid())
        data = bytearray(reply.read_bytes())
        data[at] ^= 1
        reply.write_bytes(data)
        return _spot(folder, reply)

    return alter


def _emptied(folder: Path) -> Sequence[Spot]:
    reply = _stamp(folder, Authorities.valid())
    reply.write_bytes(b"")
    return _spot(folder, reply)


def _ahead_of_its_timestamp(folder: Path) -> Sequence[Spot]:
    """Entries that say they were made a day after the authority had stamped them."""
    tomorrow = format_instant(datetime.now(UTC) + _DAY)
    relog(folder, lambda entry: {**entry, "logged": tomorrow})
    return _spot(folder, _stamp(folder, Authorities.valid()))


def _logged_back(folder: Path) -> Sequence[Spot]:
    """By whoever has the key, who so says that he closed a file long ago."""

    def change(entry: dict[str, Any]) -> dict[str, Any]:
        return {**entry, "logged": "2020-01-01T00:00:00.000000Z"} if entry["type"] == "file" else entry

    relog(folder, change)
    entries = [decode_entry(data) for _, data in LogReader.open(folder).entries()]
    leaf = next(leaf for leaf, entry in enumerate(entries) if isinstance(entry, FileEntry))
    return [Spot("log", entry=leaf)]


def trusted(_: Path) -> Trust:
    """The authorities of the tests, of which one has expired."""
    return Trust(roots=(Authorities.valid().root, Authorities.expired().root))


def others_trusted(_: Path) -> Trust:
    """Another authority."""
    return Trust(roots=(make_root()[1],))


def _stamps(name: str, alter: Alter, *kinds: str, **options: Any) -> Case:
    return Case(name, alter, kinds, needs_openssl=True, **{"kept": trusted} | options)


TIMES: Final = [
    Case("capture future-dated in the log", _dated("2099-01-01T00:00:00Z"), ("future-dated", "digest-disagrees", "derived-altered"), is_deep=True),
    Case("capture back-dated in the log", _dated("2011-01-01T00:00:00Z"), ("back-dated", "digest-disagrees", "derived-altered"), is_deep=True),
    Case("capture back-dated in record and log", _taken(datetime(2011, 1, 1, tzinfo=UTC)), ("back-dated",), notes=("catalog-behind",)),
    Case("entries dated back behind others", _logged_back, (), verdict="intact", notes=("logged-back",)),
    _stamps("timestamp over other data", _over_other_data, "timestamp-other", notes=("catalog-behind",)),
    _stamps("timestamp tampered with", _tampered(-20), "timestamp-untrusted", verdict="not-provable"),
    _stamps("timestamp cut to nothing", _emptied, "timestamp-other"),
    _stamps("timestamp of an authority that is not trusted", _stamped(Authorities.valid), "timestamp-untrusted", verdict="not-provable", kept=others_trusted),
    _stamps("timestamp of an authority whose certificate had expired", _stamped(Authorities.expired), "timestamp-untrusted", verdict="not-provable"),
    _stamps("timestamp that the checker cannot check", _stamped(Authorities.valid), verdict="intact", kept=nothing_kept, notes=("timestamp-unchecked",)),
    _stamps("sealed again without a timestamp", _continued, verdict="intact", notes=("catalog-behind",)),
    _stamps("log that says it was written after its timestamp", _ahead_of_its_timestamp, "clock-contradiction"),
]  # fmt: skip
