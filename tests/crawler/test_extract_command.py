"""`lantian extract` and `lantian repair`: what would be made of files, in their order, and nothing is stored."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from tests.crawler.loopback import article, lines_of

HERE = ["--workers", "0"]
FIELDS = ("title", "subtitle", "published", "source", "author", "editor", "column")


def test_extract_keeps_order_own_keys_and_goes_on_past_what_cannot_be_read(
    tmp_path: Path, run: Callable[..., Result]
) -> None:
    for number in range(5):
        (tmp_path / f"{number}.html").write_text(article(f"第{number}号通知的标题"), encoding="utf-8")
    jobs: list[object] = [
        {
            "path": f"{number}.html",
            "url": f"http://example.cn/{number}.html",
            "fetched_at": "2024-03-11",
            "mine": number,
        }
        for number in range(5)
    ]
    jobs[3:3] = [{"path": "missing.html", "url": "http://example.cn/x", "mine": "x"}, {"url": "http://example.cn/y"}, 7]
    batch = [json.dumps(job) for job in jobs]
    (tmp_path / "batch.jsonl").write_text("\n".join([*batch[:2], "{not json", *batch[2:]]) + "\n", encoding="utf-8")
    result = run(["extract", "--batch", "batch.jsonl", "--workers", "2"])
    printed = lines_of(result)
    assert result.exit_code == 1
    assert [line["path"] for line in printed] == [
        "0.html", "1.html", None, "2.html", "missing.html", None, None, "3.html", "4.html",
    ]  # fmt: skip
    assert [line.get("mine") for line in printed if line["kind"] == "article"] == [0, 1, 2, 3, 4]
    assert [line["title"] for line in printed if line["kind"] == "article"] == [f"第{n}号通知的标题" for n in range(5)]
    assert (printed[4]["reason"], printed[4]["mine"]) == ("unreadable", "x")
    assert len(result.stderr.splitlines()) == 4


def test_extract_of_one_file_is_the_same_as_in_a_batch_and_stores_nothing(
    tmp_path: Path, run: Callable[..., Result]
) -> None:
    (tmp_path / "page.html").write_text(article("通知"), encoding="utf-8")
    url, moment = "http://example.cn/1.html", "2024-03-11T00:00:00Z"
    single = run(["extract", "page.html", "--url", url, "--fetched-at", moment, *HERE])
    job = json.dumps({"path": "page.html", "url": url, "fetched_at": moment})
    assert run(["extract", "--batch", "-", *HERE], input=job).stdout == single.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["page.html"]


@pytest.mark.shared
def test_a_seed_needs_no_word_on_what_it_is(shared: Path, run: Callable[..., Result]) -> None:
    seeds = shared / "seeds"
    answers = sorted((seeds / "expected").glob("*.json"))
    assert answers
    for path in answers:
        expected = json.loads(path.read_text("utf-8"))
        (line,) = lines_of(run(["extract", str(seeds / f"{path.stem}.txt"), *HERE]))
        assert {name: line[name] for name in [*FIELDS, "paragraphs"] if line[name] is not None} == expected


@pytest.mark.shared
def test_seeds_give_the_fields_that_they_state(shared: Path, run: Callable[..., Result]) -> None:
    found = lines_of(run(["extract", *map(str, sorted((shared / "seeds").glob("*.txt"))), *HERE]))
    assert [{name: line[name] for name in FIELDS if line[name]} for line in found] == [
        {
            "title": "决战百日,决胜全年!宜春市启动实施深入打好污染防治攻坚战“百日攻坚”行动",
            "column": "地方新闻",
        },
        {"published": "2021-06-29T18:13+08:00", "source": "无锡市政府通用"},
        {"title": "打赢蓝天保卫战 长垣为人民交出满意答卷", "source": "河南日报", "author": "夏天翔"},
        {},
        {
            "title": "高标准打赢生态环境治理攻坚战",
            "subtitle": "——访侯马市委副书记、市长段慧刚",
            "author": "杨琦",
            "editor": "张茜",
        },
    ]
    assert [len(line["paragraphs"]) for line in found] == [7, 3, 12, 6, 8]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_repair_keeps_lines_and_width_and_exits_0(newline: str, tmp_path: Path, run: Callable[..., Result]) -> None:
    text = newline.join(["扬尘治理（试行），请落实！", "", "  第二行：ＡＢＣ", "end"])
    (tmp_path / "clean.txt").write_bytes(text.encode())
    result = run(["repair", "clean.txt", "--json"])
    assert result.exit_code == 0
    assert json.loads(result.stdout) == {"text": text, "damage": [], "steps": [], "lost": []}
    assert run(["repair", "clean.txt"]).stdout_bytes == text.encode()


def test_repair_reads_standard_input_and_explains_itself(run: Callable[..., Result]) -> None:
    damaged = "環(huán)境保護(hù)局發(fā)布通知,要求各單位認(rèn)真落實(shí)。".encode()
    plain = run(["repair"], input=damaged)
    assert "huán" not in plain.stdout
    assert "环境保护局" in plain.stdout
    assert "steps; damage:" in run(["repair", "-", "--explain"], input=damaged).stdout
    assert json.loads(run(["repair", "--json"], input=damaged).stdout)["steps"]
