import json
import subprocess
import sys
from pathlib import Path

import pytest

from archive.catalog.catalog import Catalog
from archive.directory import Archive
from archive.errors import StorageFull
from pipelines.records import Article, Capture
from pipelines.site import Site
from tests.archive.exporting import export_to, exported_lines
from tests.archive.made_pages import HOST, article_capture, article_html, article_url, body_paragraphs, capture
from tests.archive.taking import take_all

ROOT = Path(__file__).resolve().parents[2]
MIRROR = "http://www.example.gov.cn/zz/202603/t20260305_7.html"


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive.open(tmp_path / "archive")


def seed_files(archive: Archive, folder: Path, *, unique: bool = False) -> dict[str, str]:
    with Catalog(archive) as catalog:
        count = export_to(catalog, "seed", folder, unique=unique)
    files = {path.name: path.read_bytes().decode("utf-8") for path in sorted(folder.iterdir())}
    assert len(files) == count
    return files


def lines(archive: Archive, *, unique: bool = False) -> list[str]:
    with Catalog(archive) as catalog:
        return exported_lines(catalog, unique=unique)


def test_files_are_numbered_by_publication_then_url(archive: Archive, tmp_path: Path) -> None:
    def page(number: int, published: str) -> Capture:
        html = article_html(number).replace("2026-03-", "X-")
        html = html.replace('name="PubDate" content="', f'name="PubDate" content="{published}" data-x="')
        html = html.replace("发布时间：", f"发布时间：{published} 旧")
        return capture(f"{HOST}/a/{number:06d}.html", html, minute=number)

    dates = ["2026-03-05 10:00", "2026-01-09", "2026-03-05", "2026-03-05 10:00", "2025-12-31 23:59"]
    take_all(archive, [page(9 - number, published) for number, published in enumerate(dates)])
    found = [json.loads(line) for line in lines(archive)]
    assert [(one["published"], one["url"][-7:-5]) for one in found] == [
        ("2025-12-31T23:59+08:00", "05"),
        ("2026-01-09", "08"),
        ("2026-03-05", "07"),
        ("2026-03-05T10:00+08:00", "06"),
        ("2026-03-05T10:00+08:00", "09"),
    ]
    names = list(seed_files(archive, tmp_path / "seed"))
    assert names == [f"{number:03d}_{one['id']}.txt" for number, one in enumerate(found)]


def part(number: int, *pages: int) -> Capture:
    """Page `number` of an article of three; `pages` are what its pager names."""
    address = f"{HOST}/xwzx/t20260305_7{{}}.html"
    names = {page: address.format("" if page == 1 else f"_{page}") for page in pages}
    pager = "".join(f'<a href="{name}">{page}</a> ' for page, name in names.items())
    html = article_html(number).replace('<div class="share">', f'<div class="page">{pager}</div><div class="share">')
    return capture(address.format("" if number == 1 else f"_{number}"), html, minute=number)


def test_the_pages_of_an_article_are_exported_as_one_in_their_order(archive: Archive) -> None:
    take_all(archive, [part(3, 1, 2), part(1, 2, 3), part(2, 1, 3)])
    (line,) = lines(archive)
    article = Article.model_validate_json(line)
    assert article.url.endswith("/t20260305_7.html")
    assert list(article.paragraphs) == [*body_paragraphs(1), *body_paragraphs(2), *body_paragraphs(3)]
    assert (article.first_page, article.next_page) == (None, None)


def test_an_article_of_which_a_page_is_missing_says_where_it_goes_on_and_loses_nothing(archive: Archive) -> None:
    take_all(archive, [part(1, 2, 3), part(3, 1, 2)])
    article, rest = map(Article.model_validate_json, lines(archive))
    assert list(article.paragraphs) == body_paragraphs(1)
    assert article.next_page == f"{HOST}/xwzx/t20260305_7_2.html"
    assert (list(rest.paragraphs), rest.first_page) == (body_paragraphs(3), article.url)


def test_a_later_page_without_its_first_is_exported_by_itself(archive: Archive) -> None:
    take_all(archive, [part(3, 1, 2)])
    (line,) = lines(archive)
    assert Article.model_validate_json(line).first_page == f"{HOST}/xwzx/t20260305_7.html"


def test_the_last_version_of_each_article_is_exported(archive: Archive, tmp_path: Path) -> None:
    take_all(archive, [article_capture(1), article_capture(2), article_capture(1, minute=9, edition=1)])
    files = seed_files(archive, tmp_path / "seed")
    assert len(files) == 2
    assert sum("截至发稿时,第1次复查已经完成" in text for text in files.values()) == 1


def test_an_article_that_went_back_to_its_first_text_is_exported_as_it_is_now(archive: Archive) -> None:
    take_all(archive, [article_capture(1, minute=minute, edition=minute % 2) for minute in range(3)])
    (line,) = lines(archive)
    article = Article.model_validate_json(line)
    assert list(article.paragraphs) == body_paragraphs(1)
    assert article.provenance.fetched_at == "2026-04-02T01:00:00.000000Z"


def test_an_article_that_is_gone_from_the_web_is_still_exported(archive: Archive) -> None:
    take_all(archive, [article_capture(1), capture(article_url(1), minute=5, status="404 Not Found")])
    assert len(lines(archive)) == 1


def test_a_seed_file_is_exactly_the_article(archive: Archive, tmp_path: Path) -> None:
    take_all(archive, [article_capture(3)])
    (text,) = seed_files(archive, tmp_path / "seed").values()
    first, info, *paragraphs = text.split("\n")
    half_width = str.maketrans({"，": ",", "（": "(", "）": ")"})
    assert first.endswith("取得阶段性进展(第3期)")
    assert info == "发布时间:2026-03-04 11:03 来源:示例市生态环境局"
    assert paragraphs == [paragraph.translate(half_width) for paragraph in body_paragraphs(3)]
    assert "\r" not in text
    assert not text.endswith("\n")


def test_json_lines_are_articles_with_the_keys_of_the_model(archive: Archive) -> None:
    take_all(archive, [article_capture(number) for number in range(3)])
    found = lines(archive)
    assert len(found) == 3
    for line in found:
        assert Article.model_validate_json(line).model_dump_json() == line
        assert list(json.loads(line)) == list(Article.model_fields)


def test_what_is_exported_is_what_the_first_capture_of_that_version_gave(archive: Archive) -> None:
    results = take_all(archive, [article_capture(1), article_capture(2), article_capture(1, minute=9)])
    given = [outcome.article.model_dump_json() for outcome, _ in results if outcome.article]
    assert sorted(lines(archive)) == sorted(given[:2])


def test_of_equal_texts_the_first_captured_is_kept_on_demand(archive: Archive, tmp_path: Path) -> None:
    take_all(
        archive,
        [capture(MIRROR, article_html(1), minute=7), article_capture(1, minute=3), article_capture(2, minute=4)],
    )
    assert len(lines(archive)) == 3
    assert {json.loads(line)["url"] for line in lines(archive, unique=True)} == {article_url(1), article_url(2)}
    assert len(seed_files(archive, tmp_path / "seed", unique=True)) == 2


def test_an_export_can_be_limited_to_sites(archive: Archive) -> None:
    table = {"key": "ceshi", "name": "测试", "kind": "bureau", "hosts": ("sthj.example.cn",)}
    site = Site.model_validate(table | {"channel": ({"name": "动态", "url": HOST + "/"},)})
    take_all(archive, [article_capture(1)])
    take_all(archive, [article_capture(2)], sites={"ceshi": site}, key="ceshi")
    with Catalog(archive) as catalog:
        (line,) = exported_lines(catalog, sites=["ceshi"])
        assert json.loads(line)["url"] == article_url(2)
        assert exported_lines(catalog, sites=["unknown"]) == []


def test_exporting_again_leaves_only_what_belongs_to_it(archive: Archive, tmp_path: Path) -> None:
    folder = tmp_path / "seed"
    take_all(archive, [article_capture(number) for number in range(4)])
    seed_files(archive, folder)
    (folder / "README.txt").write_text("mine")
    with Catalog(archive) as catalog:
        export_to(catalog, "seed", folder)
    first = {path.name: path.read_bytes() for path in folder.iterdir()}
    take_all(archive, [article_capture(28), article_capture(5)])  # the first was published before all others
    with Catalog(archive) as catalog:
        export_to(catalog, "seed", folder)
    names = {path.name for path in folder.iterdir()}
    assert "README.txt" in first
    assert "README.txt" in names
    assert len(names) == 7
    assert sorted(name[:3] for name in names - {"README.txt"}) == ["000", "001", "002", "003", "004", "005"]
    assert len(names & set(first)) == 2


def test_an_empty_catalog_exports_nothing(archive: Archive, tmp_path: Path) -> None:
    assert seed_files(archive, tmp_path / "seed") == {}
    with Catalog(archive) as catalog:
        assert export_to(catalog, "jsonl", tmp_path / "out.jsonl") == 0
    assert (tmp_path / "out.jsonl").read_bytes() == b""


FULL = """
import resource, signal, sys
from pathlib import Path
from archive.catalog.catalog import Catalog
from archive.directory import Archive
from archive.errors import StorageFull
from tests.archive.exporting import export_to
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
with Catalog(Archive.open(sys.argv[1])) as catalog:
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))
    try:
        export_to(catalog, "jsonl", Path(sys.argv[2]))
    except StorageFull as error:
        print(error)
"""


def test_an_export_is_there_whole_or_not_at_all(archive: Archive, tmp_path: Path) -> None:
    take_all(archive, [article_capture(number) for number in range(8)])
    target = tmp_path / "out" / "articles.jsonl"
    command = [sys.executable, "-c", FULL, str(archive.path), str(target)]
    result = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=True)
    draft = target.with_name(".articles.jsonl.draft")
    assert result.stdout.startswith(f"{draft}: File too large; ")
    assert [path.name for path in target.parent.iterdir()] == [draft.name]  # to go on with
    with Catalog(archive) as catalog:
        assert export_to(catalog, "jsonl", target) == 8
        assert target.read_text("utf-8").splitlines() == exported_lines(catalog)
    assert not draft.exists()


def test_a_folder_that_cannot_be_made_is_told_in_one_line(archive: Archive, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with Catalog(archive) as catalog, pytest.raises(StorageFull, match=r"file/\.seed\.draft: Not a directory; "):
        export_to(catalog, "seed", tmp_path / "file" / "seed")


WIDE = """
import resource, sys
from pathlib import Path
from archive.catalog.catalog import Catalog
from archive.directory import Archive
from tests.archive.exporting import export_to
with Catalog(Archive.open(sys.argv[1])) as catalog:
    next(iter(catalog.complete_files()), None)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(export_to(catalog, "jsonl", Path(sys.argv[2])), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_numbers_grow_wider_and_memory_does_not(archive: Archive, tmp_path: Path) -> None:
    take_all(archive, [article_capture(1)])
    with Catalog(archive) as catalog, catalog._engine.begin() as connection:
        connection.exec_driver_sql(
            "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 1000)"
            " INSERT INTO articles (id, canonical) SELECT printf('%016x', i), 'http://x/' || i FROM n"
        )
        connection.exec_driver_sql(
            "INSERT INTO versions (article, recipe, body_digest, content_digest, text_digest, url, published, body,"
            " first_capture, last_capture) SELECT a.id, v.recipe, a.id, a.id, a.id, a.canonical, v.published,"
            " json_set(v.body, '$.id', a.id, '$.title', printf('%.*c', 15000, 'x')), v.first_capture, v.last_capture"
            " FROM articles a, versions v WHERE a.id < '00000000000fffff' AND v.id = 1"
        )
        connection.exec_driver_sql(
            "INSERT INTO captures (record_id, file, offset, length, site, url, canonical, fetched_at, method, custody,"
            " recipe, kind, links_digest, page_digest, payload_digest, version) SELECT 'urn:' || v.id, 'warc/x/y', v.id, 1,"
            " site, v.url, canonical, fetched_at, method, custody, c.recipe, kind, links_digest, page_digest,"
            " payload_digest, v.id FROM captures c, versions v WHERE v.id > 1"
        )
    command = [sys.executable, "-c", WIDE, str(archive.path), str(tmp_path / "all.jsonl")]
    count, grown = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=True).stdout.split()
    size = (tmp_path / "all.jsonl").stat().st_size
    assert int(count) == 1001
    assert size > 15_000_000
    assert int(grown) * 1024 < size / 3
    names = sorted(seed_files(archive, tmp_path / "seed"))
    assert [names[0][:5], names[-1][:5]] == ["0000_", "1000_"]
