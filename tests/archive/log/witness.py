"""A witness for the tests, by c2sp.org/tlog-witness: it answers over HTTP, and cosigns what continues what it saw."""

import base64
import binascii
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from archive.log.attest import keep_beside
from archive.log.checkpoint import Checkpoint
from archive.log.merkle import is_consistent
from archive.log.note import COSIGNATURE, Note, NoteError, PublicKey, cosign, public_key
from archive.log.reader import COSIGNATURES, LogReader, Seal
from archive.log.witness import Answer, ask_for_cosignatures
from archive.log.writer import Log

Reply = tuple[int, str, bytes]
PLAIN = "text/plain; charset=utf-8"


class Witness:
    """Knows the keys of logs by their names, and of each the last checkpoint that it cosigned."""

    def __init__(self, name: str = "witness.example/w1", *, clock: float | None = None) -> None:
        self.name = name
        self.private = Ed25519PrivateKey.generate()
        self.keys: dict[str, PublicKey] = {}
        self.seen: dict[str, Checkpoint] = {}
        self.asked: list[int] = []
        self._clock = clock
        self._lock = threading.Lock()

    @property
    def public(self) -> PublicKey:
        return public_key(self.name, self.private, kind=COSIGNATURE)

    def trust(self, *keys: PublicKey) -> "Witness":
        self.keys |= {key.name: key for key in keys}
        return self

    def add_checkpoint(self, body: bytes) -> Reply:
        """The steps of the specification, in its order."""
        try:
            old, proof, note = _parse(body)
            checkpoint = Checkpoint.parse(note.text)
        except (ValueError, NoteError, binascii.Error):
            return 400, PLAIN, b"bad request\n"
        self.asked.append(old)
        key = self.keys.get(checkpoint.origin)
        if key is None:
            return 404, PLAIN, b"unknown log\n"
        try:
            is_signed = bool(note.signed_by([key]))
        except NoteError:
            is_signed = False
        if not is_signed:
            return 403, PLAIN, b"not signed\n"
        if old > checkpoint.size:
            return 400, PLAIN, b"old size\n"
        with self._lock:
            return self._advance(old, proof, checkpoint)

    def _advance(self, old: int, proof: list[bytes], checkpoint: Checkpoint) -> Reply:
        seen = self.seen.get(checkpoint.origin)
        if old != (seen.size if seen else 0):
            return 409, "text/x.tlog.size", f"{seen.size if seen else 0}\n".encode()
        if seen and seen.size == checkpoint.size and seen.root != checkpoint.root:
            return 409, PLAIN, b"another root\n"
        is_proven = is_consistent(old, checkpoint.size, seen.root, checkpoint.root, proof) if seen else not proof
        if not is_proven:
            return 422, PLAIN, b"not consistent\n"
        self.seen[checkpoint.origin] = checkpoint
        seconds = int(self._clock if self._clock is not None else time.time())
        return 200, PLAIN, f"{cosign(checkpoint.text, self.name, self.private, seconds=seconds)}\n".encode()


def put_cosignature(log: Log, seal: Seal, witness: Witness) -> None:
    """Have a witness cosign a seal and keep it whatever its moment, as whoever has the key can: `lantian seal` would not."""
    lines = ask_for_cosignatures(
        LogReader.open(log.archive.path), seal, lambda body: Answer(*witness.add_checkpoint(body))
    )
    keep_beside(log, seal, COSIGNATURES, "".join(f"{line}\n" for line in lines).encode())


def _parse(body: bytes) -> tuple[int, list[bytes], Note]:
    head, _, rest = body.decode().partition("\n\n")
    first, *lines = head.split("\n")
    word, _, size = first.partition(" ")
    if word != "old" or str(int(size)) != size or len(lines) > 63:
        raise ValueError(first)
    return int(size), [base64.b64decode(line, validate=True) for line in lines], Note.parse(rest.encode())


@contextmanager
def serving(witness: Any) -> Iterator[str]:
    """Anything with `add_checkpoint`, over HTTP on loopback; gives its submission prefix."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            told = witness.add_checkpoint(body) if self.path == "/w/add-checkpoint" else (404, PLAIN, b"")
            status, content_type, answer = told
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/w"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
