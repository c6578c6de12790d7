"""The checkpoints in a WACZ: the newest one, and before it those that prove an earlier time for the captures packed.

checkpoint.txt           the newest, to whose root every path in `inclusion.jsonl` leads
checkpoint-<seal>.txt    an earlier one, that an authority or a witness saw
checkpoint….<n>.tsr      the timestamps over the text of the checkpoint of that name

That a capture is in an earlier log needs no path of its own: its place is among the first entries, and these are the same
in both logs by the proof in `consistency.jsonl` that the newest continues the earlier one (RFC 9162 §2.1.4).
"""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self

from archive.errors import TimestampError
from archive.log.reader import COSIGNATURES, REPLIES, SEALS, LogReader, Seal
from archive.log.timestamps import check_reply
from archive.wacz.continuity import FOLDER, MOST_SEALS

CHECKPOINT: Final = f"{FOLDER}checkpoint.txt"
_NAME: Final = r"\d+(-\d+)?"
"""How `archive.log.seal` names a seal; a file of another name among them is somebody's who put it there."""
EARLIER: Final = re.compile(rf"{FOLDER}checkpoint-{_NAME}\.txt")
REPLY: Final = re.compile(rf"({FOLDER}checkpoint(-{_NAME})?)\.\d+\.tsr")
"""An authority's timestamp; its first group, with `.txt`, is the name of the checkpoint that it is over."""


@dataclass(slots=True)
class EarlierSeals:
    """Chooses, for the captures that are packed, the oldest seals that each authority and each witness saw them in."""

    log: LogReader
    seals: list[Seal]
    beside: dict[str, list[Path]]
    _oldest: set[int] = field(default_factory=set)
    """Places in `seals`, each of the oldest that covers some capture."""

    @classmethod
    def open(cls, log: LogReader, seals: Iterable[Seal]) -> Self:
        """Of these seals, which come by size, those that somebody saw."""
        beside: dict[str, list[Path]] = defaultdict(list)
        folder = log.folder / SEALS
        for path in sorted(folder.iterdir()) if folder.is_dir() else ():
            if path.suffix in {REPLIES, COSIGNATURES}:
                beside[path.name.partition(".")[0]].append(path)
        known = [seal for seal in seals if seal.name in beside and re.fullmatch(_NAME, seal.name)]
        return cls(log, known, beside)

    def cover(self, leaf: int) -> None:
        """Note that the capture at this place of the log is packed."""
        place = bisect_right(self.seals, leaf, key=lambda seal: seal.checkpoint.size)
        if place < len(self.seals):
            self._oldest.add(place)

    def choose(self) -> list[Seal]:
        """The seals to pack, by size; one that is not of this log is none, `lantian verify` tells of it."""
        chosen: dict[str, Seal] = {}
        known: dict[str, frozenset[str]] = {}
        for start in sorted(self._oldest):
            seen: frozenset[str] = frozenset()
            for seal in self.seals[start : start + MOST_SEALS]:
                who = known[seal.name] if seal.name in known else known.setdefault(seal.name, self._seen_by(seal))
                if not who <= seen:
                    seen |= who
                    chosen[seal.name] = seal
        return sorted(chosen.values(), key=lambda seal: seal.checkpoint.size)

    def _seen_by(self, seal: Seal) -> frozenset[str]:
        if self.log.root(seal.checkpoint.size) != seal.checkpoint.root:
            return frozenset()
        return frozenset(self._names(seal))

    def _names(self, seal: Seal) -> Iterator[str]:
        for line in set(self.log.cosigned(seal).signatures) - set(seal.note.signatures):
            yield f"{line.name}+{line.key_id.hex()}"
        for path in self.beside[seal.name]:
            if path.suffix == REPLIES:
                try:
                    yield check_reply(path.read_bytes(), seal.checkpoint.text.encode()).authority
                except TimestampError:
                    continue


def seal_files(log: LogReader, seal: Seal, stem: str) -> Iterator[tuple[str, bytes]]:
    """A checkpoint with the lines of its witnesses, and the timestamps over it, by their names in a WACZ."""
    yield f"{stem}.txt", str(log.cosigned(seal)).encode()
    for number, path in enumerate(log.beside(seal, REPLIES), 1):
        yield f"{stem}.{number}.tsr", path.read_bytes()
