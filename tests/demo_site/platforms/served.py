"""A site of one CMS family on loopback: pages by address, list requests answered only when made as the family makes them."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from tests.demo_site.platforms.stories import Story


@dataclass(frozen=True, slots=True)
class Ask:
    """One request as it arrived; header names in lowercase."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes = b""

    @property
    def place(self) -> str:
        """The path without its query."""
        return urlsplit(self.path).path

    @property
    def query(self) -> dict[str, str]:
        """The parameters of the address."""
        return dict(parse_qsl(urlsplit(self.path).query, keep_blank_values=True))

    @property
    def form(self) -> dict[str, str]:
        """The parameters that were posted."""
        return dict(parse_qsl(self.body.decode("utf-8"), keep_blank_values=True))


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes back: a body and what the server says it is."""

    text: str
    kind: str = "text/html;charset=UTF-8"


@dataclass(frozen=True, slots=True)
class PlatformSite:
    """One small site.

    `pages` are answered to any GET, `answer` sees what is not among them and may say None: that is a 404. `articles`
    are the stories by address, `lists` the addresses of list requests that a crawl has to make, each once.
    """

    key: str
    name: str
    channels: tuple[tuple[str, str], ...]
    pages: dict[str, Reply]
    articles: dict[str, Story]
    lists: tuple[str, ...]
    answer: Callable[[Ask], Reply | None] = lambda _: None


@dataclass(slots=True)
class Served:
    """A site that is being served, and what it was asked."""

    site: PlatformSite
    port: int = 0
    asked: list[Ask] = field(default_factory=list)

    @property
    def base(self) -> str:
        """Scheme, host and port."""
        return f"http://127.0.0.1:{self.port}"

    def write_site_file(self, folder: Path) -> None:
        """The twenty lines by which a crawl knows this site; the family is left to be recognised."""
        channels = "".join(
            f'\n[[channel]]\nname = "{name}"\nurl = "{self.base}{path}"\n' for name, path in self.site.channels
        )
        (folder / f"{self.site.key}.toml").write_text(
            f'key = "{self.site.key}"\nname = "{self.site.name}"\nkind = "bureau"\nhosts = ["127.0.0.1:{self.port}"]\n'
            f'facts = ["tests/demo_site/platforms"]\n{channels}\n[crawl]\ndelay = 0\nconcurrency = 4\n',
            encoding="utf-8",
        )


@contextmanager
def serve(sites: tuple[PlatformSite, ...]) -> Iterator[dict[str, Served]]:
    """Serve each site on a port of its own while the block runs."""
    with ExitStack() as stack:
        served = {site.key: Served(site) for site in sites}
        for one in served.values():
            server = stack.enter_context(_Server(("127.0.0.1", 0), _Handler))
            server.served = one
            one.port = server.server_address[1]
            threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
            stack.callback(server.shutdown)
        yield served


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    served: Served


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30
    server: _Server

    def do_GET(self) -> None:
        self._respond()

    def do_POST(self) -> None:
        self._respond()

    def _respond(self) -> None:
        served = self.server.served
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self.rfile.read(int(headers.get("content-length", 0)))
        ask = Ask(str(self.command), self.path, headers, body)
        served.asked.append(ask)
        page = served.site.pages.get(ask.path) if ask.method == "GET" else None
        reply = page or served.site.answer(ask)
        data = (reply or Reply("<html><head><title>404</title></head><body>404 Not Found</body></html>")).text.encode()
        self.send_response(200 if reply else 404)
        self.send_header("Content-Type", reply.kind if reply else "text/html")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (its name in http.server)
        """Say nothing: `asked` is the log."""
