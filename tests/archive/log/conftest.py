"""An archive to be sealed, and its keys apart from those of whoever runs the tests."""

from pathlib import Path

import pytest

from archive.directory import Archive
from tests.archive.log.sealing import add


@pytest.fixture
def keys_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANTIAN_KEYS", str(tmp_path / "keys"))


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """With one capture."""
    archive = Archive.open(tmp_path / "archive")
    add(archive, 0)
    return archive
