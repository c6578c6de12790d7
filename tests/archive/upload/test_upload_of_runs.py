"""Uploading beside a run that goes on, and stores that are away, damage what they get, or are none."""

import time
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from archive.directory import Archive
from archive.errors import UploadError
from archive.store import Store
from archive.upload.courier import open_courier
from archive.upload.send import bucket_of
from archive.verify.check import verify
from crawler.run_archive import open_intake
from tests.archive.upload.uploading import here, prefix_of, upload
from tests.archive.verify.sealed import build, today
from tests.archive.warc.samples import page
from tests.crawler.loopback import lantian
from tests.object_store import KEY, SECRET, ObjectStore


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


def test_a_store_that_is_away_is_one_line_without_credentials(tmp_path: Path, objects: ObjectStore) -> None:
    build(tmp_path / "archive")
    away = {"AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_SESSION_TOKEN": "a-token", "AWS_MAX_ATTEMPTS": "1"}
    done = lantian("upload", "s3://evidence/lantian", cwd=tmp_path, environment=here(tmp_path, objects) | away)
    assert done.returncode == 3
    (line,) = done.stderr.splitlines()
    assert line.startswith("lantian: s3://evidence/lantian/")
    assert not any(secret in line for secret in (KEY, SECRET, "a-token"))


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


@pytest.mark.parametrize(
    "address", ["https://bucket/x", "s3://b", "s3://key:secret@bucket/x", "s3://bucket/x?acl=public"]
)
def test_another_kind_of_address_is_refused_before_anything_is_opened(tmp_path: Path, address: str) -> None:
    with pytest.raises(UploadError, match=r"write s3://bucket/prefix") as raised:
        bucket_of(Archive.open(tmp_path), address)
    assert "secret" not in str(raised.value)
