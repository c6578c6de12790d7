"""Every way in which an archive is altered in the tests, in one list; WACZ files have their own beside it."""

from typing import Final

from tests.archive.altered.case import Case
from tests.archive.altered.catalog import CATALOG
from tests.archive.altered.derived import DERIVED
from tests.archive.altered.files import FILES
from tests.archive.altered.hostile import HOSTILE
from tests.archive.altered.lies import LIES
from tests.archive.altered.log import LOG
from tests.archive.altered.records import RECORDS
from tests.archive.altered.seals import SEALS
from tests.archive.altered.tiles import TILES
from tests.archive.altered.times import TIMES
from tests.archive.altered.writers import WRITERS

CASES: Final[list[Case]] = [
    *RECORDS, *FILES, *WRITERS, *HOSTILE, *DERIVED, *CATALOG, *LOG, *LIES, *SEALS, *TILES, *TIMES,
]  # fmt: skip
