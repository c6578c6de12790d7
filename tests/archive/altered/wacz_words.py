"""Ways to forge the words of a WACZ: pages, main page, signer, report."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from archive.wacz.manifest import DIGEST
from tests.archive.altered.wacz_changes import REPORT, Change
from tests.archive.wacz.packing import PAGES, Files, rehash, remanifest, repack, unpack


def in_pages(change: Callable[[list[dict[str, Any]]], None]) -> Change:
    def alter(files: Files) -> Files:
        lines = [json.loads(line) for line in files[PAGES].splitlines()]
        change(lines)
        return files | {PAGES: "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode()}

    return alter


def in_page(**words: str) -> Change:
    """Words of the page that is listed second."""
    return in_pages(lambda lines: lines[2].update(words))


def one_page_more(lines: list[dict[str, Any]]) -> None:
    lines.append({"id": "x", "url": "http://sthjj.example.cn/", "ts": "2019-01-01T00:00:00Z", "title": "x"})


def one_page_less(lines: list[dict[str, Any]]) -> None:
    del lines[2]


def one_page_twice(lines: list[dict[str, Any]]) -> None:
    lines.append(lines[2])


def in_report(before: str, after: str) -> Change:
    def alter(files: Files) -> Files:
        assert before.encode() in files[REPORT]
        return files | {REPORT: files[REPORT].replace(before.encode(), after.encode(), 1)}

    return alter


def in_manifest(**words: str) -> Callable[[Path, Path], object]:
    return lambda whole, path: repack(remanifest(unpack(whole), **words), path)


def named_signer(whole: Path, path: Path) -> None:
    """A domain that nobody vouches for, as a player shows it."""
    files = rehash(unpack(whole))
    sealed = json.loads(files[DIGEST])
    sealed["signedData"]["domain"] = "sthjj.example.cn"
    repack(files | {DIGEST: json.dumps(sealed).encode()}, path)
