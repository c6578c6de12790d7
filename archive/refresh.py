"""After an update of ours, an article may read differently without its publisher having changed a letter.

So before such an article is called changed, its capture before is read again by the recipe of today.
"""

import logging
from collections.abc import Mapping, Sequence

from archive.catalog.catalog import Catalog
from archive.catch_up import Notes
from archive.directory import Archive
from archive.errors import BrokenWarc
from archive.judge import Judgement
from archive.reread import read_places, reread
from archive.workers.pool import Workers
from pipelines.site import Site

_log = logging.getLogger(__name__)


def judge_fairly(
    archive: Archive,
    catalog: Catalog,
    record_ids: Sequence[str],
    *,
    workers: Workers,
    sites: Mapping[str, Site],
    notes: Notes,
) -> dict[str, Judgement]:
    """Judge captures, with those before them read again where a verdict rests on the reading of another recipe.

    What they are read as is noted before the catalog has it.
    """
    done: set[str] = set()
    while True:
        judgements = catalog.judge(record_ids)
        doubts = {one.doubt for one in judgements.values() if one.doubt} - done
        if not doubts:
            return judgements
        done |= doubts
        try:
            captures = read_places(archive, catalog.places_of(doubts))
            entries = [one.entry for one in reread(archive, captures, workers=workers, sites=sites)]
            notes.put(entries)
            notes.are_kept()
            catalog.replace(entries)
        except BrokenWarc as error:
            _log.error("%s", error)
