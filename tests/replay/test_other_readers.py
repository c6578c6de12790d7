"""Our WARC and WACZ files are read whole by the programs that others read them with."""

import json
import random
import subprocess
from pathlib import Path

import pytest

from archive.directory import Archive
from archive.index import read_index
from archive.readback import read_groups, warc_files
from archive.surt import surt

pytestmark = pytest.mark.replay

WARCIO = """
import sys, json
from warcio.archiveiterator import ArchiveIterator
with open(sys.argv[1], "rb") as file:
    print(json.dumps([(r.rec_headers.get_header("WARC-Record-ID"), len(r.raw_stream.read())) for r in ArchiveIterator(file, no_record_parse=True)]))
"""
FASTWARC = """
import sys, json
from fastwarc.warc import ArchiveIterator
with open(sys.argv[1], "rb") as file:
    print(json.dumps([(r.headers["WARC-Record-ID"], len(r.reader.read())) for r in ArchiveIterator(file, parse_http=False, verify_digests=True)]))
"""
KEYS = "import sys, surt\nfor line in sys.stdin:\n    print(surt.surt(line[:-1]))\n"


def run(tools: Path, *arguments: str, given: str | None = None, cwd: Path | None = None) -> str:
    command = [str(tools / arguments[0]), *arguments[1:]]
    done = subprocess.run(command, input=given, cwd=cwd, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("program", [WARCIO, FASTWARC], ids=["warcio", "FastWARC"])
def test_every_record_is_read_whole(program: str, tools: Path, archive: Archive) -> None:
    for file in warc_files(archive):
        ours = {f"<{one.record.id}>": len(one.record.block) for group in read_groups(archive, file) for one in group}
        theirs = dict(json.loads(run(tools, "python", "-c", program, str(archive.path / file))))
        assert {record_id: theirs.get(record_id) for record_id in ours} == ours
        assert len(theirs) == len(ours) + 2


def test_the_index_is_that_of_cdxj_indexer(tools: Path, archive: Archive) -> None:
    theirs = run(tools, "cdxj-indexer", "--sort", "-p", "-d", "--dir-root", ".", "warc", cwd=archive.path)
    assert "".join(read_index(archive)) == theirs


def test_wacz_validate_finds_our_files_valid(tools: Path, wacz: Path) -> None:
    assert "the passed WACZ is valid" in run(tools, "wacz", "validate", "-f", str(wacz))


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
