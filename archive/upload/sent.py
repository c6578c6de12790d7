"""What an upload came to, and the digest of what it sends."""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

_PIECE: Final = 8 << 20


@dataclass(slots=True)
class Sent:
    """What an upload came to.

    `problems` are objects that are something else than the archive has, `replaced` those from which was taken what was
    deleted from the archive, a line each.
    `entries` is how far the log is uploaded; None where it was kept back, because another process is writing.
    """

    address: str
    uploaded: int = 0
    bytes: int = 0
    known: int = 0
    entries: int | None = None
    replaced: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def digest_file(path: Path) -> str:
    """The digest of a file of any size."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
    return f"sha256:{digest.hexdigest()}"
