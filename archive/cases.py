"""A page as a test case: its one exchange as a WARC file, and beside it what should come of it, as JSON to review.

`<key>/<case>.warc` is plain, not compressed, so that a person can read it and git can store what changes.
"""

import difflib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from archive.errors import BrokenWarc, CaseError
from archive.warc.captures import from_records, to_records
from archive.warc.frame import make_first
from archive.warc.records import BrokenRecord, Record, decode_record
from pipelines.records import FIELDS, Capture, Outcome
from pipelines.report import outcome_to_line

DRAFT: Final = "draft"
"""The key that stands in a case until a person has compared it with the page."""
KNOWN_WRONG: Final = "known_wrong"
"""The key of a table of fields that the rules do not get right yet, each with the reason; the case states the truth."""
_PLEASE: Final = "compare every field with the page in a browser, correct what is wrong, then delete this line"
CHECKED: Final = ("url", "kind", "reason", *FIELDS, "paragraphs", "attachments", "images", "links", "next", "location")
"""The fields of the extract line that a case may state. The others follow from these, or are no property of the page."""
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,60}")
_LENGTH: Final = re.compile(rb"\r\nContent-Length: (\d+)(?=\r\n|\Z)")
_END: Final = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Case:
    """Where a case lies; `key` is the site by whose file its page is read."""

    folder: Path
    name: str

    @property
    def key(self) -> str:
        """The site's key: the name of the folder."""
        return self.folder.name

    @property
    def warc(self) -> Path:
        """The exchange."""
        return self.folder / f"{self.name}.warc"

    @property
    def json(self) -> Path:
        """What should come of it."""
        return self.folder / f"{self.name}.json"

    def __str__(self) -> str:
        return f"{self.key}/{self.name}"


def find_cases(folder: Path) -> list[Case]:
    """Every case below a folder, also where one of its two files is missing, in the order of names."""
    found = {(path.parent, path.stem) for kind in ("warc", "json") for path in folder.glob(f"*/*.{kind}")}
    return [Case(parent, name) for parent, name in sorted(found)]


def save_case(case: Case, capture: Capture, outcome: Outcome) -> None:
    """Write both files; what is there is never overwritten. Raises CaseError."""
    require_free(case)
    case.folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps({DRAFT: _PLEASE} | describe(outcome, url=capture.url), ensure_ascii=False, indent=2)
    case.warc.write_bytes(encode_case(capture, case))
    case.json.write_text(text + "\n", encoding="utf-8")


def require_free(case: Case) -> None:
    """Raise CaseError for a name that is none, or that another case has."""
    if not _NAME.fullmatch(case.name):
        raise CaseError(f"{case.name}: not a name for a case; use small letters, digits, - and _")
    for path in (case.warc, case.json):
        if path.exists():
            raise CaseError(f"{path}: is there already; choose another --case, or delete it first")


def describe(outcome: Outcome, *, url: str) -> dict[str, Any]:
    """What a case states of an outcome, as JSON has it."""
    line = outcome_to_line(outcome, url=url)
    return {name: line[name] for name in CHECKED}


def encode_case(capture: Capture, case: Case) -> bytes:
    """The records of the exchange, headed by a warcinfo."""
    first = make_first(case.warc.name, site=case.key, software=f"Lantian/{version('lantian')}")
    records = (first, *to_records(capture, warcinfo_id=first.id))
    return b"".join(map(_encode, records))


def read_case(case: Case) -> tuple[Capture, Mapping[str, Any]]:
    """The exchange of a case and what should come of it; raises CaseError and BrokenWarc."""
    for path in (case.warc, case.json):
        if not path.is_file():
            raise CaseError(f"{path}: missing; `lantian sites save-case` writes both files of a case")
    try:
        expected = json.loads(case.json.read_text(encoding="utf-8"))
    except ValueError as error:
        raise CaseError(f"{case.json}: not JSON: {error}") from None
    if not isinstance(expected, dict):
        raise CaseError(f"{case.json}: not a JSON object; write one key for each field")
    for name in (*expected, *expected.get(KNOWN_WRONG, ())):
        if name not in {*CHECKED, DRAFT, KNOWN_WRONG}:
            close = difflib.get_close_matches(name, CHECKED, n=1)
            hint = f"did you mean {close[0]!r}?" if close else f"known fields: {', '.join(CHECKED)}"
            raise CaseError(f"{case.json}: unknown field {name!r}; {hint}")
    return decode_case(case.warc.read_bytes(), where=str(case.warc)), expected


def decode_case(data: bytes, *, where: str) -> Capture:
    """The one exchange of a case; strictly. Raises BrokenWarc."""
    try:
        return from_records(_read_records(data))
    except (BrokenRecord, ValueError, IndexError) as error:
        raise BrokenWarc(f"{where}: {error}; restore the file, or save the case anew") from None


def _encode(record: Record) -> bytes:
    head = "".join(f"{name}: {value}\r\n" for name, value in record.fields)
    return b"".join((b"WARC/1.1\r\n", head.encode(), b"\r\n", record.block, _END))


def _read_records(data: bytes) -> list[Record]:
    """The records of the exchange, without the one that heads the file."""
    first, *records = map(decode_record, _split(data))
    if first.type != "warcinfo":
        raise BrokenRecord("no warcinfo record heads the file")
    return records


def _split(data: bytes) -> Iterator[bytes]:
    """One record after another, by their lengths."""
    start = 0
    while start < len(data):
        block = data.find(_END, start) + len(_END)
        stated = _LENGTH.search(data, start, block - len(_END))
        if block < len(_END) or stated is None:
            raise BrokenRecord(f"no record begins at byte {start}")
        end = block + int(stated[1]) + len(_END)
        yield data[start:end]
        start = end
