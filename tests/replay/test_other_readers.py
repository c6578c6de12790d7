"""Our WARC and WACZ files are read whole by the programs that others read them with."""

import hashlib
import json
import random
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest

from archive.directory import Archive
from archive.index import read_index
from archive.surt import surt
from archive.warc.readback import warc_files
from archive.warc.records import Record, read_records
from archive.warc.tombstone import is_tombstone
from pipelines.framing import split_response
from tests.replay.odd import command, make_odd

pytestmark = pytest.mark.replay

# Each record of a file as its fields and the digest of its block, and what the program has against its digests.
WARCIO = """
import hashlib, json, sys
from warcio.archiveiterator import ArchiveIterator
told = []
for name in sys.argv[1:]:
    with open(name, "rb") as file:
        raw = [(r.rec_headers.headers, hashlib.sha256(r.raw_stream.read()).hexdigest()) for r in ArchiveIterator(file, no_record_parse=True)]
    with open(name, "rb") as file:
        checked = [(r.raw_stream.read(), r.digest_checker.problems)[1] for r in ArchiveIterator(file, check_digests=True)]
    told += [(*one, bool(problems)) for one, problems in zip(raw, checked, strict=True)]
print(json.dumps(told))
"""
FASTWARC = """
import hashlib, json, sys
from fastwarc.warc import ArchiveIterator
told = []
for name in sys.argv[1:]:
    with open(name, "rb") as file:
        for r in ArchiveIterator(file, parse_http=False):
            is_right = r.verify_block_digest()
            told.append((list(r.headers.items()), hashlib.sha256(r.reader.read()).hexdigest(), not is_right))
print(json.dumps(told))
"""
KEYS = "import sys, surt\nfor line in sys.stdin:\n    print(surt.surt(line[:-1]))\n"


def run(tools: Path, *arguments: str, given: str | None = None, cwd: Path | None = None) -> str:
    command = [str(tools / arguments[0]), *arguments[1:]]
    done = subprocess.run(command, input=given, cwd=cwd, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    return make_odd(tmp_path_factory.mktemp("odd"))


@pytest.fixture(scope="module")
def odd_wacz(odd: Archive, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("packed")
    key = str(folder / "key.pem")
    command(odd, "export", "--format", "wacz", "--out", str(folder / "odd.wacz"), "--signing-key", key)
    return folder / "odd.wacz"


@pytest.fixture(params=["archive", "odd"])
def any_archive(request: pytest.FixtureRequest) -> Archive:
    found: Archive = request.getfixturevalue(request.param)
    return found


def records_of(path: Path) -> list[Record]:
    with path.open("rb") as file:
        return [one.record for one in read_records(file.fileno(), 0, path.stat().st_size)]


def is_false_alarm(record: Record) -> bool:
    """warcio digests chunks with their framing (warcio#74), and looks for a body in what is no HTTP."""
    head, _, problem = split_response(record.block)
    return record.type == "response" and (
        "chunked" in head.tokens("transfer-encoding") or problem in {"no-status-line", "cut-head"}
    )


def told_by(tools: Path, program: str, files: list[Path]) -> Any:
    return json.loads(run(tools, "python", "-c", program, *map(str, files)))


def as_we_read(program: str, files: list[Path]) -> list[Any]:
    return [
        [
            [list(field) for field in one.fields],
            hashlib.sha256(one.block).hexdigest(),
            program is WARCIO and is_false_alarm(one),
        ]
        for file in files
        for one in records_of(file)
    ]


@pytest.mark.parametrize("program", [WARCIO, FASTWARC], ids=["warcio", "FastWARC"])
def test_every_record_is_read_whole_with_its_fields_and_digests(
    program: str, tools: Path, any_archive: Archive
) -> None:
    files = [any_archive.path / file for file in warc_files(any_archive)]
    assert told_by(tools, program, files) == as_we_read(program, files)


@pytest.mark.parametrize("program", [WARCIO, FASTWARC], ids=["warcio", "FastWARC"])
def test_every_record_in_a_wacz_is_read_whole(program: str, tools: Path, odd_wacz: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(odd_wacz) as packed:
        names = [name for name in packed.namelist() if name.startswith("archive/")]
        files = [Path(packed.extract(name, tmp_path)) for name in names]
    told = as_we_read(program, files)
    assert told_by(tools, program, files) == told
    assert len(told) >= 40


def test_the_odd_archive_has_every_kind_of_record(odd: Archive) -> None:
    records = [one for file in warc_files(odd) for one in records_of(odd.path / file)]
    assert {one.type for one in records} == {"warcinfo", "response", "request", "metadata", "revisit", "resource"}
    assert sum(map(is_tombstone, records)) == 1
    assert sum(map(is_false_alarm, records)) == 4
    assert {one.get("WARC-Truncated") for one in records} == {None, "length", "disconnect"}


def index_of_others(tools: Path, archive: Archive) -> str:
    return run(tools, "cdxj-indexer", "--sort", "-p", "-d", "--dir-root", ".", "warc", cwd=archive.path)


def test_the_index_is_that_of_cdxj_indexer(tools: Path, archive: Archive) -> None:
    assert "".join(read_index(archive)) == index_of_others(tools, archive)


def test_the_index_of_odd_captures_is_that_of_cdxj_indexer_but_for_two(tools: Path, odd: Archive) -> None:
    """It gives a HEAD the key of a GET, which IIPC's guideline for other methods does not, and takes `HTTP/1.1 2` for a 2."""
    ours, theirs = "".join(read_index(odd)).splitlines(), index_of_others(tools, odd).splitlines()
    assert len(ours) == len(theirs) >= 20
    differing = [json.loads(line.split(" ", 2)[2]) for line in theirs if line not in ours]
    assert sorted(fields["status"] for fields in differing) == ["2", "200"]
    mine = [json.loads(line.split(" ", 2)[2]) for line in ours if line not in theirs]
    assert sorted((fields.get("status", ""), fields.get("method", "")) for fields in mine) == [
        ("", ""),
        ("200", "HEAD"),
    ]
    assert {fields["recordDigest"] for fields in mine} == {fields["recordDigest"] for fields in differing}


@pytest.mark.parametrize("packed", ["wacz", "odd_wacz"])
def test_wacz_validate_finds_our_files_valid(tools: Path, packed: str, request: pytest.FixtureRequest) -> None:
    file = request.getfixturevalue(packed)
    assert "the passed WACZ is valid" in run(tools, "wacz", "validate", "-f", str(file))


def test_twenty_thousand_addresses_have_the_keys_of_surt(tools: Path) -> None:
    rng = random.Random(6)
    hosts = (
        "www.example.com",
        "sthjj.example.gov.cn",
        "WWW3.A.cn",
        "a.b.c.cn:8080",
        "1.2.3.4",
        "u@h.cn",
        "xn--fiqs8s.cn",
    )
    bits = [
        "a",
        "B",
        "1",
        "/",
        "..",
        ".",
        "?",
        "&",
        "=",
        "#",
        "%",
        "+",
        "-",
        "~",
        "!",
        "'",
        "(",
        ",",
        ";",
        "[",
        "|",
        "<",
        '"',
    ]
    bits += [
        "%20",
        "%D6",
        "%d0",
        "%25",
        "%zz",
        "%26",
        "%2F",
        "%e4%b8%ad",
        "sid=",
        "jsessionid=",
        "cfid=1",
        "cftoken=2",
        32 * "0",
    ]
    urls = [
        f"{rng.choice(('http', 'https'))}://{rng.choice(hosts)}/{''.join(rng.choices(bits, k=rng.randint(0, 12)))}"
        for _ in range(20_000)
    ]
    theirs = run(tools, "python", "-c", KEYS, given="".join(f"{url}\n" for url in urls)).splitlines()
    differing = [(url, key, surt(url)) for url, key in zip(urls, theirs, strict=True) if surt(url) != key]
    assert differing == []
