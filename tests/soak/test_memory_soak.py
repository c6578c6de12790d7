"""Memory does not grow with what is read, packed or brought in: a file of 2 GB, 20,000 captures. Writes `memory.json`."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.soak.memory import measure, write_captures, write_file, write_foreign

REPORT = Path(__file__).with_name("memory.json")
FILES = (200, 2100)
"""Captures of a megabyte in one WARC file."""
CAPTURES = (2_000, 20_000)
FOREIGN = (500, 8_000)
"""Records of a hundred kilobytes in one foreign file."""
MOST_GROWTH_MB = 32
FREE = 12 << 30


@pytest.mark.soak
def test_memory_does_not_grow_with_the_archive(tmp_path: Path) -> None:
    assert shutil.disk_usage(tmp_path).free > FREE, "this needs 12 GB of disk for a while"
    figures: dict[str, Any] = {}
    _measure_files(tmp_path, figures)
    _measure_packing(tmp_path, figures)
    _measure_imports(tmp_path, figures)
    grown = {way: one["peak_mb"][-1] - one["peak_mb"][0] for way, one in figures.items()}
    REPORT.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    assert {way: mb for way, mb in grown.items() if mb > MOST_GROWTH_MB} == {}


def _note(figures: dict[str, Any], way: str, size: dict[str, int], measured: dict[str, float]) -> None:
    told = figures.setdefault(way, {name: [] for name in (*size, *measured)})
    for name, value in (size | measured).items():
        told[name].append(value)


def _measure_files(folder: Path, figures: dict[str, Any]) -> None:
    for captures in FILES:
        archive = folder / f"file-{captures}"
        size = write_file(archive, captures)
        for way in ("verify", "verify --deep"):
            _note(figures, way, {"bytes": size}, measure(way, archive))
        shutil.rmtree(archive)


def _measure_packing(folder: Path, figures: dict[str, Any]) -> None:
    for captures in CAPTURES:
        archive = folder / f"captures-{captures}"
        write_captures(archive, captures)
        for way in ("export --format wacz", "verify FILE.wacz"):
            _note(figures, way, {"captures": captures}, measure(way, archive))
        shutil.rmtree(archive)


def _measure_imports(folder: Path, figures: dict[str, Any]) -> None:
    for records in FOREIGN:
        path = folder / f"foreign-{records}.gz"
        size = write_foreign(path, records)
        _note(figures, "import", {"bytes": size}, measure("import", path))
        shutil.rmtree(path.with_suffix(""))
