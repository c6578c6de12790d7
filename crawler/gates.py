"""Gates that set a cookie and send the asker to the same address again are passed; other cookies are not kept.

Whoever carries no cookies gets the page that everybody gets, and a replay needs none.
"""

from urllib.parse import urljoin

from scrapy import Request
from scrapy.downloadermiddlewares import cookies
from scrapy.downloadermiddlewares.cookies import CookiesMiddleware
from scrapy.http import Response
from tldextract import TLDExtract

# Scrapy's own would fetch a list of public suffixes from the network at its first cookie; the packaged one is used.
cookies._split_domain = TLDExtract(include_psl_private_domains=True, suffix_list_urls=(), cache_dir=None)  # noqa: SLF001

_REDIRECTS = frozenset({301, 302, 303, 307, 308})


class GateCookies(CookiesMiddleware):
    """Keeps the cookies of gates, and of nothing else."""

    def process_response(  # type: ignore[override] # the spider argument is deprecated
        self, request: Request, response: Response
    ) -> Request | Response:
        """Note the cookies of a response that points at its own address."""
        if not is_gate(request, response):
            return response
        kept: Request | Response = super().process_response(request, response)
        return kept


def is_gate(request: Request, response: Response) -> bool:
    """Whether the answer is to ask again with the cookie that came along."""
    location = (response.headers.get("Location") or b"").decode("latin-1")
    is_self = bool(location) and urljoin(request.url, location) == request.url
    return response.status in _REDIRECTS and is_self and "Set-Cookie" in response.headers
