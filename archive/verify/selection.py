"""Looking at some captures only, those of an address or since a moment: their records, and those they refer to.

The log is read whole all the same. What else lies in the files is not looked at, and the report says so.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, groupby
from typing import Final

from archive.catalog.entries import site_key
from archive.verify.held_file import HeldFile, Holding
from archive.verify.kinds import make_finding
from archive.verify.logged_sites import page_by, sites_with_rules
from archive.verify.report import Finding
from archive.verify.spool import Expected, Spool

_SECOND: Final = len("2024-03-10T08:00:00")


@dataclass(frozen=True, slots=True)
class Selection:
    """Captures of the page of an address, and captures at or after a moment as WARC writes it."""

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
        _find_page(spool, selection.url)
        where.append("uri IN (SELECT uri FROM page)")
    if selection.since is not None:
        where.append("substr(date, 1, ?) >= ?")
        values = [_SECOND, selection.since[:_SECOND]]
    query = f"INSERT INTO chosen SELECT leaf FROM captures WHERE {' AND '.join(where)}"  # noqa: S608 (our own words)
    count = spool.connection.execute(query, values).rowcount
    spool.connection.execute(_ADD_ORIGINALS)
    return count


def _find_page(spool: Spool, url: str) -> None:
    """Every address of a page: however it is written, by the site files of the log, and by what was read at it."""
    connection, sites = spool.connection, sites_with_rules(spool)
    names = {url, *(page_by(url, site) for site in (None, *chain(*sites.values())))}
    connection.execute("CREATE TABLE page (uri TEXT PRIMARY KEY)")
    connection.execute("CREATE TABLE page_name (url TEXT PRIMARY KEY)")
    for uri, file in connection.execute(_ADDRESSES):
        if not names.isdisjoint({uri, *(page_by(uri, site) for site in (None, *sites.get(site_key(file), ())))}):
            connection.execute("INSERT OR IGNORE INTO page VALUES (?)", (uri,))
    connection.executemany("INSERT OR IGNORE INTO page_name VALUES (?)", [(name,) for name in names])
    connection.execute(_ADD_NAMES)
    connection.execute(_ADD_ADDRESSES)


_ADDRESSES: Final = "SELECT uri, min(file) FROM captures GROUP BY uri, substr(file, 1, 5 + instr(substr(file, 6), '/'))"
"""Each address once for each `warc/<site>/` that it was stored under."""
_ADD_NAMES: Final = """
INSERT OR IGNORE INTO page_name
SELECT derived.url FROM derived JOIN captures ON captures.record_id = derived.capture WHERE uri IN (SELECT uri FROM page)
"""
_ADD_ADDRESSES: Final = """
INSERT OR IGNORE INTO page
SELECT uri FROM captures JOIN derived ON derived.capture = captures.record_id WHERE derived.url IN (SELECT url FROM page_name)
"""
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
