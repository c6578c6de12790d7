"""A WACZ of ours is whole and the same each time; cut, flipped and hidden bytes in it are found."""

import gzip
import hashlib
import io
import json
import shutil
import struct
import zipfile
import zlib
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from archive.catalog.catalog import Catalog
from archive.directory import Archive
from archive.log.note import PublicKey, public_key
from archive.verify.log_state import Trust
from archive.wacz.check import check_wacz
from archive.wacz.container import Container
from archive.wacz.manifest import DIGEST, MANIFEST
from archive.wacz.selection import Selection, find_capture
from archive.wacz.signature import load_key
from archive.wacz.zip_form import make_info
from tests.archive.conformance.cases import HTTP, record, sha1
from tests.archive.made_pages import article_capture, article_url, capture
from tests.archive.taking import take_all
from tests.archive.wacz.packing import INDEX, KEY, PAGES, kinds, pack, rehash, repack, unpack
from tests.archive.wacz.sealing import log_everything, seal

LOG_KEY = Ed25519PrivateKey.generate()


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    archive = Archive.open(tmp_path_factory.mktemp("wacz") / "archive")
    sent = 'If-None-Match: "1"\r\n'
    captures = [
        article_capture(1, headers='ETag: "1"\r\n'),
        *(article_capture(number, minute=number) for number in range(2, 6)),
        capture(article_url(1), minute=20, status="304 Not Modified", sent=sent),
        capture(article_url(7), minute=21, status="404 Not Found"),
    ]
    take_all(archive, captures, one_by_one=True)
    log_everything(archive)
    return archive


@pytest.fixture(scope="module")
def log_key(archive: Archive) -> PublicKey:
    return seal(archive, LOG_KEY)


@pytest.fixture(scope="module")
def whole(archive: Archive, log_key: PublicKey, tmp_path_factory: pytest.TempPathFactory) -> Path:
    assert log_key
    return pack(archive, tmp_path_factory.mktemp("whole") / "whole.wacz")


def test_a_wacz_of_ours_is_intact_with_keys_from_elsewhere_too(whole: Path, log_key: PublicKey) -> None:
    for report in (check_wacz(whole), check_wacz(whole, trust=Trust(keys=(log_key,)))):
        assert report.findings == []
        assert (report.verdict, report.captures, report.proven) == ("intact", 7, 7)
        assert report.signed_by == (str(log_key),)


def test_the_same_captures_give_the_same_bytes(archive: Archive, whole: Path, tmp_path: Path) -> None:
    assert pack(archive, tmp_path / "again.wacz").read_bytes() == whole.read_bytes()


def test_warcs_and_indexes_are_stored_and_every_file_is_listed(whole: Path) -> None:
    with zipfile.ZipFile(whole) as file:
        assert all(info.compress_type == zipfile.ZIP_STORED for info in file.infolist())
        manifest = json.loads(file.read(MANIFEST))
        listed = {resource["path"] for resource in manifest["resources"]}
        assert listed == set(file.namelist()) - {MANIFEST, DIGEST}
        assert manifest["profile"] == "data-package"


def test_a_page_list_and_an_index_with_blocks_lead_to_every_page(whole: Path) -> None:
    files = unpack(whole)
    head, *pages = (json.loads(line) for line in files[PAGES].splitlines())
    assert head["format"] == "json-pages-1.0"
    shown = [page["url"] for page in pages]
    assert sorted(shown) == [article_url(number) for number in (1, 2, 3, 4, 5, 7)], "a browser shows nothing of a 304"
    places = files["indexes/index.idx"].decode().splitlines()
    assert places[0].startswith("!meta 0 ")
    place = json.loads(places[1].split(" ", 2)[2])
    block = files[INDEX][place["offset"] :][: place["length"]]
    assert len(gzip.decompress(block).splitlines()) == 7


def test_a_revisit_brings_what_it_stands_for_along(archive: Archive, log_key: PublicKey, tmp_path: Path) -> None:
    assert log_key
    with Catalog(archive) as catalog:
        record_id = find_capture(catalog, article_url(1))
    assert record_id
    path = pack(archive, tmp_path / "one.wacz", Selection(record_ids=(record_id,)))
    report = check_wacz(path)
    assert (report.verdict, report.captures) == ("intact", 2)
    lines = gzip.decompress(unpack(path)[INDEX]).decode().splitlines()
    assert ["warc/revisit" in line for line in lines] == [False, True]


def test_a_body_that_came_before_is_packed_with_the_capture_that_brought_it(tmp_path: Path) -> None:
    archive = Archive.open(tmp_path / "archive")
    take_all(archive, [article_capture(1), article_capture(1, minute=5)], one_by_one=True)
    log_everything(archive)
    seal(archive, LOG_KEY)
    path = pack(archive, tmp_path / "second.wacz", Selection(since="2026-04-02T01:01:00.000000Z"))
    report = check_wacz(path)
    assert (report.verdict, report.captures) == ("intact", 2)
    lines = gzip.decompress(unpack(path)[INDEX]).decode().splitlines()
    assert ["warc/revisit" in line for line in lines] == [False, True]


def test_a_selection_by_address_and_time_is_what_is_packed(archive: Archive, tmp_path: Path) -> None:
    chosen = Selection(since="2026-04-02T01:02:30.000000Z", until="2026-04-02T01:04:30.000000Z")
    pages = unpack(pack(archive, tmp_path / "some.wacz", chosen))[PAGES].decode()
    assert [json.loads(line)["url"] for line in pages.splitlines()[1:]] == [article_url(3), article_url(4)]


def test_what_came_after_the_seal_is_not_provable_and_not_altered(archive: Archive, tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    shutil.copytree(archive.path, folder)
    later = Archive.open(folder)
    seal(later, LOG_KEY)
    take_all(later, [article_capture(6, minute=40)])
    path = pack(later, tmp_path / "later.wacz")
    report = check_wacz(path)
    assert (report.verdict, report.findings, report.captures, report.proven) == ("not-provable", [], 8, 7)
    files = unpack(path)
    (line,) = files["proofs/unsealed.jsonl"].decode().splitlines()
    assert json.loads(json.loads(line)["entry"])["uri"] == article_url(6)
    added = {name: data for name, data in files.items() if name != "proofs/unsealed.jsonl"}
    assert kinds(check_wacz(repack(rehash(added, key=KEY), tmp_path / "added.wacz"))) == {"record-not-proven"}
    edited = files | {"proofs/unsealed.jsonl": files["proofs/unsealed.jsonl"].replace(b"_100006.html", b"_100007.html")}
    assert kinds(check_wacz(repack(rehash(edited, key=KEY), tmp_path / "edited.wacz"))) == {"record-differs"}


def test_without_a_seal_nothing_is_proven_and_it_says_so(tmp_path: Path) -> None:
    archive = Archive.open(tmp_path / "archive")
    take_all(archive, [article_capture(1)])
    report = check_wacz(pack(archive, tmp_path / "plain.wacz"))
    assert (report.verdict, report.findings, report.proven) == ("not-provable", [], 0)


@pytest.mark.parametrize("where", ["front", "middle", "end"])
def test_bytes_hidden_beside_the_files_are_found(where: str, whole: Path, tmp_path: Path) -> None:
    data = whole.read_bytes()
    path = tmp_path / "hidden.wacz"
    if where == "front":
        path.write_bytes(b"MZ" + data)
    elif where == "end":
        path.write_bytes(data[:-2] + struct.pack("<H", 5) + b"extra")
    else:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as file:
            for name, content in unpack(whole).items():
                file.writestr(name, content)
                if name == PAGES:
                    file.fp.write(b"hidden")  # type: ignore[union-attr]
                    file.start_dir = file.fp.tell()  # type: ignore[union-attr]
        path.write_bytes(buffer.getvalue())
    assert "hidden-bytes" in kinds(check_wacz(path))


def test_fields_that_programs_of_others_write_are_no_flaws(tmp_path: Path) -> None:
    """Times of Unix and of Windows, the same name in Unicode, and sizes in the long form (APPNOTE 4.5.5, 4.6.9)."""
    path, name = tmp_path / "foreign.wacz", "archive/a.warc"
    unicode_name = b"\x01" + struct.pack("<I", zlib.crc32(name.encode())) + name.encode()
    fields = {0x5455: b"\x01" + bytes(4), 0x000A: bytes(32), 0x7075: unicode_name}
    with zipfile.ZipFile(path, "w") as file:
        info = zipfile.ZipInfo(name)
        info.extra = b"".join(struct.pack("<HH", kind, len(data)) + data for kind, data in fields.items())
        with file.open(info, "w", force_zip64=True) as entry:
            entry.write(b"x")
    with closing(Container(path)) as container:
        assert container.flaws == []


@pytest.mark.parametrize("name", ["archive/data.warc.gz", "archive/data.warc"])
def test_a_file_of_another_program_is_not_provable_and_no_alteration(name: str, tmp_path: Path) -> None:
    """As py-wacz packs them: WARC/1.0, other digests, many records in a member, an index that is no map."""
    records = record(version="1.0", warc_block_digest=sha1(HTTP)) + record("metadata", version="1.0")
    stored = gzip.compress(records) if name.endswith(".gz") else records
    files = {name: stored, "indexes/index.cdx": b"", PAGES: b'{"format": "json-pages-1.0", "id": "pages"}\n'}
    path = repack(rehash(files | {MANIFEST: b'{"profile": "data-package"}'}, key=None), tmp_path / "foreign.wacz")
    report = check_wacz(path)
    assert (report.verdict, report.findings) == ("not-provable", [])
    changed = repack(unpack(path) | {name: stored + b"more"}, tmp_path / "changed.wacz")
    assert {"hash-differs", "size-differs"} & kinds(check_wacz(changed))


@pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
def test_a_file_that_is_cut_cannot_be_read_and_nothing_is_raised(share: float, whole: Path, tmp_path: Path) -> None:
    path = tmp_path / "cut.wacz"
    path.write_bytes(whole.read_bytes()[: int(whole.stat().st_size * share)])
    assert check_wacz(path).verdict == "unreadable"


def test_a_file_that_was_written_as_a_long_one_is_of_our_form(whole: Path, tmp_path: Path) -> None:
    path = tmp_path / "long.wacz"
    with zipfile.ZipFile(path, "w") as packed:
        for name, data in unpack(whole).items():
            with packed.open(make_info(name), "w", force_zip64=name == PAGES) as file:
                file.write(data)
    assert check_wacz(path).findings == []


def test_flipped_bits_in_files_before_them_and_in_the_directory_are_found(
    archive: Archive, log_key: PublicKey, tmp_path: Path
) -> None:
    assert log_key
    small = pack(archive, tmp_path / "small.wacz", Selection(until="2026-04-02T01:02:30.000000Z"))
    assert check_wacz(small).verdict == "intact"
    data = small.read_bytes()
    path = tmp_path / "flipped.wacz"
    with zipfile.ZipFile(small) as file:
        some = file.infolist()[:12:5]
    heads = [info.header_offset + number for info in some for number in range(30)]
    last = range(data.rfind(b"PK\x01\x02"), len(data))
    spread = [int(hashlib.sha256(bytes([number])).hexdigest(), 16) % len(data) for number in range(40)]
    for number, at in enumerate([*heads, *last, *spread]):
        flipped = bytearray(data)
        flipped[at] ^= 1 << number % 8
        path.write_bytes(flipped)
        assert check_wacz(path).verdict in {"altered", "unreadable"}, at


def test_keys_from_elsewhere_do_not_vouch_for_another_log(whole: Path) -> None:
    stranger = public_key("lantian-other", Ed25519PrivateKey.generate())
    assert "checkpoint-unsigned" in kinds(check_wacz(whole, trust=Trust(keys=(stranger,))))


def test_the_signing_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "wacz.pem"
    first = load_key(path).private_numbers()
    assert load_key(path).private_numbers() == first
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_what_a_capture_lacks_does_not_stop_the_packing(tmp_path: Path) -> None:
    archive = Archive.open(tmp_path / "archive")
    failed = replace(article_capture(1), response=b"")
    take_all(archive, [failed, replace(article_capture(2), url="http://sthj.example.cn/a b")])
    files = unpack(pack(archive, tmp_path / "failed.wacz"))
    assert len(gzip.decompress(files[INDEX]).splitlines()) == 1
    assert json.loads(files[PAGES].splitlines()[1])["url"] == "http://sthj.example.cn/a%20b"
