"""What an exchange asked for, read back from the bytes that were sent: what a list's next request is made of.

A replay has nothing else: the form that was posted and the headers that a platform wants stand in the capture alone.
"""

from dataclasses import replace

from pipelines.records import Capture, Link

_KEPT = {name.lower(): name for name in ("Content-Type", "X-Requested-With", "Referer")}
"""Headers that list requests of platforms carry; the others belong to the client that sent them."""


def read_asked(capture: Capture) -> Link:
    r"""The address with method, body and list headers of a capture; a plain address where nothing was sent.

    >>> from datetime import UTC, datetime
    >>> sent = b"POST /x HTTP/1.1\r\nHost: a.cn\r\nreferer: http://a.cn/\r\n\r\ncol=1"
    >>> asked = read_asked(Capture("http://a.cn/x", datetime(2024, 6, 1, tzinfo=UTC), "POST", sent))
    >>> asked.method, asked.body, asked.headers
    ('POST', b'col=1', (('Referer', 'http://a.cn/'),))
    """
    head, _, body = capture.request.partition(b"\r\n\r\n")
    lines = (line.partition(b":") for line in head.split(b"\r\n")[1:])
    sent = ((name.strip().lower().decode("latin-1"), value.strip().decode("latin-1")) for name, _, value in lines)
    link = Link(capture.url, headers=tuple((_KEPT[name], value) for name, value in sent if name in _KEPT))
    return replace(link, method="POST", body=body) if capture.method == "POST" else link
