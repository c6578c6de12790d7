"""The texts that the log of an archive has, and the captures that they were made of."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from archive.directory import Archive
from archive.verify.reextraction import LoggedText
from archive.verify.spool import Spool
from archive.warc.readback import read_capture
from pipelines.records import Capture

# SQLite takes the other columns of a group from the row that has the maximum.
_TEXTS: Final = """
SELECT capture, recipe, body, max(derived.leaf) AS leaf, site, captures.file, captures."offset"
FROM derived JOIN captures ON captures.record_id = derived.capture
WHERE (? OR captures.leaf IN (SELECT leaf FROM chosen)) AND captures.record_type <> 'deleted' AND
coalesce(captures.refers_to, '') NOT IN (SELECT record_id FROM captures WHERE record_type = 'deleted') GROUP BY capture
"""


@dataclass(frozen=True, slots=True)
class ArchivedTexts:
    """See `archive.verify.reextraction.Texts`; only those of chosen captures where not `is_whole`."""

    archive: Path
    spool: Spool
    is_whole: bool = True

    def count(self) -> int:
        """How many there are."""
        query = f"SELECT count(*) FROM ({_TEXTS})"  # noqa: S608 (our own words)
        count: int = self.spool.connection.execute(query, (self.is_whole,)).fetchone()[0]
        return count

    def texts(self, most: int | None) -> Iterator[LoggedText]:
        """All of them, or `most` at random, by where their captures lie."""
        limit = "" if most is None else f"ORDER BY random() LIMIT {most}"
        query = f'SELECT * FROM ({_TEXTS} {limit}) ORDER BY file, "offset"'  # noqa: S608 (our own words)
        for row in self.spool.connection.execute(query, (self.is_whole,)):
            yield LoggedText(*row)

    def rules(self, digest: str) -> str | None:
        """The site file of a digest."""
        row = self.spool.connection.execute("SELECT rules FROM sites WHERE digest = ?", (digest,)).fetchone()
        return row[0] if row else None

    def capture(self, text: LoggedText) -> Capture:
        """The capture of a text; raises BrokenWarc."""
        return read_capture(Archive(self.archive, ""), text.file, text.offset)
