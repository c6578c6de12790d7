"""Finding the captures of a page that can be shown, and the one nearest to a moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select

from archive.catalog.addressing import is_page
from archive.catalog.catalog import Catalog
from archive.catalog.schema import captures
from archive.deletion.kept import IS_KEPT
from archive.judge import order_of
from archive.warc.uris import to_uri
from pipelines.records import EXCHANGED, parse_instant

RECENT = 50


@dataclass(frozen=True, slots=True)
class Sight:
    """A capture that can be shown, and where it lies."""

    record_id: str
    url: str
    fetched_at: str
    file: str
    offset: int
    refers_to: str | None
    status: int | None
    custody: str

    @property
    def moment(self) -> datetime:
        """When it was captured."""
        return parse_instant(self.fetched_at)

    @property
    def stamp(self) -> str:
        """The moment in 20 digits, to the microsecond, as addresses of this server have it."""
        return f"{self.moment:%Y%m%d%H%M%S%f}"


_COLUMNS = tuple(captures.c[name] for name in Sight.__dataclass_fields__)
_IS_SHOWN = (
    captures.c.method == "GET",
    or_(captures.c.status.is_not(None), captures.c.custody.not_in(EXCHANGED)),
    IS_KEPT,
)


def find_sights(catalog: Catalog, url: str) -> list[Sight]:
    """The captures of a page, in their fixed order."""
    query = select(*_COLUMNS).where(is_page(url, {}), *_IS_SHOWN)
    with catalog.view() as connection:
        return [Sight(*row) for row in connection.execute(query.order_by(*order_of(captures)))]


def find_sight(catalog: Catalog, record_id: str) -> Sight:
    """A capture that the catalog has."""
    with catalog.view() as connection:
        return Sight(*connection.execute(select(*_COLUMNS).where(captures.c.record_id == record_id)).one())


def find_recent(catalog: Catalog) -> list[Sight]:
    """The last captures of articles in the archive."""
    query = select(*_COLUMNS).where(captures.c.kind == "article", *_IS_SHOWN)
    with catalog.view() as connection:
        newest = query.order_by(captures.c.fetched_at.desc()).limit(RECENT)
        return [Sight(*row) for row in connection.execute(newest)]


def nearest(sights: Sequence[Sight], moment: datetime, url: str) -> Sight:
    """The capture that is closest to a moment; of two that are equally close that of just this address, or the earlier."""
    return min(sights, key=lambda sight: (abs(sight.moment - moment), to_uri(sight.url) != url))


def parse_stamp(digits: str) -> datetime | None:
    """A moment of 4 to 20 digits; what is missing is the least that can be. None for what is no moment.

    >>> parse_stamp("202406").isoformat()
    '2024-06-01T00:00:00+00:00'
    """
    least = "00000101000000000000"
    full = (digits + least[len(digits) :])[:20]
    date, time = full[:8], full[8:]
    text = f"{date[:4]}-{date[4:6]}-{date[6:]}T{time[:2]}:{time[2:4]}:{time[4:6]}.{time[6:]}+00:00"
    try:
        return datetime.fromisoformat(text) if digits.isdecimal() else None
    except ValueError:
        return None
