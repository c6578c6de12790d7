"""What is damaged: an archive with everything in it, a WACZ of it, and files of others."""

import random
import shutil
from dataclasses import dataclass
from pathlib import Path

from archive.catalog.catalog import Catalog
from archive.directory import Archive
from archive.log.attest import add_timestamp
from archive.log.checkpoint import Checkpoint
from archive.log.edge import Edge
from archive.log.keys import read_key
from archive.log.merkle import EMPTY_ROOT
from archive.log.note import Note
from archive.log.reader import CHECKPOINT, HEAD, SEALS, LogReader
from archive.log.rotation import take_key
from archive.log.seal import seal
from archive.log.writer import Log
from archive.wacz.proofs import Prover
from archive.wacz.selection import Selection, choose
from archive.wacz.writer import write_wacz
from tests.archive.log.authority import Authority
from tests.archive.verify.growing import steps
from tests.archive.verify.growing.check import KEY
from tests.archive.verify.growing.exchanges import KINDS, SITES, foreign_warc
from tests.archive.verify.sealed import today
from tests.archive.warc.samples import samples


@dataclass
class Material:
    """`folder` holds the archive as it was; `work` a copy in which one file at a time is changed and put back."""

    folder: Path
    work: Path
    wacz: bytes
    foreign: list[bytes]
    log_key: Path

    def files(self) -> list[Path]:
        """Every file of the archive, by its path below it."""
        return sorted(path.relative_to(self.folder) for path in self.folder.rglob("*") if path.is_file())

    def warcs(self) -> list[Path]:
        """The WARC files, the largest first."""
        found = [path for path in self.files() if path.name.endswith(".warc.gz")]
        return sorted(found, key=lambda path: -(self.folder / path).stat().st_size)[:6]

    def restore(self, path: Path) -> None:
        """Put a file of the copy back."""
        shutil.copy2(self.folder / path, self.work / path)

    def relog(self, entries: list[bytes]) -> None:
        """Give the copy a log of other entries, as whoever has the machine and the key can."""
        shutil.rmtree(self.work / "log")
        folder = self.work / "log"
        (folder / SEALS).mkdir(parents=True)
        shutil.copy2(self.folder / "log" / "keys", folder / "keys")
        edge = Edge(folder, Checkpoint(self._origin, 0, EMPTY_ROOT))
        for entry in entries:
            edge.append(entry)
        edge.finish()
        head = Checkpoint(self._origin, edge.size, edge.root() if entries else EMPTY_ROOT)
        (folder / HEAD).write_text(head.text, encoding="utf-8")
        key = read_key(self.log_key, name=self._origin)
        note = str(Note(head.text).with_signature(key.sign(head.text)))
        (folder / SEALS / str(edge.size)).write_text(note, encoding="utf-8")
        (folder / CHECKPOINT).write_text(note, encoding="utf-8")

    def unlog(self) -> None:
        """Put the log of the copy back."""
        shutil.rmtree(self.work / "log")
        shutil.copytree(self.folder / "log", self.work / "log")

    @property
    def _origin(self) -> str:
        return LogReader.open(self.folder).head.origin


def make_material(folder: Path) -> Material:
    """Grow it: every kind of capture, an import, a deletion, a rotation, a timestamp, an index."""
    beside = folder / "beside"
    beside.mkdir(parents=True)
    chance = random.Random(6)
    growth = steps.Growth(Archive.open(folder / "archive"), chance, beside)
    with growth.open_intake() as intake, intake.running("crawl", sites=list(SITES), answers=lambda _: ("192.0.2.7",)):
        for make in (*KINDS.values(), KINDS["article"], KINDS["not modified"]):
            intake.take(make(chance), site=chance.choice([*SITES.values(), None]))
        for one in samples():
            intake.take(today(one), site=SITES["wuxi"])
        intake.note_gap("refused", "http://wuxi.example.cn/x", "robots.txt")
    steps.bring_in(growth)
    steps.seal_log(growth)
    steps.take_new_key(growth)
    steps.delete_page(growth)
    steps.index(growth)
    steps.give_out(growth)
    _stamp(growth, folder / "tsa")
    shutil.copytree(folder / "archive", folder / "work")
    return Material(
        folder=folder / "archive",
        work=folder / "work",
        wacz=_pack(growth.archive, beside / "all.wacz"),
        foreign=[foreign_warc(random.Random(seed)) for seed in range(6)],
        log_key=beside / "key.pem",
    )


def _stamp(growth: steps.Growth, folder: Path) -> None:
    """With a timestamp where openssl is there to make one."""
    authority = Authority.of_today(folder)
    with Log(growth.archive) as log:
        made = seal(log, take_key(log, growth.beside / "key.pem"))
        if shutil.which("openssl"):
            add_timestamp(log, made, authority.reply)


def _pack(archive: Archive, path: Path) -> bytes:
    with Catalog(archive) as catalog:
        chosen = choose(archive, catalog, Selection())
        prover = Prover.open(archive.path)
        write_wacz(archive, chosen, path, title="t", software="Lantian", key=KEY, prover=prover)
    return path.read_bytes()
