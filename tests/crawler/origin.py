"""A loopback origin that says exactly what it is told, and keeps every byte it read and wrote.

Plain sockets and threads: no HTTP library stands between the test and the wire.
"""

import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Literal, Self

End = Literal["keep", "close", "reset"]


@dataclass(frozen=True)
class Reply:
    """Bytes are written in turn, a number is a pause in seconds; then the connection is kept, closed or reset."""

    pieces: tuple[bytes | float, ...]
    end: End = "keep"


@dataclass
class Served:
    """One exchange as the origin saw it."""

    path: str
    request: bytes
    response: bytes = b""
    connection: int = 0


# The first byte of a TLS handshake: somebody takes the origin for a secured one.
_HANDSHAKE = b"\x16"

Router = Callable[[bytes], Reply]


def page(body: bytes = b"<p>ok</p>", head: bytes = b"HTTP/1.1 200 OK", *headers: bytes) -> Reply:
    """Give a complete response with its length."""
    lines = [head, b"Content-Type: text/html", *headers, b"Content-Length: %d" % len(body)]
    return Reply((b"\r\n".join(lines) + b"\r\n\r\n" + body,))


@dataclass
class Origin:
    """Listens on a port of its own while it is entered; `log` holds what it served, in order of arrival.

    With `is_hanging_up` it resets each connection before anything was said.
    """

    router: Router
    context: ssl.SSLContext | None = None
    host: str = "127.0.0.1"
    name: str | None = None
    is_hanging_up: bool = False
    log: list[Served] = field(default_factory=list)

    def __post_init__(self) -> None:
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        self._listener = socket.create_server((self.host, 0), family=family, backlog=128)
        self.port: int = self._listener.getsockname()[1]
        self._threads: list[threading.Thread] = []
        self._open: set[socket.socket] = set()
        self._is_closing = False

    @property
    def base(self) -> str:
        """The url of its root, without a slash."""
        return f"{'https' if self.context else 'http'}://{self.name or self.host}:{self.port}"

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._is_closing = True
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in list(self._open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(timeout=10)

    def served(self, path: str) -> list[Served]:
        """What was served at a path, query included."""
        return [one for one in self.log if one.path == path]

    def _start(self, target: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=target, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        number = 0
        while not self._is_closing:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            number += 1
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._start(self._talk, connection, number)

    def _talk(self, plain: socket.socket, number: int) -> None:
        connection = plain
        self._open.add(plain)
        try:
            if self.is_hanging_up:
                _hang_up(plain, "reset")
                return
            if self.context is not None:
                connection = self.context.wrap_socket(plain, server_side=True)
                self._open.add(connection)
            while request := _read_request(connection):
                served = Served(_find_path(request), request, connection=number)
                self.log.append(served)
                reply = self.router(request)
                _say(connection, reply, served)
                if reply.end != "keep":
                    _hang_up(connection, reply.end)
                    break
        except OSError:
            pass  # the client hung up: what was said until then is in the log
        finally:
            self._open -= {plain, connection}
            connection.close()


def _read_request(connection: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data and not data.startswith(_HANDSHAKE):
        more = connection.recv(65536)
        if not more:
            return b""
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    while len(body) < _find_length(head):
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


def _find_path(request: bytes) -> str:
    return "" if request.startswith(_HANDSHAKE) else request.split(b" ", 2)[1].decode("ascii")


def _find_length(head: bytes) -> int:
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


def _say(connection: socket.socket, reply: Reply, served: Served) -> None:
    for piece in reply.pieces:
        if isinstance(piece, bytes):
            served.response += piece
            connection.sendall(piece)
        else:
            time.sleep(piece)


def _hang_up(connection: socket.socket, end: End) -> None:
    if end == "reset":
        # A closed socket that may not linger answers with RST.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    elif isinstance(connection, ssl.SSLSocket):
        connection.settimeout(2)
        with suppress(OSError, ValueError):
            connection.unwrap()
