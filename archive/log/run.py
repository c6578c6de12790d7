"""A run as evidence: by what it fetched, and what it met under the name of each host.

Nobody can prove later what the network was then; what the run saw of it is written down while it sees it.
"""

import platform
import threading
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC
from email.utils import parsedate_to_datetime
from importlib.metadata import version
from typing import Final
from urllib.parse import urlsplit

from archive.language import describe_recipe
from archive.log.covering import now
from archive.log.entries import Entry, RunEndEntry, RunStartEntry
from archive.log.fields import Server
from archive.warc.records import sha256
from pipelines.framing import parse_head
from pipelines.records import Capture

_NETWORK: Final = ("scrapy", "twisted", "pyopenssl", "cryptography")
_SAMPLE: Final = 32
"""Each host's clock is read off its first answer and then off every 32nd."""
_ROBOTS: Final = "/robots.txt"
_ROOM: Final = 32 * 1024
"""Bytes of servers in one entry, which has room for 64 KiB."""
_MOST: Final = 32
"""Peers and certificate chains of one host that are written down."""

Answers = Callable[[str], Sequence[str]]
"""Gives the addresses that a host name resolved to in this process."""


@dataclass(slots=True)
class _Met:
    captures: int = 0
    failures: int = 0
    peers: set[str] = field(default_factory=set)
    tls: set[tuple[str, bool | None, tuple[bytes, ...]]] = field(default_factory=set)
    offsets: list[int] = field(default_factory=list)
    robots: str | None = None


class RunRecord:
    """Notes captures of one run; threads may share it."""

    def __init__(self, put: Callable[[Entry], None], *, command: str, recipe: str, sites: Sequence[str]) -> None:
        """Log that the run begins; raises ArchiveError."""
        self.id = f"urn:uuid:{uuid.uuid4()}"
        self._put = put
        self._hosts: dict[str, _Met] = {}
        self._lock = threading.Lock()
        put(
            RunStartEntry(
                logged=now(),
                run=self.id,
                command=command,
                software=f"Lantian/{version('lantian')}",
                libraries=tuple(f"{name} {known}" for name, known in sorted(_libraries().items())),
                platform=platform.platform(),
                recipe=recipe,
                proxy="none",
                sites=tuple(sites),
            )
        )

    def note(self, capture: Capture) -> None:
        """Take down what an exchange shows of its server."""
        if capture.custody != "wire":
            return
        parts = urlsplit(capture.url)
        with self._lock:
            met = self._hosts.setdefault(parts.hostname or "", _Met())
            if met.captures % _SAMPLE == 0 and (offset := clock_offset(capture)) is not None:
                met.offsets.append(offset)
            met.captures += 1
            met.failures += capture.failure is not None
            if capture.peer:
                met.peers.add(capture.peer)
            if capture.tls:
                met.tls.add((capture.tls.version, capture.tls.verified, capture.tls.chain))
            if parts.path == _ROBOTS:
                met.robots = capture.record_id

    def close(self, answers: Answers, *, reread: int = 0) -> None:
        """Log that the run ended, what it met, or how many captures it read again; raises ArchiveError."""
        with self._lock:
            hosts = dict(self._hosts)
        servers = [_describe(host, met, answers(host)) for host, met in sorted(hosts.items())]
        parts = _divide(servers)
        for number, part in enumerate(parts, 1):
            self._put(
                RunEndEntry(
                    logged=now(),
                    run=self.id,
                    part=number,
                    parts=len(parts),
                    captures=reread + sum(met.captures for met in hosts.values()),
                    failures=sum(met.failures for met in hosts.values()),
                    servers=tuple(part),
                )
            )


def _divide(servers: Sequence[Server]) -> list[list[Server]]:
    """Servers in their order, as many together as one entry has room for; a single one never needs more."""
    parts: list[list[Server]] = [[]]
    room = _ROOM
    for server in servers:
        size = len(server.model_dump_json().encode())
        if parts[-1] and size > room:
            parts.append([])
            room = _ROOM
        parts[-1].append(server)
        room -= size
    return parts


def clock_offset(capture: Capture) -> int | None:
    """Seconds by which the server's Date header is ahead of our clock at the end of the exchange; None without one."""
    date = parse_head(capture.response).header("date") if capture.response else None
    if not date:
        return None
    try:
        moment = parsedate_to_datetime(date)
    except ValueError:
        return None
    ours = capture.fetched_at.timestamp() + (capture.duration or 0)
    return round((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() - ours)


def _describe(host: str, met: _Met, answers: Sequence[str]) -> Server:
    return Server(
        host=host,
        answers=tuple(sorted(set(answers))[:_MOST]),
        peers=tuple(sorted(met.peers)[:_MOST]),
        tls=tuple(
            sorted(((kind, verified, tuple(map(sha256, chain))) for kind, verified, chain in met.tls), key=str)[:_MOST]
        ),
        clock_offsets=(min(met.offsets), max(met.offsets)) if met.offsets else None,
        robots=met.robots,
        captures=met.captures,
        failures=met.failures,
    )


def _libraries() -> Mapping[str, str]:
    return {name: version(name) for name in _NETWORK} | describe_recipe()
