"""Keys, seals, rotation, and timestamps of a real `openssl ts` authority on loopback."""

import json
import shutil
import subprocess
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from archive.directory import Archive
from archive.errors import KeyUnusable, TimestampError
from archive.log.keys import key_path, open_key, read_key
from archive.log.reader import LogReader
from archive.log.timestamps import make_request, verify_reply
from archive.store import Store
from archive.verify.check import verify
from archive.verify.log_state import Trust
from crawler.cli import main
from tests.archive.log.authority import Authority, make_root
from tests.archive.taking import kill_writer
from tests.archive.verify.sealed import today
from tests.archive.warc_samples import page

needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="OPENSSL ABSENT: timestamps were not tested")


@pytest.fixture(autouse=True)
def keys_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANTIAN_KEYS", str(tmp_path / "keys"))


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    archive = Archive.open(tmp_path / "archive")
    add(archive, 0)
    return archive


def add(archive: Archive, number: int) -> None:
    with Store(archive) as store:
        store.append(today(page(number)), site="wuxi")


def run(*words: str, archive: Archive) -> Result:
    return CliRunner().invoke(main, [*words, "--archive", str(archive.path)])


def test_the_key_is_made_on_first_use_for_its_owner_alone_and_outside_the_archive(archive: Archive) -> None:
    done = run("seal", archive=archive)
    assert done.exit_code == 0
    path = key_path(archive)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert not path.is_relative_to(archive.path)
    assert not any(b"PRIVATE KEY" in file.read_bytes() for file in archive.path.rglob("*") if file.is_file())
    assert done.stdout.startswith(f"{archive.id}\n2\n")
    assert (archive.path / "log" / "checkpoint").read_text() == done.stdout
    again = run("seal", "--json", archive=archive)
    assert json.loads(again.stdout)["checkpoint"] == done.stdout
    assert len(LogReader.open(archive.path).seals()) == 1


def test_a_key_that_others_can_read_or_that_is_none_is_refused(archive: Archive, tmp_path: Path) -> None:
    run("seal", archive=archive)
    key_path(archive).chmod(0o644)
    refused = run("seal", archive=archive)
    assert refused.exit_code == 3
    assert "chmod 600" in refused.stderr
    other = tmp_path / "none.pem"
    other.write_text("nothing")
    other.chmod(0o600)
    with pytest.raises(KeyUnusable):
        read_key(other, name="x")
    assert run("seal", "--key", str(other), archive=archive).exit_code == 3


def test_what_a_killed_crawl_left_is_logged_before_the_seal(archive: Archive) -> None:
    kill_writer(archive, today(page(1)), torn=50)
    assert run("seal", archive=archive).exit_code == 0
    report = verify(archive.path)
    assert (report.verdict, report.counts.captures) == ("intact", 2)


def test_a_log_is_sealed_by_its_own_key_and_no_other(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine, others = key_path(archive), tmp_path / "others"
    run("seal", archive=archive)
    monkeypatch.setenv("LANTIAN_KEYS", str(others))
    mistyped = tmp_path / "mistyped.pem"
    for command in (["seal"], ["seal", "--rotate-key"], ["seal", "--key", str(mistyped)]):
        add(archive, 1)
        refused = run(*command, archive=archive)
        assert (refused.exit_code, "there is not the key of this archive" in refused.stderr) == (3, True)
    assert not others.exists()
    assert not mistyped.exists()
    assert run("seal", "--key", str(mine), "--rotate-key", archive=archive).exit_code == 0
    (old,) = mine.parent.glob("*.old-*")
    add(archive, 2)
    refused = run("seal", "--key", str(old), archive=archive)
    assert (refused.exit_code, "is not the key of this archive" in refused.stderr) == (3, True)
    assert run("seal", "--key", str(mine), archive=archive).exit_code == 0
    assert verify(archive.path).verdict == "intact"


def test_an_empty_log_is_not_sealed(tmp_path: Path) -> None:
    refused = run("seal", archive=Archive.open(tmp_path / "empty"))
    assert refused.exit_code == 3
    assert "nothing to seal" in refused.stderr


def test_a_rotated_key_is_followed_and_the_old_one_signed_for_it(archive: Archive) -> None:
    run("seal", archive=archive)
    old = open_key(key_path(archive), name=archive.id).public
    assert run("seal", "--rotate-key", archive=archive).exit_code == 0
    new = open_key(key_path(archive), name=archive.id).public
    assert new != old
    add(archive, 1)
    run("seal", archive=archive)
    for keys in ((), (old,)):
        report = verify(archive.path, trust=Trust(keys=keys))
        assert report.verdict == "intact"
        assert report.keys == (str(old), str(new))
    assert len(LogReader.open(archive.path).keys()) == 2
    assert verify(archive.path, trust=Trust(keys=(new,))).verdict == "altered", "the first seals are not of this key"


def test_verify_ends_with_its_verdict_and_writes_a_page(archive: Archive, tmp_path: Path) -> None:
    assert run("verify", archive=archive).exit_code == 4
    sealed = run("seal", archive=archive)
    (tmp_path / "checkpoint").write_text(sealed.stdout)
    (tmp_path / "keys.txt").write_text((archive.path / "log" / "keys").read_text())
    page_path = tmp_path / "report.html"
    good = run(
        "verify", "--deep", "--pubkey", str(tmp_path / "keys.txt"), "--trusted-checkpoint", str(tmp_path / "checkpoint"),
        "--html", str(page_path), archive=archive,
    )  # fmt: skip
    assert (good.exit_code, "完好 / intact" in good.stdout) == (0, True)
    text = page_path.read_text()
    assert "不证明网站确实发布过" in text
    assert "<script" not in text
    path = next((archive.path / "warc").rglob("*.gz"))
    path.write_bytes(path.read_bytes()[:-1])
    bad = run("verify", "--json", archive=archive)
    assert (bad.exit_code, json.loads(bad.stdout)["verdict"]) == (1, "altered")
    named = CliRunner().invoke(main, ["verify", str(archive.path), "--json"])
    assert (named.exit_code, json.loads(named.stdout)["verdict"]) == (1, "altered")
    assert run("verify", "--pubkey", str(path), archive=archive).exit_code == 2
    (archive.path / "log" / "head").write_text("x")
    assert run("verify", archive=archive).exit_code == 3
    missing = CliRunner().invoke(main, ["verify", "--archive", str(tmp_path / "nowhere")])
    assert missing.exit_code == 3


@pytest.fixture
def authority(tmp_path: Path) -> Iterator[tuple[Authority, str]]:
    yield from serve(
        Authority(
            tmp_path / "tsa", valid=(datetime.now(UTC) - timedelta(days=1), datetime.now(UTC) + timedelta(days=1))
        )
    )


def serve(authority: Authority) -> Iterator[tuple[Authority, str]]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            data = authority.reply(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield authority, f"http://127.0.0.1:{server.server_port}/tsr"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@needs_openssl
def test_a_seal_is_stamped_and_its_time_provable(archive: Archive, authority: tuple[Authority, str]) -> None:
    made, url = authority
    assert run("seal", "--tsa", url, "--tsa", url, archive=archive).exit_code == 0
    report = verify(archive.path, trust=Trust(roots=(made.root,)))
    assert (report.verdict, report.counts.timestamps) == ("intact", 2)
    assert report.window.until
    assert report.window.witnesses == ("CN=test authority",)
    (archive.path / "checkpoint.txt").write_text(LogReader.open(archive.path).seals()[0].checkpoint.text)
    command = ["openssl", "ts", "-verify", "-in", "log/seals/2.0.tsr", "-data", "checkpoint.txt", "-CAfile"]
    done = subprocess.run([*command, str(made.folder / "root.pem")], cwd=archive.path, capture_output=True, check=False)
    assert done.returncode == 0, "openssl agrees"


@needs_openssl
def test_a_timestamp_says_nothing_of_what_was_logged_after_it(
    archive: Archive, authority: tuple[Authority, str]
) -> None:
    made, url = authority
    run("seal", "--tsa", url, archive=archive)
    trust = Trust(roots=(made.root,))
    before = verify(archive.path, trust=trust)
    add(archive, 1)
    run("seal", archive=archive)
    report = verify(archive.path, trust=trust)
    assert (report.window.until, report.window.entries) == (before.window.until, 2)
    assert report.counts.entries == 4
    (claim,) = (one for one in report.claims if one.kind == "existed")
    assert not claim.holds
    assert "the first 2 entries only; the 2 after them have no provable time" in claim.english
    assert "4.0.tsr" not in "".join(report.commands), "there is none"
    assert "2.0.tsr" in "".join(report.commands)


@needs_openssl
def test_timestamps_tampered_untrusted_or_over_other_data_are_found(
    archive: Archive, authority: tuple[Authority, str]
) -> None:
    made, url = authority
    run("seal", "--tsa", url, archive=archive)
    trust = Trust(roots=(made.root,))
    assert kinds(archive, Trust()) == {"timestamp-unchecked"}
    assert verify(archive.path).verdict == "intact", "no worse than without a timestamp"
    other = Trust(roots=(make_root()[1],))
    assert kinds(archive, other) == {"timestamp-untrusted"}
    add(archive, 1)
    run("seal", archive=archive)
    reply = archive.path / "log" / "seals" / "2.0.tsr"
    data = reply.read_bytes()
    shutil.copy(reply, reply.with_name("4.0.tsr"))
    assert kinds(archive, trust) == {"timestamp-other"}
    reply.with_name("4.0.tsr").unlink()
    for at in (len(data) - 20, len(data) // 2):
        reply.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
        assert kinds(archive, trust) & {"timestamp-other", "timestamp-untrusted"}
    reply.write_bytes(b"nothing")
    assert kinds(archive, trust) == {"timestamp-other"}


@needs_openssl
def test_no_flipped_byte_of_a_reply_brings_the_check_down_or_moves_its_time(authority: tuple[Authority, str]) -> None:
    made, _ = authority
    reply = made.reply(make_request(b"text\n"))
    moment = verify_reply(reply, b"text\n", [made.root]).moment
    refused = 0
    for at in range(0, len(reply), 3):
        try:
            flipped = verify_reply(reply[:at] + bytes([reply[at] ^ 0x81]) + reply[at + 1 :], b"text\n", [made.root])
        except TimestampError:
            refused += 1
        else:
            assert flipped.moment == moment
    assert refused > len(reply) // 3 * 0.9


@needs_openssl
def test_a_timestamp_of_an_expired_authority_is_found(archive: Archive, tmp_path: Path) -> None:
    past = datetime.now(UTC) - timedelta(days=2)
    for made, url in serve(Authority(tmp_path / "old", valid=(past - timedelta(days=9), past))):
        run("seal", "--tsa", url, archive=archive)
        assert kinds(archive, Trust(roots=(made.root,))) == {"timestamp-untrusted"}


def test_an_authority_that_is_not_there_leaves_the_seal(archive: Archive) -> None:
    refused = run("seal", "--tsa", "http://127.0.0.1:9/", archive=archive)
    assert refused.exit_code == 3
    assert "gave no timestamp" in refused.stderr
    assert len(LogReader.open(archive.path).seals()) == 1
    assert run("seal", "--tsa", "file:///etc/passwd", archive=archive).exit_code == 3


def kinds(archive: Archive, trust: Trust) -> set[str]:
    return {finding.kind for finding in verify(archive.path, trust=trust).findings}
