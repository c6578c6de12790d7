"""Two hundred thousand articles leave the archive in every form, each in a process of its own that stays small."""

import json
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from archive.catalog.catalog import Catalog
from archive.directory import Archive
from archive.export.articles import Form
from tests.archive.made_catalog import add_texts
from tests.archive.made_texts import MadeText, make_text

ARTICLES, TEXTS = 200_000, 500
MOST_MEGABYTES = 300
REPORT = Path(__file__).with_name("export.json")
ROOT = Path(__file__).resolve().parents[2]
FORMS: tuple[Form, ...] = ("jsonl", "csv", "parquet", "seed")

EXPORT = """
import json, resource, sys, time
from pathlib import Path
from archive.catalog.catalog import Catalog
from archive.directory import Archive
from archive.export.articles import export_articles
from archive.export.selection import Selection
archive = Archive.open(sys.argv[1], create=False)
with Catalog(archive) as catalog:
    tally = export_articles(catalog, sys.argv[2], Path(sys.argv[3]), Selection(), archive_id=archive.id)
used = resource.getrusage(resource.RUSAGE_SELF)
peak = next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(json.dumps({
    "articles": tally.articles,
    "peak_rss_mb": round(int(peak) / 1024, 1),
    "cpu_seconds": round(used.ru_utime + used.ru_stime, 1),
}))
"""


@cache
def _text(number: int) -> MadeText:
    return make_text(number)


@pytest.mark.soak
def test_exports_of_many_articles_stay_under_300_megabytes(tmp_path: Path) -> None:
    archive = Archive.open(tmp_path / "archive")
    with Catalog(archive) as catalog:
        size = add_texts(catalog, (_text(number % TEXTS) for number in range(ARTICLES)), is_indexed=False)
    report = {"command": "make soak", "articles": ARTICLES, "text_megabytes": round(size / 1e6), "forms": {}}
    forms = {}
    for form in FORMS:
        out = tmp_path / "out" / form
        command = [sys.executable, "-c", EXPORT, str(archive.path), form, str(out)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        found = json.loads(done.stdout)
        paths = [out] if out.is_file() else [path for path in out.rglob("*") if path.is_file()]
        forms[form] = found | {
            "files": len(paths),
            "megabytes": round(sum(path.stat().st_size for path in paths) / 1e6),
        }
    REPORT.write_text(json.dumps(report | {"forms": forms}, indent=1) + "\n", encoding="utf-8")
    assert all(one["articles"] == ARTICLES for one in forms.values())
    assert max(one["peak_rss_mb"] for one in forms.values()) < MOST_MEGABYTES
