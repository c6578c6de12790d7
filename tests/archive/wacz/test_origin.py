"""Where a capture came from is told with the certificate that its server showed."""

from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding

from archive.directory import Archive
from archive.wacz.origin import Origin, read_origin
from archive.warc.readback import read_groups, warc_files
from pipelines.records import Capture, Tls
from tests.archive.log.authority import make_root
from tests.archive.made_pages import article_capture
from tests.archive.taking import take_all


def origin_of(folder: Path, capture: Capture) -> Origin:
    archive = Archive.open(folder)
    take_all(archive, [capture])
    (file,) = warc_files(archive)
    (group,) = read_groups(archive, file)
    return read_origin(one.record for one in group)


def test_the_address_and_the_certificate_of_the_server(tmp_path: Path) -> None:
    der = make_root()[1].public_bytes(Encoding.DER)
    tls = Tls("TLSv1.3", "TLS_AES_256_GCM_SHA384", (der,), verified=False)
    found = origin_of(tmp_path / "archive", replace(article_capture(1), tls=tls, peer="203.0.113.5:443"))
    digest = sha256(der).hexdigest()
    assert found == Origin("203.0.113.5:443", f"CN=test root, TLSv1.3, not verified then, sha256:{digest}")


def test_what_is_no_certificate_is_told_as_such(tmp_path: Path) -> None:
    tls = Tls("TLSv1.2", "x", (b"\x30\x03\x02\x01\x05",))
    found = origin_of(tmp_path / "archive", replace(article_capture(1), tls=tls))
    assert (found.certificate or "").startswith("a certificate that cannot be read, TLSv1.2, not checked then")
