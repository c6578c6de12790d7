"""What the log has of a page, whatever the catalog says."""

from collections.abc import Iterable

from archive.directory import Archive
from archive.log.reader import FOLDER as LOG
from archive.reader.seals import open_log
from archive.warc.uris import to_uri


def logged_captures(archive: Archive, urls: Iterable[str]) -> set[str]:
    """The records of these addresses that the log has. Raises BrokenLog."""
    if not (archive.path / LOG).exists():
        return set()
    with open_log(archive) as log:
        return {one.record_id for url in urls for one in log.index.captures_of(to_uri(url))}
