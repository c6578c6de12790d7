"""Altered archives: every case is found, named, and placed; and a clean one raises no alarm."""

import gzip
import json
import shutil
import struct
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from archive.directory import Archive
from archive.index import update_index
from archive.log.checkpoint import Checkpoint
from archive.log.covering import now
from archive.log.entries import CaptureEntry, encode_entry
from archive.log.note import Note
from archive.log.reader import LogReader
from archive.log.writer import Log
from archive.store import Store
from archive.verify.check import verify
from archive.verify.log_check import Trust
from archive.verify.report import Report
from tests.archive.verify.grown import make_and_verify
from tests.archive.verify.sealed import Member, build, files_of, key_of, rewrite, seal_now, split, today, with_block
from tests.archive.warc_samples import page

ANOTHER = Ed25519PrivateKey.from_private_bytes(bytes(32))


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clean") / "archive"
    build(folder)
    update_index(Archive.open(folder))
    return folder


@pytest.fixture
def folder(clean: Path, tmp_path: Path) -> Path:
    shutil.copytree(clean, tmp_path / "archive")
    return tmp_path / "archive"


def kinds(report: Report) -> set[str]:
    return {finding.kind for finding in report.findings if finding.weight != "note"}


@pytest.mark.parametrize("is_deep", [False, True])
def test_a_clean_archive_is_intact(folder: Path, *, is_deep: bool) -> None:
    report = verify(folder, is_deep=is_deep)
    assert (report.verdict, report.exit_code, report.findings) == ("intact", 0, ())
    assert (report.counts.captures, report.counts.files, report.counts.seals) == (12, 2, 1)
    assert report.counts.records == 2 * (1 + 6 * 3 + 1)


def test_verifying_writes_nothing(folder: Path) -> None:
    before = {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in folder.rglob("*") if path.is_file()}
    verify(folder, is_deep=True)
    assert {
        path: (path.stat().st_mtime_ns, path.read_bytes()) for path in folder.rglob("*") if path.is_file()
    } == before


def test_neither_catalog_nor_index_nor_configuration_is_needed(folder: Path) -> None:
    shutil.rmtree(folder / "index", ignore_errors=True)
    (folder / "archive.json").unlink()
    assert verify(folder).verdict == "intact"


def at(number: int, change: Callable[[bytes], bytes]) -> Callable[[list[Member]], list[Member]]:
    """Change one record; number 1 is the first response, 2 its request, 3 its metadata."""
    return lambda members: [*members[:number], members[number].change(change), *members[number + 1 :]]


def sub(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    return lambda plain: plain.replace(old, new, 1)


def drop_line(name: bytes) -> Callable[[bytes], bytes]:
    return lambda plain: b"\r\n".join(line for line in plain.split(b"\r\n") if not line.startswith(name))


def edit(block: bytes) -> bytes:
    return block[:-9] + b"X" + block[-8:]


def header_edit(block: bytes) -> bytes:
    return block.replace(b"200 OK", b"404 OK")


def shorter(plain: bytes) -> bytes:
    head, _, rest = plain.partition(b"\r\n\r\n")
    return with_block(lambda block: block[:-5], recompute=True)(head + b"\r\n\r\n" + rest)


def add_gzip_field(member: Member) -> Member:
    """An extra field (RFC 1952 §2.3.1.1) between the fixed part of the header and the data."""
    extra = b"LT\x04\x00abcd"
    data = member.data
    return Member(data[:3] + bytes([data[3] | 4]) + data[4:10] + struct.pack("<H", len(extra)) + extra + data[10:])


def hidden(member: Member) -> list[Member]:
    return [member, Member(gzip.compress(b"hidden", mtime=0))]


REVISIT = 13
IN_FILE: dict[str, tuple[Callable[[list[Member]], list[Member]], set[str], int]] = {
    "payload edited, digest kept": (at(1, with_block(edit, recompute=False)), {"payload-altered"}, 1),
    "payload edited, digests recomputed": (at(1, with_block(edit, recompute=True)), {"payload-altered", "header-altered"}, 1),
    "HTTP header edited": (at(1, with_block(header_edit, recompute=True)), {"block-altered", "header-altered"}, 1),
    "request edited": (at(2, with_block(lambda block: block + b"x", recompute=True)), {"record-altered"}, 2),
    "date changed": (at(1, sub(b"WARC-Date: 2", b"WARC-Date: 1")), {"date-altered"}, 1),
    "target changed": (at(1, sub(b"http://hbj.example/0.html", b"http://hbj.example/9.html")), {"uri-altered"}, 1),
    "digests removed": (at(1, lambda plain: drop_line(b"WARC-Block")(drop_line(b"WARC-Payload")(plain))), {"header-altered"}, 1),
    "revisit re-pointed": (at(REVISIT, sub(b"WARC-Refers-To: <urn:uuid:", b"WARC-Refers-To: <urn:uuid:f")), {"header-altered"}, REVISIT),
    "Content-Length shortened": (at(1, shorter), {"payload-altered", "header-altered"}, 1),
    "deleted": (lambda members: members[:4] + members[7:], {"record-missing"}, 4),
    "reordered": (lambda members: members[:1] + members[4:7] + members[1:4] + members[7:], {"record-moved"}, 1),
    "duplicated": (lambda members: members[:4] + members[1:4] + members[4:], {"record-duplicated"}, 1),
    "extra gzip field": (lambda members: [members[0], add_gzip_field(members[1]), *members[2:]], {"gzip-altered"}, 1),
    "compressed anew": (at(1, lambda plain: plain + b""), {"gzip-altered"}, 1),
    "hidden member": (lambda members: [*members[:2], *hidden(members[2]), *members[3:]], {"bytes-unlisted"}, 3),
    "all in one member": (
        lambda members: [Member(gzip.compress(b"".join(member.plain for member in members), mtime=0))],
        {"record-missing"}, 0),
    "cut at a member": (lambda members: members[:-4], {"record-missing"}, -1),
    "cut inside a member": (lambda members: [*members[:-1], Member(members[-1].data[:40])], {"gzip-broken"}, -1),
    "garbage after": (lambda members: [*members, Member(b"garbage")], {"bytes-unlisted"}, -1),
    "bit flipped": (
        lambda members: [*members[:4], Member(members[4].data[:60] + bytes([members[4].data[60] ^ 1]) + members[4].data[61:]), *members[5:]],
        {"gzip-broken"}, 4),
}  # fmt: skip
IN_FILE["compressed anew"] = (
    lambda members: [members[0], Member(gzip.compress(members[1].plain, 9, mtime=0)), *members[2:]], {"gzip-altered"}, 1,
)  # fmt: skip


@pytest.mark.parametrize("case", IN_FILE)
def test_an_altered_file_is_found_named_and_placed(folder: Path, case: str) -> None:
    change, expected, number = IN_FILE[case]
    path = files_of(folder)[0]
    before = split(path.read_bytes())
    rewrite(path, change)
    report = verify(folder)
    assert (report.verdict, report.exit_code) == ("altered", 1)
    assert expected <= kinds(report), [finding.model_dump() for finding in report.findings]
    placed = [finding for finding in report.findings if finding.kind in expected]
    assert {finding.place for finding in placed} == {path.relative_to(folder).as_posix()}
    if number > 0:
        offset = sum(len(member.data) for member in before[:number])
        offsets = {finding.offset for finding in placed}
        moved = {"reordered", "duplicated"}
        assert offset in offsets or case in moved, (offset, offsets)
    assert all(finding.record or finding.kind == "bytes-unlisted" for finding in placed)
    assert all(finding.place == placed[0].place for finding in report.findings if finding.weight == "altered")


def test_dropping_a_truncation_mark_is_found(tmp_path: Path) -> None:
    archive = Archive.open(tmp_path / "archive")
    from dataclasses import replace  # noqa: PLC0415

    with Store(archive) as store:
        store.append(replace(today(page()), truncated="length"), site="wuxi")
    seal_now(archive)
    rewrite(files_of(archive.path)[0], at(1, drop_line(b"WARC-Truncated")))
    assert kinds(verify(archive.path)) == {"header-altered"}


def test_a_record_appended_after_the_seal_is_found(folder: Path) -> None:
    path = files_of(folder)[0]
    size = path.stat().st_size
    with path.open("ab") as file:
        file.write(split(files_of(folder)[1].read_bytes())[1].change(sub(b"urn:uuid:", b"urn:uuid:0")).data)
    (finding,) = verify(folder).findings
    assert (finding.kind, finding.place, finding.offset) == (
        "record-unlisted",
        path.relative_to(folder).as_posix(),
        size,
    )


def test_a_record_id_reused_across_files_is_found(folder: Path) -> None:
    first, second = files_of(folder)
    with second.open("ab") as file:
        file.write(split(first.read_bytes())[1].data)
    (finding,) = verify(folder).findings
    assert finding.kind == "record-id-reused"
    assert first.relative_to(folder).as_posix() in (finding.expected or "")


def test_files_swapped_renamed_replaced_missing_and_unlisted_are_found(folder: Path, tmp_path: Path) -> None:
    first, second = files_of(folder)
    names = [path.relative_to(folder).as_posix() for path in (first, second)]
    one, two = first.read_bytes(), second.read_bytes()
    first.write_bytes(two)
    second.write_bytes(one)
    report = verify(folder)
    assert [(finding.kind, finding.place, finding.actual) for finding in report.findings] == [
        ("file-misplaced", names[0], names[1]),
        ("file-misplaced", names[1], names[0]),
    ]
    second.unlink()
    first.write_bytes(one)
    (finding,) = [one for one in verify(folder).findings if one.place == names[1]]
    assert finding.kind == "file-missing"
    renamed = second.with_name("other-20240101000000-00000.warc.gz")
    renamed.write_bytes(two)
    (finding,) = [one for one in verify(folder).findings if one.kind.startswith("file")]
    assert (finding.kind, finding.expected) == ("file-misplaced", names[1])
    renamed.unlink()
    second.write_bytes(two)
    foreign = Archive.open(tmp_path / "foreign")
    build(foreign.path)
    shutil.copy(files_of(foreign.path)[0], second.with_name("foreign-20240101000000-00000.warc.gz"))
    (finding,) = verify(folder).findings
    assert finding.kind == "file-unlisted"
    shutil.copy(files_of(foreign.path)[0], first)
    second.with_name("foreign-20240101000000-00000.warc.gz").unlink()
    assert "record-missing" in kinds(verify(folder))


def log_files(folder: Path) -> Iterator[Path]:
    yield from sorted((folder / "log" / "tile" / "entries").rglob("*.p/*"))


def test_an_edited_entry_is_found(folder: Path) -> None:
    (bundle,) = log_files(folder)
    bundle.write_bytes(bundle.read_bytes().replace(b"hbj.example/1.html", b"hbj.example/7.html"))
    report = verify(folder)
    assert report.exit_code == 1
    assert {"log-tiles", "log-rewritten"} <= kinds(report)


def test_an_edited_tile_head_and_seal_are_found(folder: Path) -> None:
    head = folder / "log" / "head"
    text = head.read_text()
    head.write_text(text.replace(text.splitlines()[2], "A" * 43 + "="))
    assert kinds(verify(folder)) == {"log-tiles"}
    head.write_text(text)
    (tile,) = sorted((folder / "log" / "tile" / "0").rglob("*.p/*"))
    data = tile.read_bytes()
    tile.write_bytes(bytes([data[0] ^ 1]) + data[1:])
    assert kinds(verify(folder)) == {"log-tiles"}
    tile.write_bytes(data)
    (sealed,) = (path for path in (folder / "log" / "seals").iterdir())
    note = sealed.read_text()
    sealed.write_text(note.replace("\n14\n", "\n13\n"))
    assert kinds(verify(folder)) == {"seal-signature", "unsealed"}
    sealed.write_text("nonsense")
    assert "seal-unreadable" in kinds(verify(folder))


def test_a_log_that_cannot_be_read_is_said_so(folder: Path) -> None:
    for bundle in log_files(folder):
        bundle.write_bytes(bundle.read_bytes()[:50])
    report = verify(folder)
    assert (report.verdict, report.exit_code) == ("unreadable", 3)
    (folder / "log" / "head").write_text("nonsense")
    assert verify(folder).exit_code == 3


def relog(
    folder: Path, change: Callable[[dict[str, Any]], dict[str, Any] | None], private: Ed25519PrivateKey | None
) -> None:
    """Write the whole log anew with changed entries, as whoever has the machine can; sign it where a key is given."""
    log = LogReader.open(folder)
    entries = [json.loads(data) for _, data in log.entries()]
    shutil.rmtree(folder / "log")
    shutil.rmtree(folder / "index", ignore_errors=True)
    changed = [entry for entry in map(change, entries) if entry is not None]
    archive = Archive.open(folder)
    with Log(archive) as anew:
        from archive.log.entries import decode_entry  # noqa: PLC0415

        for entry in changed:
            entry.pop("previous", None)
            data = json.dumps({**entry, **({"previous": None} if entry["type"] == "capture" else {})})
            anew.append([decode_entry(_canonical(data))])
    if private:
        seal_now(archive, private)


def _canonical(text: str) -> bytes:
    from archive.log.canonical import canonical_json  # noqa: PLC0415

    return canonical_json(json.loads(text))


def without_second(entry: dict[str, Any]) -> dict[str, Any] | None:
    return None if entry.get("uri") == "http://hbj.example/1.html" else entry


def kept_elsewhere(folder: Path) -> Trust:
    note = Note.parse((folder / "log" / "checkpoint").read_bytes())
    return Trust(checkpoints=(note,))


def test_a_cut_log_is_found_against_its_seal(folder: Path) -> None:
    trust = kept_elsewhere(folder)
    seals = folder / "log" / "seals"
    saved = {path.name: path.read_bytes() for path in seals.iterdir()}
    keys = (folder / "log" / "keys").read_bytes()
    relog(
        folder,
        lambda entry: None if entry["file"] == files_of(folder)[1].relative_to(folder).as_posix() else entry,
        None,
    )
    seals.mkdir()
    for name, data in saved.items():
        (seals / name).write_bytes(data)
    (folder / "log" / "keys").write_bytes(keys)
    assert {"log-cut", "file-unlisted"} <= kinds(verify(folder))
    shutil.rmtree(seals)
    assert "log-cut" in kinds(verify(folder, trust=trust))


def test_a_history_rewritten_and_signed_anew_shows_only_against_what_is_kept_elsewhere(folder: Path) -> None:
    """The files are altered with the log, and the thief of the key signs: the report does not claim more than it can."""
    trust = kept_elsewhere(folder)
    shutil.rmtree(folder / "log")
    shutil.rmtree(folder / "index", ignore_errors=True)
    for path in files_of(folder):
        path.unlink()
    with Store(Archive.open(folder)) as store:
        for number in range(12):
            store.append(today(page(number)), site="wuxi")
    seal_now(Archive.open(folder))
    alone = verify(folder)
    assert alone.verdict == "intact"
    claims = {claim.kind: claim.holds for claim in alone.claims}
    assert claims == {"unchanged": True, "signed": True, "existed": False, "continues": False}
    assert "rewritten history shows only" in alone.claims[-1].proves_not_english
    known = verify(folder, trust=trust)
    assert known.verdict == "altered"
    assert kinds(known) & {"log-forked", "log-cut"}


def test_a_fork_is_found_against_a_trusted_checkpoint(folder: Path) -> None:
    trust = kept_elsewhere(folder)
    relog(folder, lambda entry: {**entry, "logged": now()}, bytes_key())
    report = verify(folder, trust=trust)
    assert kinds(report) == {"log-forked"}
    assert verify(folder).verdict == "intact"


def bytes_key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


def test_another_key_is_found_with_and_without_a_trusted_one(folder: Path) -> None:
    trusted = Trust(keys=(key_of(Archive.open(folder)).public,))
    assert verify(folder, trust=trusted).verdict == "intact"
    with Store(Archive.open(folder)) as store:
        store.append(today(page(50)), site="wuxi")
    seal_now(Archive.open(folder), ANOTHER)
    assert "key-swapped" in kinds(verify(folder))
    assert "key-untrusted" in kinds(verify(folder, trust=trusted))
    relog(folder, lambda entry: entry, ANOTHER)
    assert verify(folder).verdict == "intact"
    assert "key-untrusted" in kinds(verify(folder, trust=trusted))


@pytest.mark.parametrize(
    ("field", "date", "kind"),
    [("date", "2099-01-01T00:00:00Z", "future-dated"), ("date", "2011-01-01T00:00:00Z", "back-dated")],
)
def test_a_capture_dated_otherwise_than_it_was_logged_is_found(folder: Path, field: str, date: str, kind: str) -> None:
    def change(entry: dict[str, Any]) -> dict[str, Any]:
        return {**entry, field: date} if entry.get("uri") == "http://hbj.example/1.html" else entry

    relog(folder, change, bytes_key())
    report = verify(folder, is_deep=True)
    assert kind in kinds(report)
    assert "digest-disagrees" in kinds(report)
    (finding, *_) = [one for one in report.findings if one.kind == kind]
    assert finding.place
    assert finding.record


@pytest.mark.parametrize(("target", "kind"), [("urn:uuid:none", "revisit-nowhere"), ("itself", "revisit-loop")])
def test_a_logged_revisit_without_original_is_found(folder: Path, target: str, kind: str) -> None:
    def change(entry: dict[str, Any]) -> dict[str, Any]:
        if entry.get("record_type") != "revisit":
            return entry
        return {**entry, "refers_to": entry["record_id"] if target == "itself" else target}

    relog(folder, change, bytes_key())
    assert kind in kinds(verify(folder))


@pytest.mark.parametrize("part", ["header", "block", "payload"])
def test_a_logged_digest_that_is_not_that_of_the_bytes_is_found_in_depth(folder: Path, part: str) -> None:
    def change(entry: dict[str, Any]) -> dict[str, Any]:
        return {**entry, part: f"sha256:{'0' * 64}"} if entry.get("uri") == "http://hbj.example/1.html" else entry

    relog(folder, change, bytes_key())
    assert "digest-disagrees" in kinds(verify(folder, is_deep=True))


def forget(entries: Sequence[Any], _: int) -> list[None]:
    return [None] * len(entries)


def test_a_wrong_predecessor_is_found(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = LogReader.open(folder)
    entries = [log.entry(index) for index in range(log.size)]
    shutil.rmtree(folder / "log")
    with Log(Archive.open(folder)) as anew:
        monkeypatch.setattr(anew, "_find_previous", forget)
        anew.append(
            [
                entry.model_copy(update={"previous": None}) if isinstance(entry, CaptureEntry) else entry
                for entry in entries
            ]
        )
    seal_now(Archive.open(folder))
    assert encode_entry(LogReader.open(folder).entry(0)) == LogReader.open(folder).data(0)
    assert "log-chain" in kinds(verify(folder))


def test_index_lines_moved_back_dated_and_removed_are_found(folder: Path) -> None:
    path = min((folder / "index").glob("*.cdxj"))
    lines = path.read_text().splitlines()
    fields = json.loads(lines[1].split(" ", 2)[2])
    for old, new, expected in (
        (f'"offset": "{fields["offset"]}"', '"offset": "7"', {"index-altered", "index-removed"}),
        (" 20", " 19", {"index-altered"}),
        (fields["url"], "http://other.example/", {"index-altered"}),
        (lines[1], "", {"index-altered", "index-removed"}),
    ):
        changed = [line.replace(old, new, 1) if number == 1 else line for number, line in enumerate(lines)]
        path.write_text("\n".join(changed) + "\n")
        assert kinds(verify(folder)) == expected
    path.write_text("\n".join(lines[:1] + lines[2:]) + "\n")
    (finding,) = verify(folder).findings
    assert (finding.kind, finding.offset) == ("index-removed", int(fields["offset"]))


def test_what_was_logged_after_the_last_seal_is_not_provable_yet(folder: Path) -> None:
    with Store(Archive.open(folder)) as store:
        store.append(today(page(50)), site="wuxi")
    report = verify(folder)
    assert (report.verdict, report.exit_code, kinds(report)) == ("not-provable", 4, {"unsealed"})
    seal_now(Archive.open(folder))
    assert verify(folder).verdict == "intact"


def test_without_seal_or_log_nothing_is_provable(tmp_path: Path) -> None:
    archive = Archive.open(tmp_path / "archive")
    assert kinds(verify(archive.path)) == {"no-log"}
    with Store(archive) as store:
        store.append(today(page()), site="wuxi")
    report = verify(archive.path)
    assert (report.exit_code, kinds(report)) == (4, {"no-seal"})


def test_the_open_file_of_a_living_writer_is_no_alarm(tmp_path: Path) -> None:
    archive = Archive.open(tmp_path / "archive")
    with Store(archive) as store:
        for number in range(3):
            store.append(today(page(number)), site="wuxi")
        store.journal.flush()
        store.append(today(page(4)), site="wuxi")
        report = verify(archive.path)
        assert report.verdict == "not-provable"
        assert {finding.kind for finding in report.findings} == {"no-seal", "open-file"}


def test_an_open_file_of_which_nothing_is_logged_yet_is_no_alarm(folder: Path) -> None:
    with Store(Archive.open(folder)) as store:
        store.append(today(page(50)), site="wuxi")
        report = verify(folder)
        assert report.verdict == "intact"
        assert {finding.kind for finding in report.findings} == {"open-file"}


def test_a_capture_from_before_the_clock_was_set_back_is_no_alarm_and_is_not_received_then(tmp_path: Path) -> None:
    archive = Archive.open(tmp_path / "archive")
    with Store(archive) as store:
        store.append(replace(page(), fetched_at=datetime.now(UTC) + timedelta(hours=3)), site="wuxi")
    seal_now(archive)
    report = verify(archive.path)
    assert report.verdict == "intact"
    assert {finding.kind for finding in report.findings} == {"found-only", "clock-set-back"}


@pytest.mark.parametrize("seed", range(4))
def test_clean_archives_raise_no_alarm(tmp_path: Path, seed: int) -> None:
    report = make_and_verify(tmp_path / "archive", seed)
    assert report.verdict == "intact", [finding.model_dump() for finding in report.findings]


def test_checkpoints_of_the_reader_are_those_of_the_seal(folder: Path) -> None:
    (sealed,) = LogReader.open(folder).seals()
    assert isinstance(sealed.checkpoint, Checkpoint)
    assert sealed.checkpoint == LogReader.open(folder).head
