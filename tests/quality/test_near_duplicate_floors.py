"""The quality of near-duplicate judging, pinned: reprints of real articles are found, and nothing else is.

Every reprint is judged by the real fold over a catalog of all originals. Recall is the share of reprints whose chain
begins with their own original, precision the share of found originals that are the right one.
"""

import hashlib
import json
import random
import shutil
import tomllib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import opencc
import pytest

from archive.catalog.catalog import Catalog
from archive.catalog.entries import Entry
from archive.clusters import cluster_of
from archive.directory import Archive
from archive.language import read_knowledge
from pipelines.process import process
from pipelines.records import Capture
from tests.archive.made_entries import alter, entry

FLOORS = tomllib.loads(Path(__file__).with_name("near_duplicates.toml").read_text("utf-8"))
KINDS = [name for name in FLOORS["at_least"] if name != "precision"]
ROUNDS = 2
"""Every article is changed so often in each way that chance has a part in."""

pytestmark = pytest.mark.shared


class Original(NamedTuple):
    url: str
    title: str
    paragraphs: list[str]


Make = Callable[[Original, random.Random, str], tuple[str, list[str]] | None]


def change(share: float) -> Make:
    return lambda one, rng, pool: (one.title, [alter(text, share, rng, pool) for text in one.paragraphs])


def convert(one: Original, _: random.Random, __: str) -> tuple[str, list[str]]:
    traditional = opencc.OpenCC("s2t").convert
    return traditional(one.title), list(map(traditional, one.paragraphs))


def drop_last(one: Original, _: random.Random, __: str) -> tuple[str, list[str]] | None:
    return (one.title, one.paragraphs[:-1]) if len(one.paragraphs) > 1 else None


def dress(one: Original, rng: random.Random, _: str) -> tuple[str, list[str]]:
    """Another site's lines above and below, sent down the road, which cuts what is furniture."""
    head = f"发布时间:2026-03-{rng.randint(1, 28):02d} 09:00 来源:示例日报 作者:李明"
    foot = ["责任编辑:王芳", "【打印本页】【关闭窗口】", f"上一篇:{rng.choice('甲乙丙')}市召开工作会议"]
    text = "\n".join([one.title, head, *one.paragraphs, *foot])
    moment = datetime(2026, 6, 1, tzinfo=UTC)
    page = Capture(
        url=one.url, fetched_at=moment, response=text.encode(), custody="operator", content_type="text/plain"
    )
    article = process(page, None, knowledge=read_knowledge()).article
    assert article is not None
    return article.title or "", list(article.paragraphs)


MAKERS: dict[str, Make] = {
    "header and footer": dress,
    "1 % of characters": change(0.01),
    "3 % of characters": change(0.03),
    "5 % of characters": change(0.05),
    "10 % of characters": change(0.10),
    "other script": convert,
    "last paragraph dropped": drop_last,
}
ONCE = {"other script", "last paragraph dropped", "header and footer"}


@pytest.fixture(scope="module")
def originals(shared: Path) -> list[Original]:
    found = []
    for path in sorted((shared / "pages" / "truth").glob("*.json")):
        truth = json.loads(path.read_text("utf-8"))
        if truth.get("paragraphs"):
            found.append(Original(f"http://original.example.cn/{path.stem}", truth["title"] or "", truth["paragraphs"]))
    return found


@pytest.fixture(scope="module")
def figures(originals: list[Original], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("quality")
    archive = Archive.open(folder / "archive")
    with Catalog(archive) as catalog:
        catalog.add([entry(one.url, one.title, one.paragraphs, second=place) for place, one in enumerate(originals)])
        catalog.empty_log()
    recall: dict[str, float] = {}
    right = found = 0
    for kind in KINDS:
        shutil.copy(archive.catalog_path, folder / "kind.sqlite")
        with Catalog(archive, path=folder / "kind.sqlite") as catalog:
            roots = judge(catalog, kind, originals)
        hits = sum(root == one for one, root in roots)
        recall[kind] = hits / len(roots)
        right += hits
        found += sum(root is not None for _, root in roots)
        (folder / "kind.sqlite").unlink()
    return recall | {"precision": right / found}


def judge(catalog: Catalog, kind: str, originals: list[Original]) -> list[tuple[str, str | None]]:
    """The address of each reprint's original, and of the one that was found."""
    rng, pool = random.Random(kind), "".join("".join(one.paragraphs) for one in originals)
    made: list[tuple[str, Entry]] = []
    for number in range(1 if kind in ONCE else ROUNDS):
        for one in originals:
            if reprint := MAKERS[kind](one, rng, pool):
                url = one.url.replace("original", f"reprint{number}")
                made.append((one.url, entry(url, *reprint, second=1000 + len(made))))
    catalog.add([entry for _, entry in made])
    return [(url, root_of(catalog, entry.row["url"])) for url, entry in made]


def root_of(catalog: Catalog, url: str) -> str | None:
    cluster = cluster_of(catalog, url)
    assert cluster is not None
    first = cluster.earliest_capture.url
    return first if "original" in first else None


def test_corpus_is_the_one_that_the_floors_were_measured_on(originals: list[Original]) -> None:
    digest = hashlib.sha256(json.dumps(originals, ensure_ascii=False).encode()).hexdigest()
    assert (digest, len(originals)) == (FLOORS["corpus"]["digest"], FLOORS["corpus"]["articles"])


@pytest.mark.parametrize("name", FLOORS["at_least"])
def test_figure_is_not_below_its_floor(name: str, figures: dict[str, Any]) -> None:
    assert figures[name] >= FLOORS["at_least"][name]
