"""Texts that came from somewhere, one article a file: taken in as they are, and linked to the page they are a text of.

Nobody says how such a file was made, so its custody is *unknown*, and its address names its bytes and nothing else:
`nih:sha-256;…` (RFC 6920 §7). The file's own name is kept as the `name` of its content type.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final
from urllib.parse import quote

from sqlalchemy import select

from archive.catalog.catalog import Catalog
from archive.catalog.schema import articles, captures
from archive.clusters import Member, cluster_of
from pipelines.records import Capture
from pipelines.sketch import compare, covered_text, fingerprint

SUFFIX: Final = ".txt"
_ID_IN_NAME: Final = re.compile(r"[0-9]{3,}_([0-9a-f]{16})\.txt")


@dataclass(frozen=True, slots=True)
class LiveLink:
    """A page of the archive that has the text of a file.

    `by` is `text` where the words were found to be nearly the same, `name` where only the name of the file, as our own
    export gives it, names the page. `similarity` is None where the two are no near-duplicates.
    """

    url: str
    by: str
    similarity: float | None


def seed_files(folder: Path) -> list[Path]:
    """The text files of a folder, in the order of their names."""
    return sorted(path for path in folder.iterdir() if path.suffix == SUFFIX and path.is_file())


def to_capture(path: Path, data: bytes, *, moment: datetime) -> Capture:
    """The capture of a file, as supplied at that moment by nobody in particular."""
    url = f"nih:sha-256;{hashlib.sha256(data).hexdigest()}"
    content_type = f"text/plain; {_name_parameter(path.name)}"
    return Capture(url=url, fetched_at=moment, response=data, custody="unknown", content_type=content_type)


def is_known(catalog: Catalog, url: str) -> bool:
    """Whether a file with these bytes was taken in before."""
    query = select(captures.c.id).where(captures.c.url == url).limit(1)
    with catalog.view() as connection:
        return connection.execute(query).one_or_none() is not None


def find_live(catalog: Catalog, url: str, name: str) -> LiveLink | None:
    """The page that a file is a text of: one that was received from a server before one that a person supplied."""
    members = getattr(cluster_of(catalog, url), "members", ())
    own = [member for member in members if member.url == url]
    others = [member for member in members if member.custody != "unknown"]
    if own and others:
        ranked = [(member.custody != "wire", -(_similarity(own[0], member) or 0.0), member) for member in others]
        best = min(ranked, key=lambda one: one[:2])[2]
        return LiveLink(best.url, "text", _similarity(own[0], best))
    named = _find_named(catalog, name)
    return LiveLink(named, "name", None) if named else None


def _similarity(one: Member, other: Member) -> float | None:
    if one.text_digest == other.text_digest:
        return 1.0
    return compare(*(fingerprint(covered_text(*_words(member))) for member in (one, other)))


def _words(member: Member) -> tuple[str | None, str | None, tuple[str, ...]]:
    article = member.read()
    return article.title, article.subtitle, article.paragraphs


def _find_named(catalog: Catalog, name: str) -> str | None:
    found = _ID_IN_NAME.fullmatch(name)
    if not found:
        return None
    with catalog.view() as connection:
        return connection.execute(select(articles.c.canonical).where(articles.c.id == found[1])).scalar_one_or_none()


def _name_parameter(name: str) -> str:
    """The parameter of a media type that holds any file name (RFC 2231 §4).

    >>> _name_parameter("000_a.txt"), _name_parameter("环.txt")
    ('name="000_a.txt"', "name*=utf-8''%E7%8E%AF.txt")
    """
    if re.fullmatch(r"[\w .()-]+", name, re.ASCII):
        return f'name="{name}"'
    return f"name*=utf-8''{quote(name, safe='', errors='surrogateescape')}"
