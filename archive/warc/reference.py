"""What a revisit stands for, and where that is: in its headers, and in its metadata record.

A place in the archive is no field of WARC; the metadata record has it as `original`.
"""

import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from archive.bounded import may_be_file
from archive.canonical import LARGEST_INTEGER
from archive.warc.metadata_block import read_metadata
from archive.warc.records import BrokenRecord

ORIGINAL: Final = "original"
_FILE: Final = re.compile(r"warc(/[^/.][^/]*){3}")


@dataclass(frozen=True, slots=True)
class Reference:
    """The capture that a 304 says is still what the server has, or whose body came again.

    In the latter case `place` says where it stands: file and offset.
    """

    record_id: str
    url: str
    fetched_at: datetime
    payload_digest: str | None = None
    place: tuple[str, int] | None = None


def read_original(metadata: bytes) -> tuple[str, int] | None:
    """Where the body of a revisit stands, file and offset, from its metadata record; None where that does not say.

    Raises BrokenRecord for what is no place in an archive.
    """
    try:
        file, offset = read_metadata(metadata).get(ORIGINAL) or ("", 0)
        is_file = bool(_FILE.fullmatch(file)) and may_be_file(file)
        is_place = is_file and isinstance(offset, int) and 0 <= offset <= LARGEST_INTEGER
    except (ValueError, KeyError, TypeError) as error:
        raise BrokenRecord(f"it does not say where its body stands: {error}") from None
    if file and not is_place:
        raise BrokenRecord(f"where its body stands is no place in an archive: {file!r:.80} {offset!r:.20}")
    return (file, offset) if file else None


def write_original(original: Reference | None) -> bytes:
    """The line of the metadata record that says where the body of a revisit stands; none for a 304."""
    return f"{ORIGINAL}: {json.dumps(original.place)}\r\n".encode() if original and original.place else b""
