"""An export in a process of its own, which ends itself in the middle: `kill -9` at an exact number of articles.

python -m tests.archive.export_harness ARCHIVE FORM OUT ARTICLES
"""

import os
import signal
import sys
from pathlib import Path

from archive.catalog.catalog import Catalog
from archive.directory import Archive
from archive.export import lines, parquet, seed
from archive.export.articles import export_articles
from archive.export.selection import Selection


def main(archive_path: str, form: str, out: str, articles: str) -> None:
    """Export with notes in the journal every few articles; die when so many are in."""
    lines.AT_ONCE, seed.AT_ONCE, parquet.MOST_ROWS = 7, 7, 3
    archive = Archive.open(archive_path, create=False)

    def die(so_far: int) -> None:
        if so_far >= int(articles):
            os.kill(os.getpid(), signal.SIGKILL)

    with Catalog(archive) as catalog:
        export_articles(catalog, form, Path(out), Selection(), archive_id=archive.id, progress=die)  # type: ignore[arg-type]


if __name__ == "__main__":
    main(*sys.argv[1:])
