"""Timestamps over seals, of a real `openssl ts` authority on loopback."""

import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive.directory import Archive
from archive.errors import TimestampError
from archive.log.entries import GapEntry
from archive.log.reader import LogReader
from archive.log.timestamps import ask_for_timestamp, verify_reply
from archive.log.writer import Log
from archive.verify.check import verify
from archive.verify.log_state import Trust
from pipelines.records import format_instant
from tests.archive.log.authority import Authority, make_root, serving
from tests.archive.log.sealing import add, run

pytestmark = pytest.mark.usefixtures("keys_elsewhere")
needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="OPENSSL ABSENT: timestamps were not tested")


@pytest.fixture
def authority(tmp_path: Path) -> Iterator[tuple[Authority, str]]:
    made = Authority.of_today(tmp_path / "tsa")
    with serving(made) as url:
        yield made, url


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
def test_a_stamp_from_before_an_entry_says_it_was_logged_is_not_kept_until_the_clock_is_past_it(
    archive: Archive, authority: tuple[Authority, str]
) -> None:
    """As where the clock of this machine was ahead for a day: the seal stands, and nothing is called altered."""
    made, url = authority
    tomorrow = format_instant(datetime.now(UTC) + timedelta(days=1))
    with Log(archive) as log:
        log.append([GapEntry(logged=tomorrow, kind="missed-run", subject="wuxi", reason="the machine was off")])
    add(archive, 1)
    told = run("seal", "--tsa", url, archive=archive)
    assert (told.exit_code, "set the clock of this machine right" in told.stderr) == (3, True)
    report = verify(archive.path, trust=Trust(roots=(made.root,)))
    assert (report.verdict, report.counts.timestamps, report.counts.seals) == ("intact", 0, 1)


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
    reply = ask_for_timestamp(b"text\n", made.reply)
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
def test_an_authority_may_send_its_whole_chain(tmp_path: Path) -> None:
    made = Authority.of_today(tmp_path / "tsa")
    with (made.folder / "tsa.cnf").open("a") as file:
        file.write(f"certs = {made.folder}/root.pem\n")
    stamped = verify_reply(ask_for_timestamp(b"text\n", made.reply), b"text\n", [made.root])
    assert stamped.authority == "CN=test authority"


@needs_openssl
def test_the_checker_may_bring_what_stands_between_root_and_authority(tmp_path: Path) -> None:
    top = make_root()
    link = make_root("test link", by=top)
    reply = ask_for_timestamp(b"text\n", Authority.of_today(tmp_path / "tsa", issuer=link).reply)
    for alone in (top[1], link[1]):
        with pytest.raises(TimestampError, match="give its root"):
            verify_reply(reply, b"text\n", [alone])
    assert verify_reply(reply, b"text\n", [link[1], top[1]]).authority == "CN=test authority"


@needs_openssl
def test_an_answer_to_another_question_is_refused(authority: tuple[Authority, str]) -> None:
    """RFC 3161 §2.4.2: the nonce of the question, if it has one, stands in the answer."""
    made, _ = authority
    old = ask_for_timestamp(b"text\n", made.reply)
    with pytest.raises(TimestampError, match="answers another question"):
        ask_for_timestamp(b"text\n", lambda _: old)
    with pytest.raises(TimestampError, match="over other data"):
        ask_for_timestamp(b"other\n", lambda _: old)


@needs_openssl
def test_a_timestamp_of_an_expired_authority_is_found(archive: Archive, tmp_path: Path) -> None:
    past = datetime.now(UTC) - timedelta(days=2)
    made = Authority(tmp_path / "old", valid=(past - timedelta(days=9), past))
    with serving(made) as url:
        run("seal", "--tsa", url, archive=archive)
        assert kinds(archive, Trust(roots=(made.root,))) == {"timestamp-untrusted"}


def test_an_authority_that_is_not_there_leaves_the_seal(archive: Archive) -> None:
    refused = run("seal", "--tsa", "http://127.0.0.1:9/", archive=archive)
    assert refused.exit_code == 3
    assert "gave no timestamp" in refused.stderr
    assert len(LogReader.open(archive.path).seals()) == 1
    assert run("seal", "--tsa", "file:///etc/passwd", archive=archive).exit_code == 2


def kinds(archive: Archive, trust: Trust) -> set[str]:
    return {finding.kind for finding in verify(archive.path, trust=trust).findings}
