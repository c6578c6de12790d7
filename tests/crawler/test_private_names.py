"""Private names of Scrapy and Twisted that exact capture and the gates rest on.

An update that takes one away, or no longer uses it, must fail here, in words, and not in a crawl.
"""

import inspect
from collections.abc import Callable
from typing import Any

import pytest
from scrapy.core.downloader.handlers import http11
from scrapy.downloadermiddlewares import cookies
from tldextract import TLDExtract
from twisted.internet import _sslverify, abstract, endpoints, ssl
from twisted.web import _newclient, client

import crawler.gates  # noqa: F401 (it puts our list of public suffixes in place)
from crawler.pool import TappedFactory, TappedPool
from crawler.taps import TappedConnection


def test_cookies_ask_the_packaged_list_of_public_suffixes_and_not_the_network() -> None:
    extract = cookies._split_domain
    assert isinstance(extract, TLDExtract)
    assert extract.suffix_list_urls == ()
    assert "_split_domain(" in inspect.getsource(cookies)


USED: dict[str, tuple[Callable[..., Any], str]] = {
    "the parser is made for each request": (_newclient.HTTP11ClientProtocol.request, "self._parser ="),
    "the proxy is made for each request": (_newclient.HTTP11ClientProtocol.request, "self._transportProxy ="),
    "a response is finished by name": (_newclient.HTTP11ClientProtocol.request, "self._finishResponse"),
    "the request of a response is kept": (_newclient.HTTP11ClientProtocol.request, "self._currentRequest ="),
    "bad data are given up by name": (_newclient.HTTP11ClientProtocol.dataReceived, "self._giveUp("),
    "connections come from the factory": (client.HTTPConnectionPool._newConnection, "self._factory("),
    "idle connections are in a list": (client.HTTPConnectionPool.getConnection, "self._connections.get(key)"),
    "each with its time-out": (client.HTTPConnectionPool.getConnection, "self._timeouts[connection].cancel()"),
    "what is aborted is not idle": (_newclient.HTTP11ClientProtocol.abort, 'self._state = "ABORTING"'),
    "the pool asks whether to try again": (client.HTTPConnectionPool, "retryAutomatically"),
    "the factory hands on what calls back": (http11._LenientHTTP11ClientFactory.buildProtocol, "_quiescentCallback"),
    "the handler has a pool": (http11.HTTP11DownloadHandler.__init__, "self._pool"),
    "what waits to be sent is kept there": (abstract.FileDescriptor.write, "_tempDataBuffer"),
    "the context is made by name": (ssl.CertificateOptions.getContext, "self._makeContext("),
    "the name that is asked for": (_sslverify.ClientTLSOptions.__init__, "self._hostnameASCII ="),
    "host names are encoded by name": (endpoints.HostnameEndpoint, "_idnaBytes"),
}


@pytest.mark.parametrize("what", USED)
def test_what_the_taps_rest_on_is_still_used_by_its_library(what: str) -> None:
    where, name = USED[what]
    assert name in inspect.getsource(where), (
        f"{where.__qualname__} no longer has {name}: see crawler/taps.py and crawler/pool.py"
    )


def test_what_is_overridden_is_there_to_be_overridden() -> None:
    for ours in (TappedConnection, TappedFactory, TappedPool):
        (theirs,) = (base for base in ours.__bases__ if base.__module__.startswith(("scrapy", "twisted")))
        inherited = {name for name in vars(ours) if name.startswith("_") and not name.startswith("__")}
        assert not [name for name in inherited if not hasattr(theirs, name)]
