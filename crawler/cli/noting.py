"""That something was given out, in the log; or a line that it is not there."""

from archive.directory import Archive
from archive.export.noting import note_export
from crawler.cli.output import complain


def log_export(archive: Archive, form: str, *, items: int, digest: str) -> None:
    """Log an export, or say that a read-only archive has no note of it. Raises StorageFull, BrokenLog."""
    if not note_export(archive, form, items=items, digest=digest):
        complain(
            f"{archive.path}: cannot be written: its log does not say that this was given out; keep {digest} instead"
        )
