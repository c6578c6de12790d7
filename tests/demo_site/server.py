"""The demo sites on loopback, each on a free port of its own, each with a log of what it was asked.

with DemoSites() as sites:
    sites.edition = 2
    sites["qingxi"].base    # http://127.0.0.1:40123
"""

import json
import socketserver
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from time import monotonic
from types import TracebackType
from typing import Self

from tests.demo_site.answers import answers_of, not_found
from tests.demo_site.content import HERE, NAMES, Edition, SiteSource, read_site
from tests.demo_site.wire import Answer


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it arrived, and the status it got; `at` is a monotonic clock in seconds."""

    at: float
    edition: Edition
    method: str
    path: str
    headers: dict[str, str]
    status: int


@dataclass(slots=True)
class DemoSite:
    """One site that is being served."""

    source: SiteSource
    port: int
    answers: dict[int, dict[str, Answer]]
    missing: Answer
    asked: list[Asked] = field(default_factory=list)
    edition: Edition = 1

    @property
    def base(self) -> str:
        """Scheme, host and port."""
        return f"http://127.0.0.1:{self.port}"

    def asked_for(self, path: str, *, edition: Edition | None = None) -> list[Asked]:
        """The requests for one path."""
        return [ask for ask in self.asked if ask.path == path and edition in {None, ask.edition}]

    def answer(self, handler: BaseHTTPRequestHandler) -> Answer:
        """Choose the answer to a request and log both."""
        headers = {name.lower(): value for name, value in handler.headers.items()}
        answer = self.answers[self.edition].get(handler.path, self.missing)
        if answer.matches(headers.get("if-none-match"), headers.get("if-modified-since")):
            answer = answer.not_modified()
        self.asked.append(Asked(monotonic(), self.edition, str(handler.command), handler.path, headers, answer.status))
        return answer


class DemoSites:
    """All demo sites, serving while the `with` block runs. `edition` turns them all over at once.

    `ports` are those of an earlier run, to be had again; a site without one gets any that is free.
    """

    def __init__(self, names: tuple[str, ...] = NAMES, *, ports: Mapping[str, int] | None = None) -> None:
        self.names = names
        self.ports = ports or {}
        self.sites: dict[str, DemoSite] = {}
        self._servers: list[_Server] = []
        self._edition: Edition = 1

    def __getitem__(self, name: str) -> DemoSite:
        return self.sites[name]

    @property
    def edition(self) -> Edition:
        """Which state of the sites is being served."""
        return self._edition

    @edition.setter
    def edition(self, value: Edition) -> None:
        self._edition = value
        for site in self.sites.values():
            site.edition = value

    def write_site_files(self, folder: Path) -> list[str]:
        """Write the site files with the ports of this run, and these for a later one; returns the keys of the sites."""
        folder.mkdir(parents=True, exist_ok=True)
        ports = {name: site.port for name, site in self.sites.items()}
        (folder / "ports.json").write_text(json.dumps(ports), encoding="utf-8")
        keys = []
        for path in sorted((HERE / "sites").glob("*.toml")):
            text = path.read_text(encoding="utf-8").replace("{port}", str(self.sites[path.stem].port))
            (folder / f"demo_{path.stem}.toml").write_text(text, encoding="utf-8")
            keys.append(f"demo_{path.stem}")
        return keys

    def __enter__(self) -> Self:
        for name in self.names:
            source = read_site(name)
            server = _Server(("127.0.0.1", self.ports.get(name, 0)), _Handler)
            answers = {edition: answers_of(source, edition) for edition in (1, 2)}
            server.site = DemoSite(source, server.server_address[1], answers, not_found(source))
            threading.Thread(target=server.serve_forever, args=(0.05,), name=f"demo-{name}", daemon=True).start()
            self._servers.append(server)
            self.sites[name] = server.site
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for server in self._servers:
            server.shutdown()
            server.server_close()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128
    block_on_close = False
    site: DemoSite


class _Handler(BaseHTTPRequestHandler):
    """Borrows the parsing of requests; what goes out is the bytes of the answer and nothing else."""

    protocol_version = "HTTP/1.1"
    timeout = 30
    server: _Server

    def do_GET(self) -> None:
        self._send()

    def do_HEAD(self) -> None:
        self._send()

    def _send(self) -> None:
        site = self.server.site
        answer = site.answer(self)
        self.wfile.write(answer.to_bytes(head_only=self.command == "HEAD"))
        if site.source.close:
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (its name in http.server)
        """Say nothing: `asked` is the log."""
