"""Every record of a file held against every rule; the rules themselves are a table in `archive.conformance.rules`."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from archive.conformance import grammar
from archive.conformance.digests import check_digests
from archive.conformance.records import FoundRecord, read_records
from archive.conformance.rules import BY_NAME, DATES, RULES, TYPES

_WARC_FIELDS: Final = "application/warc-fields"
_HTTP: Final = "application/http"
_IDENTICAL: Final = "/revisit/identical-payload-digest"


@dataclass(frozen=True, slots=True)
class Breach:
    """A rule that a file breaks: where, in which record, and what stands there."""

    file: str
    offset: int
    record: str
    record_type: str
    rule: str
    section: str
    found: str

    def __str__(self) -> str:
        """One line for people."""
        record = f"{self.record_type or 'record'} {self.record}".strip()
        return f"{self.file} at byte {self.offset}: {record}: {self.rule} (WARC/1.1 §{self.section}): {self.found}"


def check_file(path: Path) -> Iterator[Breach]:
    """Every rule that a WARC file breaks. Raises BrokenWarc when it cannot be opened."""
    count = 0
    for record in read_records(path):
        count += 1
        kind = (record.get("warc-type") or "").lower()
        _check_record(record, kind)
        for fault in record.faults:
            yield Breach(
                file=str(path),
                offset=record.offset,
                record=record.get("warc-record-id") or "",
                record_type=kind,
                rule=fault.rule,
                section=fault.section,
                found=fault.found,
            )
    if not count:
        yield Breach(str(path), 0, "", "", "a WARC file has one record or more", "4", "nothing")


def _check_record(record: FoundRecord, kind: str) -> None:
    if not record.version:
        return
    _check_fields(record, kind)
    _check_presence(record, kind)
    _check_block_type(record, kind)
    _check_segment(record, kind)
    _check_revisit(record, kind)
    check_digests(record, kind)


def _check_fields(record: FoundRecord, kind: str) -> None:
    seen: set[str] = set()
    for name, value in record.fields:
        lower = name.lower()
        rule = BY_NAME.get(lower)
        if rule is None:
            continue
        if lower in seen and not rule.may_repeat:
            record.fault(f"{rule.name} is not repeated", "5.1", value)
        seen.add(lower)
        if kind in rule.must_not:
            record.fault(f"{rule.name} is not used in a {kind} record", rule.section, value)
        is_old_date = lower in DATES and record.version == "1.0"
        if not (grammar.is_date_1_0(value) if is_old_date else rule.is_value(value)):
            record.fault(f"{rule.name} is {rule.form}", rule.section, value or "nothing")


def _check_presence(record: FoundRecord, kind: str) -> None:
    names = {name.lower() for name, _ in record.fields}
    for rule in RULES:
        is_for_all = rule.must >= set(TYPES)
        if rule.name.lower() not in names and (kind in rule.must or is_for_all):
            whose = "every" if is_for_all else f"a {kind}"
            record.fault(f"{whose} record has {rule.name}", rule.section, "it is missing")


def _check_block_type(record: FoundRecord, kind: str) -> None:
    """§5.6 and §6: a block says what it is."""
    stated = record.get("content-type")
    media_type = (stated or "").partition(";")[0].strip().lower()
    if not record.length or kind == "continuation":
        return
    if stated is None:
        record.fault("a record with a block has Content-Type", "5.6", "it is missing")
    elif kind == "warcinfo" and media_type != _WARC_FIELDS:
        record.fault(f"the block of a warcinfo record is {_WARC_FIELDS}", "6.2", stated)
    elif kind in {"request", "response"} and _is_web(record):
        section = "6.3.2" if kind == "response" else "6.5.2"
        if media_type != _HTTP:
            record.fault(f"the block of a {kind} of the web is {_HTTP}", section, stated)
        elif "msgtype" in stated.lower() and f"msgtype={kind}" not in stated.lower().replace(" ", "").replace('"', ""):
            record.fault(f"msgtype of a {kind} record is {kind}", section, stated)


def _is_web(record: FoundRecord) -> bool:
    return (record.get("warc-target-uri") or "").lower().lstrip("<").startswith(("http://", "https://"))


def _check_segment(record: FoundRecord, kind: str) -> None:
    number = record.get("warc-segment-number")
    if number is None or not grammar.is_number(number):
        return
    if kind == "continuation" and int(number) < 2:  # noqa: PLR2004 (the first segment is number 1)
        record.fault("WARC-Segment-Number of a continuation is 2 or more", "5.20", number)
    if kind in TYPES and kind != "continuation" and int(number) != 1:
        record.fault("WARC-Segment-Number of a first segment is 1", "5.20", number)


def _check_revisit(record: FoundRecord, kind: str) -> None:
    profile = (record.get("warc-profile") or "").rstrip(">")
    if kind == "revisit" and profile.endswith(_IDENTICAL) and record.get("warc-payload-digest") is None:
        record.fault("a revisit of identical payload has WARC-Payload-Digest", "6.7.2", "it is missing")
