"""The texts whose entries a WACZ proves, and the captures in it that they were made of, to be made again."""

from collections.abc import Iterator
from dataclasses import dataclass

from archive.errors import BrokenWarc
from archive.verify.reextraction import LoggedText
from archive.wacz.container import Container
from archive.wacz.spool import Spool
from archive.warc.captures import from_records
from archive.warc.original import give_body, needs_body
from archive.warc.records import BrokenRecord, Record, read_records
from pipelines.records import Capture


@dataclass(frozen=True, slots=True)
class PackedTexts:
    """See `archive.verify.reextraction.Texts`."""

    container: Container
    spool: Spool

    def count(self) -> int:
        """How many texts there are of captures that are as they were logged."""
        return self.spool.count_texts()

    def texts(self, most: int | None) -> Iterator[LoggedText]:
        """Those texts, or `most` of them at random, by their place."""
        return self.spool.texts(most)

    def rules(self, digest: str) -> str | None:
        """The site file of a digest."""
        return self.spool.rules(digest)

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
        if original == record_id:
            raise BrokenRecord("it stands for itself")
        return give_body(capture, primary, from_records(self._records(original)))

    def _records(self, record_id: str) -> list[Record]:
        if (met := self.spool.find(record_id)) is None:
            raise BrokenRecord("what it stands for is not in the file")
        records: list[Record] = []
        for placed in read_records(self.container.file.fileno(), met.start, met.end):
            records.append(placed.record)
            if placed.record.type == "metadata":
                break
        return records
