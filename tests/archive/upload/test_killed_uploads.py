"""Uploads that are killed: whole objects, nothing twice, and the next goes on."""

import json
import random
from dataclasses import dataclass
from pathlib import Path

import pytest

from archive.directory import Archive
from archive.verify.check import verify
from tests.archive.upload.uploading import add_pages, files_of, prefix_of, upload, upload_and_die
from tests.archive.verify.sealed import build, seal_now
from tests.crawler.loopback import ROOT
from tests.object_store import ObjectStore

REPORT = ROOT / "tests" / "soak" / "upload_kill.json"


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
