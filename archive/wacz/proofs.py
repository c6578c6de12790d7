"""What the log says of the captures in a WACZ, in its directory `proofs/`: enough to check them with nothing else.

inclusion.jsonl   an entry of the log a line, with its place and its path to the root (RFC 9162 §2.1.3): of captures, of
                  the texts made of them, of the site files by which these were read, and of WARC files that were closed
checkpoint.txt    the signed note that the paths lead to, with the lines of its witnesses; beside it its timestamps, and
                  earlier ones that prove an earlier time: see `archive.wacz.seals`
consistency.jsonl the paths from checkpoints that were signed before to this one
keys.txt          the log's public keys, one a line, and rotations.jsonl the entries by which one took another's place
recipe.json       the versions behind the recipe that read the articles last
<sha256>.pem      the certificates that servers showed
readme.txt        how to check all this by hand
report.html       what this is to prove, for people, see `archive.wacz.statement`
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import InvalidVersion, load_der_x509_certificate

from archive.language import describe_recipe, read_knowledge
from archive.log.entries import DerivedEntry
from archive.log.index import LogIndex
from archive.log.key_chain import KeyChain
from archive.log.reader import LogReader, Seal
from archive.wacz.continuity import CONSISTENCY, FOLDER, consistency_lines
from archive.wacz.proven_lines import proof_line
from archive.wacz.rotations import ROTATIONS
from archive.wacz.seals import CHECKPOINT, EarlierSeals, seal_files

INCLUSION: Final = f"{FOLDER}inclusion.jsonl"
KEYS: Final = f"{FOLDER}keys.txt"
UNSEALED: Final = f"{FOLDER}unsealed.jsonl"
RECIPE: Final = f"{FOLDER}recipe.json"
README_FILE: Final = f"{FOLDER}readme.txt"
REPORT_FILE: Final = f"{FOLDER}report.html"
CERTIFICATE: Final = re.compile(rf"{FOLDER}[0-9a-f]{{64}}\.pem")

README: Final = """What this directory proves, and how to check it
本目录证明什么，以及如何核对

Each line of inclusion.jsonl holds one entry of the archive's log: digests of a record as it lies in archive/, of its WARC
header, its block and its payload. The path in the line leads from the entry to the root in checkpoint.txt, which the
archive's key signed. So the holder of that key had these bytes when the checkpoint was signed, and they are unchanged.
inclusion.jsonl 每行是存档日志的一个条目，含 archive/ 中一条记录及其头部、内容、载荷的摘要；行内路径由条目通向
checkpoint.txt 中的根，根由存档的密钥签名。由此可知：签名之时，密钥持有者已有这些字节，此后未变。

It does not prove that an office published them, nor when, beyond what the records and timestamps say. Whose key signed
must be learned elsewhere; compare keys.txt with what the archive's keeper publishes.
它不证明某机关发布了这些内容，也不证明记录和时间戳以外的时间。密钥属于谁，须另行查证：请将 keys.txt 与保管者公布的密钥核对。

report.html says the same with what is in this file: open it in a browser. report.html 是本文件内容的说明，可用浏览器打开。

    lantian verify FILE.wacz --html verdict.html        everything in this file, offline
    lantian verify FILE.wacz --reextract all            and the texts made again from the bytes in it
    sha256sum datapackage.json                          against datapackage-digest.json
    openssl ts -reply -in checkpoint.1.tsr -text        when an authority saw the checkpoint

checkpoint-*.txt, if there are any, are earlier states of the log that somebody saw; consistency.jsonl leads from them to
checkpoint.txt. So what is among their first entries existed by then. checkpoint-*.txt(如有)是此前由时间戳机构或见证方
见过的日志状态，consistency.jsonl 证明其与 checkpoint.txt 相衔接：其所含条目当时已存在。

What was captured after the checkpoint was signed stands in unsealed.jsonl, if there is such a file: the log has it, and no
signature covers it. 签名之后才抓取的内容(如有)列于 unsealed.jsonl：日志已登记，尚无签名覆盖。

Leaf hash: SHA-256 over a zero byte and the text of "entry"; nodes: SHA-256 over 01 and both children (RFC 9162 §2.1.1).
"""


@dataclass(frozen=True, slots=True)
class Prover:
    """Makes the lines and files of proofs for captures that the last seal covers."""

    log: LogReader
    index: LogIndex
    seals: list[Seal]
    earlier: EarlierSeals
    _given: set[int] = field(default_factory=set, init=False)

    @classmethod
    def open(cls, archive: Path) -> "Prover | None":
        """The prover of an archive; None for one that has no seal yet. Raises BrokenLog."""
        seals = LogReader.open(archive).seals()
        if not seals:
            return None
        index = LogIndex.open(archive)
        index.stand()
        log = LogReader.open(archive)  # last: whatever others write meanwhile, it has what seals and index speak of
        return cls(log, index, seals, EarlierSeals.open(log, seals[:-1]))

    @property
    def seal(self) -> Seal:
        """The newest, to whose root the proofs lead."""
        return self.seals[-1]

    def lines(self, record_id: str) -> list[str]:
        """The proofs of a capture and of what was made of it; empty where the seal does not cover it."""
        logged = self.index.capture(record_id)
        if logged is None or logged.leaf >= self.seal.checkpoint.size:
            return []
        size = self.seal.checkpoint.size
        self.earlier.cover(logged.leaf)
        derived = [leaf for leaf in self.index.derived_of(record_id) if leaf < size]
        return [self._line(leaf) for leaf in (logged.leaf, *derived, *self._sites(derived))]

    def file_lines(self, file: str) -> list[str]:
        """The proof that a file was closed, and with which first record; empty where the seal does not cover that."""
        leaf = self.index.file_leaf(file)
        return [] if leaf is None or leaf >= self.seal.checkpoint.size else [self._line(leaf)]

    def _sites(self, derived: Sequence[int]) -> Iterator[int]:
        """The entries of site files that texts were read by, each given once in the life of the prover."""
        for entry in map(self.log.entry, derived):
            leaf = self.index.site_leaf(entry.site) if isinstance(entry, DerivedEntry) and entry.site else None
            if leaf is not None and leaf not in self._given and leaf < self.seal.checkpoint.size:
                self._given.add(leaf)
                yield leaf

    def unsealed_line(self, record_id: str) -> str:
        """What the log has of a capture that the seal does not cover: nobody signed it yet, so it proves nothing."""
        logged = self.index.capture(record_id)
        entry = self.log.data(logged.leaf).decode() if logged else None
        value = {"record_id": record_id, "index": logged.leaf if logged else None, "entry": entry}
        return json.dumps(value, ensure_ascii=False) + "\n"

    def files(self) -> Iterator[tuple[str, bytes]]:
        """The other files, by their names in the WACZ; timestamps by name of the seal."""
        stem = CHECKPOINT.removesuffix(".txt")
        yield from seal_files(self.log, self.seal, stem)
        rotations = [leaf for leaf in self.index.rotations() if leaf < self.seal.checkpoint.size]
        keys = KeyChain(self.log.keys()[:1]).follow((leaf, self.log.entry(leaf)) for leaf in rotations).keys
        yield KEYS, "".join(f"{key}\n" for key in keys).encode()
        if rotations:
            yield ROTATIONS, "".join(map(self._line, rotations)).encode()
        earlier = self.earlier.choose()
        for seal in earlier:
            yield from seal_files(self.log, seal, f"{stem}-{seal.name}")
        sizes, needed = ({seal.checkpoint.size for seal in some} for some in (self.seals, earlier))
        if links := "".join(consistency_lines(self.log, sizes, self.seal.checkpoint.size, needed=needed)):
            yield CONSISTENCY, links.encode()
        recipe: dict[str, Any] = {"recipe": read_knowledge().recipe, "versions": describe_recipe()}
        yield RECIPE, (json.dumps(recipe, indent=2, sort_keys=True) + "\n").encode()
        yield README_FILE, README.encode()

    def _line(self, leaf: int) -> str:
        proof = self.log.inclusion_proof(leaf, self.seal.checkpoint.size)
        return proof_line(leaf, self.log.data(leaf).decode(), proof)


def certificate_files(chain: tuple[bytes, ...]) -> Iterator[tuple[str, bytes]]:
    """The certificates of a connection as files; what cannot be read as one stays in the record alone."""
    for der in chain:
        try:
            pem = load_der_x509_certificate(der).public_bytes(Encoding.PEM)
        except (ValueError, InvalidVersion):
            continue
        yield f"{FOLDER}{sha256(der).hexdigest()}.pem", pem
