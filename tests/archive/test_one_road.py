import csv
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive.catalog.catalog import Catalog
from archive.directory import Archive
from archive.language import read_knowledge
from archive.reindex import reindex
from archive.replay import replay
from archive.workers.pool import Workers
from pipelines.process import process
from pipelines.records import Capture
from pipelines.report import outcome_to_line
from tests.archive.exporting import export_to, exported_lines
from tests.archive.taking import take_all

START = datetime(2026, 10, 1, tzinfo=UTC)


def real_captures(shared: Path) -> list[Capture]:
    """Every page of the shared folder, as if it had been fetched; the seeds, as if a person had supplied them."""
    with (shared / "pages" / "INDEX.tsv").open(encoding="utf-8", newline="") as index:
        rows = list(csv.DictReader(index, delimiter="\t"))
    captures = []
    for number, row in enumerate(rows):
        data = (shared / "pages" / row["file"]).read_bytes()
        head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(data)}\r\n\r\n".encode()
        moment = START + timedelta(seconds=number)
        captures.append(Capture(row["url"], moment, request=b"GET / HTTP/1.1\r\n\r\n", response=head + data))
    for number, path in enumerate(sorted((shared / "seeds").glob("*.txt"))):
        supplied = Capture(f"http://seeds.example.cn/{path.name}", START + timedelta(days=1, seconds=number))
        captures.append(replace(supplied, response=path.read_bytes(), custody="operator", content_type="text/plain"))
    return captures


@pytest.mark.shared
def test_real_pages_read_the_same_live_and_again_and_export_the_same_from_a_rebuilt_catalog(
    shared: Path, tmp_path: Path
) -> None:
    captures = real_captures(shared)
    archive = Archive.open(tmp_path / "archive")
    taken = take_all(archive, captures, workers=Workers(2))
    live = [
        json.dumps(outcome_to_line(outcome, url=one.url)) for one, (outcome, _) in zip(captures, taken, strict=True)
    ]
    pure = [
        json.dumps(outcome_to_line(process(one, None, knowledge=read_knowledge()), url=one.url)) for one in captures
    ]
    assert live == pure
    with Workers(2) as workers:
        replayed = list(replay(archive, workers=workers, sites={}, diff=True))
        assert [difference for one in replayed for difference in one.differences] == []
        assert [json.dumps(outcome_to_line(one.outcome, url=one.url)) for one in replayed if one.outcome] == live
        before = export(archive, tmp_path / "before")
        assert reindex(archive, workers=workers, sites={}) == len(captures)
    assert export(archive, tmp_path / "after") == before
    assert len(before) > len(captures) / 2


def export(archive: Archive, folder: Path) -> dict[str, bytes]:
    with Catalog(archive) as catalog:
        export_to(catalog, "seed", folder)
        lines = "\n".join(exported_lines(catalog))
    return {path.name: path.read_bytes() for path in folder.iterdir()} | {"jsonl": lines.encode()}
