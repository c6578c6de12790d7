"""Uploading an archive to the object store of the tests, and looking at what is there."""

import os
import random
import signal
import time
from pathlib import Path

from archive.directory import Archive
from archive.store import Store
from archive.upload.bucket import Retention
from archive.upload.send import bucket_of, send
from archive.upload.sent import Sent
from tests.archive.verify.sealed import today
from tests.archive.warc.samples import page
from tests.object_store import ObjectStore

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
