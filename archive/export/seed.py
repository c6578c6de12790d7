"""The seed format: one text file an article, numbered in order of publication, as a person would lay it out to read."""

import re
from collections.abc import Iterator
from hashlib import sha256
from itertools import islice
from pathlib import Path

from archive.export.draft import Progress, Written, is_reconstructed
from archive.export.selection import Chosen
from pipelines.records import Article

DIGITS = 3
AT_ONCE = 200
"""Articles between two notes in the journal."""
_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_LINE_BREAKS = re.compile(r"[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]+")
SEED_FILE = re.compile(r"[0-9]{3,}_[0-9a-f]{16}\.txt")
_INFO = (("发布时间", "published"), ("来源", "source"), ("作者", "author"), ("编辑", "editor"))


def write_seed(folder: Path, chosen: Iterator[Chosen], progress: Progress, *, width: int) -> Iterator[Progress]:
    """Write articles behind those that are in the folder, and tell how far it has come."""
    while batch := list(islice(chosen, AT_ONCE)):
        first = progress.tally.articles
        files = tuple(_write_file(folder, number, one, width) for number, one in enumerate(batch, first))
        progress = Progress(progress.tally.add(batch), 0, files)
        yield progress


def seed_width(count: int) -> int:
    """The digits of the running number of so many files."""
    return max(DIGITS, len(str(count - 1)))


def _write_file(folder: Path, number: int, chosen: Chosen, width: int) -> Written:
    article = chosen.article
    path = folder / f"{number:0{width}d}_{article.id}.txt"
    data = format_seed(article).encode()
    path.write_bytes(data)
    return Written(path.name, len(data), sha256(data).hexdigest(), 1, int(is_reconstructed(chosen)))


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
