"""What stands beside an export: what was asked for, what it holds, and the digest of every file.

It has no clock: the same archive gives the same manifest. It is written last, so where it is the export is whole.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from archive.disk import on_disk
from archive.export.draft import Tally, Written
from archive.writing import write_whole

REPAIRED = "The text of the articles counted as reconstructed was repaired: `lantian extract` and the JSON export show each step."


def manifest_path(out: Path) -> Path:
    """`texts.manifest.json` for `texts`, `all.jsonl.manifest.json` for `all.jsonl`."""
    return out.with_name(f"{out.name}.manifest.json")


def write_manifest(out: Path, plan: Mapping[str, Any], tally: Tally, files: Iterable[Written]) -> None:
    """Write the manifest of an export, its files one a line; raises StorageFull."""
    head = dict(plan) | asdict(tally) | ({"note": REPAIRED} if tally.reconstructed else {})
    path = manifest_path(out)
    with on_disk(path), write_whole(path) as manifest:
        manifest.write(json.dumps(head, ensure_ascii=False, indent=1).encode().removesuffix(b"\n}"))
        manifest.write(b',\n "files": [')
        for number, file in enumerate(files):
            line = json.dumps(asdict(file), ensure_ascii=False)
            manifest.write(f"{',' if number else ''}\n  {line}".encode())
        manifest.write(b"\n ]\n}\n")
