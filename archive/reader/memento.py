"""Memento (RFC 7089): time in addresses, link headers and time maps."""

from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

from archive.reader.lookup import Sight
from archive.warc.uris import to_uri

TIMEGATE, TIMEMAP, MEMENTO = "/timegate/", "/timemap/link/", "/memento/"
CONTENT, BYTES = "/content/", "/bytes/"


def memento_path(sight: Sight) -> str:
    """Where a capture is shown."""
    return f"{MEMENTO}{sight.stamp}/{to_uri(sight.url)}"


def http_date(moment: datetime) -> str:
    """A moment as HTTP writes it (RFC 9110 §5.6.7)."""
    return format_datetime(moment.astimezone(UTC).replace(microsecond=0), usegmt=True)


def parse_http_date(text: str) -> datetime | None:
    """The moment of an Accept-Datetime header; None for what is none (RFC 7089 §2.1.1)."""
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def link_header(sights: Sequence[Sight], base: str) -> str:
    """The Link header of a time gate and of a memento (RFC 7089 §2.2)."""
    return ", ".join(_links(sights, base, 'rel="timemap"', [("first", sights[0]), ("last", sights[-1])]))


def time_map(sights: Sequence[Sight], base: str) -> str:
    """Every capture of a page as application/link-format (RFC 7089 §5); what a map calls a time map is another one."""
    first, last = (http_date(sight.moment) for sight in (sights[0], sights[-1]))
    whole = f'rel="self"; from="{first}"; until="{last}"'
    return ",\n".join(_links(sights, base, whole, [("", sight) for sight in sights])) + "\n"


def _links(sights: Sequence[Sight], base: str, of_map: str, shown: Sequence[tuple[str, Sight]]) -> list[str]:
    url = to_uri(sights[-1].url)
    lines = [
        f'<{url}>; rel="original"',
        f'<{base}{TIMEGATE}{url}>; rel="timegate"',
        f'<{base}{TIMEMAP}{url}>; {of_map}; type="application/link-format"',
    ]
    for word, sight in shown:
        relation = f"{word} memento".strip()
        lines.append(f'<{base}{memento_path(sight)}>; rel="{relation}"; datetime="{http_date(sight.moment)}"')
    return lines
