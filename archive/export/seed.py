"""The seed format: one text file an article, numbered in order of publication, as a person would lay it out to read."""

import re
from collections.abc import Collection
from pathlib import Path

from archive.catalog import Catalog
from archive.disk import on_disk
from archive.export.selection import choose_articles, count_articles
from archive.export.writing import write_whole
from pipelines.records import Article

DIGITS = 3
_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_LINE_BREAKS = re.compile(r"[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]+")
_SEED_FILE = re.compile(r"[0-9]{3,}_[0-9a-f]{16}\.txt")
_INFO = (("发布时间", "published"), ("来源", "source"), ("作者", "author"), ("编辑", "editor"))


def export_seed(catalog: Catalog, folder: Path, *, sites: Collection[str] = (), unique: bool = False) -> int:
    """Write `NNN_<id>.txt` files into a folder and give their number; raises StorageFull.

    Seed files of an earlier export that are no longer part of it are removed, other files are left alone.
    """
    width = max(DIGITS, len(str(count_articles(catalog, sites=sites, unique=unique) - 1)))
    written: set[str] = set()
    with on_disk(folder):
        folder.mkdir(parents=True, exist_ok=True)
        for number, chosen in enumerate(choose_articles(catalog, sites=sites, unique=unique)):
            article = chosen.article
            name = f"{number:0{width}d}_{article.id}.txt"
            with write_whole(folder / name) as file:
                file.write(format_seed(article).encode())
            written.add(name)
        for old in folder.iterdir():
            if _SEED_FILE.fullmatch(old.name) and old.name not in written:
                old.unlink()
    return len(written)


def format_seed(article: Article) -> str:
    """Lay an article out: title, subtitle, what is known of its making, one paragraph a line; no line feed at the end."""
    lines = [article.title, article.subtitle, _format_info(article), *article.paragraphs]
    return "\n".join(_one_line(line) for line in lines if line)


def _format_info(article: Article) -> str:
    """One line of the known parts; the time to the precision known, as clocks in China show it.

    `2021-06-29T18:13+08:00` is written `2021-06-29 18:13`.
    """
    values = {name: getattr(article, name) for _, name in _INFO}
    if article.published:
        values["published"] = article.published.partition("+")[0].replace("T", " ")
    return " ".join(f"{label}:{values[name]}" for label, name in _INFO if values[name])


def _one_line(text: str) -> str:
    """Full-width ASCII as half-width (U+FF01 to U+FF5E), and nothing that a reader would take for the next line."""
    return _LINE_BREAKS.sub(" ", text).translate(_HALF_WIDTH)
