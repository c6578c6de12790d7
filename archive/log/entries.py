"""What is logged: one model a kind of entry. Digests are `sha256:<hex>`, moments are UTC as WARC writes them.

An entry says what the archive knew when it was made, and no more: `claim` tells what a digest was taken of.
"""

from typing import Annotated, Final, Literal

from pydantic import Field, TypeAdapter

from archive.canonical import write_plain
from archive.log.fields import Claim, Digest, Exact, File, Gap, Member, Moment, Number, Server

NO_BYTES: Final = ("request", "metadata")
"""What the first record of a capture is where no bytes came."""
_LATER: Final = ("site", "numbers")
"""Fields that the first entries did not have; written only where they say something, so that those stay what they are."""


class _Entry(Exact):
    """Common to all: `logged` is when the entry was made."""

    logged: Moment


class CaptureEntry(_Entry):
    """A capture: its primary record down to the payload, and the members of the records that go with it.

    `header` is over the WARC header from its first line through the empty line, `block` over the block, `payload` as
    WARC-Payload-Digest means it. `previous` is the entry of the capture before of the same address.
    """

    type: Literal["capture"] = "capture"
    claim: Claim
    file: File
    offset: Number
    length: Number
    record_id: str
    record_type: str
    date: Moment
    uri: str
    member: Digest
    header: Digest
    block: Digest
    payload: Digest | None
    refers_to: str | None
    others: tuple[Member, ...]
    previous: Number | None = None

    @property
    def is_answered(self) -> bool:
        """Whether any bytes came: of an exchange that failed before, only what was asked and why it failed is kept."""
        return self.record_type not in NO_BYTES


class FileEntry(_Entry):
    """A file that was closed: the digest of the whole, and its first and last record."""

    type: Literal["file"] = "file"
    claim: Literal["closed", "found"]
    file: File
    size: Number
    digest: Digest
    captures: Number
    first: Member
    last: Member | None


class RunStartEntry(_Entry):
    """A run begins: with what software, by which recipe, for which sites, and through no proxy."""

    type: Literal["run-start"] = "run-start"
    run: str
    command: str
    software: str
    libraries: tuple[str, ...]
    platform: str
    recipe: str
    proxy: Literal["none"]
    sites: tuple[str, ...]


class RunEndEntry(_Entry):
    """A run ended: what it counted, and the servers it met; many are spread over `parts` entries.

    A run without this entry was killed.
    """

    type: Literal["run-end"] = "run-end"
    run: str
    part: Number
    parts: Number
    captures: Number
    failures: Number
    servers: tuple[Server, ...]


class SiteEntry(_Entry):
    """A site file by which pages were read, whole, so that they can be read again without it; `digest` is over `rules`."""

    type: Literal["site"] = "site"
    key: str
    digest: Digest
    rules: str


class DerivedEntry(_Entry):
    """What a recipe made of a capture: digests of the article, of its text, its title and its date.

    `site` is the digest of the site file by which it was read; absent for pages of no site.
    """

    type: Literal["derived"] = "derived"
    capture: str
    article: str
    url: str
    recipe: str
    body: Digest
    text: Digest | None
    title: Digest
    published: str | None
    site: Digest | None = None


class ExportEntry(_Entry):
    """What was given out: a digest over the names and digests of its files."""

    type: Literal["export"] = "export"
    format: str
    items: Number
    digest: Digest


class ImportEntry(_Entry):
    """A foreign file that was brought in; before this moment its custody is unknown.

    `numbers` is how many numbers its exchanges have, of which the ids of its captures are made.
    """

    type: Literal["import"] = "import"
    name: str
    digest: Digest
    kept_as: File
    captures: Number
    numbers: Number | None = None
    custody: Literal["unknown before this moment"] = "unknown before this moment"


class DeletionEntry(_Entry):
    """A payload that was removed under an order; `member` is the record that stands in its place.

    `after` is the digest of the whole file then. Both are absent where a file went as a whole: the kept original of an
    import.
    """

    type: Literal["deletion"] = "deletion"
    file: File
    offset: Number
    record_id: str
    removed: Digest
    member: Digest | None
    after: Digest | None
    reason: str


class KeyRotationEntry(_Entry):
    """A new key; the old one signed the words `statement` of this entry."""

    type: Literal["key-rotation"] = "key-rotation"
    old: str
    new: str
    signature: str

    @property
    def statement(self) -> str:
        """What the old key signed, as the text of a note."""
        return f"lantian key rotation\n{self.old}\n{self.new}\n"


class GapEntry(_Entry):
    """What is not there: a page that was refused, a run that was due and did not happen, the certainty of an answer."""

    type: Literal["gap"] = "gap"
    kind: Gap
    subject: str
    reason: str
    due: str | None = None


Entry = (
    CaptureEntry
    | FileEntry
    | RunStartEntry
    | RunEndEntry
    | SiteEntry
    | DerivedEntry
    | ExportEntry
    | ImportEntry
    | DeletionEntry
    | KeyRotationEntry
    | GapEntry
)
_any: TypeAdapter[Entry] = TypeAdapter(Annotated[Entry, Field(discriminator="type")])


def encode_entry(entry: Entry, *, previous: int | None = None) -> bytes:
    """The canonical JSON that is hashed; `previous` is put into a capture that does not know it yet."""
    value = entry.model_dump()
    for name in _LATER:
        if name in value and value[name] is None:
            del value[name]
    if previous is not None:
        value["previous"] = previous
    return write_plain(value)


def decode_entry(data: bytes) -> Entry:
    """Read an entry; raises ValueError for what is no entry, or not written canonically."""
    entry = _any.validate_json(data)
    if encode_entry(entry) != data:
        raise ValueError("the entry is not written canonically")
    return entry
