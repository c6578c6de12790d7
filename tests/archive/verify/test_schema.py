"""The published schema of the report is the one that the model gives."""

import json
from pathlib import Path

import archive.verify
from archive.verify.report import Report

SCHEMA = Path(archive.verify.__file__).with_name("report.schema.json")


def test_the_committed_schema_is_that_of_the_report() -> None:
    assert json.loads(SCHEMA.read_text(encoding="utf-8")) == Report.model_json_schema()
