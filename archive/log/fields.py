"""What the entries of a log are made of."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from archive.bounded import may_be_file
from archive.canonical import LARGEST_INTEGER
from pipelines.records import parse_instant


def _require_moment(value: str) -> str:
    parse_instant(value)
    return value


def _require_name(value: str) -> str:
    if not may_be_file(value):
        raise ValueError("no file can have this name")
    return value


Moment = Annotated[str, AfterValidator(_require_moment)]
Digest = Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")]
Number = Annotated[int, Field(ge=0, le=LARGEST_INTEGER)]
Offset = Annotated[int, Field(ge=-LARGEST_INTEGER, le=LARGEST_INTEGER)]
File = Annotated[str, Field(pattern=r"^(warc|imports)(/[^/.][^/]*)+$"), AfterValidator(_require_name)]
"""A file of the archive: whoever made the log, no reader of it is led out of there."""
Claim = Literal["received", "supplied", "found"]
"""Taken of the bytes on their way to the disk, from a server or a person; or of what was found on the disk."""
Gap = Literal["refused", "missed-run", "doubtful"]


class Exact(BaseModel):
    """Values that are what they are said to be, under no other names."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")


class Member(Exact):
    """One record of a file as it lies there: its gzip member and the digest of those bytes."""

    record_type: str
    record_id: str
    offset: Number
    length: Number
    member: Digest


class Server(Exact):
    """What a run met under the name of one host.

    `answers` are the addresses that its name resolved to, `peers` those connected to, `tls` versions with the digests
    of the certificates shown. `clock_offsets` are the least and the greatest seconds by which the server's Date header
    was ahead of our clock, `robots` the record of its robots.txt.
    """

    host: str
    answers: tuple[str, ...]
    peers: tuple[str, ...]
    tls: tuple[tuple[str, bool | None, tuple[Digest, ...]], ...]
    clock_offsets: tuple[Offset, Offset] | None
    robots: str | None
    captures: Number
    failures: Number
