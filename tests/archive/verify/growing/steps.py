"""What people and time do to an archive, each step by the code that its command runs; kills are real."""

import os
import random
import shutil
import signal
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from archive.catalog.catalog import Catalog
from archive.deletion.carry_out import delete, finish_catalog
from archive.deletion.plan import plan_deletion
from archive.directory import Archive
from archive.errors import NotDeletable, NotInArchive
from archive.export.articles import export_articles
from archive.export.manifest import manifest_path
from archive.export.noting import note_export
from archive.export.selection import Selection
from archive.importing.files import import_file
from archive.index import read_index, update_index
from archive.ingest import Intake, Taken
from archive.language import read_knowledge
from archive.locks import owning_catalog
from archive.log.covering import digest_file
from archive.log.note import Note, PublicKey
from archive.log.reader import KEYS, LogReader
from archive.log.rotation import rotate_key, take_key
from archive.log.seal import seal
from archive.log.writer import Log
from archive.reindex import reindex
from archive.replay import replay
from archive.store import Store
from archive.workers.pool import Workers
from tests.archive.verify.growing.exchanges import SITES, any_capture, foreign_warc

_SIZES = (2_000, 10_000, 1 << 30)


@dataclass
class Growth:
    """An archive that grows; `beside` is a folder for what is not part of it, `done` counts the steps by name.

    `kept` are the signed checkpoints that somebody noted down elsewhere when they were made.
    """

    archive: Archive
    chance: random.Random
    beside: Path
    done: Counter[str] = field(default_factory=Counter)
    kept: list[Note] = field(default_factory=list)

    def open_intake(self, *, is_older: bool = False) -> Intake:
        """The way in; `is_older` has the pages read by an earlier program."""
        knowledge = replace(read_knowledge(), recipe="recipe:0123456789abcdef") if is_older else read_knowledge()
        size = self.chance.choice(_SIZES)
        return Intake(self.archive, workers=Workers(0, knowledge=knowledge), sites=SITES, max_file_bytes=size)

    def take(self, intake: Intake, most: int) -> list[Taken]:
        """Let some captures come in, for a site or for none."""
        return [
            intake.take(any_capture(self.chance), site=self.chance.choice([*SITES.values(), None]))
            for _ in range(self.chance.randint(1, most))
        ]

    @property
    def first_key(self) -> PublicKey:
        """The key that the archive began with."""
        return LogReader.open(self.archive.path).keys()[0]


def crawl(growth: Growth) -> None:
    """A run from its beginning to its end, with what was refused; sometimes two processes at once."""
    is_older = growth.chance.random() < 0.1
    growth.done["older recipe"] += is_older
    with growth.open_intake(is_older=is_older) as intake:
        with intake.running("crawl", sites=list(SITES), answers=lambda _: ("192.0.2.7",)):
            growth.take(intake, 6)
            if growth.chance.random() < 0.3:
                growth.done["gap"] += 1
                intake.note_gap("refused", "http://wuxi.example.cn/x", "robots.txt")
            if growth.chance.random() < 0.2:
                growth.done["two writers"] += 1
                with growth.open_intake() as other:
                    growth.take(other, 2)
        if growth.chance.random() < 0.2:
            growth.done["gap"] += 1
            intake.note_gap("missed-run", "wuxi", "the machine was off", due="2026-01-01T00:00:00.000000Z")


def die(growth: Growth) -> None:
    """A crawl in a process of its own, killed; what its last write left is sometimes half a record.

    In half of them the catalog has what the log has not: it is logged two seconds after it is catalogued.
    """
    is_catalogued = growth.chance.random() < 0.5
    growth.done["killed when catalogued"] += is_catalogued
    child = os.fork()
    if child == 0:
        try:
            with growth.open_intake() as intake:
                for taken in growth.take(intake, 4):
                    if is_catalogued:
                        taken.verdict.result(timeout=60)
                os.kill(os.getpid(), signal.SIGKILL)
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    if growth.chance.random() < 0.3:
        growth.done["half a record"] += 1
        for path in growth.archive.warc_dir.rglob("*.open"):
            whole = path.read_bytes()
            with path.open("ab") as file:
                file.write(whole[: growth.chance.randint(1, min(len(whole) - 1, 200))])


def store_only(growth: Growth) -> None:
    """Captures on file that nobody read: what a crawl leaves that ended between storing and cataloguing."""
    with Store(growth.archive, max_file_bytes=growth.chance.choice(_SIZES)) as store:
        for _ in range(growth.chance.randint(1, 8)):
            store.append(any_capture(growth.chance), site=growth.chance.choice(list(SITES)))


def bring_in(growth: Growth) -> None:
    """A file of others; sometimes the same once more."""
    path = growth.beside / f"old-{growth.done['import']}.warc{growth.chance.choice(['', '.gz'])}"
    path.write_bytes(foreign_warc(growth.chance))
    with growth.open_intake() as intake:
        for _ in range(growth.chance.choice([1, 1, 2])):
            import_file(intake, path, sites=SITES)


def delete_page(growth: Growth) -> None:
    """A page that the archive has, taken out under an order."""
    archive = growth.archive
    with owning_catalog(archive), Catalog(archive) as catalog, Workers(0) as workers:
        Store(archive).close()
        finish_catalog(archive, catalog, workers=workers, sites=SITES)
        with catalog.view() as view:
            known = list(view.exec_driver_sql("SELECT url FROM captures ORDER BY record_id").scalars())
        try:
            plan = plan_deletion(
                archive, catalog, urls=[growth.chance.choice(known or [""])], record_ids=(), sites=SITES
            )
        except (NotInArchive, NotDeletable):
            growth.done["nothing to delete"] += 1
            return
        delete(archive, catalog, plan, reason="某市中级人民法院(2026)民初1号裁定", workers=workers, sites=SITES)
    growth.done["deleted"] += 1


def seal_log(growth: Growth) -> None:
    """Sign it, when what killed writers left is mended and logged; somebody notes the checkpoint down elsewhere."""
    Store(growth.archive).close()
    with Log(growth.archive) as log:
        made = seal(log, take_key(log, growth.beside / "key.pem"))
    growth.kept.append(made.note)


def take_new_key(growth: Growth) -> None:
    """A rotation, which the old key signs."""
    Store(growth.archive).close()
    with Log(growth.archive) as log:
        take_key(log, growth.beside / "key.pem")
        rotate_key(log, growth.beside / "key.pem")


def read_again(growth: Growth) -> None:
    """A replay that keeps its readings, sometimes by an earlier program."""
    is_older = growth.chance.random() < 0.2
    growth.done["older recipe"] += is_older
    knowledge = replace(read_knowledge(), recipe="recipe:fedcba9876543210") if is_older else None
    _close_files(growth)
    with Workers(0, knowledge=knowledge) as workers:
        for _ in replay(growth.archive, workers=workers, sites=SITES, diff=growth.chance.random() < 0.2):
            pass


def make_catalog_anew(growth: Growth) -> None:
    """The catalog from the files alone."""
    _close_files(growth)
    with Workers(0) as workers:
        reindex(growth.archive, workers=workers, sites=SITES)


def index(growth: Growth) -> None:
    """CDXJ files beside the archive's own files."""
    _close_files(growth)
    update_index(growth.archive)


def give_out(growth: Growth) -> None:
    """An export, which the log notes."""
    _close_files(growth)
    form = growth.chance.choice(["seed", "jsonl", "csv", "cdxj"])
    out = growth.beside / f"out-{growth.done['export']}-{form}"
    if form == "cdxj":
        out.write_text("".join(read_index(growth.archive)), encoding="utf-8")
        note_export(growth.archive, form, items=1, digest=digest_file(out))
        return
    with Catalog(growth.archive) as catalog:
        tally = export_articles(catalog, form, out, Selection(), archive_id=growth.archive.id)  # type: ignore[arg-type]
    note_export(growth.archive, form, items=tally.articles, digest=digest_file(manifest_path(out)))


def lose_log(growth: Growth) -> None:
    """An archive that was made before there was a log: what lies there is entered as found."""
    store_only(growth)
    shutil.rmtree(growth.archive.path / "log")
    Store(growth.archive).close()


def _close_files(growth: Growth) -> None:
    """What every command does that writes: a killed writer's files are closed first."""
    growth.open_intake().close()


STEPS: dict[str, tuple[int, Callable[[Growth], None]]] = {
    "crawl": (8, crawl),
    "kill": (2, die),
    "store only": (2, store_only),
    "import": (2, bring_in),
    "deletion": (2, delete_page),
    "seal": (3, seal_log),
    "key rotation": (1, take_new_key),
    "replay": (2, read_again),
    "reindex": (1, make_catalog_anew),
    "index": (1, index),
    "export": (2, give_out),
}
"""The steps by name, with how often each comes."""


def grow(growth: Growth) -> None:
    """Take a few steps, the first of which leaves something in the archive."""
    names = list(STEPS)
    weights = [weight for weight, _ in STEPS.values()]
    is_old = growth.chance.random() < 0.1
    (lose_log if is_old else crawl)(growth)
    growth.done["before the log" if is_old else "crawl"] += 1
    for name in growth.chance.choices(names, weights, k=growth.chance.randint(1, 7)):
        STEPS[name][1](growth)
        growth.done[name] += 1


def is_sealed(growth: Growth) -> bool:
    """Whether the archive has ever been signed."""
    return (growth.archive.path / "log" / KEYS).exists() and bool(growth.kept)
