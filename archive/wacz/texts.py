"""The texts whose entries a WACZ proves, and the captures in it that they were made of, to be made again."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

from archive.captures import from_records
from archive.errors import BrokenWarc
from archive.original import give_body, needs_body
from archive.verify.reextraction import LoggedText
from archive.wacz.container import Container
from archive.wacz.proof_check import Proven
from archive.wacz.record_check import Held
from archive.warc import BrokenRecord, Record, read_records
from pipelines.records import Capture


@dataclass(frozen=True, slots=True)
class PackedTexts:
    """See `archive.verify.reextraction.Texts`."""

    container: Container
    proven: Proven
    held: Held

    def count(self) -> int:
        """How many texts there are of captures that are as they were logged."""
        return sum(capture in self.held.places for capture in self.proven.texts)

    def texts(self, most: int | None) -> Iterator[LoggedText]:
        """Those texts, or `most` of them at random, by their place."""
        names = [capture for capture in self.proven.texts if capture in self.held.places]
        if most is not None and most < len(names):
            names = random.sample(names, most)
        for capture in sorted(names, key=lambda name: self.held.places[name][:2]):
            leaf, entry = self.proven.texts[capture]
            file, offset, _, _ = self.held.places[capture]
            yield LoggedText(capture, entry.recipe, entry.body, leaf, entry.site, file, offset)

    def rules(self, digest: str) -> str | None:
        """The site file of a digest."""
        return self.proven.sites.get(digest)

    def capture(self, text: LoggedText) -> Capture:
        """The capture of a text, with the body of what it stands for; raises BrokenWarc."""
        try:
            return self._read(text.capture)
        except (BrokenRecord, KeyError) as error:
            raise BrokenWarc(f"{text.file} at byte {text.offset}: {error}; ask for a whole file") from None

    def _read(self, record_id: str) -> Capture:
        records = self._records(record_id)
        capture, primary = from_records(records), records[0]
        if not needs_body(primary):
            return capture
        original = (primary.get("WARC-Refers-To") or "")[1:-1]
        if original == record_id or original not in self.held.places:
            raise BrokenRecord("what it stands for is not in the file")
        return give_body(capture, primary, from_records(self._records(original)))

    def _records(self, record_id: str) -> list[Record]:
        _, _, start, end = self.held.places[record_id]
        records: list[Record] = []
        for placed in read_records(self.container.file.fileno(), start, end):
            records.append(placed.record)
            if placed.record.type == "metadata":
                break
        return records
