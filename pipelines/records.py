"""The values that travel the road: Capture ► Page ► Link* | Article, inside an Outcome.

Frozen dataclasses inside, pydantic models where a value leaves the program.
"""

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

FIELDS = ("title", "subtitle", "published", "source", "author", "editor", "column")
"""The fields of an article that a page may state."""

Format = Literal["pdf", "docx", "doc", "xlsx", "xls"]
Kind = Literal["article", "listing", "newspaper-index", "homepage", "attachment", "blocked", "gone", "other"]
Custody = Literal["wire", "import", "operator", "unknown"]
EXCHANGED = ("wire", "import")
"""Custodies of which the bytes are an HTTP exchange; of the others they are a file."""
Truncation = Literal["length", "time", "disconnect", "unspecified"]


def new_record_id() -> str:
    """Make a WARC record id: a random URN (RFC 9562 version 4), without angle brackets.

    Written here because `uuid.UUID` takes four times as long, and every capture has three.
    """
    digits = secrets.token_hex(16)
    variant = "89ab"[int(digits[16], 16) & 3]
    return f"urn:uuid:{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"


@dataclass(frozen=True, slots=True)
class Tls:
    """The secured connection of an exchange. `chain` holds DER certificates, the server's own first."""

    version: str
    cipher: str
    chain: tuple[bytes, ...] = ()
    verified: bool | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an exchange did not end well. `kind` is a stable word (`timeout`, `reset`, `dns`, …), `message` is for people."""

    kind: str
    message: str


DELETED: Final = "deleted"
"""The kind of failure of a capture whose payload was deleted under an order."""


CONFUSED: Final = "confused"
"""The kind of failure of an exchange whose answer may be that of another request."""


@dataclass(frozen=True, slots=True)
class Capture:
    """One HTTP exchange as it was on the wire, or one page that a person supplied.

    `request` and `response` are the bytes as sent and received: header case and order, chunk framing, body still
    content-encoded. `response` is the final response alone; 1xx responses in front of it are in `interim`. It is
    empty when none came. `fetched_at` (aware, UTC, microseconds) is when the request was started, and the only
    clock that any later stage knows. `duration` is in seconds, `peer` is `address:port`.

    With custody `operator` there was no exchange: `response` is the supplied file itself and `content_type` what
    its supplier says of it. With custody `unknown` nobody even says where the file is from: its url names its bytes.
    With custody `import` it is an exchange that another program archived.
    """

    url: str
    fetched_at: datetime
    method: str = "GET"
    request: bytes = b""
    interim: bytes = b""
    response: bytes = b""
    duration: float | None = None
    peer: str | None = None
    tls: Tls | None = None
    failure: Failure | None = None
    truncated: Truncation | None = None
    custody: Custody = "wire"
    content_type: str | None = None
    record_id: str = field(default_factory=new_record_id)


@dataclass(frozen=True, slots=True)
class Step:
    """One change of a repair plan.

    Steps of one `layer` do not overlap and stand in ascending order; `position` counts characters in the text as
    that layer received it. Layers are applied from 0 upwards. `confidence` is from 0 to 1.
    """

    layer: int
    position: int
    before: str
    after: str
    rule: str
    reason: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Encoding:
    """How bytes became text: what was claimed, what was found, what was used.

    `used` is a Python codec name. `replaced` counts the U+FFFD that decoding put in; `evidence` names the rule
    that decided.
    """

    used: str
    evidence: str
    bom: str | None = None
    http: str | None = None
    meta: str | None = None
    detected: str | None = None
    replaced: int = 0


@dataclass(frozen=True, slots=True)
class Page:
    """A decoded page before and after repair; `text` is `decoded` with `steps` applied."""

    url: str
    fetched_at: datetime
    status: int | None
    content_type: str | None
    decoded: str
    text: str
    encoding: Encoding
    steps: tuple[Step, ...] = ()
    damage: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Link:
    """A place to fetch next. `date` is ISO 8601 as stated beside the link; lists may need more than a GET."""

    url: str
    title: str | None = None
    date: str | None = None
    method: str = "GET"
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()


def _require_digest(value: str) -> str:
    algorithm, _, digits = value.partition(":")
    if algorithm != "sha256" or len(digits) != 64:  # noqa: PLR2004 (hex digits of SHA-256)
        raise ValueError("must be sha256:<64 hex digits>")
    return value


Digest = Annotated[str, AfterValidator(_require_digest)]


class Model(BaseModel):
    """What crosses a border: frozen, strict, unknown keys are errors."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")


class Attachment(Model):
    """A file that belongs to an article, with its type and size where the page states them."""

    url: str
    title: str | None = None
    type: str | None = None
    size: str | None = None


class Image(Model):
    """A picture inside an article."""

    url: str
    caption: str | None = None


class Provenance(Model):
    """Which capture an article came from, and what turned its bytes into text."""

    record_id: str
    fetched_at: str
    custody: Custody
    payload_digest: Digest
    recipe: str


class Article(Model):
    """What an office published, as found in one capture.

    `published` is ISO 8601 in Asia/Shanghai cut to the precision stated: `2021-06-29`, `2021-06-29T18:13+08:00`
    or `2021-06-29T18:13:05+08:00`. `id` is the first 16 hex digits of SHA-256 of the canonical url. `text_digest`
    covers title, subtitle and paragraphs joined by LF. `origins` says for each field where it was found.
    `reconstructed` is true when repair changed or lost a character of the page. Of an article over several pages each page is
    an Article: `next_page` is where its text goes on, `first_page` where it began. The catalog joins them (`archive.wholes`).
    """

    url: str
    canonical_url: str
    id: str = Field(pattern=r"^[0-9a-f]{16}$")
    title: str | None
    subtitle: str | None = None
    published: str | None = None
    source: str | None = None
    author: str | None = None
    editor: str | None = None
    column: str | None = None
    document_number: str | None = None
    paragraphs: tuple[str, ...]
    attachments: tuple[Attachment, ...] = ()
    images: tuple[Image, ...] = ()
    script: Literal["Hans", "Hant", "mixed", "other"]
    origins: dict[str, str]
    confidence: float | None = None
    reconstructed: bool
    text_digest: Digest
    first_page: str | None = None
    next_page: str | None = None
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Document:
    """The text of an attached file, a row of a table a paragraph with tabs between its cells.

    `problem` is a stable word where there is no text, or not all of it: `encrypted`, `broken`, `too old`, `no text` (a
    scan), `bomb`, `cut`.
    """

    format: Format
    paragraphs: tuple[str, ...] = ()
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a capture turned out to be.

    Every capture has one: an article, links, or a `reason` (a stable word such as `redirect`, `not-modified`,
    `soft-404`, `challenge`, `empty`, `unreadable`, `no-response`, `too-deep`), so that nothing vanishes. `next` is the following
    page of a list. `location` is where a redirect points. `document` is the text of an attached file.
    `requisites` are the addresses of what has to be archived with the page for it to be shown, where its site asks so.
    """

    kind: Kind
    reason: str | None = None
    page: Page | None = None
    article: Article | None = None
    links: tuple[Link, ...] = ()
    next: Link | None = None
    location: str | None = None
    document: Document | None = None
    requisites: tuple[str, ...] = ()


def format_instant(moment: datetime) -> str:
    """Write an aware moment as WARC/1.1 does (§5.4): UTC, microseconds, `Z`.

    >>> format_instant(datetime(2021, 6, 29, 10, 13, 5, 7, tzinfo=UTC))
    '2021-06-29T10:13:05.000007Z'
    """
    return moment.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def parse_instant(text: str) -> datetime:
    """Read a WARC date of any precision; the reverse of `format_instant`. Raises ValueError.

    >>> parse_instant("2021-06-29T10:13:05Z").isoformat()
    '2021-06-29T10:13:05+00:00'
    """
    moment = datetime.fromisoformat(text)
    try:
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except OverflowError:
        raise ValueError(f"{text} lies outside the calendar") from None
