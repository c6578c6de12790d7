"""Four archives tell a real PostgreSQL at once, and a folder follows: how fast, and whether anything is overlooked."""

import json
import random
import threading
import time
from pathlib import Path

import pytest

from archive.catalog.catalog import Catalog
from archive.catalog.entries import Entry
from archive.directory import Archive
from archive.search.find import search
from crawler.fleet.catalog import FleetCatalog
from crawler.fleet.database import using_database
from crawler.fleet.migrate import upgrade
from crawler.fleet.publisher import Publisher
from crawler.fleet.reader import follow
from tests.archive.made_entries import entry
from tests.archive.made_texts import make_text
from tests.crawler.loopback import ROOT
from tests.postgres import Postgres

REPORT = ROOT / "tests" / "soak" / "fleet_catalog.json"
ARCHIVES, ARTICLES, ASKED = 4, 2500, 100


def entries_of(archive: int) -> list[Entry]:
    """A tenth of the articles of an archive are the next one's too, captured later."""
    shared = ARTICLES // 10
    numbers = range(archive * (ARTICLES - shared), archive * (ARTICLES - shared) + ARTICLES)
    made = ((number, make_text(number)) for number in numbers)
    return [
        entry(
            f"http://s{number}.example.cn/{number}.html",
            text.title,
            text.paragraphs,
            second=number + archive / 10,
            record_id=f"urn:test:{archive}:{number}",
        )
        for number, text in made
    ]


@pytest.mark.soak
def test_a_folder_follows_four_archives_and_finds_every_piece_of_text(tmp_path: Path, postgres: Postgres) -> None:
    archives = [Archive.open(tmp_path / str(number)) for number in range(ARCHIVES)]
    began = time.process_time()
    for number, archive in enumerate(archives):
        with Catalog(archive) as catalog:
            catalog.add(entries_of(number))
    catalogued = time.process_time() - began
    with using_database(postgres.make()) as engine:
        upgrade(engine)

        def tell(archive: Archive) -> None:
            with Catalog(archive) as catalog:
                Publisher(archive, catalog, FleetCatalog(engine)).publish()

        threads = [threading.Thread(target=tell, args=(archive,)) for archive in archives]
        began = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        told = time.perf_counter() - began
        wide, began = Archive.open(tmp_path / "wide"), time.perf_counter()
        changes = follow(wide, FleetCatalog(engine))
        followed = time.perf_counter() - began
        counts = FleetCatalog(engine).counts()
    missed = count_missed(wide)
    report = {
        "command": "make soak",
        **counts,
        "changes_followed": changes,
        "told_per_second": round(ARCHIVES * ARTICLES / told),
        "followed_per_second": round(changes / followed),
        "catalogued_at_home_per_cpu_second": round(ARCHIVES * ARTICLES / catalogued),
        "pieces_searched": ASKED,
        "pieces_missed": missed,
        "bytes_of_the_folder": wide.catalog_path.stat().st_size,
    }
    REPORT.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    assert counts["captures"] == changes == ARCHIVES * ARTICLES
    assert counts["articles"] == ARCHIVES * ARTICLES - (ARCHIVES - 1) * (ARTICLES // 10)
    assert missed == 0


def count_missed(wide: Archive) -> int:
    """Pieces of two to six characters of articles anywhere in the fleet that a search does not find in them."""
    chance, asked, missed = random.Random(7), 0, 0
    with Catalog(wide) as catalog:
        while asked < ASKED:
            number = chance.randrange(ARCHIVES * (ARTICLES - ARTICLES // 10))
            text = max(make_text(number).paragraphs, key=len)
            at = chance.randrange(len(text) - 6)
            piece = "".join(one for one in text[at : at + chance.randint(2, 6)] if one.isalnum())
            if len(piece) > 1 and piece in text:
                asked += 1
                found = search(catalog, f'"{piece}"', limit=20_000)
                missed += all(hit.url != f"http://s{number}.example.cn/{number}.html" for hit in found.hits)
    return missed
