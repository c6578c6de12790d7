"""What the checks of standards need beside the project: `make replay-check` installs it, elsewhere they are skipped."""

import shutil
import struct
import zlib
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from archive.catalog.catalog import Catalog
from archive.directory import Archive
from archive.wacz.proofs import Prover
from archive.wacz.selection import Selection, choose
from archive.wacz.writer import write_wacz
from pipelines.records import Capture
from tests.archive.made_pages import HOST, article_capture, article_url, capture
from tests.archive.taking import take_all
from tests.archive.wacz.sealing import log_everything, seal
from tests.conftest import ROOT

LOGO_WIDTH = 37
HEADING_COLOUR = "rgb(1, 2, 3)"
TOOLS = ROOT / ".venv-replay"


@pytest.fixture(scope="session")
def tools() -> Path:
    """The programs of others."""
    if not (TOOLS / "bin" / "wayback").exists():
        pytest.skip("OTHERS' READERS ABSENT: run `make replay-check`; nothing was checked with pywb and the others")
    return TOOLS / "bin"


@pytest.fixture(scope="session")
def browser() -> tuple[str, str]:
    """A driver and its browser."""
    found = [shutil.which("chromedriver"), shutil.which("chromium")]
    if None in found:
        pytest.skip("CHROMIUM ABSENT: nothing was checked in a browser; apt-get install chromium chromium-driver")
    return str(found[0]), str(found[1])


def requisite(name: str, media: str, body: bytes) -> Capture:
    """A file that pages are shown with."""
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {media}\r\nContent-Length: {len(body)}\r\n\r\n"
    return replace(capture(f"{HOST}/images/{name}", minute=1), response=head.encode() + body)


def _picture() -> bytes:
    """A grey PNG."""
    lines = zlib.compress((b"\0" + b"\x80" * LOGO_WIDTH) * 5)
    parts = ((b"IHDR", struct.pack(">IIBBBBB", LOGO_WIDTH, 5, 8, 0, 0, 0, 0)), (b"IDAT", lines), (b"IEND", b""))
    chunks = (
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


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
        requisite("logo.png", "image/png", _picture()),
        requisite("style.css", "text/css", f"h1 {{ color: {HEADING_COLOUR} }}".encode()),
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
