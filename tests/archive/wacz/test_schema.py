"""The published schema of a report on a WACZ is the one that its fields give, and names all that is printed."""

import json
from pathlib import Path

import archive.wacz
from archive.wacz.report import WaczFinding, WaczReport
from archive.wacz.schema import make_schema
from crawler.cli.verify_wacz import to_json

SCHEMA = Path(archive.wacz.__file__).with_name("report.schema.json")


def test_the_committed_schema_names_all_that_is_printed() -> None:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    assert schema == make_schema()
    report = WaczReport("a.wacz", findings=[WaczFinding("page-differs", "pages/pages.jsonl")])
    printed = to_json(report, is_trusted=True)
    assert set(printed) == set(schema["properties"])
    assert set(printed["findings"][0]) == set(schema["$defs"]["WaczFinding"]["properties"])
