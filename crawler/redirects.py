"""Redirects hop by hop: each hop is a request and a capture of its own.

Differs from Scrapy in two things. A way that comes back to where it has been is told at once, not after the longest
way allowed. A hop that points at itself and sets a cookie (some gates do) is passed once with that cookie, though the
duplicate filter knows the address.
"""

from typing import Any

from scrapy import Request
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response


class RedirectLoop(IgnoreRequest):
    """The way leads back to where it has been, or is too long to be meant."""


class Redirects(RedirectMiddleware):
    """Follows 301, 302, 303, 307 and 308."""

    def process_response(  # type: ignore[override] # the spider argument is deprecated
        self, request: Request, response: Response
    ) -> Request | Response:
        """Give the request of the next hop, or the response where there is none; raise RedirectLoop."""
        following: Any = super().process_response(request, response)
        if not isinstance(following, Request):
            return response
        been = following.meta["redirect_urls"]
        if following.url not in been:
            return following
        if been.count(following.url) == 1 and request.url == following.url and "Set-Cookie" in response.headers:
            return following.replace(dont_filter=True)
        raise RedirectLoop(f"redirect loop: {following.url} leads back to itself")

    def _redirect(self, redirected: Request, request: Request, reason: Any) -> Request:
        if request.meta.get("redirect_times", 0) >= self.max_redirect_times:
            raise RedirectLoop(f"redirect loop: more than {self.max_redirect_times} hops")
        following: Request = super()._redirect(redirected, request, reason)
        return following
