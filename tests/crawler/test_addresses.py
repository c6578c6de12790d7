"""What counts as public, and that nothing else is connected to unless it is allowed."""

from ipaddress import ip_address
from pathlib import Path

import pytest
from scrapy.settings import Settings
from twisted.internet.address import IPv4Address
from twisted.internet.testing import StringTransport

from crawler.addresses import EVERYWHERE, Reach, is_public, parse_reach
from crawler.exchange import Exchange
from crawler.failures import PrivateAddress
from crawler.pool import _tap
from crawler.taps import TappedConnection
from tests.crawler.drive import Ask, Told, drive
from tests.crawler.origin import Origin, Reply, page

_PUBLIC = (
    "202.96.128.86",
    "1.1.1.1",
    "2400:3200::1",
    "::ffff:202.96.128.86",
    "64:ff9b::ca60:8056",
    "2002:ca60:8056::1",
)
_PRIVATE = (
    *("127.0.0.1", "127.255.255.254", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1"),
    *("169.254.169.254", "100.64.0.1", "192.0.0.1", "192.0.2.1", "198.18.0.1", "203.0.113.1", "224.0.0.1"),
    *("240.0.0.1", "255.255.255.255", "::", "::1", "fe80::1", "fc00::1", "fd12::1", "fec0::1", "ff02::1"),
    *("2001:db8::1", "::ffff:127.0.0.1", "::ffff:a00:1", "64:ff9b::7f00:1", "64:ff9b::10.0.0.1", "2002:7f00:1::"),
)


@pytest.mark.parametrize("text", _PUBLIC)
def test_public_addresses_are_public(text: str) -> None:
    assert is_public(ip_address(text))


@pytest.mark.parametrize("text", _PRIVATE)
def test_addresses_of_networks_behind_the_door_are_not(text: str) -> None:
    assert not is_public(ip_address(text))


@pytest.mark.parametrize(
    ("value", "reach"),
    [
        (False, Reach()),
        ("0", Reach()),
        (True, EVERYWHERE),
        ("true", EVERYWHERE),
        (["10.1.0.0/16"], parse_reach(Settings({"ALLOW_PRIVATE_ADDRESSES": "10.1.0.0/16"}))),
    ],
)
def test_the_setting_is_a_truth_value_or_networks(value: object, reach: Reach) -> None:
    assert parse_reach(Settings({"ALLOW_PRIVATE_ADDRESSES": value})) == reach


def test_networks_that_are_allowed_are_within_reach_and_no_others() -> None:
    reach = parse_reach(Settings({"ALLOW_PRIVATE_ADDRESSES": "127.0.0.1/32, ::1/128"}))
    assert [reach.covers(host) for host in ("127.0.0.1", "::1", "1.1.1.1")] == [True] * 3
    assert [reach.covers(host) for host in ("127.0.0.2", "10.0.0.1", "localhost")] == [False] * 3


@pytest.mark.parametrize("value", ["yes please", ["10.0.0.0/99"], [7.5]])
def test_a_setting_that_cannot_be_read_is_an_error_in_one_line(value: object) -> None:
    with pytest.raises(ValueError, match="ALLOW_PRIVATE_ADDRESSES") as caught:
        parse_reach(Settings({"ALLOW_PRIVATE_ADDRESSES": value}))
    assert "\n" not in str(caught.value)


def _only_refused(told: Told, url: str, address: str) -> None:
    (capture,) = told.of(url)
    assert capture.failure is not None
    assert (capture.failure.kind, capture.peer, capture.request) == ("private-address", None, b"")
    assert address in capture.failure.message
    assert told.ends[url].startswith("PrivateAddress: ")


def test_literals_names_and_odd_spellings_of_loopback_are_refused_before_connecting(tmp_path: Path) -> None:
    with Origin(lambda _: page()) as origin:
        hosts = (
            "127.0.0.1",
            "localhost",
            "127.1",
            "2130706433",
            "0x7f000001",
            "0177.0.0.1",
            "[::1]",
            "[::ffff:7f00:1]",
        )
        urls = [f"http://{host}:{origin.port}/" for host in hosts]
        told = drive(tmp_path, [Ask(url) for url in urls], ALLOW_PRIVATE_ADDRESSES=False)
    assert origin.log == []
    for url in urls:
        _only_refused(told, url, "")


def test_a_redirect_into_a_private_network_is_refused(tmp_path: Path) -> None:
    targets = (
        "http://127.0.0.2:%d/",
        "http://10.0.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "https://[::1]:%d/",
    )

    def answer(request: bytes) -> Reply:
        number = int(request.split(b" ")[1].removeprefix(b"/"))
        return page(b"", b"HTTP/1.1 302 Found", b"Location: " + (names[number]).encode())

    with Origin(answer) as origin:
        names = [target.replace("%d", str(origin.port)) for target in targets]
        asks = [Ask(f"{origin.base}/{number}") for number in range(len(names))]
        told = drive(tmp_path, asks, ALLOW_PRIVATE_ADDRESSES="127.0.0.1/32")
    for number, name in enumerate(names):
        (capture,) = told.of(name)
        assert capture.failure is not None
        assert capture.failure.kind == "private-address"
        assert told.ends[f"{origin.base}/{number}"].startswith("PrivateAddress: ")


def test_a_name_that_resolves_to_a_private_address_the_second_time_is_refused_then(tmp_path: Path) -> None:
    with Origin(lambda _: page(b"ok", b"HTTP/1.1 200 OK", b"Connection: close"), host="127.0.0.1") as origin:
        base = f"http://rebound.example:{origin.port}"
        told = drive(
            tmp_path,
            [Ask(f"{base}/first"), Ask(f"{base}/second")],
            ALLOW_PRIVATE_ADDRESSES="127.0.0.1/32",
            CONCURRENT_REQUESTS=1,
            TWISTED_DNS_RESOLVER="tests.crawler.rebinding.Rebinding",
        )
    assert told.ends[f"{base}/first"] == "200"
    _only_refused(told, f"{base}/second", "127.0.0.2")
    assert [one.path for one in origin.log] == ["/first"]


def test_of_several_addresses_only_those_within_reach_are_tried(tmp_path: Path) -> None:
    with Origin(lambda _: page()) as origin:
        url = f"http://mixed.example:{origin.port}/"
        told = drive(
            tmp_path,
            [Ask(url)],
            ALLOW_PRIVATE_ADDRESSES="127.0.0.1/32",
            TWISTED_DNS_RESOLVER="tests.crawler.rebinding.Rebinding",
        )
    (capture,) = told.of(url)
    assert (told.ends[url], capture.peer, capture.failure) == ("200", f"127.0.0.1:{origin.port}", None)


def test_a_name_with_addresses_of_both_families_is_fetched_from_the_one_that_answers(tmp_path: Path) -> None:
    with Origin(lambda _: page()) as older, Origin(lambda _: page(), host="::1") as newer:
        urls = {f"http://both.example:{one.port}/": one for one in (older, newer)}
        told = drive(
            tmp_path,
            [Ask(url) for url in urls],
            ALLOW_PRIVATE_ADDRESSES="127.0.0.1/32,::1/128",
            TWISTED_DNS_RESOLVER="tests.crawler.rebinding.Rebinding",
        )
    peers = [told.of(url)[0].peer for url in urls]
    assert (list(told.ends.values()), peers) == (["200", "200"], [f"127.0.0.1:{older.port}", f"[::1]:{newer.port}"])


def test_a_connection_that_ended_up_inside_is_cut_before_anything_is_sent() -> None:
    connection = TappedConnection()  # type: ignore[no-untyped-call]
    transport = StringTransport(peerAddress=IPv4Address("TCP", "10.0.0.1", 80))  # type: ignore[no-untyped-call]
    connection.makeConnection(transport)  # type: ignore[no-untyped-call]
    exchange = Exchange("http://www.example.com/", "GET", reach=Reach())
    with pytest.raises(PrivateAddress, match=r"10\.0\.0\.1"):
        _tap(connection, exchange)
    assert transport.disconnected
    assert (exchange.peer, exchange.sent) == (None, [])
    assert transport.value() == b""  # type: ignore[no-untyped-call]
