"""Keys, seals and rotation."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from archive.directory import Archive
from archive.errors import KeyUnusable
from archive.log.keys import key_path, open_key, read_key
from archive.log.note import public_key
from archive.log.reader import LogReader
from archive.verify.check import verify
from archive.verify.log_state import Trust
from crawler.cli import main
from tests.archive.log.sealing import add, run
from tests.archive.taking import kill_writer
from tests.archive.verify.sealed import PRIVATE, log_rotation, seal_now, today
from tests.archive.warc.samples import page

pytestmark = pytest.mark.usefixtures("keys_elsewhere")


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


def test_the_tiles_that_the_last_seal_speaks_of_stay_while_the_log_grows(archive: Archive) -> None:
    assert run("seal", archive=archive).exit_code == 0
    sealed = LogReader.open(archive.path).seals()[-1].checkpoint
    add(archive, 1)
    add(archive, 2)
    widths = [int(path.name) for path in (archive.path / "log" / "tile" / "0" / "000.p").iterdir()]
    assert sorted(widths) == [sealed.size, LogReader.open(archive.path).size]


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
    for keys in ((), (old,), (new,)):
        report = verify(archive.path, trust=Trust(keys=keys))
        assert report.verdict == "intact"
        assert report.keys == (str(old), str(new))
    assert len(LogReader.open(archive.path).keys()) == 2


def test_a_key_vouches_for_those_before_it_by_nothing_but_a_seal(archive: Archive) -> None:
    """Who has the old key alone can name any known key as the next."""
    seal_now(archive)
    known = Ed25519PrivateKey.generate()
    log_rotation(archive, PRIVATE, known)
    trust = Trust(keys=(public_key(archive.id, known),))
    assert {"key-untrusted", "rotation-unsigned"} & {one.kind for one in verify(archive.path, trust=trust).findings}
    seal_now(archive, known)
    assert verify(archive.path, trust=trust).verdict == "intact"
    assert (
        verify(archive.path, trust=Trust(keys=(public_key(archive.id, Ed25519PrivateKey.generate()),))).exit_code == 1
    )


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
