"""Uploading beside a run that goes on for months: now and then, and at its end.

An object store that is away keeps nobody from crawling; what it lacks is uploaded when it is back.
"""

import logging
import threading
from contextlib import AbstractContextManager, nullcontext
from datetime import timedelta
from functools import partial
from typing import Final

from archive.beside import running_beside
from archive.directory import Archive
from archive.errors import ArchiveError, UploadError
from archive.upload.bucket import Bucket, Retention
from archive.upload.send import Standing, bucket_of, send
from archive.upload.sent import Sent

AGAIN: Final = 60.0
"""Seconds until what failed is tried again."""
_log = logging.getLogger(__name__)


class Courier:
    """Uploads an archive to a bucket every so often, in a thread of its own while `running`."""

    def __init__(self, archive: Archive, bucket: Bucket, *, every: timedelta) -> None:
        self._archive = archive
        self._bucket = bucket
        self._every = every.total_seconds()
        self._said = ""

    def running(self, standing: Standing) -> AbstractContextManager[None]:
        """Upload at once what an earlier run left, and then again and again; `standing` closes the files of this run."""
        return running_beside(partial(self._run, standing), name="upload")

    def finish(self) -> Sent:
        """Upload what is left when everything is closed, and let go of the bucket.

        Raises ArchiveError, also for objects that are something else.
        """
        with self._bucket:
            sent = send(self._archive, self._bucket, standing=nullcontext)
        if sent.problems:
            more = f" (and {len(sent.problems) - 1} more)" if len(sent.problems) > 1 else ""
            raise UploadError(sent.problems[0] + more)
        return sent

    def _run(self, standing: Standing, ending: threading.Event) -> None:
        wait = 0.0
        while not ending.wait(wait):
            wait = self._every
            try:
                sent = send(self._archive, self._bucket, standing=standing)
                problems = [*sent.problems, *sent.replaced]
            except ArchiveError as error:
                problems = [str(error)]
                wait = min(AGAIN, self._every)
            except Exception as error:  # noqa: BLE001 (the outermost boundary: a thread that dies tells nobody)
                problems = [f"{self._bucket.address}: {error!r}; this is a defect of lantian, nothing is lost here"]
            self._say("; ".join(problems[:3]))

    def _say(self, text: str) -> None:
        """Tell people once, not every time."""
        if text and text != self._said:
            _log.warning("%s", text)
        self._said = text


def open_courier(archive: Archive, *, address: str, retention: Retention | None, every: timedelta) -> Courier:
    """Who uploads an archive below an address; raises UploadError for another kind of address."""
    return Courier(archive, bucket_of(archive, address, retention=retention), every=every)
