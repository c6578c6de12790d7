"""A process that appends captures until it is killed, and prints a line for each that the store has acknowledged.

    python -m tests.archive.kill_writer ARCHIVE SITE SEED MAX_FILE_BYTES

A line is `<record id> <file> <offset> <sha256 of the response>`. Every twentieth body is 4 MiB that cannot be
compressed, so that a kill finds the writer inside a large write.
"""

import hashlib
import random
import sys
from datetime import UTC, datetime

from archive.directory import Archive
from archive.store import Store
from pipelines.records import Capture

LARGE = 4 << 20


def make_capture(chance: random.Random, number: int) -> Capture:
    """A capture of 20 kB, or of 4 MiB."""
    size = LARGE if chance.random() < 0.05 else 20_000
    body = chance.randbytes(size) if size == LARGE else chance.randbytes(2000) * 10
    return Capture(
        url=f"http://hbj.example/{number}.html",
        fetched_at=datetime.now(UTC),
        request=b"GET / HTTP/1.1\r\nHost: hbj.example\r\n\r\n",
        response=b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size + body,
        duration=0.1,
        peer="192.0.2.7:80",
    )


def main(folder: str, site: str, seed: str, max_file_bytes: str) -> None:
    """Write for ever."""
    chance = random.Random(seed)
    store = Store(Archive.open(folder), max_file_bytes=int(max_file_bytes))
    number = 0
    while True:
        capture = make_capture(chance, number)
        stored = store.append(capture, site=site)
        digest = hashlib.sha256(capture.response).hexdigest()
        sys.stdout.write(f"{capture.record_id} {stored.file} {stored.offset} {digest}\n")
        sys.stdout.flush()
        number += 1


if __name__ == "__main__":
    main(*sys.argv[1:])
