"""A loopback server whose answers are exact bytes, and the program run against it as users run it."""

import json
import os
import socket
import socketserver
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from click.testing import Result

from tests.crawler.forked import run_forked

ROOT = Path(__file__).resolve().parent.parent.parent
Answer = bytes | Callable[[str], bytes]


def answer(body: bytes | str, *, status: str = "200 OK", **headers: str) -> bytes:
    """An ordinary response; header names are given with underscores."""
    data = body.encode() if isinstance(body, str) else body
    fields = {"Content-Type": "text/html; charset=utf-8", "Content-Length": str(len(data))}
    fields |= {name.replace("_", "-").title(): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + data


def redirect(location: str, **headers: str) -> bytes:
    return answer("", status="302 Found", location=location, **headers)


@dataclass
class Server:
    """Answers by path; a callable answer gets the head of the request. `asked` logs the paths, `heads` the requests, `moments` when."""

    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)
    moments: list[float] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"{'https' if self.context else 'http'}://127.0.0.1:{self.port}"

    @property
    def context(self) -> ssl.SSLContext | None:
        """What its connections are secured with."""
        return None

    def reply(self, head: str) -> bytes:
        path = head.split(" ", 2)[1]
        self.asked.append(path)
        self.heads.append(head)
        self.moments.append(time.monotonic())
        found = self.answers.get(path)
        if found is None:
            return answer("not here", status="404 Not Found")
        return found(head) if callable(found) else found


class _Handler(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        while True:
            head = b""
            while line := self.rfile.readline():
                head += line
                if line == b"\r\n":
                    break
            if not head.strip():
                return
            data = self.server.pages.reply(head.decode("latin-1"))  # type: ignore[attr-defined]
            try:
                self.wfile.write(data)
            except OSError:
                return
            if b"\r\nContent-Length:" not in data.partition(b"\r\n\r\n")[0] + b"\r\n":
                return


class _Threads(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    pages: Server

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, address = super().get_request()
        context = self.pages.context
        if context is None:
            return connection, address
        # The thread of the connection shakes hands, at its first read.
        return context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False), address

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is no error of the server."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


S = TypeVar("S", bound=Server)


@contextmanager
def serve(answers: Mapping[str, Answer]) -> Iterator[Server]:
    with serve_pages(Server(dict(answers))) as pages:
        yield pages


@contextmanager
def serve_pages(pages: S) -> Iterator[S]:
    with _Threads(("127.0.0.1", 0), _Handler) as server:
        server.pages = pages
        pages.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield pages
        server.shutdown()
        thread.join()


def lantian(
    *args: object, cwd: Path, limit: int | None = None, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the program, which reads pages itself if not told otherwise; `limit` bounds the bytes of any file it writes."""
    told = surroundings() | {"LANTIAN_WORKERS": "0"} | dict(environment or {})
    return run_forked("crawler.cli", args, cwd=cwd, environment=told, limit=limit)


def lantian_here(words: tuple[str, ...]) -> subprocess.CompletedProcess[str]:
    """Run the program in the folder of the project, as `tests.demo_site.commands` does."""
    return lantian(*words, cwd=ROOT)


def start(*args: object, cwd: Path) -> subprocess.Popen[bytes]:
    """Start the program and leave it running."""
    command = [sys.executable, "-m", "crawler.cli", *map(str, args)]
    return subprocess.Popen(command, cwd=cwd, env=surroundings(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def surroundings() -> dict[str, str]:
    """The environment without settings of whoever runs the tests."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("LANTIAN_", "SCRAPY_"))}
    return kept | {"PYTHONPATH": str(ROOT), "COLUMNS": "200", "LANTIAN_WORKERS": "1"}


def lines_of(run: subprocess.CompletedProcess[str] | Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in run.stdout.splitlines()]


BODY = (
    "为进一步改善环境空气质量，市生态环境局组织执法人员对重点企业开展检查，督促落实各项治理措施，现将有关情况通报如下。"
)


def article(title: str, *, date: str = "2024-03-10", extra: str = "") -> str:
    """An ordinary page of a bureau, in UTF-8."""
    return f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>{title}</title>
<meta name="ArticleTitle" content="{title}"><meta name="PubDate" content="{date} 09:30"></head>
<body><div class="nav"><a href="/">首页</a></div><h1>{title}</h1><div class="TRS_Editor">
<p>{title}。{BODY}</p><p>{BODY * 2}</p><p>下一步，将继续加大检查力度。</p>{extra}</div></body></html>"""


def listing(entries: list[tuple[str, str, str]], *, following: str | None = None) -> str:
    """A list page: (address, title, date) an entry."""
    rows = "".join(
        f'<li><a href="{href}" title="{title}">{title}</a><span>{date}</span></li>' for href, title, date in entries
    )
    pager = f'<div class="page"><a href="{following}">下一页</a></div>' if following else ""
    return f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>通知公告</title>
<meta name="ColumnName" content="通知公告"></head><body><div class="list"><ul>{rows}</ul></div>{pager}</body></html>"""


def write_site(folder: Path, key: str, server: Server, **changes: Any) -> Path:
    """A site file for a loopback server; `changes` are lines of TOML by name."""
    folder.mkdir(parents=True, exist_ok=True)
    crawl = changes.get("crawl", "delay = 0\nconcurrency = 4")
    channels = changes.get("channels", ["/list/"])
    tables = "".join(f'[[channel]]\nname = "通知"\nurl = "{server.url}{path}"\n' for path in channels)
    text = f"""key = "{key}"
name = "测试站"
kind = "{changes.get("kind", "bureau")}"
hosts = ["127.0.0.1:{server.port}"]
{changes.get("top", "")}
[crawl]
{crawl}
{changes.get("tables", tables)}
"""
    path = folder / f"{key}.toml"
    path.write_text(text, encoding="utf-8")
    return path
