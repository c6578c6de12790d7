"""Health: a healthy site raises nothing; a moved list, a new layout and a refusal are noticed on the first crawl after."""

import base64
import hashlib
import hmac
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from prometheus_client.parser import text_string_to_metric_families

from archive.directory import Archive
from crawler.cli import main
from crawler.frontier import Frontier
from crawler.health.notify import MOST, split_message
from crawler.health.webhooks import LARGEST, parse_webhook
from tests.crawler.chat_programs import chat_programs
from tests.crawler.loopback import (
    BODY,
    Answer,
    Server,
    answer,
    article,
    lantian,
    lines_of,
    listing,
    serve,
    write_site,
)

KEYS = ("moved", "redesigned", "refusing", "same")
ENTRIES = [(f"/a/{number}.html", f"关于第{number}号事项的通知公告", f"2024-03-{number + 1:02}") for number in range(8)]


def bureau() -> dict[str, Answer]:
    answers: dict[str, Answer] = {"/robots.txt": answer("", status="404 Not Found"), "/list/": answer(listing(ENTRIES))}
    return answers | {path: answer(article(title)) for path, title, _ in ENTRIES}


def redesigned(title: str) -> str:
    return f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>{title}_测试站</title></head><body>
<div class="crumb">当前位置：首页 &gt; 通知</div><div class="detail-main"><h2 class="t">{title}</h2>
<div class="from">来源：本站 发布时间：2024-03-10 09:30</div><div class="txt"><p>{title}。{BODY}</p><p>{BODY * 2}</p></div>
</div></body></html>"""


def break_things(servers: dict[str, Server]) -> None:
    servers["moved"].answers["/list/"] = answer(
        "<html><head><title>栏目调整</title></head><body><p>栏目已调整</p></body></html>"
    )
    for path, title, _ in ENTRIES:
        servers["redesigned"].answers[path] = answer(redesigned(title))
        servers["refusing"].answers[path] = answer("<script>$_ts={}</script>", status="412 Precondition Failed")


def crawl(folder: Path) -> None:
    run = lantian("crawl", *KEYS, "--sites", "sites", "--allow-private", "--at-once", 9, cwd=folder)
    assert "Traceback" not in run.stderr


def ask(folder: Path, *more: str) -> tuple[int, dict[str, dict[str, Any]]]:
    run = lantian("health", *KEYS, "--sites", "sites", "--json", *more, cwd=folder)
    assert not run.stderr
    return run.returncode, {line["site"]: line for line in lines_of(run)}


def kinds(lines: dict[str, dict[str, Any]]) -> dict[str, list[str]]:
    return {key: [alarm["kind"] for alarm in line["alarms"]] for key, line in lines.items()}


def test_trouble_is_noticed_on_the_first_crawl_and_told_once(tmp_path: Path) -> None:
    with ExitStack() as stack:
        servers = {key: stack.enter_context(serve(bureau())) for key in KEYS}
        url, posted = stack.enter_context(chat_programs())
        for key, server in servers.items():
            write_site(tmp_path / "sites", key, server)
        crawl(tmp_path)
        code, lines = ask(tmp_path)
        assert (code, kinds(lines)) == (0, {key: [] for key in KEYS})
        assert lines["same"]["coverage"]["title"] == 1.0
        assert lines["same"]["last_success"] == lines["same"]["last_crawl"]
        assert list(lines["same"]["channels"].values()) == [8]

        break_things(servers)
        crawl(tmp_path)
        hooks = [
            word for kind in ("wecom", "dingtalk", "feishu", "slack") for word in ("--webhook", f"{kind}={url}/{kind}")
        ]
        code, lines = ask(tmp_path, *hooks)
        assert code == 1
        assert kinds(lines) == {"moved": ["list"], "redesigned": ["layout"], "refusing": ["refused"], "same": []}
        told = dict(posted)
        assert len(posted) == 4
        assert told["/wecom"] == told["/dingtalk"]
        assert told["/feishu"]["content"]["text"] == told["/wecom"]["text"]["content"]
        assert [
            word
            for word in ("moved [list]", "redesigned [layout]", "refusing [refused]")
            if word not in told["/slack"]["text"]
        ] == []
        assert ask(tmp_path, *hooks)[0] == 1
        assert len(posted) == 4
        others = lantian("health", "same", "--sites", "sites", *hooks, cwd=tmp_path)
        assert (others.returncode, len(posted)) == (0, 4)

        servers["moved"].answers["/list/"] = answer(listing(ENTRIES))
        crawl(tmp_path)
        ask(tmp_path, *hooks)
        assert len(posted) == 8
        assert "moved [list] over:" in posted[-1][1]["text"]
        metrics = lantian("health", *KEYS, "--sites", "sites", "--metrics", "-", cwd=tmp_path).stdout
        samples = [sample for family in text_string_to_metric_families(metrics) for sample in family.samples]
        assert {sample.labels["site"] for sample in samples} == set(KEYS)
        assert {sample.name for sample in samples} >= {"lantian_last_success_seconds", "lantian_characters_lost"}
        assert [s.value for s in samples if s.name == "lantian_links" and s.labels["site"] == "same"] == [8.0]
        assert [s.value for s in samples if s.name == "lantian_article" and s.labels["site"] == "same"] == [8.0]


def test_a_site_that_was_only_crawled_in_part_is_named_and_not_judged(tmp_path: Path) -> None:
    """Its last crawl says nothing of what it usually gives; that it was never crawled would be untrue."""
    with Frontier(Archive.open(tmp_path / "archive")) as frontier:
        frontier.begin("jiangsu", [], now=datetime.now(UTC), terms={"since": "2024-03-01"})
    run = CliRunner().invoke(main, ["health", "jiangsu", "--archive", str(tmp_path / "archive")])
    assert run.exit_code == 0
    assert run.output.startswith("lantian: health: jiangsu: every crawl was of a part")


def test_a_webhook_that_refuses_is_told_again_and_no_other_and_a_crawl_in_which_nothing_came_is_no_success(
    tmp_path: Path,
) -> None:
    with serve({"/robots.txt": answer(""), "/list/": answer("", status="404 Not Found")}) as server:
        write_site(tmp_path / "sites", "moved", server)
        lantian("crawl", "moved", "--sites", "sites", "--allow-private", cwd=tmp_path)
        with chat_programs() as (url, posted):
            for path in ("bad", "good", "good"):
                hooks = ("--webhook", f"dingtalk={url}/{path}", "--webhook", f"slack={url}/other")
                run = lantian("health", "moved", "--sites", "sites", "--json", *hooks, cwd=tmp_path)
                assert (run.returncode, "refused: 310000" in run.stderr) == ((3, True) if path == "bad" else (1, False))
                (line,) = lines_of(run)
                assert (bool(line["last_crawl"]), line["last_success"]) == (True, None)
        assert [path for path, _ in posted] == ["/bad", "/other", "/good"]


def test_more_alarms_than_a_message_holds_are_told_in_several() -> None:
    lines = [f"site{number} [list] {300 * '环'}" for number in range(30)]
    largest = LARGEST["wecom"]
    texts = split_message(lines, largest=largest)
    assert len(texts) == MOST + 1
    assert max(len(text.encode()) for text in texts) <= largest
    told = [line for text in texts[:-1] for line in text.split("\n")[1:]]
    assert told == lines[: len(told)]
    assert texts[-1] == f"Lantian\n{30 - len(told)} more; `lantian health` shows them"


def test_messages_have_the_shapes_that_the_programs_publish() -> None:
    text = "Lantian\na [list] <b> & 环境"
    with chat_programs() as (url, posted):
        for kind in LARGEST:
            parse_webhook(f"{kind}={url}/{kind}").send(text)
    assert dict(posted) == {
        "/wecom": {"msgtype": "text", "text": {"content": text}},
        "/dingtalk": {"msgtype": "text", "text": {"content": text}},
        "/feishu": {"msg_type": "text", "content": {"text": text}},
        "/slack": {"text": "Lantian\na [list] &lt;b&gt; &amp; 环境"},
    }


def test_signatures_are_those_the_programs_ask_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.time", lambda: 1700000000.0)
    with chat_programs() as (url, posted):
        parse_webhook(f"dingtalk={url}/robot?access_token=1#geheim").send("x")
        parse_webhook(f"feishu={url}/hook#geheim").send("x")
    digest = hmac.new(b"geheim", b"1700000000000\ngeheim", hashlib.sha256).digest()
    sign = base64.b64encode(digest).decode().replace("+", "%2B").replace("/", "%2F").replace("=", "%3D")
    assert posted[0][0] == f"/robot?access_token=1&timestamp=1700000000000&sign={sign}"
    body = hmac.new(b"1700000000\ngeheim", b"", hashlib.sha256).digest()
    assert posted[1][1]["sign"] == base64.b64encode(body).decode()
