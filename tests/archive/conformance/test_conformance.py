"""The rules of ISO 28500, each broken once in a file of our own making; files that keep them, in all their variety."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from archive.conformance.check import Breach, check_file
from archive.conformance.rules import BY_NAME, RULES, TYPES
from archive.directory import Archive
from archive.store import Store
from archive.warc.captures import to_records
from archive.warc.reference import Reference
from archive.warc.tombstone import encode_tombstone, make_tombstone
from crawler.cli import main
from tests.archive.conformance.cases import ID, INVALID, URI, VALID, record
from tests.archive.warc.samples import not_modified, page, samples


def breaches(folder: Path, data: bytes, *, name: str = "a.warc") -> list[Breach]:
    path = folder / name
    path.write_bytes(data)
    return list(check_file(path))


@pytest.mark.parametrize("case", VALID)
def test_what_keeps_the_rules_passes(tmp_path: Path, case: str) -> None:
    assert [str(one) for one in breaches(tmp_path, VALID[case])] == []
    assert breaches(tmp_path, gzip.compress(VALID[case]), name="a.warc.gz") == []


@pytest.mark.parametrize("case", INVALID)
def test_what_breaks_a_rule_is_named_with_its_section(tmp_path: Path, case: str) -> None:
    data, section = INVALID[case]
    found = breaches(tmp_path, data)
    assert section in {one.section for one in found}, [str(one) for one in found]
    if data:
        assert section in {one.section for one in breaches(tmp_path, gzip.compress(data), name="a.warc.gz")}


@pytest.mark.parametrize("name", [rule.name for rule in RULES if rule.must])
def test_a_mandatory_field_is_missed(tmp_path: Path, name: str) -> None:
    changed: dict[str, Any] = {name.lower().replace("-", "_"): None}
    for kind in TYPES:
        found = breaches(tmp_path, record(kind, **changed))
        is_missed = any(name in one.rule and one.found == "it is missing" for one in found)
        assert is_missed == (kind in BY_NAME[name.lower()].must), kind


@pytest.mark.parametrize("name", [rule.name for rule in RULES if rule.must_not])
def test_a_forbidden_field_is_found(tmp_path: Path, name: str) -> None:
    values = {"IP": "192.0.2.1", "Date": "2024-01-01T00:00:00Z", "Length": "9", "URI": URI, "Filename": "a"}
    value = next((value for part, value in values.items() if part in name), ID.format(1))
    changed: dict[str, Any] = {name.lower().replace("-", "_"): value}
    for kind in TYPES:
        found = breaches(tmp_path, record(kind, **changed))
        is_found = any("is not used" in one.rule for one in found)
        assert is_found == (kind in BY_NAME[name.lower()].must_not), (kind, [str(one) for one in found])


def test_a_repeated_field_is_found(tmp_path: Path) -> None:
    for name in [rule.name for rule in RULES if not rule.may_repeat]:
        data = record().replace(b"WARC/1.1\r\n", f"WARC/1.1\r\n{name}: 1\r\n{name}: 1\r\n".encode())
        assert any(one.rule == f"{name} is not repeated" for one in breaches(tmp_path, data))


def test_one_fault_does_not_hide_the_next(tmp_path: Path) -> None:
    bad = record(warc_date="never")
    found = breaches(tmp_path, record() + b"garbage\r\n" + bad + record(content_length="3") + bad)
    places = [one.offset for one in found if one.section == "5.4"]
    assert len(places) == 2
    assert places[0] == len(record() + b"garbage\r\n")


def test_what_a_block_holds_is_not_taken_for_records_when_its_end_is_missing(tmp_path: Path) -> None:
    quoting = record("resource", block=record(warc_date="never"))
    for end in (b"", b"\r\n", b"\n\n"):
        found = breaches(tmp_path, quoting[:-4] + end + record())
        assert [one.rule for one in found] == ["a block is followed by two CRLF"]


def test_a_header_without_end_goes_as_far_as_the_next_record(tmp_path: Path) -> None:
    found = breaches(tmp_path, record().partition(b"Content-Type")[0] + record())
    assert "a header ends with an empty line" in {one.rule for one in found}
    assert {one.offset for one in found} == {0}
    many = breaches(tmp_path, b"WARC/1.1\r\n" * 500)
    assert len(many) == 500 * len({one.rule for one in many}), "each is read once, not all from each"


def test_a_folded_field_is_one_value_to_its_last_line(tmp_path: Path) -> None:
    folded = record(x_note="a").replace(b"x-note: a", b"x-note: a\r\n b\r\n\tc")
    assert breaches(tmp_path, folded) == []
    (found,) = breaches(tmp_path, folded.replace(b"\tc", b"\tc\x07"))
    assert found.rule == "field values have no control characters"


def test_a_cut_gzip_and_what_follows_a_gzip_are_found(tmp_path: Path) -> None:
    member = gzip.compress(record())
    for data in (member[:-9], member + b"garbage", member + member[:30]):
        assert "D.2" in {one.section for one in breaches(tmp_path, data, name="a.warc.gz")}


def test_our_own_files_keep_the_rules(tmp_path: Path) -> None:
    archive = Archive.open(tmp_path / "archive")
    with Store(archive) as store:
        for capture in [*samples(), page(99)]:
            store.append(capture, site="wuxi")
        reference = Reference("urn:uuid:00000000-0000-4000-8000-000000000001", page(99).url, page(99).fetched_at)
        store.append(not_modified(99), site="wuxi", original=reference)
    files = list(archive.warc_dir.rglob("*.warc.gz"))
    assert files
    assert [str(one) for path in files for one in check_file(path)] == []
    tombstone = make_tombstone(to_records(page(), warcinfo_id="urn:uuid:1")[0], deleted="2026-01-02T00:00:00Z")
    assert breaches(tmp_path, encode_tombstone(tombstone, length=1000), name="a.warc.gz") == []


def test_the_command_names_each_rule_and_ends_with_one(tmp_path: Path) -> None:
    (tmp_path / "good.warc").write_bytes(record())
    (tmp_path / "bad.warc").write_bytes(record() + record(warc_date="never"))
    good = CliRunner().invoke(main, ["verify", "--conformance", str(tmp_path / "good.warc")])
    assert (good.exit_code, good.stdout) == (0, "1 file, no rules broken\n")
    bad = CliRunner().invoke(main, ["verify", "--conformance", "--json", str(tmp_path / "bad.warc")])
    assert bad.exit_code == 1
    line = json.loads(bad.stdout)
    assert (line["offset"], line["section"], line["found"]) == (len(record()), "5.4", "never")
    missing = CliRunner().invoke(main, ["verify", "--conformance", str(tmp_path / "none.warc")])
    assert missing.exit_code == 3
