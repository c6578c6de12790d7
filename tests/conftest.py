"""What every test may use."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

# A busy machine is no failure; what is slow shows in tests/bench.
settings.register_profile("lantian", deadline=None)
settings.load_profile("lantian")

ROOT = Path(__file__).resolve().parent.parent


MEMORY = Path("/dev/shm")
ROOM = 2 << 30
"""Bytes; the folders of all tests together take a quarter of it."""


def pytest_configure() -> None:
    """Have the folders of tests lie in memory where there is room: no test needs the disk for which the program waits.

    In a container it may be too small; then they lie where `tempfile` puts them.
    """
    if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real pages and seeds that stands beside the project."""
    folder = ROOT.parent / "shared"
    if not (folder / "pages" / "INDEX.tsv").exists():
        pytest.skip("SHARED FOLDER ABSENT: real pages and seeds were not tested")
    return folder


@pytest.fixture
def quick_path() -> Iterator[Path]:
    """A folder in memory where the system has one, for tests that wait for the disk some thousand times."""
    with tempfile.TemporaryDirectory(dir=MEMORY if os.access(MEMORY, os.W_OK) else None) as folder:
        yield Path(folder)


def pytest_make_parametrize_id(val: object) -> str | None:
    """Name cases in a word: bytes by their length (gzip writes the clock into its head), long texts by their start."""
    if isinstance(val, bytes):
        return f"{len(val)} bytes"
    if isinstance(val, str) and len(val) > 60:
        return val[:60].encode("unicode_escape").decode("ascii")
    return None
