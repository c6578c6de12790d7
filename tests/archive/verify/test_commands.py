"""The commands of a report are run as somebody pastes them: with public tools, from another folder, leaving no trace."""

import random
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from archive.directory import Archive
from archive.log.attest import add_timestamp
from archive.log.rotation import rotate_key, take_key
from archive.log.seal import seal
from archive.log.writer import Log
from archive.verify.check import verify
from archive.verify.log_state import Trust
from archive.verify.page import to_html, to_lines
from archive.warc.records import sha256
from tests.archive.altered.files import FILES
from tests.archive.altered.writers import WRITERS
from tests.archive.log.authority import Authority
from tests.archive.verify.growing.steps import Growth, crawl, delete_page
from tests.archive.verify.pasting import paste, trace
from tests.archive.verify.sealed import build, files_of

OPENSSL = shutil.which("openssl")
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority.of_today(tmp_path_factory.mktemp("authority") / "tsa")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, authority: Authority) -> Path:
    """With a capture that was deleted, a key that was changed, and two seals over as many entries; the second is stamped."""
    beside = tmp_path_factory.mktemp("commands")
    folder = beside / "an archive"
    growth = Growth(Archive.open(folder), random.Random(3), beside)
    crawl(growth)
    delete_page(growth)
    assert growth.done["deleted"]
    with Log(growth.archive) as log:
        rotate_key(log, _key(log, beside))
        first = seal(log, take_key(log, beside / "key.pem"))
        (log.folder / "seals" / first.name).rename(log.folder / "seals" / f"{first.name}-1")
        made = next(one for one in [seal(log, take_key(log, beside / "key.pem"))] if one.name.endswith("-1"))
        if OPENSSL:
            add_timestamp(log, made, authority.reply)
    return folder


def _key(log: Log, beside: Path) -> Path:
    take_key(log, beside / "key.pem")
    return beside / "key.pem"


def test_pasted_commands_say_the_same_and_leave_the_evidence_as_it_was(
    folder: Path, authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder.parent)
    report = verify(Path(folder.name), trust=Trust(roots=(authority.root,)))
    assert report.verdict == "intact"
    before = trace(folder)
    told = paste(report.commands, at=tmp_path, authority=authority)
    assert all(code == 0 for code, _ in told.values()), told
    assert "files are as logged" in "".join(said for _, said in told.values())
    assert trace(folder) == before
    if not OPENSSL:
        pytest.skip("OPENSSL ABSENT: the commands for signatures and timestamps were not run")
    said = {line.split()[1]: said for line, (_, said) in told.items() if line.startswith("openssl")}
    assert "Verification: OK" in said["ts"]
    assert "Signature Verified Successfully" in said["pkeyutl"]


def test_pasted_commands_notice_what_was_altered(folder: Path, authority: Authority, tmp_path: Path) -> None:
    altered = tmp_path / "archive"
    shutil.copytree(folder, altered)
    report = verify(altered, trust=Trust(roots=(authority.root,)))
    path = files_of(altered)[0]
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    (sealed,) = (one for one in (altered / "log" / "seals").iterdir() if one.name.endswith("-1"))
    sealed.write_text(sealed.read_text(encoding="utf-8").replace("\n", "\nx", 1), encoding="utf-8")
    told = paste(report.commands, at=tmp_path, authority=authority)
    wrong = {line.split()[0] for line, (code, _) in told.items() if code}
    assert wrong >= ({"(cd", "openssl"} if OPENSSL else {"(cd"})


def test_pasted_commands_notice_a_log_that_was_altered_with_its_files(
    folder: Path, authority: Authority, tmp_path: Path
) -> None:
    """Its entries agree with the files, and the signature is over the text of the checkpoint alone."""
    altered = tmp_path / "archive"
    shutil.copytree(folder, altered)
    path = files_of(altered)[0]
    before = sha256(path.read_bytes())
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    for bundle in (altered / "log" / "tile" / "entries").rglob("*"):
        if bundle.is_file():
            bundle.write_bytes(bundle.read_bytes().replace(before.encode(), sha256(path.read_bytes()).encode()))
    told = paste(verify(altered).commands, at=tmp_path, authority=authority)
    assert [said for line, (code, said) in told.items() if line.startswith("python3") and code == 1]


def _put_in(folder: Path) -> str:
    path = files_of(folder)[0]
    shutil.copyfile(path, path.with_name("evil-20260101000000-00000.warc.gz"))
    return "no such file"


def _edit_open(folder: Path) -> str:
    """In a file that a killed writer left, of which only the records are logged."""
    (case,) = (one for one in WRITERS if one.name == "payload edited in the file of a killed writer")
    case.alter(folder)
    return "another record than was logged"


def _put_deleted_back(folder: Path) -> str:
    (case,) = (one for one in FILES if one.name == "original of an import deleted, and another put in its place")
    case.alter(folder)
    return "was deleted"


@pytest.mark.parametrize("alter", [_put_in, _edit_open, _put_deleted_back])
def test_pasted_commands_notice_what_no_digest_of_a_file_covers(
    alter: Callable[[Path], str], authority: Authority, tmp_path: Path
) -> None:
    altered = tmp_path / "archive"
    build(altered)
    says = alter(altered)
    told = paste(verify(altered).commands[:2], at=tmp_path, authority=authority)
    assert [said for code, said in told.values() if code == 1 and says in said], told


def test_pasting_does_nothing_that_a_name_in_the_archive_says(
    folder: Path, authority: Authority, tmp_path: Path
) -> None:
    """A copy of the last seal under such a name is the last seal, and a copy of its timestamp another."""
    altered = tmp_path / "archive"
    shutil.copytree(folder, altered)
    for path in list((altered / "log" / "seals").iterdir()):
        stem, dot, rest = path.name.partition(".")
        shutil.copyfile(path, path.with_name(f"{stem}z$(touch${{IFS}}{tmp_path.name}`touch${{IFS}}x`)'\"{dot}{rest}"))
    (tmp_path / "json.py").write_text("raise SystemExit(7)", encoding="utf-8")
    report = verify(altered, trust=Trust(roots=(authority.root,)))
    assert "touch" in "".join(report.commands)
    told = paste(report.commands, at=tmp_path, authority=authority)
    assert all(code == 0 for code, _ in told.values()), told
    assert not {tmp_path.name, "x"} & {path.name for path in tmp_path.iterdir()}


@pytest.mark.skipif(not shutil.which("wb-manager"), reason="PYWB ABSENT: its command was not run")
def test_pywb_takes_the_files_elsewhere(folder: Path, authority: Authority, tmp_path: Path) -> None:
    report = verify(folder, trust=Trust(roots=(authority.root,)))
    commands = tuple(line.replace("&& wayback -b 127.0.0.1", "") for line in report.commands)
    before = trace(folder)
    told = paste(commands, at=tmp_path, authority=authority, without="openssl")
    assert all(code == 0 for code, _ in told.values()), told
    assert trace(folder) == before


def test_without_a_timestamp_there_is_no_command_for_one(folder: Path) -> None:
    """Whoever trusts no authority has none to hold a timestamp against."""
    assert not [line for line in verify(folder).commands if "openssl ts" in line]


def test_the_report_on_a_terminal_has_keys_checkpoint_and_commands(folder: Path) -> None:
    report = verify(folder)
    lines = list(to_lines(report))
    assert any(report.keys[0] in line for line in lines)
    assert any(line.startswith("  检查点 checkpoint: ") for line in lines)
    assert "\n".join(lines).endswith("\n".join(report.commands))
    assert "$archive/log/seals/" in to_html(report)
