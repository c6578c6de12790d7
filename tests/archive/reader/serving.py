"""A replay server at work, and questions to it."""

import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from archive.catalog.catalog import Catalog
from archive.directory import Archive
from archive.reader.server import ReplayServer
from tests.archive.made_pages import article_url

URL = article_url(1)
FRAMED = {"Sec_Fetch_Dest": "iframe", "Sec_Fetch_Site": "same-origin"}
FIRST, SECOND = "20260402010000000000", "20260402011000000000"


@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8")


@contextmanager
def serving(folder: Path) -> Iterator[ReplayServer]:
    archive = Archive.open(folder, create=False)
    with Catalog(archive) as catalog, ReplayServer(archive, catalog, port=0) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def ask(server: ReplayServer, path: str, *, method: str = "GET", host: str | None = None, **headers: str) -> Answer:
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=20)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, headers={"Host": host or f"127.0.0.1:{server.server_port}"} | named)
    response = connection.getresponse()
    answer = Answer(response.status, response.headers, response.read())
    connection.close()
    return answer
