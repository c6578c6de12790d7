"""What the captures of a history are worth: each by its record and the log, an edit by the worse of its two captures."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rich.text import Text

from archive.directory import Archive
from archive.history.check import check_sightings, find_lacking
from archive.history.sighting import Sighting
from archive.reader.seals import CaptureVerdict, State
from archive.reader.verdict import worse
from crawler.cli.marking import LOUD
from crawler.cli.output import Screen

WORDS: Final[dict[State, str]] = {
    "intact": "完好 intact",
    "not-provable": "无法证明 not provable",
    "altered": "已被改动 ALTERED",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """Verdicts by record id, and the records that the log has of the page and the catalog has not."""

    verdicts: Mapping[str, CaptureVerdict]
    lacking: Sequence[str]

    def of(self, sighting: Sighting) -> CaptureVerdict:
        """The verdict on what is said of a capture, with that on the one it is held against."""
        own, since = self.verdicts[sighting.record_id], self.verdicts.get(sighting.since or "")
        return worse(own, since) if since else own

    @property
    def is_doubtful(self) -> bool:
        """Whether something was altered or is lacking."""
        return bool(self.lacking) or any(one.state == "altered" for one in self.verdicts.values())

    def summary(self, sightings: Sequence[Sighting]) -> str:
        """How many captures are what, and by what."""
        counts = Counter(self.of(one).state for one in sightings)
        told = ", ".join(f"{counts[state]} {words}" for state, words in WORDS.items() if counts[state])
        found = sum("found" in self.of(one).claims for one in sightings)
        told += f", of {found} 登记时如此存在 only found, not received" if found else ""
        return f"held against record and log: {told}; the kind of a page without text is the catalog's word; lantian verify reads the whole log"


def look_into(archive: Archive, url: str, history: Sequence[Sighting], shown: Iterable[Sighting]) -> Standing:
    """Look at what is shown of a history, and at what it is held against. Raises ArchiveError."""
    wanted = {name for one in shown for name in (one.record_id, one.since)}
    some = [one for one in history if one.record_id in wanted]
    verdicts = zip(some, check_sightings(archive, some), strict=True)
    return Standing({one.record_id: verdict for one, verdict in verdicts}, find_lacking(archive, [url], history))


def worst_of(archive: Archive, side: Sequence[Sighting]) -> CaptureVerdict:
    """The verdict on the last captures of the pages of an article. Raises ArchiveError."""
    return worse(*check_sightings(archive, list({one.url: one for one in side}.values())))


def print_doubt(verdict: CaptureVerdict, *, console: Screen) -> None:
    """Say of what was altered that it was."""
    if verdict.state == "altered":
        console.print(Text(f"{WORDS[verdict.state]}: {verdict.chinese} {verdict.english}", LOUD), soft_wrap=True)
