"""A copy that is taken while others write, as archive/README.md has it: under the lock of the log, without the databases."""

import shutil
from pathlib import Path
from threading import Thread

from archive.directory import Archive
from archive.locks import holding_log
from archive.store import Store
from archive.verify.check import verify
from tests.archive.verify.sealed import build, today
from tests.archive.warc.samples import page


def test_no_file_gets_its_name_while_a_copy_is_taken(tmp_path: Path) -> None:
    archive, copy = Archive.open(tmp_path / "archive"), tmp_path / "copy"
    build(archive.path)
    store = Store(archive)
    store.append(today(page(50)), site="wuxi")
    store.journal.flush()
    closing = Thread(target=store.close)
    with holding_log(archive.path):
        listed = list(archive.warc_dir.rglob("*.open"))
        closing.start()
        closing.join(0.3)
        assert [path.exists() for path in listed] == [True]
        shutil.copytree(archive.path, copy, ignore=shutil.ignore_patterns("*.sqlite*"))
    closing.join()
    assert list(archive.warc_dir.rglob("*.open")) == []
    assert verify(copy, is_deep=True).verdict == "not-provable"
