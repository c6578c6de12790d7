"""`lantian ingest --seed-text DIR`: a folder of texts of unknown origin into the archive, each linked to its live page."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import click

from archive.ingest import Intake, Taken
from archive.seed_text import find_live, is_known, seed_files, to_capture
from crawler.cli.exit_codes import found_if
from crawler.cli.options import this_run
from crawler.cli.output import complain, print_json, print_table, progress_bar

AT_ONCE = 200
"""Files whose texts are in memory together."""
KNOWN = "known"
"""In the place of a verdict: these bytes were taken in before, and are not stored again."""


def find_texts(folder: Path) -> list[Path]:
    """Every `.txt` file of a folder; raises UsageError where there is none."""
    if paths := seed_files(folder):
        return paths
    raise click.UsageError(f"{folder}: holds no .txt file; name a folder with one article a file")


def ingest_texts(paths: list[Path], intake: Intake) -> int:
    """Take in texts, report each, and give the exit code."""
    failed, rows = 0, []
    with progress_bar() as progress:
        task = progress.add_task("texts", total=len(paths))
        for line in _take_all(paths, intake):
            failed += line["problem"] is not None
            progress.advance(task)
            if line["problem"]:
                complain(f"{paths[0].parent / line['file']}: {line['problem']}")
            if this_run().json:
                print_json(line)
            else:
                rows.append(_to_row(line))
    if not this_run().json:
        print_table("texts", ("file", "verdict", "published", "title", "live page", "similarity"), rows)
    return found_if(failed)


def _take_all(paths: list[Path], intake: Intake) -> Iterator[dict[str, Any]]:
    waiting = iter(paths)
    while group := list(islice(waiting, AT_ONCE)):
        taken = [(path, *_take(path, intake)) for path in group]
        for _, _, one in taken:
            if one:
                one.verdict.result()
        for path, url, one in taken:
            yield _to_line(path, url, one, intake)


def _take(path: Path, intake: Intake) -> tuple[str, Taken | None]:
    capture = to_capture(path, path.read_bytes(), moment=datetime.now(UTC))
    if is_known(intake.catalog, capture.url):
        return capture.url, None
    return capture.url, intake.take(capture, site=None)


def _to_line(path: Path, url: str, taken: Taken | None, intake: Intake) -> dict[str, Any]:
    live = find_live(intake.catalog, url, path.name)
    line: dict[str, Any] = {"file": path.name, "url": url, "verdict": KNOWN, "kind": None, "problem": None}
    if taken:
        outcome = taken.future.result()
        line |= {"verdict": taken.verdict.result(), "kind": outcome.kind, "record_id": taken.stored.record_id}
        if outcome.article:
            line |= {name: getattr(outcome.article, name) for name in ("title", "published", "source", "reconstructed")}
            line["damage"] = list(outcome.page.damage) if outcome.page else []
        else:
            line["problem"] = f"{outcome.kind} ({outcome.reason}); the file is kept"
    link = {"url": live.url, "by": live.by, "similarity": live.similarity} if live else None
    return line | {"live": link}


def _to_row(line: dict[str, Any]) -> tuple[object, ...]:
    live = line["live"] or {"url": None, "similarity": None}
    similarity = None if live["similarity"] is None else f"{live['similarity']:.2f}"
    return line["file"], line["verdict"], line.get("published"), line.get("title"), live["url"], similarity
