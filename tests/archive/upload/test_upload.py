"""An archive in an object store: whole, written once, never over anything else."""

import random
import shutil
from pathlib import Path

import pytest

from archive.directory import Archive
from archive.errors import UploadError
from archive.store import Store
from archive.upload import bucket as bucket_module
from archive.upload.bucket import Retention
from archive.verify.check import verify
from tests.archive.upload.uploading import add_pages, files_of, here, prefix_of, upload
from tests.archive.verify.sealed import build, seal_now, today
from tests.archive.warc.samples import page
from tests.crawler.loopback import lantian
from tests.object_store import KEY, ObjectStore


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
