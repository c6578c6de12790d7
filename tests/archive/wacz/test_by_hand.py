"""The commands that a report on a WACZ names are run as somebody pastes them: they agree, and notice what was altered."""

import gzip
import html
import json
import re
import shlex
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from archive.directory import Archive
from archive.log.attest import add_timestamp
from archive.log.note import PublicKey
from archive.log.seal import seal
from archive.log.writer import Log
from archive.verify.log_state import Trust
from archive.wacz.check import check_wacz
from archive.wacz.commands import make_commands
from archive.wacz.selection import Selection
from archive.warc.records import encode_record, make_record
from tests.archive.altered.wacz_changes import careless, forged
from tests.archive.log.authority import Authority
from tests.archive.made_pages import article_capture
from tests.archive.taking import take_all
from tests.archive.verify.pasting import paste
from tests.archive.verify.sealed import key_of, seal_now
from tests.archive.wacz.packing import INDEX, PAGES, Files, archive_name, pack, rehash, repack, unpack

pytestmark = pytest.mark.skipif(
    not shutil.which("openssl"), reason="OPENSSL ABSENT: the commands of a WACZ were not run"
)
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority.of_today(tmp_path_factory.mktemp("authority") / "tsa")


@pytest.fixture(scope="module")
def proof(tmp_path_factory: pytest.TempPathFactory, authority: Authority) -> Path:
    """One capture, stamped in the first of three seals."""
    archive = Archive.open(tmp_path_factory.mktemp("by hand") / "archive")
    for number in range(1, 4):
        take_all(archive, [article_capture(number, minute=number)], one_by_one=True)
        seal_now(archive)
        if number == 1:
            with Log(archive) as log:
                add_timestamp(log, seal(log, key_of(archive)), authority.reply)
    return pack(archive, archive.path.with_name("a proof.wacz"), Selection(until="2026-04-02T01:01:30.000000Z"))


def test_pasted_commands_say_the_same(proof: Path, authority: Authority, tmp_path: Path) -> None:
    report = check_wacz(proof, trust=Trust(roots=(authority.root,)))
    assert (report.verdict, report.timestamps, len(report.seen)) == ("intact", 1, 1)
    before = proof.read_bytes()
    told = paste(report.commands, at=tmp_path, authority=authority)
    assert all(code == 0 for code, _ in told.values()), told
    said = "".join(said for _, said in told.values())
    for word in (
        "files are as listed",
        "datapackage.json: OK",
        "Verified OK",
        "1 captures are in the log that was signed",
        "index and page list have the addresses, moments and titles of the log",
        "is continued by the newest",
        "Signature Verified Successfully",
        "Verification: OK",
    ):
        assert word in said, said
    assert proof.read_bytes() == before


def test_pasting_the_commands_runs_nothing_that_lies_in_the_file(
    proof: Path, authority: Authority, tmp_path: Path
) -> None:
    """Python looks for its modules in the folder it is started in, and pywb for templates and settings."""
    trap = f"open({str(tmp_path / 'run')!r}, 'w')\n".encode()
    names = ("json.py", "base64.py", "hashlib.py", "glob.py", "zipfile.py", "sitecustomize.py", "warcio/__init__.py")
    others = dict.fromkeys(("config.yaml", "templates/base.html", "collections/check/config.yaml"), b"x: [")
    files = unpack(proof) | dict.fromkeys(names, trap) | others
    named = {
        "proofs/checkpoint-1$(touch run).txt": files["proofs/checkpoint.txt"],
        "proofs/checkpoint-$(touch run).1.tsr": b"",
    }
    path = repack(rehash(files | named), tmp_path / "$(touch run).wacz")
    commands = check_wacz(path).commands
    assert all("python3 -I " in line for line in commands if "python3" in line)
    told = paste(commands, at=tmp_path, authority=authority)
    assert any("captures are in the log that was signed" in said for _, said in told.values()), told
    assert not list(tmp_path.rglob("run"))
    (pywb,) = (line for line in commands if "wb-manager" in line)
    assert pywb.startswith('(cd "$work" && wb-manager init'), "and not where the file was unpacked"


def test_the_report_in_the_file_has_the_same_commands_and_they_work(
    proof: Path, authority: Authority, tmp_path: Path
) -> None:
    text = unpack(proof)["proofs/report.html"].decode()
    assert "时间戳 timestamp: CN=test authority" in text
    first, *rest = make_commands(None, unpack(proof), map(PublicKey.parse, check_wacz(proof).signed_by))
    assert tuple(rest) == check_wacz(proof).commands[1:]
    assert html.escape("\n".join((first, *rest))) in text
    told = paste((f"wacz={shlex.quote(str(proof))}", first, *rest[:2]), at=tmp_path, authority=authority)
    assert "files are as listed" in "".join(said for code, said in told.values() if not code)


def edit_record(files: Files) -> Files:
    name = archive_name(files)
    return files | {name: files[name][:-40] + bytes(8) + files[name][-32:]}


def edit_entry(files: Files) -> Files:
    name = "proofs/inclusion.jsonl"
    return files | {name: files[name].replace(b"_100001.html", b"_100002.html")}


def edit_root(files: Files) -> Files:
    name = "proofs/consistency.jsonl"
    lines = [json.loads(line) for line in files[name].splitlines()]
    for line in lines:
        line["proof"][0] = "00" * 32
    return files | {name: "".join(f"{json.dumps(line)}\n" for line in lines).encode()}


def add_record(files: Files) -> Files:
    """Beside the proven ones; no index names it, and pywb makes an index of its own."""
    name = archive_name(files)
    page = make_record((("WARC-Type", "response"), ("WARC-Record-ID", "<urn:uuid:1>")), b"HTTP/1.1 200 OK\r\n\r\nx")
    return files | {name: files[name] + encode_record(page)}


def add_plain(files: Files) -> Files:
    """Of a name that the commands for packed records pass over."""
    return files | {"archive/more.warc": b"WARC/1.1\r\n"}


def edit_index(files: Files) -> Files:
    """A record that is in the log, shown as another address."""
    lines = gzip.decompress(files[INDEX]).replace(b'"url": "http://sthj.', b'"url": "http://other.')
    return files | {INDEX: gzip.compress(lines, mtime=0)}


def edit_title(files: Files) -> Files:
    return files | {PAGES: re.sub(rb'"title": "[^"]*"}\n\Z', b'"title": "x"}\n', files[PAGES])}


def edit_moment(files: Files) -> Files:
    return files | {PAGES: files[PAGES].replace(b'"ts": "2026', b'"ts": "2019')}


@pytest.mark.parametrize(
    ("alter", "says"),
    [
        (careless(edit_record), "computed checksum did NOT match"),
        (forged(edit_record), "no proof of what belongs to this record"),
        (forged(add_record), "no proof of record 4"),
        (forged(edit_entry), "not in the log"),
        (forged(edit_root), "of another log"),
        (forged(add_plain), "a player might show this file"),
        (forged(edit_index), "the index has another address"),
        (forged(edit_title), "a title that the log has not"),
        (forged(edit_moment), "the page list has another address or moment"),
    ],
    ids=["careless", "record", "another record", "entry", "link", "file", "index", "title", "moment"],
)
def test_pasted_commands_notice_what_was_altered(
    alter: Callable[[Path, Path], object], says: str, proof: Path, authority: Authority, tmp_path: Path
) -> None:
    path = tmp_path / "altered.wacz"
    alter(proof, path)
    report = check_wacz(path)
    assert report.verdict == "altered"
    quick = [line for line in report.commands if not line.startswith(("find ", "openssl ", "sed "))]
    told = paste(quick, at=tmp_path, authority=authority)
    assert any(code and says in said for code, said in told.values()), told
