"""Which network addresses may be fetched: a crawler of public offices has no business inside anybody's network."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from scrapy.settings import BaseSettings

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# NAT64 (RFC 6052, RFC 8215): an IPv4 address is inside and is where the packets go.
_NAT64 = (ip_network("64:ff9b::/96"), ip_network("64:ff9b:1::/48"))


@dataclass(frozen=True, slots=True)
class Reach:
    """Where a crawl may go: the public internet and these networks."""

    networks: tuple[Network, ...] = ()

    def covers(self, host: str) -> bool:
        """Whether an address literal is within reach; what is no literal is not."""
        return _is_within(host, self.networks)


# The hosts of a crawl are few, and each is asked about with every request.
@lru_cache(maxsize=1024)
def _is_within(host: str, networks: tuple[Network, ...]) -> bool:
    address = parse_literal(host)
    if address is None:
        return False
    return is_public(address) or any(address in network for network in networks)


EVERYWHERE = Reach((ip_network("0.0.0.0/0"), ip_network("::/0")))


def parse_reach(settings: BaseSettings) -> Reach:
    """Read ALLOW_PRIVATE_ADDRESSES: a truth value, or a list of networks (`127.0.0.0/8,::1/128`).

    Raises ValueError, in one line, where it is neither.
    """
    value = settings.get("ALLOW_PRIVATE_ADDRESSES", False)
    try:
        return EVERYWHERE if settings.getbool("ALLOW_PRIVATE_ADDRESSES") else Reach()
    except (TypeError, ValueError):  # neither a word nor a number
        names: Iterable[str] = value.split(",") if isinstance(value, str) else value
    try:
        return Reach(tuple(ip_network(name.strip()) for name in names))
    except (TypeError, ValueError, AttributeError) as error:
        raise ValueError(f"ALLOW_PRIVATE_ADDRESSES: {value!r} is neither a truth value nor networks; {error}") from None


@lru_cache(maxsize=1024)
def parse_literal(host: str) -> Address | None:
    """Read an address literal, with or without a zone; a name gives None, and so do `127.1` and `0x7f000001`.

    >>> parse_literal("fe80::1%eth0"), parse_literal("127.1")
    (IPv6Address('fe80::1'), None)
    """
    try:
        return ip_address(host.partition("%")[0])
    except ValueError:
        return None


def is_public(address: Address) -> bool:
    """Whether it is a unicast address of the public internet (IANA special-purpose address registries).

    An IPv4 address inside an IPv6 address (mapped, 6to4, NAT64) is what counts.

    >>> [is_public(ip_address(text)) for text in ("202.96.128.86", "127.0.0.1", "::ffff:10.0.0.1")]
    [True, False, False]
    """
    inner = _innermost(address)
    if isinstance(inner, IPv6Address) and inner.is_site_local:
        return False
    return inner.is_global and not inner.is_multicast and not inner.is_reserved


def _innermost(address: Address) -> Address:
    if isinstance(address, IPv4Address):
        return address
    if any(address in network for network in _NAT64):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address
