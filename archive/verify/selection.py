"""Looking at some captures only, those of an address or since a moment: their records, and those they refer to.

The log is read whole all the same. What else lies in the files is not looked at, and the report says so.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from archive.verify.held_file import HeldFile, Holding
from archive.verify.kinds import make_finding
from archive.verify.report import Finding
from archive.verify.spool import Expected, Spool
from pipelines.urls import canonical_url

_SECOND: Final = len("2024-03-10T08:00:00")


@dataclass(frozen=True, slots=True)
class Selection:
    """Captures of an address, however it is written, and captures at or after a moment as WARC writes it."""

    url: str | None = None
    since: str | None = None

    @property
    def is_whole(self) -> bool:
        """Whether nothing is left out."""
        return self.url is None and self.since is None


def choose(spool: Spool, selection: Selection) -> int:
    """Note which captures were asked for, then those that they refer to; gives the number of the former."""
    where, values = ["1"], []
    if selection.url is not None:
        wanted = canonical_url(selection.url)
        uris = [row[0] for row in spool.connection.execute("SELECT DISTINCT uri FROM captures")]
        of_page = [uri for uri in uris if uri == selection.url or canonical_url(uri) == wanted]
        spool.connection.execute("CREATE TABLE page (uri TEXT PRIMARY KEY)")
        spool.connection.executemany("INSERT INTO page VALUES (?)", [(uri,) for uri in of_page])
        where.append("uri IN (SELECT uri FROM page)")
    if selection.since is not None:
        where.append("substr(date, 1, ?) >= ?")
        values = [_SECOND, selection.since[:_SECOND]]
    query = f"INSERT INTO chosen SELECT leaf FROM captures WHERE {' AND '.join(where)}"  # noqa: S608 (our own words)
    count = spool.connection.execute(query, values).rowcount
    spool.connection.execute(_ADD_ORIGINALS)
    return count


_ADD_ORIGINALS: Final = """
INSERT OR IGNORE INTO chosen
WITH RECURSIVE reached (leaf, refers_to) AS (
  SELECT captures.leaf, captures.refers_to FROM captures JOIN chosen ON chosen.leaf = captures.leaf
  UNION
  SELECT captures.leaf, captures.refers_to FROM captures JOIN reached ON captures.record_id = reached.refers_to
)
SELECT leaf FROM reached
"""
_MEMBERS: Final = (
    'SELECT members.file, members."offset", length, digest, record_id, members.leaf, is_primary FROM members '
    'JOIN chosen ON chosen.leaf = members.leaf ORDER BY members.file, members."offset"'
)


def check_chosen(holding: Holding) -> Iterator[Finding]:
    """Hold each record of the chosen captures against the log; where one is wrong, its file is looked at whole."""
    rows = holding.spool.connection.execute(_MEMBERS).fetchall()
    for file, of_file in groupby(rows, key=lambda row: row[0]):
        try:
            with holding.open(file) as held:
                yield from _check_members(held, [Expected(*row[1:]) for row in of_file])
        except FileNotFoundError:
            yield make_finding("file-missing", place=file)


def _check_members(held: HeldFile, members: Sequence[Expected]) -> Iterator[Finding]:
    for expected in members:
        data = held.read(expected)
        if data is None:
            yield from held.explain()
            return
        held.holding.seen.bytes += len(data)
        yield from held.look_into(expected)
