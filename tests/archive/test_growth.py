"""The work of adding a document does not grow with the catalog: counted in steps of the database, which no clock disturbs."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import mean

from sqlalchemy import event

from archive.catalog.catalog import Catalog
from archive.clusters import cluster_of
from archive.directory import Archive
from tests.archive.made_entries import Press, light_entry

_STEP = 100
SAMPLE = 40


class Steps:
    """Counts, in hundreds, the instructions that SQLite carries out."""

    def __init__(self) -> None:
        self.count = 0

    def watch(self, connection: sqlite3.Connection, _: object) -> None:
        connection.set_progress_handler(self._note, _STEP)

    def _note(self) -> int:
        self.count += 1
        return 0

    @contextmanager
    def counting(self, into: list[int]) -> Iterator[None]:
        before = self.count
        yield
        into.append(self.count - before)


def test_inserting_and_asking_take_the_same_work_in_a_larger_catalog(tmp_path: Path) -> None:
    press, steps = Press(), Steps()
    added: dict[int, list[int]] = {}
    asked: dict[int, list[int]] = {}
    with Catalog(Archive.open(tmp_path / "archive")) as catalog:
        catalog._engine.dispose()  # so that every connection is watched
        event.listen(catalog._engine, "connect", steps.watch)
        filled = 0
        for size in (150, 1500):
            catalog.add([light_entry(number, *press.write(number)[:2]) for number in range(filled, size)])
            added[size], asked[size] = [], []
            for number in range(size, size + SAMPLE):
                one = light_entry(number, *press.write(number)[:2])
                with steps.counting(added[size]):
                    catalog.add([one])
                with steps.counting(asked[size]):
                    assert cluster_of(catalog, one.row["url"]) is not None
            filled = size + SAMPLE
    assert min(mean(added[150]), mean(asked[150])) > 0
    assert mean(added[1500]) < 1.5 * mean(added[150])
    assert mean(asked[1500]) < 1.5 * mean(asked[150])
