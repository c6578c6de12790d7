"""Deletions under an order reach the copy: every version of the object goes, and nothing else does."""

import json
import random
import shutil
from pathlib import Path

from archive.deletion.files import finish_files, make_entries
from archive.directory import Archive
from archive.log.covering import now
from archive.log.entries import DeletionEntry
from archive.log.writer import Log
from archive.upload.bucket import Retention
from archive.verify.check import verify
from archive.warc.readback import Stored
from archive.warc.records import sha256
from tests.archive.upload.uploading import files_of, here, prefix_of, upload, upload_and_die
from tests.archive.verify.sealed import build, seal_now
from tests.crawler.loopback import lantian, lines_of
from tests.object_store import ObjectStore


def delete(folder: Path, *doomed: Stored) -> None:
    archive = Archive.open(folder)
    with Log(archive) as log:
        for one in doomed:
            log.append(make_entries(archive, one.file, {one.offset: one.record_id}, moment=now(), reason="an order"))
            finish_files(log)
    seal_now(archive)


def versions_of(objects: ObjectStore, bucket: str, key: str) -> list[bytes]:
    """All that the store has under a key, in every version."""
    listed = objects.client.list_object_versions(Bucket=bucket, Prefix=key).get("Versions", ())
    bodies = [objects.client.get_object(Bucket=bucket, Key=key, VersionId=one["VersionId"]) for one in listed]
    return [body["Body"].read() for body in bodies]


def test_what_was_deleted_here_is_taken_out_of_the_copy_in_every_version(tmp_path: Path, objects: ObjectStore) -> None:
    folder, bucket = tmp_path / "archive", objects.make_bucket()
    first, second, *_ = build(folder)
    upload(folder, bucket)
    key = prefix_of(folder) + first.file
    delete(folder, first)
    command = ("upload", f"s3://{bucket}/lantian", "--json")
    done = lantian(*command, cwd=tmp_path, environment=here(tmp_path, objects))
    (told,) = lines_of(done)
    assert (done.returncode, told["problems"]) == (0, [])
    (line,) = told["replaced"]
    assert line.startswith(
        f"s3://{bucket}/{key}: held what was deleted from the archive; what is left of it stands there"
    )
    assert versions_of(objects, bucket, key) == [(folder / first.file).read_bytes()]
    delete(folder, second)
    shutil.rmtree(folder / "uploads")
    assert len(upload(folder, bucket).replaced) == 1, "without its notes it goes by the log"
    assert versions_of(objects, bucket, key) == [(folder / first.file).read_bytes()]
    copy = objects.copy_to(bucket, prefix_of(folder), tmp_path / "copy")
    assert verify(copy).verdict == "intact"
    assert (upload(folder, bucket).uploaded, upload(folder, bucket).replaced) == (0, [])
    noted = [json.loads(line) for line in next((folder / "uploads").iterdir()).read_text().splitlines()]
    assert [one["versions_deleted"] for one in noted if one.get("name") == first.file] == ["1"]


def test_what_is_neither_the_file_nor_an_earlier_state_of_it_is_left_alone(
    tmp_path: Path, objects: ObjectStore
) -> None:
    folder, bucket = tmp_path / "archive", objects.make_bucket()
    first = build(folder)[0]
    upload(folder, bucket)
    key = prefix_of(folder) + first.file
    delete(folder, first)
    objects.client.put_object(Bucket=bucket, Key=key, Body=b"something else")
    sent = upload(folder, bucket)
    (problem,) = sent.problems
    assert f"{first.file}: holds something else than the archive has" in problem
    assert (sent.replaced, len(versions_of(objects, bucket, key))) == ([], 2)
    assert objects.client.get_object(Bucket=bucket, Key=key)["Body"].read() == b"something else"
    left = (folder / first.file).read_bytes()
    (folder / first.file).write_bytes(left + b"altered")
    assert f"{first.file}: is not what the log says is left of it" in upload(folder, bucket).problems[0]


def test_what_a_store_will_not_delete_is_told_until_it_does(tmp_path: Path, objects: ObjectStore) -> None:
    folder, bucket = tmp_path / "archive", objects.make_bucket(has_lock=True)
    first = build(folder)[0]
    upload(folder, bucket, retention=Retention(30, "COMPLIANCE"))
    delete(folder, first)
    for _ in range(2):
        (problem,) = upload(folder, bucket).problems
        assert f"{first.file}: older versions still have what was deleted from the archive" in problem
        assert "delete every one of them" in problem
    current = objects.client.get_object(Bucket=bucket, Key=prefix_of(folder) + first.file)
    assert current["Body"].read() == (folder / first.file).read_bytes()
    assert len(versions_of(objects, bucket, prefix_of(folder) + first.file)) == 2


def test_a_file_that_went_as_a_whole_goes_there_too(tmp_path: Path, objects: ObjectStore) -> None:
    folder, bucket = tmp_path / "archive", objects.make_bucket()
    build(folder)
    original = folder / "imports" / "original.warc.gz"
    original.parent.mkdir()
    original.write_bytes(b"an original")
    upload(folder, bucket)
    with Log(Archive.open(folder)) as log:
        digest, file = sha256(b"an original"), "imports/original.warc.gz"
        gone = DeletionEntry(
            logged=now(), file=file, offset=0, record_id="", removed=digest, member=None, after=None, reason="an order"
        )
        log.append([gone])
        finish_files(log)
    (line,) = upload(folder, bucket).replaced
    assert f"{file}: held what was deleted from the archive; the archive has it no more" in line
    assert versions_of(objects, bucket, prefix_of(folder) + file) == []
    assert upload(folder, bucket).replaced == []


def test_kills_leave_the_old_object_or_the_new_one_and_the_next_upload_goes_on(
    tmp_path: Path, objects: ObjectStore
) -> None:
    folder, bucket = tmp_path / "archive", objects.make_bucket()
    first = build(folder)[0]
    upload(folder, bucket)
    key, old = prefix_of(folder) + first.file, (folder / first.file).read_bytes()
    delete(folder, first)
    new = (folder / first.file).read_bytes()
    at = random.randrange(1, 3)
    while upload_and_die(folder, bucket, objects, at=at):
        assert objects.client.get_object(Bucket=bucket, Key=key)["Body"].read() in (old, new)
        at += random.randrange(1, 3)
    assert upload(folder, bucket).problems == []
    assert versions_of(objects, bucket, key) == [new]
    copy = objects.copy_to(bucket, prefix_of(folder), tmp_path / "copy")
    assert (verify(copy).verdict, files_of(copy)[first.file]) == ("intact", new)
