"""Disks that do not take what is written: real ones, a full file system where we may mount, a file size limit anywhere."""

import json
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.directory import Archive
from archive.warc.readback import read_captures, warc_files

ROOT = Path(__file__).resolve().parents[2]

# Appends until the disk refuses, then once more something small, and tells what happened.
UNTIL_FULL = """
    import json, logging, os, resource, sys
    from dataclasses import replace
    from archive.directory import Archive
    from archive.errors import StorageFull
    from archive.store import Store
    from archive.warc.readback import read_captures
    from tests.archive.warc.samples import page

    folder, limit = sys.argv[1], int(sys.argv[2])
    if limit:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    archive = Archive.open(folder)
    store, kept, message = Store(archive), [], ""
    try:
        for number in range(10_000):
            kept.append(store.append(page(number, os.urandom(50_000)), site="wuxi").record_id)
    except StorageFull as error:
        message = str(error)
    opened = [path for path in archive.warc_dir.rglob("*.open")]
    found = [stored.record_id for _, stored in read_captures(archive)]
    try:
        kept.append(store.append(page(0, b""), site="wuxi").record_id)
        again = ""
    except StorageFull as error:
        again = str(error)
    store.close()
    print(json.dumps(dict(kept=kept, message=message, found=found, again=again, opened=len(opened))))
"""


def run(script: str, *arguments: str) -> dict[str, object]:
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script), *arguments],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    result: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return result


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 1 MiB, where this user may mount one."""
    where = tmp_path / "small"
    where.mkdir()
    mount = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", where], capture_output=True, check=False)
    if mount.returncode:
        pytest.skip("may not mount a file system; the file size limit is tested instead")
    yield where
    subprocess.run(["umount", where], check=True)


def check_full(folder: Path, result: dict[str, object], reason: str) -> None:
    message, kept, found = str(result["message"]), result["kept"], result["found"]
    assert isinstance(kept, list)
    assert isinstance(found, list)
    assert reason in message
    assert "; make room on the disk" in message
    assert message.startswith(str(folder))
    assert "\n" not in message
    assert len(found) >= 10
    assert found == kept[: len(found)]
    after = [stored.record_id for _, stored in read_captures(Archive.open(folder))]
    assert after == kept
    assert not list(folder.rglob("*.cut-*"))


def test_a_full_disk_is_one_line_and_everything_before_it_stays(small_disk: Path) -> None:
    result = run(UNTIL_FULL, str(small_disk), "0")
    check_full(small_disk, result, "No space left on device")


def test_a_file_that_may_not_grow_is_one_line_and_everything_before_it_stays(tmp_path: Path) -> None:
    result = run(UNTIL_FULL, str(tmp_path), "1000000")
    check_full(tmp_path, result, "File too large")
    assert result["again"] == ""
    assert len(warc_files(Archive.open(tmp_path))) == 1


UNWRITABLE = """
    import json, os, sys
    from archive.directory import Archive
    from archive.errors import ArchiveError
    from archive.store import Store
    from archive.warc.readback import read_captures
    from tests.archive.warc.samples import page
    if os.getuid() == 0:
        os.setuid(65534)
    folder, messages = sys.argv[1], []
    for attempt in (
        lambda: Archive.open(folder + "/new/archive"),
        lambda: Store(Archive.open(folder + "/archive"), software="Tester").append(page(), site="wuxi"),
        lambda: Store(Archive.open(folder + "/archive"), software="Tester").append(page(), site="suzhou_js"),
    ):
        try:
            attempt()
        except ArchiveError as error:
            messages.append([type(error).__name__, str(error)])
    found = len(list(read_captures(Archive.open(folder + "/archive"))))
    print(json.dumps(dict(messages=messages, found=found)))
"""


@pytest.fixture
def public_folder() -> Iterator[Path]:
    """A folder that another user can reach; root may write anywhere, so it becomes another user for this."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


def test_a_folder_that_cannot_be_written_is_one_line_and_can_still_be_read(public_folder: Path) -> None:
    kept = run(UNTIL_FULL, str(public_folder / "archive"), "200000")["kept"]
    assert isinstance(kept, list)
    folders = [public_folder, *(path for path in public_folder.rglob("*") if path.is_dir())]
    for folder in folders:
        folder.chmod(0o555)
    result = run(UNWRITABLE, str(public_folder))
    for folder in folders:
        folder.chmod(0o755)
    messages = result["messages"]
    assert isinstance(messages, list)
    assert [kind for kind, _ in messages] == ["StorageFull"] * 3
    for _, text in messages:
        assert text.startswith(str(public_folder))
        assert "Permission denied; let this user write there" in text
        assert "\n" not in text
    assert result["found"] == len(kept)
