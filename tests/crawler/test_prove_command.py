"""`lantian prove` and `lantian export --format wacz`, run as a person runs them."""

import html
import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from archive.directory import Archive
from archive.log.entries import ExportEntry
from archive.log.note import public_key
from archive.log.reader import LogReader
from archive.wacz.check import check_wacz
from crawler.cli import main
from tests.archive.made_pages import article_capture, article_url
from tests.archive.taking import take_all
from tests.archive.wacz.packing import rehash, repack, unpack
from tests.archive.wacz.sealing import log_everything, seal


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    archive = Archive.open(tmp_path / "archive")
    take_all(archive, [article_capture(1), article_capture(2, minute=1), article_capture(1, minute=9, edition=1)])
    return archive.path


def run(folder: Path, *arguments: str) -> Result:
    key = folder.parent / "wacz.pem"
    options = ["--archive", str(folder), "--signing-key", str(key), "--json"]
    return CliRunner().invoke(main, [*arguments, *options], prog_name="lantian")


def sealed(folder: Path) -> None:
    archive = Archive.open(folder)
    log_everything(archive)
    seal(archive, Ed25519PrivateKey.generate())


def test_one_capture_is_proved_and_that_it_was_given_out_is_logged(folder: Path, tmp_path: Path) -> None:
    sealed(folder)
    out = tmp_path / "one.wacz"
    result = run(folder, "prove", article_url(1), "--at", "2026-04-02T01:05:00Z", "--out", str(out))
    assert result.exit_code == 0, result.output
    line = json.loads(result.stdout)
    assert (line["captures"], line["proven"]) == (1, 1)
    assert check_wacz(out).verdict == "intact"
    log = LogReader.open(folder)
    last = log.entry(log.size - 1)
    assert isinstance(last, ExportEntry)
    assert (last.format, last.items, last.digest) == ("wacz", 1, line["manifest"])


def test_what_the_catalog_alone_says_is_not_proved(folder: Path, tmp_path: Path) -> None:
    sealed(folder)
    with closing(sqlite3.connect(folder / "catalog.sqlite")) as catalog, catalog:
        catalog.execute(f"DELETE FROM captures WHERE url = '{article_url(1)}' AND fetched_at LIKE '%01:09%'")
        catalog.execute(f"UPDATE captures SET canonical = 'http://x.example/' WHERE url = '{article_url(2)}'")
        catalog.execute("UPDATE captures SET url = canonical")
    hidden = run(folder, "prove", article_url(1), "--out", str(tmp_path / "1.wacz"))
    assert (hidden.exit_code, "the log has 1 capture that the catalog lacks" in hidden.stderr) == (0, True)
    forged = run(folder, "prove", "http://x.example/", "--out", str(tmp_path / "2.wacz"))
    assert (forged.exit_code, "another address than the record" in forged.stderr) == (3, True)
    assert not (tmp_path / "2.wacz").exists()


def test_what_no_seal_covers_is_not_proved_but_may_be_exported(folder: Path, tmp_path: Path) -> None:
    refused = run(folder, "prove", article_url(1))
    assert refused.exit_code == 3
    assert "run lantian seal" in refused.stderr
    out = tmp_path / "all.wacz"
    exported = run(folder, "export", "--format", "wacz", "--url", article_url(1), "--out", str(out))
    assert exported.exit_code == 0, exported.output
    assert json.loads(exported.stdout)["captures"] == 2
    assert check_wacz(out).verdict == "not-provable"


def test_what_was_never_captured_is_said_in_one_line(folder: Path) -> None:
    result = run(folder, "prove", article_url(1), "--at", "2026-01-01")
    assert result.exit_code == 3
    assert "no capture of it by then" in result.stderr


def verify(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["verify", *arguments], prog_name="lantian")


@pytest.fixture
def proof(folder: Path, tmp_path: Path) -> Path:
    sealed(folder)
    out = tmp_path / "one.wacz"
    assert run(folder, "prove", article_url(1), "--out", str(out)).exit_code == 0
    return out


def test_a_proof_is_checked_with_nothing_but_the_file(proof: Path) -> None:
    told = verify(str(proof))
    assert told.exit_code == 0, told.output
    assert "1 of 1 captures proved" in told.stdout
    assert "name it with --pubkey to trust it" in told.stdout
    assert "not all of it was received from a server" in told.stdout.splitlines()[0]
    assert "  [x] 文件中的每条记录与签名日志逐字节一致 / every record in the file is" in told.stdout
    assert "      不证明网站确实发布过这些内容" in told.stdout
    line = json.loads(verify(str(proof), "--json").stdout)
    assert (line["found"], line["supplied"]) == (1, 0)
    assert f"1 of them only found on the disk, by {line['found_by']}: the date of receipt is unproven" in told.stdout
    assert (line["verdict"], line["captures"], line["proven"], line["findings"]) == ("intact", 1, 1, [])
    assert told.stdout.splitlines()[0].startswith(f"{proof}: 完好 / intact; 并非全部取自服务器")
    assert f"  检查点 checkpoint: {line['checkpoint'].splitlines()[0]}\n" in told.stdout
    assert told.stdout.endswith("\n".join(line["commands"]) + "\n")
    beside = verify(str(proof), str(proof.parent))
    assert (beside.exit_code, "name the folder of an archive alone" in beside.stderr) == (2, True)


def test_what_a_proof_shows_is_one_page_in_both_languages_to_hand_on(proof: Path, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    told = verify(str(proof), "--html", str(page), "--json")
    assert told.exit_code == 0, told.output
    text = page.read_text("utf-8")
    for claim in json.loads(told.stdout)["claims"]:
        assert all(claim[words] in html.unescape(text) for words in claim if words not in {"kind", "holds"})
    (listed,) = json.loads(told.stdout)["listed"]
    assert (listed["uri"], listed["peer"]) == (article_url(1), "127.0.0.1:80")
    for words in (article_url(1), "127.0.0.1:80", listed["date"]):
        assert words in text
    for words in ("<h1 class=intact>完好 <small>intact", "No trusted timestamp dates all of it", "当时如此存在"):
        assert words in text
    for words in ("sha256sum -c", "openssl pkeyutl -verify", "warcio check", "wayback -b 127.0.0.1", str(proof)):
        assert words in text
    assert not re.search(r"<script|<a |href=|src=", text)
    edited = rehash(unpack(proof) | {"pages/pages.jsonl": b"{}\n"})
    altered = repack(edited, tmp_path / "altered.wacz")
    assert verify(str(altered), "--html", str(page), "--force").exit_code == 1
    text = page.read_text("utf-8")
    assert "<h1 class=altered>有改动 <small>altered" in text
    assert "页面列表与记录不符<br>a line of the page list is not what its record gives" in text
    assert verify(str(proof), str(altered), "--html", str(tmp_path / "two.html")).exit_code == 2


def test_a_proof_in_which_a_bit_was_flipped_is_altered_and_says_where(proof: Path) -> None:
    data = bytearray(proof.read_bytes())
    data[len(data) // 3] ^= 1
    proof.write_bytes(data)
    told = verify(str(proof))
    assert told.exit_code == 1
    assert "altered" in told.stdout.splitlines()[0]
    assert len(told.stdout.splitlines()) > 2


def test_a_key_that_did_not_sign_proves_nothing(proof: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.pub"
    other.write_text(f"{public_key('other', Ed25519PrivateKey.generate())}\n", "utf-8")
    told = verify(str(proof), "--pubkey", str(other))
    assert told.exit_code in {1, 4}, told.output


def test_what_is_no_wacz_is_unreadable_in_one_line_and_options_for_archives_are_refused(tmp_path: Path) -> None:
    page = tmp_path / "page.wacz"
    page.write_text("no zip", "utf-8")
    assert verify(str(page)).exit_code == 3
    refused = verify(str(page), "--deep")
    assert refused.exit_code == 2
    assert "--deep is for an archive" in refused.stderr
