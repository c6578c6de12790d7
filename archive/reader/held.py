"""The archive that a file lies in: the one that is open, or, in a folder with a catalog of many archives, one of those.

Such a folder has no log of its own. In an archive that has one nothing else is looked into: whoever can write there could
put in an archive of his own making, signed by his own key.
"""

from archive.directory import Archive
from archive.log.reader import FOLDER as LOG


def archive_of(archive: Archive, file: str) -> tuple[Archive, str]:
    """The archive, and the name of the file in it. Raises ArchiveError where no archive is."""
    folder, _, rest = file.partition("/")
    if folder in {"", ".", "..", "warc"} or (archive.path / LOG).exists():
        return archive, file
    return Archive.open(archive.path / folder, create=False), rest
