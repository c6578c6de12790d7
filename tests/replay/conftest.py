"""What the checks of standards need beside the project: `make replay-check` installs it, elsewhere they are skipped."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from archive.catalog import Catalog
from archive.directory import Archive
from archive.wacz.proofs import Prover
from archive.wacz.selection import Selection, choose
from archive.wacz.writer import write_wacz
from tests.archive.made_pages import article_capture, article_url, capture
from tests.archive.taking import take_all
from tests.archive.wacz.sealing import log_everything, seal
from tests.conftest import ROOT

TOOLS = ROOT / ".venv-replay"


@pytest.fixture(scope="session")
def tools() -> Path:
    """The programs of others."""
    if not (TOOLS / "bin" / "wayback").exists():
        pytest.skip("OTHERS' READERS ABSENT: run `make replay-check`; nothing was checked with pywb and the others")
    return TOOLS / "bin"


@pytest.fixture(scope="session")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    archive = Archive.open(tmp_path_factory.mktemp("standards") / "archive")
    captures = [
        article_capture(1, headers='ETag: "1"\r\n'),
        *(article_capture(number, minute=number) for number in range(2, 9)),
        article_capture(2, minute=12, edition=1),
        article_capture(3, minute=13),
        capture(article_url(1), minute=20, status="304 Not Modified", sent='If-None-Match: "1"\r\n'),
        capture(article_url(9), minute=21, status="404 Not Found"),
    ]
    take_all(archive, captures, one_by_one=True)
    log_everything(archive)
    seal(archive, Ed25519PrivateKey.generate())
    return archive


@pytest.fixture(scope="session")
def wacz(archive: Archive, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("packed") / "archive.wacz"
    key = ec.generate_private_key(ec.SECP384R1())
    prover = Prover.open(archive.path)
    with Catalog(archive) as catalog:
        chosen = choose(archive, catalog, Selection())
        write_wacz(archive, chosen, path, title="Standards", software="Lantian", key=key, prover=prover)
    return path
