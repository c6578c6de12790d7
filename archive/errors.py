"""Errors of the archive.

    ArchiveError
    ├── NotAnArchive       the directory is not an archive, or of a version this program does not know
    ├── BrokenWarc         a WARC file of ours is cut, or breaks its own rules
    ├── BrokenLog          the transparency log is cut, or contradicts itself
    ├── KeyUnusable        a signing key is missing, open to others, or no key
    ├── TimestampError     an authority's timestamp cannot be had, or does not hold
    ├── WitnessError       a witness did not cosign
    ├── StorageFull        a write did not reach the disk
    ├── CatalogError       the catalog contradicts the archive; `lantian reindex` rebuilds it
    ├── HostBusy           another process is crawling the host
    ├── HostLost           another worker of the fleet has the host by now
    ├── DatabaseAway       the database of the fleet cannot be reached or used
    ├── UploadError        the copy in an object store cannot be made, or is of something else
    ├── ExportBusy         another process is exporting to the same place
    ├── QueryError         what is searched for cannot be understood
    ├── WorkerError        no process could be started that reads pages
    ├── NotInArchive       no capture of what was asked for
    ├── NotImportable      a file of others that is not brought in
    ├── NotDeletable       a payload cannot be deleted
    ├── NotSealed          no signed checkpoint covers what is to be proved
    ├── KeyProblem         a key cannot be used
    └── CaseError          a test case cannot be written, or its files cannot be understood

Each text is one line, `where: what; hint`.
"""


class ArchiveError(Exception):
    """The root of the tree."""


class NotAnArchive(ArchiveError):  # noqa: N818 (the name says it)
    """The directory is not an archive, or of a version this program does not know."""


class BrokenWarc(ArchiveError):  # noqa: N818
    """A WARC file of ours is cut, or breaks its own rules."""


class BrokenLog(ArchiveError):  # noqa: N818
    """The transparency log is cut, or contradicts itself."""


class KeyUnusable(ArchiveError):  # noqa: N818
    """A signing key is missing, open to others, or no key."""


class TimestampError(ArchiveError):
    """An authority's timestamp cannot be had, or does not hold."""


class WitnessError(ArchiveError):
    """A witness did not cosign; the seal stands without."""


class StorageFull(ArchiveError):  # noqa: N818
    """A write did not reach the disk: no space, no permission, an input/output error."""


class CatalogError(ArchiveError):
    """The catalog contradicts the archive; `lantian reindex` rebuilds it."""


class HostBusy(ArchiveError):  # noqa: N818
    """Another process is crawling the host; one at a time may."""


class HostLost(ArchiveError):  # noqa: N818
    """Another worker of the fleet may ask the host by now; this one may not."""


class DatabaseAway(ArchiveError):  # noqa: N818
    """The database of the fleet cannot be reached or used."""


class UploadError(ArchiveError):
    """The copy in an object store cannot be made, or is of something else."""


class ExportBusy(ArchiveError):  # noqa: N818
    """Another process is exporting to the same place."""


class QueryError(ArchiveError):
    """What is searched for cannot be understood."""


class WorkerError(ArchiveError):
    """No process could be started that reads pages."""


class CaseError(ArchiveError):
    """A test case cannot be written, or its files cannot be understood."""


class NotInArchive(ArchiveError):  # noqa: N818
    """No capture of what was asked for."""


class NotDeletable(ArchiveError):  # noqa: N818
    """A payload cannot be deleted."""


class NotSealed(ArchiveError):  # noqa: N818
    """No signed checkpoint covers what is to be proved."""


class KeyProblem(ArchiveError):  # noqa: N818
    """A key cannot be used."""


class NotImportable(ArchiveError):  # noqa: N818
    """A file of others that is not brought in."""
