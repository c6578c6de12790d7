"""Every path a demo site answers in an edition, and with what."""

from tests.demo_site.content import Edition, PageSource, SiteSource, Wire
from tests.demo_site.files import make_pdf, make_png
from tests.demo_site.render import charset_meta, draw_article, draw_home, draw_issues, draw_lists, fill
from tests.demo_site.wire import Answer, encode_page


def answers_of(site: SiteSource, edition: Edition) -> dict[str, Answer]:
    """All answers by path and query; what is not here is a 404."""
    claims = Wire(charset=site.charset, http=f"text/html; charset={site.charset}", meta=site.charset)
    found = {page.path: _article(site, page, edition) for page in site.pages_in(edition)}
    drawn = draw_lists(site, edition) | draw_issues(site, edition)
    if "home.html" in site.frames:
        drawn["/"] = draw_home(site, edition)
    found |= {path: encode_page(text, claims, version=edition) for path, text in drawn.items()}
    found |= {table["path"]: _redirect(table["to"]) for table in site.redirects}
    found |= {table["path"]: _file(table, site.charset) for table in site.files}
    if site.robots:
        body = site.robots.strip().encode("ascii") + b"\n"
        found["/robots.txt"] = Answer(200, "OK", ((b"Content-Type", b"text/plain"),), body)
    return {path: _finish(site, answer) for path, answer in found.items()}


def not_found(site: SiteSource) -> Answer:
    """What the site says of a path that it does not know."""
    return _finish(site, _missing(site))


def _missing(site: SiteSource) -> Answer:
    text = fill(
        site.frames.get("gone.html", "<html><body>404</body></html>"), {"charset_meta": charset_meta(site.charset)}
    )
    headers = ((b"Content-Type", f"text/html; charset={site.charset}".encode("ascii")),)
    return Answer(404, "Not Found", headers, text.encode(site.charset))


def _article(site: SiteSource, page: PageSource, edition: Edition) -> Answer:
    if page.gone and edition == 2:
        return _missing(site) if page.gone == "404" else _soft_404(site)
    version = 2 if page.edited and edition >= page.edited else page.since
    return encode_page(draw_article(site, page, edition), page.wire, version=version)


def _soft_404(site: SiteSource) -> Answer:
    text = fill(site.frames["soft404.html"], {"charset_meta": charset_meta(site.charset)})
    return encode_page(text, Wire(charset=site.charset, http="text/html", meta=site.charset), version=2)


def _redirect(target: str) -> Answer:
    headers = ((b"Location", target.encode("ascii")), (b"Content-Type", b"text/html"))
    return Answer(302, "Moved Temporarily", headers, b"<html><body>Object moved</body></html>")


def _file(table: dict[str, object], charset: str) -> Answer:
    lines = table.get("pdf")
    body = make_pdf([str(line) for line in lines]) if isinstance(lines, list) else make_png()
    headers = [(b"Content-Type", str(table["type"]).encode("ascii"))]
    raw = table.get("raw_header")
    if isinstance(raw, list):
        headers.append((str(raw[0]).encode("ascii"), str(raw[1]).encode(charset)))
    return Answer(200, "OK", tuple(headers), body, etag='"file-1"', kind="file")


def _finish(site: SiteSource, answer: Answer) -> Answer:
    """Add what the server puts on everything: its name, cookies, and how the body ends."""
    headers = [(b"Server", site.server.encode("ascii")), *answer.headers]
    headers += [(b"Set-Cookie", cookie.encode("ascii")) for cookie in site.cookies]
    if site.close:
        headers.append((b"Connection", b"close"))
    elif not answer.chunks:
        headers.append((b"Content-Length", str(len(answer.body)).encode("ascii")))
    return Answer(
        answer.status,
        answer.reason,
        tuple(headers),
        answer.body,
        answer.chunks,
        answer.etag,
        answer.last_modified,
        answer.kind,
    )
