"""What every test may use."""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real pages and seeds that stands beside the project."""
    folder = ROOT.parent / "shared"
    if not (folder / "pages" / "INDEX.tsv").exists():
        pytest.skip("SHARED FOLDER ABSENT: real pages and seeds were not tested")
    return folder
