"""The catalog, where there is one, held against the log: captures both ways, texts, and what was put together of them.

The catalog is derived, and everything that people are shown is taken from it: history, search and exports. So a row that
the log does not bear out is an alteration, even where every WARC file is whole.
"""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from archive.directory import CATALOG
from archive.verify.attached_catalog import OtherCatalog, attached
from archive.verify.catalog_captures import check_captures
from archive.verify.catalog_exchanges import check_exchanges
from archive.verify.catalog_texts import check_texts, check_versions
from archive.verify.catalog_wholes import check_wholes
from archive.verify.kinds import make_finding
from archive.verify.report import Finding
from archive.verify.spool import Spool


def check_catalog(archive: Path, spool: Spool, *, is_whole: bool = True, is_deep: bool = False) -> Iterator[Finding]:
    """Rows of the catalog that are not what was logged; the texts of all captures, or of the chosen.

    What the log does not have of an exchange, its status and headers, is only looked up in depth.
    """
    path = archive / CATALOG
    if not path.exists():
        return
    try:
        with attached(path, spool) as connection:
            yield from check_captures(archive, spool, connection)
            if is_deep:
                yield from check_exchanges(archive, spool, connection)
            broken: set[object] = set()
            yield from check_versions(connection, broken)
            yield from check_texts(spool, connection, broken, is_whole=is_whole)
        yield from check_wholes(path)
    except OtherCatalog as error:
        yield make_finding("catalog-other", place=CATALOG, actual=error)
    except sqlite3.ProgrammingError:
        raise  # a defect of ours, and nothing of the catalog
    except (sqlite3.Error, OSError) as error:
        yield make_finding("derived-altered", place=CATALOG, actual=error)
