"""The extractors that are compared, each one small function from a page to what it found there.

    python -P tests/bench/_rivals.py NAME

is the child that `extractors` talks to, in Lantian's environment or in the rivals' own. A line in is one round over
some pages, a line out what was found, with the processor time of each page. The rivals get every page as text that
was decoded correctly beforehand, which favours them; Lantian gets the bytes.

What each rival is asked is what served it best on these pages, unless its name says otherwise.
"""

import json
import logging
import re
import sys
import warnings
from collections.abc import Callable
from configparser import ConfigParser
from contextlib import redirect_stdout
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib import import_module, metadata
from pathlib import Path
from time import process_time
from typing import Any

Found = dict[str, Any]
FETCHED_AT = datetime(2026, 10, 1, tzinfo=UTC)
_SUPERSETS = {"gb2312": "gb18030", "gbk": "gb18030"}
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")


@dataclass(frozen=True, slots=True)
class Page:
    """A page as the server sent it, and its text as its charset really is (an XML declaration names another)."""

    url: str
    data: bytes
    text: str


def read_page(url: str, path: str, charset: str) -> Page:
    """Read one page from disk."""
    data = Path(path).read_bytes()
    text = data.decode(_SUPERSETS.get(charset, charset), "replace")
    return Page(url, data, _DECLARATION.sub("", text, count=1))


def lantian(page: Page) -> Found:
    """The whole road, charset and repair included; no site file is known."""
    records, process = import_module("pipelines.records"), import_module("pipelines.process")
    knowledge = import_module("archive.language").read_knowledge()
    capture = records.Capture(page.url, FETCHED_AT, response=page.data, custody="operator", content_type="text/html")
    outcome = process.process(capture, None, knowledge=knowledge)
    line: Found = import_module("pipelines.report").outcome_to_line(outcome)
    return line


def trafilatura(page: Page) -> Found:
    """As it comes, with metadata."""
    return _from_trafilatura(_trafilatura(page, with_metadata=True))


def trafilatura_tuned(page: Page) -> Found:
    """The best of 24 settings by F1: no comments, and no minimum sizes made for Latin text."""
    options = {"include_comments": False, "config": _trafilatura_config()}
    return _from_trafilatura(_trafilatura(page, with_metadata=True, **options))


def trafilatura_text(page: Page) -> Found:
    """As it comes, text alone: title and date are not looked for."""
    return _from_trafilatura(_trafilatura(page, with_metadata=False))


def gne(page: Page) -> Found:
    """GeneralNewsExtractor, made for Chinese news."""
    found = _gne().extract(page.text)
    return {
        "paragraphs": _lines(found["content"]),
        "title": found["title"],
        "published": _to_iso(found["publish_time"]),
        "author": found["author"],
    }


def readability(page: Page) -> Found:
    """Its container's markup as lines, and its shorter title, which is right twice as often."""
    document = import_module("readability").Document(page.text)
    return {"paragraphs": _lines(_text_of(document.summary())), "title": document.short_title()}


def newspaper4k(page: Page) -> Found:
    """With its Chinese rules, and no pictures fetched; a date at midnight is a day."""
    article = import_module("newspaper").Article(page.url, config=_newspaper_config())
    article.download(input_html=page.text)
    article.parse()
    date = article.publish_date.isoformat() if article.publish_date else ""
    return {
        "paragraphs": _lines(article.text),
        "title": article.title,
        "published": _to_iso(date.removesuffix("T00:00:00")),
        "author": "、".join(article.authors),
    }


def resiliparse(page: Page) -> Found:
    """Main content without bullets, pictures' texts and comments; the title is the document's."""
    tree = import_module("resiliparse.parse.html").HTMLTree.parse(page.text)
    extract = import_module("resiliparse.extract.html2text").extract_plain_text
    options = {"list_bullets": False, "alt_texts": False, "comments": False, "post_meta": False}
    return {"paragraphs": _lines(extract(tree, main_content=True, **options)), "title": tree.title}


def justext(page: Page) -> Found:
    """Without stop words, for it has no Chinese ones, and with lengths for a script that needs fewer characters."""
    options = {"stopwords_low": 0, "stopwords_high": 0, "length_low": 20, "length_high": 60}
    paragraphs = import_module("justext").justext(page.text, frozenset(), **options)
    return {"paragraphs": [paragraph.text for paragraph in paragraphs if not paragraph.is_boilerplate]}


EXTRACTORS: dict[str, tuple[str, Callable[[Page], Found]]] = {
    "Lantian": ("lantian", lantian),
    "trafilatura": ("trafilatura", trafilatura),
    "trafilatura, tuned": ("trafilatura", trafilatura_tuned),
    "trafilatura, text only": ("trafilatura", trafilatura_text),
    "GNE": ("gne", gne),
    "readability-lxml": ("readability-lxml", readability),
    "newspaper4k": ("newspaper4k", newspaper4k),
    "resiliparse": ("resiliparse", resiliparse),
    "jusText": ("justext", justext),
}
"""Name in the table, the distribution it comes from, and how it is asked."""


def _trafilatura(page: Page, **options: Any) -> Any:
    return import_module("trafilatura").bare_extraction(page.text, url=page.url, **options)


def _from_trafilatura(found: Any) -> Found:
    if found is None:
        return {}
    return {
        "paragraphs": _lines(found.text),
        "title": found.title,
        "published": found.date,
        "author": found.author,
    }


@cache
def _trafilatura_config() -> ConfigParser:
    config: ConfigParser = import_module("trafilatura.settings").use_config()
    config["DEFAULT"].update(MIN_EXTRACTED_SIZE="10", MIN_OUTPUT_SIZE="1")
    return config


@cache
def _gne() -> Any:
    return import_module("gne").GeneralNewsExtractor()


@cache
def _newspaper_config() -> Any:
    # It would fetch a list of domain suffixes; the one it brings will do.
    import_module("tldextract.tldextract").TLD_EXTRACTOR.suffix_list_urls = ()
    config = import_module("newspaper").Config()
    config.fetch_images, config.language = False, "zh"
    return config


_BLOCKS = [
    "p",
    "div",
    "br",
    "tr",
    "li",
    "table",
    "section",
    "article",
    "blockquote",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
]
_DATE = re.compile(r"(\d{4})\D{1,3}(\d{1,2})\D{1,3}(\d{1,2})(?:\D{1,3}(\d{1,2}):(\d{2})(?::(\d{2}))?)?")


def _lines(text: str | None) -> list[str]:
    return [line.strip() for line in (text or "").split("\n") if line.strip()]


def _text_of(markup: str) -> str:
    root = import_module("lxml.html").fromstring(markup)
    for element in root.iter(*_BLOCKS):
        element.text, element.tail = f"\n{element.text or ''}", f"\n{element.tail or ''}"
    return str(root.text_content())


def _to_iso(date: str | None) -> str | None:
    """A date however it was written, in the form that is scored: what a rival read rightly shall count."""
    match = _DATE.search(date or "")
    if not match:
        return None
    year, month, day, hour, minute, second = match.groups()
    time = ":".join(part.zfill(2) for part in (hour, minute, second) if part)
    return f"{year}-{month.zfill(2)}-{day.zfill(2)}" + (f"T{time}" if time else "")


def read_round(extract: Callable[[Page], Found], jobs: list[dict[str, str]]) -> list[Found]:
    """What an extractor finds on pages already in memory, and the processor seconds it took for each."""
    pages = [(job["page"], read_page(job["url"], job["path"], job["charset"])) for job in jobs]
    answers = []
    for name, page in pages:
        began = process_time()
        try:
            found = extract(page)
        except Exception as error:  # noqa: BLE001 (a rival may fail in any way; the page then counts as empty)
            found = {"failure": repr(error)}
        answers.append(found | {"page": name, "seconds": process_time() - began})
    return answers


def main(name: str) -> None:
    """Answer rounds until there are no more; the first line out says which version answers."""
    logging.disable()
    warnings.simplefilter("ignore")
    answers = sys.stdout
    distribution, extract = EXTRACTORS[name]
    print(json.dumps(metadata.version(distribution)), file=answers, flush=True)
    with redirect_stdout(sys.stderr):
        for line in sys.stdin:
            print(json.dumps(read_round(extract, json.loads(line))), file=answers, flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
