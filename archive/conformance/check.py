"""Every record of a file held against every rule; the rules themselves are a table in `archive.conformance.rules`."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from archive.conformance.digests import check_digests
from archive.conformance.records import FoundRecord, read_records
from archive.conformance.rules import BY_NAME, RULES, TYPES
from archive.conformance.segments import Segments

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
    count, segments = 0, Segments()
    for record in read_records(path):
        count += 1
        kind = (record.get("warc-type") or "").lower()
        if record.version:
            _check_record(record, kind)
            segments.check(record, kind)
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
    _check_fields(record, kind)
    _check_presence(record, kind)
    _check_block_type(record, kind)
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
        if not rule.is_right(value, record.version):
            record.fault(f"{rule.name} is {rule.form}", rule.section, value or "nothing")


def _check_presence(record: FoundRecord, kind: str) -> None:
    names = {name.lower() for name, _ in record.fields}
    for rule in RULES:
        is_for_all = rule.must >= set(TYPES)
        if rule.name.lower() not in names and (kind in rule.must or is_for_all):
            whose = "every" if is_for_all else f"a {kind}"
            record.fault(f"{whose} record has {rule.name}", rule.section, "it is missing")


def _check_block_type(record: FoundRecord, kind: str) -> None:
    """§5.6 and §6: a block says what it is. Records of a type that the standard does not know are passed over (§5.5)."""
    stated = record.get("content-type")
    media_type = (stated or "").partition(";")[0].strip().lower()
    if not record.length or kind == "continuation" or kind not in TYPES:
        return
    if stated is None:
        record.fault("a record with a block should have Content-Type", "5.6", "it is missing")
    elif kind == "warcinfo" and media_type != _WARC_FIELDS:
        record.fault(f"the block of a warcinfo record should be {_WARC_FIELDS}", "6.2", stated)
    elif kind == "resource" and _scheme(record) == "dns" and media_type != "text/dns":
        record.fault("the block of a resource of dns is text/dns", "6.4.4", stated)
    elif kind in {"request", "response"} and _scheme(record) in {"http", "https"}:
        section = "6.3.2" if kind == "response" else "6.5.2"
        if media_type != _HTTP:
            record.fault(f"the block of a {kind} of the web should be {_HTTP}", section, stated)
        elif "msgtype" in stated.lower() and f"msgtype={kind}" not in stated.lower().replace(" ", "").replace('"', ""):
            record.fault(f"msgtype of a {kind} record should be {kind}", section, stated)


def _scheme(record: FoundRecord) -> str:
    return (record.get("warc-target-uri") or "").lower().lstrip("<").partition(":")[0]


def _check_revisit(record: FoundRecord, kind: str) -> None:
    profile = (record.get("warc-profile") or "").rstrip(">")
    if kind == "revisit" and profile.endswith(_IDENTICAL) and record.get("warc-payload-digest") is None:
        record.fault("a revisit of identical payload has WARC-Payload-Digest", "6.7.2", "it is missing")
