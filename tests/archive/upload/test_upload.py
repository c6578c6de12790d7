"""An archive in an object store: whole, written once, never over anything else, whatever is killed."""

import json
import os
import random
import shutil
import signal
import time
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from archive.deletion.files import finish_files, make_entries
from archive.directory import Archive
from archive.errors import UploadError
from archive.log.covering import now
from archive.log.writer import Log
from archive.store import Store
from archive.upload import bucket as bucket_module
from archive.upload.bucket import Retention
from archive.upload.courier import open_courier
from archive.upload.send import Sent, bucket_of, send
from archive.verify.check import verify
from crawler.run_archive import open_intake
from tests.archive.verify.sealed import build, seal_now, today
from tests.archive.warc_samples import page
from tests.crawler.loopback import ROOT, lantian
from tests.object_store import KEY, SECRET, ObjectStore

REPORT = ROOT / "tests" / "soak" / "upload_kill.json"
NOT_COPIED = ("catalog", "index", "uploads", "log.sqlite", "log/lock")


def upload(folder: Path, bucket: str, *, retention: Retention | None = None) -> Sent:
    archive = Archive.open(folder)
    with bucket_of(archive, f"s3://{bucket}/lantian", retention=retention) as opened:
        return send(archive, opened)


def prefix_of(folder: Path) -> str:
    return f"lantian/{Archive.open(folder).id.rpartition(':')[2]}/"


def here(folder: Path, objects: ObjectStore) -> dict[str, str]:
    return objects.environment | {"LANTIAN_ARCHIVE": str(folder / "archive")}


def add_pages(folder: Path, number: int) -> None:
    with Store(Archive.open(folder)) as store:
        for one in range(number):
            store.append(today(page(one)), site="wuxi")


def files_of(folder: Path) -> dict[str, bytes]:
    paths = (path for path in folder.rglob("*") if path.is_file())
    named = {path.relative_to(folder).as_posix(): path for path in paths}
    return {name: path.read_bytes() for name, path in named.items() if not name.startswith(NOT_COPIED)}


def test_a_plain_copy_of_what_was_uploaded_is_the_archive_and_verifies(tmp_path: Path, objects: ObjectStore) -> None:
    build(tmp_path / "archive")
    bucket = objects.make_bucket()
    done = lantian("upload", f"s3://{bucket}/lantian", "--debug", cwd=tmp_path, environment=here(tmp_path, objects))
    assert done.returncode == 0, done.stderr
    assert KEY not in done.stderr + done.stdout
    assert "Signature" not in done.stderr
    assert "entries of the log" in done.stdout
    copy = objects.copy_to(bucket, prefix_of(tmp_path / "archive"), tmp_path / "copy")
    assert files_of(copy) == files_of(tmp_path / "archive")
    assert {"archive.json", "log/head", "log/checkpoint", "log/keys"} < set(files_of(copy))
    assert verify(copy).verdict == verify(tmp_path / "archive").verdict == "intact"
    assert set(objects.versions(bucket).values()) == {1}


def test_what_is_there_is_not_sent_again_and_what_grew_is_brought_up_to_date(
    tmp_path: Path, objects: ObjectStore
) -> None:
    folder, bucket = tmp_path / "archive", objects.make_bucket()
    build(folder)
    upload(folder, bucket)
    asked = len(objects.puts())
    assert upload(folder, bucket).uploaded == 0
    assert len(objects.puts()) == asked
    shutil.rmtree(folder / "uploads")
    assert upload(folder, bucket).uploaded == 0, "without its notes it reads what is there"
    before = objects.versions(bucket)
    add_pages(folder, 300)
    seal_now(Archive.open(folder))
    sent = upload(folder, bucket)
    assert sent.uploaded > 3
    written = objects.versions(bucket)
    names = {key.removeprefix(prefix_of(folder)) for key in before if written[key] > before[key]}
    assert names == {"log/head", "log/checkpoint"}
    copy = objects.copy_to(bucket, prefix_of(folder), tmp_path / "copy")
    assert verify(copy).verdict == "intact"
    (copy / "log" / "tile" / "entries" / "000").read_bytes()


def test_nothing_that_is_something_else_is_overwritten(tmp_path: Path, objects: ObjectStore) -> None:
    folder, bucket = tmp_path / "archive", objects.make_bucket()
    kept = build(folder)
    theirs = prefix_of(folder) + kept[0].file
    objects.client.put_object(Bucket=bucket, Key=theirs, Body=b"something else")
    done = lantian("upload", f"s3://{bucket}/lantian", cwd=tmp_path, environment=here(tmp_path, objects))
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert f"s3://{bucket}/{theirs}: holds something else than the archive has" in line
    assert objects.client.get_object(Bucket=bucket, Key=theirs)["Body"].read() == b"something else"
    assert set(objects.versions(bucket).values()) == {1}
    objects.client.delete_object(Bucket=bucket, Key=theirs)
    assert upload(folder, bucket).problems == []


def test_the_log_of_one_who_goes_on_with_a_copy_does_not_replace_that_of_another(
    tmp_path: Path, objects: ObjectStore
) -> None:
    folder, twin, bucket = tmp_path / "archive", tmp_path / "twin", objects.make_bucket()
    build(folder)
    shutil.copytree(folder, twin)
    for one in (folder, twin):
        add_pages(one, 2)
        seal_now(Archive.open(one))
    upload(folder, bucket)
    states = {name: (folder / "log" / name).read_bytes() for name in ("head", "keys", "checkpoint")}
    with pytest.raises(UploadError, match=r"log/head: is not an earlier state of this archive's log"):
        upload(twin, bucket)
    objects.client.delete_object(Bucket=bucket, Key=f"{prefix_of(folder)}log/head")
    with pytest.raises(UploadError, match=r"log/checkpoint: is not an earlier state"):
        upload(twin, bucket)
    (twin / "log" / "keys").write_text("another key\n", encoding="utf-8")
    shutil.rmtree(twin / "uploads")
    with pytest.raises(UploadError, match=r"log/keys: is not an earlier state"):
        upload(twin, bucket)
    for name in ("keys", "checkpoint"):
        found = objects.client.get_object(Bucket=bucket, Key=f"{prefix_of(folder)}log/{name}")
        assert found["Body"].read() == states[name]


def upload_and_die(folder: Path, bucket: str, objects: ObjectStore, *, at: int) -> bool:
    """Upload in a process that is killed while its request of a number is on its way, or answered; whether it was."""
    moment, first = random.choice(["before", "after"]), len(objects.asked)
    child = os.fork()
    if child == 0:
        code = 1
        try:
            upload(folder, bucket)
            code = 0
        finally:
            os._exit(code)

    def kill(number: int) -> None:
        if number == first + at:
            os.kill(child, signal.SIGKILL)
            time.sleep(0.02)

    setattr(objects, moment, kill)
    status = os.waitpid(child, 0)[1]
    objects.before = objects.after = lambda _: None
    assert status == 0 or os.WTERMSIG(status) == signal.SIGKILL
    return status != 0


@dataclass(frozen=True)
class Killed:
    """What killed uploads came to; `odd_copies` are copies taken after a kill with more wrong than what is not there yet."""

    kills: int
    odd_copies: int
    is_whole: bool
    written_twice: int


def kill_uploads(folder: Path, objects: ObjectStore, *, rounds: int) -> Killed:
    """Upload, killed at some request each time, with the archive growing half-way, and at last to the end."""
    archive, bucket = folder / "archive", objects.make_bucket()
    build(archive)
    kills, odd = 0, 0
    for number in range(rounds):
        if number == rounds // 2:
            assert upload(archive, bucket).problems == []
            add_pages(archive, 3)
            seal_now(Archive.open(archive))
        kills += upload_and_die(archive, bucket, objects, at=random.randrange(2, 10))
        copy = objects.copy_to(bucket, prefix_of(archive), folder / "copies" / str(number))
        if (copy / "log" / "head").exists():
            odd += not {one.kind for one in verify(copy).findings} <= {
                "file-unlisted",
                "unsealed",
                "no-seal",
                "log-left-over",
            }
    upload(archive, bucket)
    whole = objects.copy_to(bucket, prefix_of(archive), folder / "whole")
    partial_tiles = {name: one for name, one in files_of(whole).items() if ".p/" in name}
    is_whole = verify(whole).verdict == "intact" and files_of(whole) == files_of(archive) | partial_tiles
    written = objects.versions(bucket)
    twice = [key for key, times in written.items() if times > 1 + key.endswith(("log/head", "log/checkpoint"))]
    return Killed(kills, odd, is_whole and not upload(archive, bucket).uploaded, len(twice))


def test_an_upload_that_is_killed_is_gone_on_with_and_writes_nothing_twice(
    tmp_path: Path, objects: ObjectStore
) -> None:
    found = kill_uploads(tmp_path, objects, rounds=4)
    assert found == Killed(found.kills, odd_copies=0, is_whole=True, written_twice=0)
    assert found.kills >= 1


@pytest.mark.soak
def test_a_hundred_kills_of_uploads(tmp_path: Path, objects: ObjectStore) -> None:
    found: list[Killed] = []
    while sum(one.kills for one in found) < 100:
        found.append(kill_uploads(tmp_path / str(len(found)), objects, rounds=20))
    figures = {
        "archives": len(found),
        "kills": sum(one.kills for one in found),
        "written_twice": sum(one.written_twice for one in found),
        "copies_that_are_not_whole": sum(not one.is_whole for one in found) + sum(one.odd_copies for one in found),
    }
    REPORT.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    assert figures["written_twice"] == figures["copies_that_are_not_whole"] == 0


def test_a_run_uploads_while_it_goes_on_and_the_copy_is_whole_at_any_time(tmp_path: Path, objects: ObjectStore) -> None:
    folder, bucket = tmp_path / "archive", objects.make_bucket()
    archive = Archive.open(folder)
    courier = open_courier(archive, address=f"s3://{bucket}/lantian", retention=None, every=timedelta(seconds=0.3))
    with Store(archive) as store:
        with courier.running(store.standing):
            end = time.monotonic() + 1.5
            kept = 0
            while time.monotonic() < end:
                kept += 1
                store.append(today(page(kept)), site=("wuxi", "suzhou_js")[kept % 2])
                time.sleep(0.01)
        copy = objects.copy_to(bucket, prefix_of(folder), tmp_path / "copy")
        found = verify(copy)
        assert found.verdict == "not-provable", "nothing is sealed, and nothing is missing"
        assert 0 < found.counts.captures <= kept
    courier.finish()
    assert verify(objects.copy_to(bucket, prefix_of(folder), tmp_path / "whole")).counts.captures == kept


def test_what_is_locked_cannot_be_deleted_there(tmp_path: Path, objects: ObjectStore) -> None:
    folder, bucket = tmp_path / "archive", objects.make_bucket(has_lock=True)
    kept = build(folder)
    upload(folder, bucket, retention=Retention(30, "COMPLIANCE"))
    add_pages(folder, 2)
    upload(folder, bucket, retention=Retention(30, "COMPLIANCE"))
    key = prefix_of(folder) + kept[0].file
    head = objects.client.head_object(Bucket=bucket, Key=key)
    assert head["ObjectLockMode"] == "COMPLIANCE"
    assert (head["ObjectLockRetainUntilDate"] - head["LastModified"]).days in {29, 30}
    with pytest.raises(objects.client.exceptions.ClientError, match="AccessDenied"):
        objects.client.delete_object(Bucket=bucket, Key=key, VersionId=head["VersionId"])


def test_what_was_deleted_here_is_asked_to_be_deleted_there_and_then_goes_up_as_it_is_now(
    tmp_path: Path, objects: ObjectStore
) -> None:
    folder, bucket = tmp_path / "archive", objects.make_bucket()
    one = build(folder)[0]
    upload(folder, bucket)
    archive = Archive.open(folder)
    with Log(archive) as log:
        log.append(make_entries(archive, one.file, {one.offset: one.record_id}, moment=now(), reason="an order"))
        finish_files(log)
    seal_now(archive)
    (problem,) = upload(folder, bucket).problems
    assert f"{one.file}: still has what was deleted from the archive; delete every version" in problem
    key = prefix_of(folder) + one.file
    head = objects.client.head_object(Bucket=bucket, Key=key)
    objects.client.delete_object(Bucket=bucket, Key=key, VersionId=head["VersionId"])
    assert upload(folder, bucket).problems == []
    copy = objects.copy_to(bucket, prefix_of(folder), tmp_path / "copy")
    assert verify(copy).verdict == "intact"
    assert files_of(copy)[one.file] == (folder / one.file).read_bytes()


def test_what_the_store_keeps_otherwise_than_it_was_sent_is_noticed(tmp_path: Path, objects: ObjectStore) -> None:
    folder, bucket = tmp_path / "archive", objects.make_bucket()
    kept = build(folder)
    key = prefix_of(folder) + kept[0].file

    def damage(number: int) -> None:
        if objects.asked[number] == ("PUT", f"/{bucket}/{key}"):
            objects.after = lambda _: None
            objects.client.put_object(Bucket=bucket, Key=key, Body=b"damaged")

    objects.after = damage
    (problem,) = upload(folder, bucket).problems
    assert f"{kept[0].file}: what was written is read back otherwise" in problem
    (again,) = upload(folder, bucket).problems
    assert "holds something else" in again


def test_a_large_file_goes_in_parts_and_parts_that_were_left_are_dropped(
    tmp_path: Path, objects: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, bucket = tmp_path / "archive", objects.make_bucket()
    monkeypatch.setattr(bucket_module, "_PART", 5 << 20)
    with Store(Archive.open(folder)) as store:
        store.append(today(page(1, random.randbytes(11 << 20))), site="wuxi")
    objects.client.create_multipart_upload(Bucket=bucket, Key=f"{prefix_of(folder)}warc/left")
    objects.client.create_multipart_upload(Bucket=bucket, Key="another/archive")
    upload(folder, bucket)
    rest = objects.client.list_multipart_uploads(Bucket=bucket)["Uploads"]
    assert [one["Key"] for one in rest] == ["another/archive"]
    (file,) = folder.glob("warc/*/*/*")
    key = prefix_of(folder) + file.relative_to(folder).as_posix()
    assert objects.client.head_object(Bucket=bucket, Key=key)["ETag"].endswith('-3"')
    assert objects.client.get_object(Bucket=bucket, Key=key)["Body"].read() == file.read_bytes()


def test_a_store_that_is_away_is_one_line_without_credentials(tmp_path: Path, objects: ObjectStore) -> None:
    build(tmp_path / "archive")
    away = {"AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_SESSION_TOKEN": "a-token", "AWS_MAX_ATTEMPTS": "1"}
    done = lantian("upload", "s3://evidence/lantian", cwd=tmp_path, environment=here(tmp_path, objects) | away)
    assert done.returncode == 3
    (line,) = done.stderr.splitlines()
    assert line.startswith("lantian: s3://evidence/lantian/")
    assert not any(secret in line for secret in (KEY, SECRET, "a-token"))


def test_a_run_whose_store_is_away_keeps_everything_and_says_so_at_its_end(
    tmp_path: Path, objects: ObjectStore, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    folder, bucket = tmp_path / "archive", objects.make_bucket()
    send_by = partial(open_courier, address=f"s3://{bucket}/x", retention=None, every=timedelta(hours=1))
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    with (
        pytest.raises(UploadError, match="what is missing there is uploaded next time"),
        open_intake(folder, sites={}, workers=0, command="test", send_by=send_by) as intake,
    ):
        intake.take(today(page(1)), site=None)
    assert "uploaded next time" in caplog.text
    monkeypatch.setenv("AWS_ENDPOINT_URL", objects.environment["AWS_ENDPOINT_URL"])
    with open_intake(folder, sites={}, workers=0, command="test", send_by=send_by):
        pass
    copy = objects.copy_to(bucket, prefix_of(folder).replace("lantian", "x"), tmp_path / "copy")
    assert verify(copy).counts == verify(folder).counts
    assert verify(copy).counts.captures == 1


@pytest.mark.parametrize(
    "address", ["https://bucket/x", "s3://b", "s3://key:secret@bucket/x", "s3://bucket/x?acl=public"]
)
def test_another_kind_of_address_is_refused_before_anything_is_opened(tmp_path: Path, address: str) -> None:
    with pytest.raises(UploadError, match=r"write s3://bucket/prefix") as raised:
        bucket_of(Archive.open(tmp_path), address)
    assert "secret" not in str(raised.value)
