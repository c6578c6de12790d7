"""What lies on disk for a while goes, and a disk that is full is told in one line."""

from pathlib import Path

import pytest

from archive.errors import StorageFull
from archive.spooling import TemporaryDatabase


def fill(*, pages: int) -> None:
    with TemporaryDatabase("CREATE TABLE lines (line TEXT)", cache_mb=1) as database:
        database.connection.execute(f"PRAGMA max_page_count = {pages}")
        for _ in range(100):
            database.connection.execute("INSERT INTO lines VALUES (?)", ("x" * 4096,))


def test_a_full_disk_is_told_with_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.raises(StorageFull, match=rf"^{tmp_path}/.*full; make room there"):
        fill(pages=10)
    fill(pages=1000)
    assert list(tmp_path.iterdir()) == []
