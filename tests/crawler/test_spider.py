"""Bureaus, crawled as a user does: what is fetched, what is left alone, and what a second crawl asks for.

Each scenario is a site on a server of its own; one crawl visits them all.
"""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from archive.directory import Archive
from archive.log.entries import GapEntry
from archive.log.reader import LogReader
from archive.warc.readback import read_captures
from tests.crawler.loopback import (
    Answer,
    Server,
    answer,
    article,
    lantian,
    lines_of,
    listing,
    redirect,
    serve,
    write_site,
)

ROBOTS: dict[str, Answer] = {"/robots.txt": answer("User-agent: *\nDisallow: /secret/", content_type="text/plain")}
Entry = tuple[str, str, str]


def tell(number: int, date: str = "2024-03-02") -> Entry:
    return (f"/a/{number}.html", f"关于第{number}号事项的通知公告", date)


FOUR = [tell(number) for number in range(4)]


def bureau(entries: list[Entry], **others: Answer) -> dict[str, Answer]:
    """One list page and the articles that it names and that are on this server."""
    answers: dict[str, Answer] = ROBOTS | {"/list/": answer(listing(entries))}
    answers |= {path: answer(article(title, date=date)) for path, title, date in entries if path.startswith("/a/")}
    return answers | {f"/{name}": value for name, value in others.items()}


def paged(count: int) -> dict[str, Answer]:
    """A channel of list pages, newest first, three articles a page, a day an article."""
    answers: dict[str, Answer] = dict(ROBOTS)
    for page in range(count):
        entries = [tell(page * 3 + index, f"2024-03-{28 - page * 3 - index:02d}") for index in range(3)]
        following = f"/list/index_{page + 1}.html" if page + 1 < count else None
        answers["/list/" if page == 0 else f"/list/index_{page}.html"] = answer(listing(entries, following=following))
        answers |= {path: answer(article(title, date=date)) for path, title, date in entries}
    return answers


def circling() -> dict[str, Answer]:
    """Some servers give the first page for any number."""
    answers = bureau(FOUR)
    for page in range(60):
        path = f"/list/index_{page}.html" if page else "/list/"
        answers[path] = answer(listing(FOUR, following=f"/list/index_{page + 1}.html"))
    return answers


def gate(head: str) -> bytes:
    return answer(listing(FOUR)) if "Cookie: pass=1" in head else redirect("/list/", set_cookie="pass=1; path=/")


def with_validator(body: str, tag: str) -> Answer:
    """A page that is not sent again to who has it."""

    def reply(head: str) -> bytes:
        if f"If-None-Match: {tag}" in head:
            return f"HTTP/1.1 304 Not Modified\r\nETag: {tag}\r\nContent-Length: 0\r\n\r\n".encode()
        return answer(body, etag=tag)

    return reply


def validated(entries: list[Entry]) -> dict[str, Answer]:
    pages = {path: with_validator(article(title), f'"{path}"') for path, title, _ in entries}
    return ROBOTS | {"/list/": with_validator(listing(entries), '"list"')} | pages


HOPS = bureau(FOUR) | {
    "/list/": redirect("/list/index.html"),
    "/list/index.html": answer(listing(FOUR)),
    FOUR[0][0]: redirect("/hop"),
    "/hop": redirect("/home"),
    "/home": answer(article(FOUR[0][1])),
}
ELSEWHERE = [
    ("/secret/2.html", "机器人不得读取的内部通知", "2024-03-02"),
    ("http://127.0.0.2:1/3.html", "冒名顶替的镜像网站通知", "2024-03-01"),
    ("/away", "跳转到别处去的一条通知", "2024-03-01"),
]
FILES = "".join(f'<p><a href="/files/{number}.pdf">附件{number}：名单.pdf</a></p>' for number in range(25))
PDF = answer(b"%PDF-1.4 x", content_type="application/pdf")
REFUSED = answer("<script>$_ts={}</script>", status="412 Precondition Failed")
PAGER = '<p class="page"><a href="0.html">1</a> <a href="0_2.html">2</a> <a href="0_3.html">3</a></p>'
MANY = [tell(number) for number in range(30)]


@dataclass
class Scenario:
    answers: dict[str, Answer]
    changes: Mapping[str, Any] = field(default_factory=dict)


SCENARIOS = {
    "channel": Scenario(paged(4)),
    "expecting": Scenario(
        bureau([*FOUR, *((f"{path}?div=-1", title, date) for path, title, date in FOUR)]),
        {"top": '[same_page]\nparameters = ["div"]\n[expect]\nmin_articles = 50'},
    ),
    "hops": Scenario(HOPS),
    "elsewhere": Scenario(bureau([*FOUR, *ELSEWHERE], away=redirect("http://127.0.0.3:1/clone"))),
    "gate": Scenario(bureau(FOUR) | {"/list/": gate}),
    "files": Scenario(
        bureau(FOUR)
        | {FOUR[0][0]: answer(article(FOUR[0][1], extra=FILES))}
        | {f"/files/{number}.pdf": PDF for number in range(25)}
    ),
    "parts": Scenario(
        bureau(FOUR)
        | {f"/a/0{number}.html": answer(article(f"{FOUR[0][1]}{number}", extra=PAGER)) for number in ("", "_2", "_3")}
    ),
    "circling": Scenario(circling()),
    "refusing": Scenario(
        bureau(MANY) | {path: REFUSED for path, _, _ in MANY}, {"crawl": "delay = 0.3\nconcurrency = 1"}
    ),
    "slow": Scenario(bureau(FOUR), {"crawl": "delay = 0.4\nconcurrency = 1"}),
    "again": Scenario(validated(FOUR)),
    "moving": Scenario(validated(FOUR) | {"/moved": answer(article("搬家以后的一条通知公告"))}),
}


@dataclass
class Crawled:
    """What a crawl said, what it asked each server, and what it kept of each, in order."""

    code: int
    errors: str
    lines: dict[str, dict[str, Any]]
    servers: dict[str, Server]
    folder: Path

    def captured(self, key: str) -> list[str]:
        archive = Archive.open(self.folder / "archive-data", create=False)
        base = self.servers[key].url
        urls = [capture.url for capture, _ in read_captures(archive)]
        return [url.removeprefix(base) for url in urls if url.startswith(base)]


@pytest.fixture(scope="module")
def servers() -> Iterator[dict[str, Server]]:
    with ExitStack() as stack:
        yield {key: stack.enter_context(serve(scenario.answers)) for key, scenario in SCENARIOS.items()}


@pytest.fixture(scope="module")
def folder(servers: dict[str, Server], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("crawls")
    for key, server in servers.items():
        write_site(folder / "sites", key, server, **SCENARIOS[key].changes)
    return folder


def crawl(folder: Path, servers: dict[str, Server], *arguments: object) -> Crawled:
    options = ("--sites", folder / "sites", "--allow-private", "--json", "--at-once", 20)
    environment = {"LANTIAN_CONTACT": "archive@example.org"}
    run = lantian("crawl", *options, *arguments, cwd=folder, environment=environment)
    assert "Traceback" not in run.stderr
    return Crawled(run.returncode, run.stderr, {line["site"]: line for line in lines_of(run)}, servers, folder)


@pytest.fixture(scope="module")
def first(folder: Path, servers: dict[str, Server]) -> Crawled:
    return crawl(folder, servers, *SCENARIOS)


@pytest.fixture(scope="module")
def second(first: Crawled, folder: Path, servers: dict[str, Server]) -> Crawled:
    """A second crawl of the sites that can say what has changed; each has changed one page."""
    assert {first.lines[key]["article"] for key in ("again", "moving")} == {4}
    path, title, _ = FOUR[1]
    changed = article(title, extra="<p>更正：上述通知的执行日期改为四月一日，请各单位周知。</p>")
    servers["again"].answers[path] = with_validator(changed, '"changed"')
    servers["moving"].answers[path] = redirect("/moved")
    for key in ("again", "moving"):
        servers[key].heads.clear()
    return crawl(folder, servers, "again", "moving")


def test_a_channel_is_walked_from_page_to_page_to_its_end(first: Crawled) -> None:
    line = first.lines["channel"]
    assert (line["article"], line["ended"]) == (12, "finished")
    assert line["new"] + line["duplicate"] == 12  # other sites here say the same
    assert line["counts"]["listing"] == 4
    assert len(first.captured("channel")) == 17  # with robots.txt


def test_the_page_limit_ends_a_channel(servers: dict[str, Server], tmp_path: Path) -> None:
    write_site(tmp_path / "sites", "channel", servers["channel"])
    line = crawl(tmp_path, servers, "channel", "--pages", 2).lines["channel"]
    assert (line["article"], line["counts"]["listing"]) == (6, 2)


def test_a_window_leaves_out_what_lies_outside_and_stops_paging_behind_it(
    servers: dict[str, Server], tmp_path: Path
) -> None:
    write_site(tmp_path / "sites", "channel", servers["channel"])
    line = crawl(tmp_path, servers, "channel", "--since", "2024-03-24", "--until", "2024-03-27").lines["channel"]
    assert line["article"] == 4
    assert line["counts"]["skipped outside the dates"] >= 2
    assert line["counts"]["listing"] == 3  # the third is the first on which every date is too old


def test_the_program_names_itself_and_its_contact_in_every_request(first: Crawled) -> None:
    heads = first.servers["channel"].heads
    assert len(heads) >= 17
    assert all("\r\nUser-Agent: Lantian/0.1.0 (+archive@example.org)\r\n" in head for head in heads)
    assert all("\r\nAccept-Encoding: gzip, deflate\r\n" in head for head in heads)


def test_other_hosts_and_what_robots_txt_forbids_are_left_alone(first: Crawled) -> None:
    line = first.lines["elsewhere"]
    assert line["article"] == 4
    assert "/secret/2.html" not in first.servers["elsewhere"].asked
    assert (line["counts"]["skipped other host"], line["counts"]["refused"]) == (1, 1)
    log = LogReader.open(first.folder / "archive-data")
    gaps = [one for index in range(log.size) if isinstance(one := log.entry(index), GapEntry)]
    (gap,) = [one for one in gaps if one.subject.endswith("/secret/2.html")]
    assert (gap.kind, "robots.txt" in gap.reason) == ("refused", True)
    assert "/away" in first.captured("elsewhere")
    archive = Archive.open(first.folder / "archive-data", create=False)
    assert not [capture.url for capture, _ in read_captures(archive) if "/clone" in capture.url or ":1/" in capture.url]


def test_redirects_are_captured_hop_by_hop(first: Crawled) -> None:
    assert first.lines["hops"]["article"] == 4
    kept = first.captured("hops")
    assert kept[:3] == ["/robots.txt", "/list/", "/list/index.html"]
    assert [path for path in kept if path in {FOUR[0][0], "/hop", "/home"}] == [FOUR[0][0], "/hop", "/home"]


def test_a_gate_that_sets_a_cookie_and_points_at_itself_is_passed(first: Crawled) -> None:
    assert first.lines["gate"]["article"] == 4


def test_attachments_are_archived_up_to_a_number(first: Crawled) -> None:
    line = first.lines["files"]
    assert (line["article"], line["attachment"]) == (4, 20)
    assert line["counts"]["skipped too many attachments"] == 5


def test_an_article_over_several_pages_is_fetched_to_its_end_and_is_one(first: Crawled) -> None:
    assert {"/a/0.html", "/a/0_2.html", "/a/0_3.html"} <= set(first.captured("parts"))
    run = lantian("export", "--format", "jsonl", "--site", "parts", cwd=first.folder)
    articles = {line["url"].rpartition("/")[2]: line for line in lines_of(run)}
    assert sorted(articles) == ["0.html", "1.html", "2.html", "3.html"]
    heads = [text.partition("。")[0] for text in articles["0.html"]["paragraphs"] if text.startswith("关于第0号")]
    assert heads == ["关于第0号事项的通知公告", "关于第0号事项的通知公告_2", "关于第0号事项的通知公告_3"]
    assert articles["0.html"]["next_page"] is None


def test_pagination_that_runs_in_circles_comes_to_an_end(first: Crawled) -> None:
    line = first.lines["circling"]
    assert (line["article"], line["counts"]["listing"]) == (4, 2)


def test_a_site_that_refuses_page_after_page_is_left_in_peace(first: Crawled) -> None:
    assert first.code == 3
    assert first.errors.count("lantian: refusing: refused 5 pages in a row") == 1
    assert len(first.servers["refusing"].asked) < len(MANY)
    assert first.lines["refusing"]["blocked"] >= 5


def test_a_whole_crawl_that_finds_too_little_says_so(first: Crawled) -> None:
    assert first.errors.count("lantian: expecting: 4 articles, its file expects at least 50") == 1


def test_a_page_that_a_list_names_by_two_addresses_is_fetched_once_where_its_site_says_so(first: Crawled) -> None:
    asked = first.servers["expecting"].asked
    assert sorted(path.partition("?")[0] for path in asked if path.startswith("/a/")) == [path for path, _, _ in FOUR]


def test_a_second_crawl_asks_what_has_changed_and_follows_the_links_of_an_unchanged_list(second: Crawled) -> None:
    line = second.lines["again"]
    assert (line["new"], line["changed"], line["unchanged"]) == (0, 1, 3)
    asked = {head.split(" ")[1]: "If-None-Match: " in head for head in second.servers["again"].heads}
    assert asked == {"/robots.txt": False, "/list/": True, **{path: True for path, _, _ in FOUR}}


def test_a_validator_is_sent_only_to_the_address_it_came_from(second: Crawled) -> None:
    asked = {head.split(" ")[1]: "If-None-Match: " in head for head in second.servers["moving"].heads}
    assert (asked[FOUR[1][0]], asked["/moved"]) == (True, False)
    assert second.lines["moving"]["near-duplicate"] == 1  # another headline over the text of the others


def test_requests_to_a_host_keep_the_delay_of_the_site_file(first: Crawled) -> None:
    gaps = [later - earlier for earlier, later in pairwise(first.servers["slow"].moments[1:])]  # behind robots.txt
    assert len(gaps) == 4
    assert min(gaps) > 0.15  # the delay varies by half
