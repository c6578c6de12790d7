"""Archives grown by chance, as long use grows them, for the tests that `verify` raises no false alarm."""

import random
from pathlib import Path

from archive.directory import Archive
from archive.log.reader import LogReader
from archive.store import Store
from archive.verify.check import verify
from archive.verify.report import Report
from tests.archive.verify.sealed import seal_now, today
from tests.archive.warc_samples import page


def make_and_verify(folder: Path, seed: int) -> Report:
    """An archive grown by chance: sites, sizes of files, kills, seals in between; then verified in depth."""
    chance = random.Random(seed)
    archive = Archive.open(folder)
    for _ in range(chance.randint(1, 3)):
        store = Store(archive, max_file_bytes=chance.choice([2_000, 10_000, 1 << 30]))
        for _ in range(chance.randint(0, 12)):
            body = chance.randbytes(chance.choice([0, 1, 500, 70_000]))
            store.append(today(page(chance.randrange(4), body)), site=chance.choice(["wuxi", "suzhou_js"]))
        if chance.random() < 0.3:
            for current in store._current.values():
                current.file.abandon()
            store.journal.close()
        else:
            store.close()
        if chance.random() < 0.5 and LogReader.open(folder).size:
            seal_now(archive)
    with Store(archive) as store:
        store.append(today(page()), site="wuxi")
    seal_now(archive)
    return verify(folder, is_deep=True)
