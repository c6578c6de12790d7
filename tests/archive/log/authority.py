"""An RFC 3161 authority for the tests: its certificate is made here, openssl answers."""

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID


class Authority:
    """An RFC 3161 authority: openssl answers what is posted."""

    def __init__(self, folder: Path, *, valid: tuple[datetime, datetime], issuer: "Issuer | None" = None) -> None:
        folder.mkdir()
        self.folder = folder
        root_key, root = issuer or make_root()
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test authority")])
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(root.subject)
            .public_key(key.public_key())
            .serial_number(7)
            .not_valid_before(valid[0])
            .not_valid_after(valid[1])
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
            .sign(root_key, hashes.SHA256())
        )
        self.root = root
        pem, none = serialization.Encoding.PEM, serialization.NoEncryption()
        (folder / "key.pem").write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, none))
        (folder / "certificate.pem").write_bytes(certificate.public_bytes(pem))
        (folder / "root.pem").write_bytes(root.public_bytes(pem))
        (folder / "serial").write_text("01\n")
        (folder / "tsa.cnf").write_text(
            f"[tsa]\ndefault_tsa = one\n[one]\nserial = {folder}/serial\nsigner_cert = {folder}/certificate.pem\n"
            f"signer_key = {folder}/key.pem\nsigner_digest = sha256\ndefault_policy = 1.2.3.4\ndigests = sha256\n"
            "ess_cert_id_alg = sha256\n"
        )

    @classmethod
    def of_today(cls, folder: Path, *, issuer: "Issuer | None" = None) -> Self:
        """One whose certificate was valid yesterday and will be tomorrow."""
        now, day = datetime.now(UTC), timedelta(days=1)
        return cls(folder, valid=(now - day, now + day), issuer=issuer)

    def reply(self, query: bytes) -> bytes:
        (self.folder / "query.tsq").write_bytes(query)
        command = ["openssl", "ts", "-reply", "-config", "tsa.cnf", "-queryfile", "query.tsq", "-out", "reply.tsr"]
        subprocess.run(command, cwd=self.folder, check=True, capture_output=True)
        return (self.folder / "reply.tsr").read_bytes()


@contextmanager
def serving(authority: Authority) -> Iterator[str]:
    """Its address while it answers, one after another."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            data = authority.reply(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/tsr"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


Issuer = tuple[rsa.RSAPrivateKey, x509.Certificate]


def make_root(title: str = "test root", *, by: Issuer | None = None) -> Issuer:
    """One that signed itself, or that was signed by another."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, title)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(by[1].subject if by else name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=3650))
        .not_valid_after(now + timedelta(days=3650))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(by[0] if by else key, hashes.SHA256())
    )
    return key, certificate
