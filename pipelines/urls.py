"""One address for one page: the canonical form is a visible list of small steps, applied from top to bottom.

It is an identity, not an address to fetch. It keeps everything that may choose another page: the order of parameters,
`www.`, a trailing slash, percent-encoded GBK. It ignores the scheme, because bureaus move from http to https and the
article stays the same one, the name of a folder's index page, and what clings to an address that was pasted from a text.
What only one site does is data of its site file: see `pipelines.identity`.
"""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import unquote_to_bytes, urlsplit


@dataclass(frozen=True, slots=True)
class Address:
    """The parts of an http address. `host` may be an IPv6 address without brackets, `port` is None where unstated."""

    scheme: str
    user: str | None
    host: str
    port: int | None
    path: str
    query: str
    fragment: str

    def write(self) -> str:
        """The address as text."""
        user = "" if self.user is None else f"{self.user}@"
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port is None else f":{self.port}"
        query = f"?{self.query}" if self.query else ""
        fragment = f"#{self.fragment}" if self.fragment else ""
        return f"{self.scheme}://{user}{host}{port}{self.path}{query}{fragment}"


def parse_address(text: str) -> Address:
    """Read an absolute http or https address; white space around it does not count, a backslash in the path is a slash.

    Raises ValueError where it is none.
    """
    parts = urlsplit(straighten(text.strip()))
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("not an absolute http address")
    user = parts.netloc.rpartition("@")[0] or None
    return Address(parts.scheme, user, parts.hostname, parts.port, parts.path, parts.query, parts.fragment)


def canonical_url(url: str, *further: "Step") -> str:
    """The identity of a page's address; what is no http address is given back without white space around it.

    `further` steps see an address as the others left it, and these then tidy up what they have made.

    >>> canonical_url("HTTPS://SthJ.example.gov.cn:443/a/../art_1.html;jsessionid=9F?utm_source=wx#top")
    'http://sthj.example.gov.cn/art_1.html'
    """
    try:
        address = parse_address(url)
    except ValueError:
        return url.strip()
    for step in (*STEPS, *further, *STEPS) if further else STEPS:
        address = step(address)
    return address.write()


def article_id(url: str) -> str:
    """The first 16 hex digits of SHA-256 of the canonical url.

    >>> article_id("https://example.cn/") == article_id("http://EXAMPLE.cn:80")
    True
    """
    return digest_address(canonical_url(url))


def digest_address(canonical: str) -> str:
    """The article id that a canonical url has."""
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def ignore_scheme(address: Address) -> Address:
    """The same pages are served by http and https."""
    return replace(address, scheme="http")


def drop_user(address: Address) -> Address:
    """Credentials say who asks, not what for."""
    return replace(address, user=None)


def fold_host(address: Address) -> Address:
    """Lowercase ASCII without the dot of the root; names in Chinese become punycode (RFC 3490)."""
    host = address.host.lower().rstrip(".")
    if _PLAIN_HOST.fullmatch(host):
        return address if host == address.host else replace(address, host=host)
    try:
        decoded = unquote_to_bytes(host).decode("utf-8", "replace").lower()
        host = host if _NO_HOST.search(decoded) else decoded
        host = host if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError:
        host = address.host
    return replace(address, host=host.rstrip("."))


def drop_default_port(address: Address) -> Address:
    """80 and 443, whichever scheme they stand beside."""
    return replace(address, port=None) if address.port in {80, 443} else address


def normalise_escapes(address: Address) -> Address:
    """RFC 3986 §6.2.2: unreserved characters plain, other escapes in capitals; bytes stay the bytes they are."""
    return replace(
        address,
        path=normalise_percent(address.path),
        query=normalise_percent(address.query),
        fragment=normalise_percent(address.fragment),
    )


def remove_dot_segments(address: Address) -> Address:
    """RFC 3986 §5.2.4; an empty path is the root."""
    segments: list[str] = []
    for segment in address.path.removeprefix("/").split("/"):
        if segment == ".." and segments:
            segments.pop()
        if segment not in {".", ".."}:
            segments.append(segment)
    is_folder = address.path.endswith(("/.", "/.."))
    return replace(address, path="/" + "/".join(segments) + ("/" if is_folder and segments else ""))


def drop_path_session(address: Address) -> Address:
    """`;jsessionid=…`, as Java servers append it to the path."""
    return replace(address, path=_PATH_SESSION.sub("", address.path))


def drop_trailing_junk(address: Address) -> Address:
    """White space, quotes and the punctuation of the sentence that an address was copied from, at its very end."""
    if address.query or address.fragment:
        return address
    return replace(address, path=_JUNK.sub("", address.path) or "/")


def drop_index_page(address: Address) -> Address:
    """`/tz/index.html` is what the server shows for `/tz/`; with parameters it may be a program that shows much else."""
    return address if address.query else replace(address, path=_INDEX.sub("/", address.path))


def drop_noise_parameters(address: Address) -> Address:
    """Campaign tags, sessions and the marks that sharing in WeChat leaves; empty parameters."""
    kept = (pair for pair in address.query.split("&") if pair and not _NOISE.fullmatch(pair))
    return replace(address, query="&".join(kept))


def drop_fragment(address: Address) -> Address:
    """A fragment is a place in a page, unless it is the route of a single-page site: `#/detail/7`, `#!/…`."""
    return address if address.fragment.startswith(("/", "!/")) else replace(address, fragment="")


Step = Callable[[Address], Address]
STEPS: Final[tuple[Step, ...]] = (
    ignore_scheme,
    drop_user,
    fold_host,
    drop_default_port,
    normalise_escapes,
    drop_path_session,
    remove_dot_segments,
    drop_noise_parameters,
    drop_fragment,
    drop_trailing_junk,
    drop_index_page,
)

_PLAIN_HOST = re.compile(r"[a-z0-9.\-]*[a-z0-9]")
_NO_HOST = re.compile(r"[\x00-\x20/?#@\\%\[\]:<>|^\x7f\ufffd]")
_PATH_SESSION = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/;]*", re.IGNORECASE)
# As escapes in UTF-8: blank, quotes, <>, the no-break and the ideographic space, zero width, 。，、；：！？）】》”’
_JUNK = re.compile(
    r"(?:%20|%22|%3C|%3E|[,;'!]|%C2%A0|%E3%80%80|%E2%80%8[BCD]|%EF%BB%BF"
    r"|%E3%80%8[12]|%E3%80%8B|%E3%80%91|%EF%BC%8C|%EF%BC%9[ABF]|%EF%BC%81|%EF%BC%89|%E2%80%9D|%E2%80%99)+$"
)
_INDEX = re.compile(r"/(?:index|default)\.(?:s?html?|jsp|aspx?|php)$", re.IGNORECASE)
_NOISE = re.compile(
    r"(?:utm_\w+|spm|spm_id_from|gclid|fbclid|msclkid|yclid|_ga|hmsr|hmpl|hmcu|hmkw|hmci"
    r"|jsessionid|phpsessid|aspsessionid\w*|asp\.net_sessionid|cfid|cftoken"
    r"|isappinstalled|share_token|nsukey|wxfid)(?:=.*)?"
    r"|from=(?:singlemessage|groupmessage|timeline)",
    re.IGNORECASE | re.DOTALL,
)
_PATH = re.compile(r"[^?#]*")
_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}|[^!$&'()*+,\-./0-9:;=?@A-Z_a-z~]")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


def normalise_percent(text: str, *, charset: str = "utf-8") -> str:
    """Write escapes in one way; what an address may not hold is escaped in `charset`, a lone `%` as `%25`.

    >>> normalise_percent("/%7euser/%d6%d0 环%zz")
    '/~user/%D6%D0%20%E7%8E%AF%25zz'
    """
    return _ESCAPE.sub(lambda found: _escape(found[0], charset), text)


def _escape(found: str, charset: str) -> str:
    if len(found) > 1:
        character = chr(int(found[1:], 16))
        return character if character in _UNRESERVED else found.upper()
    try:
        data = found.encode(charset)
    except UnicodeEncodeError:
        data = found.encode("utf-8", "surrogatepass")
    return "".join(f"%{byte:02X}" for byte in data)


def straighten(text: str) -> str:
    r"""Turn the backslashes before the query into slashes, as browsers do.

    >>> straighten("..\\art\\1.htm?a=b")
    '../art/1.htm?a=b'
    """
    if "\\" not in text:
        return text
    return _PATH.sub(lambda found: found[0].replace("\\", "/"), text, count=1)
