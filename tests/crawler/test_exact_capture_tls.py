"""TLS as evidence: verified as a browser would, recorded instead of enforced, old servers spoken to last."""

import ssl

import pytest
from cryptography.x509 import load_der_x509_certificate

from tests.crawler.certificates import make_authority, make_legacy_server
from tests.crawler.drive import Ask, Told, drive
from tests.crawler.origin import Origin, page

# Name of the case: host in the certificate, its days, whether the client knows the authority, the verdict.
_SERVERS = {
    "vouched for": ("127.0.0.1", 30, True, True),
    "by name": ("localhost", 30, True, True),
    "expired": ("127.0.0.1", -5, True, False),
    "for another host": ("www.example.com", 30, True, False),
    "of an unknown authority": ("127.0.0.1", 30, False, False),
}


@pytest.fixture(scope="module")
def crawl(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, str], Told]:
    """One crawl of every server, the old one and one that speaks no TLS included."""
    folder, elsewhere = tmp_path_factory.mktemp("tls"), tmp_path_factory.mktemp("unknown")
    known, unknown = make_authority(folder), make_authority(elsewhere)
    contexts: dict[str, ssl.SSLContext | None] = {
        name: (known if is_known else unknown).server(folder if is_known else elsewhere, host, days=days)
        for name, (host, days, is_known, _) in _SERVERS.items()
    }
    contexts["old"] = make_legacy_server(folder)
    origins = {name: Origin(lambda _: page(), context) for name, context in contexts.items()}
    origins["by name"].name = "localhost"
    origins["no TLS"] = Origin(lambda _: page())
    urls = {name: f"{origin.base}/".replace("http:", "https:") for name, origin in origins.items()}
    for origin in origins.values():
        origin.__enter__()
    told = drive(
        folder,
        [Ask(url, meta={"max_retry_times": 1}) for url in urls.values()],
        environment={"SSL_CERT_FILE": str(known.file)},
        RETRY_ENABLED=True,
    )
    for origin in origins.values():
        origin.__exit__(None, None, None)
    return urls, told


@pytest.mark.parametrize("name", _SERVERS)
def test_the_certificate_is_kept_and_judged_and_the_page_fetched(crawl: tuple[dict[str, str], Told], name: str) -> None:
    urls, told = crawl
    host, _, _, verdict = _SERVERS[name]
    (capture,) = told.of(urls[name])
    assert told.ends[urls[name]] == "200"
    assert capture.failure is None
    assert capture.tls is not None
    assert capture.tls.verified is verdict
    shown = load_der_x509_certificate(capture.tls.chain[0])
    assert shown.subject.rfc4514_string() == f"CN={host}"
    assert len(capture.tls.chain) == 2


def test_a_server_that_speaks_only_old_tls_is_spoken_to_after_a_modern_handshake_failed(
    crawl: tuple[dict[str, str], Told],
) -> None:
    urls, told = crawl
    first, second = told.of(urls["old"])
    assert first.failure is not None
    assert (first.failure.kind, first.request, first.response, first.tls) == ("tls", b"", b"", None)
    assert told.ends[urls["old"]] == "200"
    assert second.tls is not None
    assert (second.tls.version, second.tls.verified) == ("TLSv1", False)


def test_a_handshake_that_fails_is_a_failure_and_nothing_was_sent(crawl: tuple[dict[str, str], Told]) -> None:
    urls, told = crawl
    tries = told.of(urls["no TLS"])
    assert len(tries) == 2
    for capture in tries:
        assert capture.failure is not None
        assert (capture.failure.kind, capture.request, capture.tls) == ("tls", b"", None)
        assert capture.peer is not None
