"""A name server in one class: names under `example` resolve to what a test needs, addresses to themselves, others not."""

from typing import Any, Self

from scrapy.resolver import HostResolution
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.interfaces import IHostnameResolver
from zope.interface import implementer

from crawler.addresses import parse_literal

_ANSWERS = {
    # Within reach the first time, elsewhere from then on.
    "rebound.example": [["127.0.0.1"], ["127.0.0.2"]],
    # Two families, of which a server may serve one.
    "both.example": [["::1", "127.0.0.1"]],
    "mixed.example": [["127.0.0.2", "10.0.0.1", "127.0.0.1"]],
}


@implementer(IHostnameResolver)
class Rebinding:
    """Answers in turn, the last answer for good."""

    def __init__(self, reactor: Any) -> None:
        self._reactor = reactor
        self._asked: dict[str, int] = {}

    @classmethod
    def from_crawler(cls, crawler: Any, reactor: Any) -> Self:
        """Make it as Scrapy makes resolvers."""
        del crawler
        return cls(reactor)

    def install_on_reactor(self) -> None:
        """Answer for the whole process."""
        self._reactor.installNameResolver(self)

    def resolveHostName(self, receiver: Any, name: str, portNumber: int = 0, *_: Any) -> Any:  # noqa: N802, N803
        """Answer at once."""
        answers: list[list[str]] = _ANSWERS.get(name, [[name] if parse_literal(name) else []])
        turn = self._asked[name] = self._asked.get(name, -1) + 1
        resolution = HostResolution(name)
        receiver.resolutionBegan(resolution)
        for address in answers[min(turn, len(answers) - 1)]:
            family = IPv6Address if ":" in address else IPv4Address
            receiver.addressResolved(family("TCP", address, portNumber))
        receiver.resolutionComplete()
        return resolution
