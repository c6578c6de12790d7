"""Files and pictures that belong to an article."""

import re
from collections.abc import Iterable, Iterator

from lxml.etree import _Element

from pipelines.anchor import Anchor
from pipelines.dom import squeeze, text_of
from pipelines.furniture import ends_article
from pipelines.records import Attachment, Image
from pipelines.view import View

_FILES = re.compile(r"\.(pdf|docx?|xlsx?|pptx?|wps|et|rar|zip|7z|ofd|txt|csv|rtf|ceb)(?:$|[?#&])", re.IGNORECASE)
_SIZE = re.compile(r"[（(\[]\s*(?:大小[:：]?\s*)?([\d.]+\s*[KMG]B?)\s*[)）\]]", re.IGNORECASE)


def find_attachments(view: View, container: _Element) -> Iterator[Attachment]:
    """The files that a part of the page links to, each once, with the size that stands beside them."""
    seen = set()
    for anchor in container.iter("a"):
        address = view.address(anchor.get("href"))
        named = _FILES.search(address or "") or _FILES.search(text_of(anchor))
        if address and named and address not in seen:
            seen.add(address)
            title = text_of(anchor) or squeeze(anchor.get("title")) or None
            size = _SIZE.search(f"{title or ''} {anchor.tail or ''}")
            yield Attachment(url=address, title=title, type=named[1].lower(), size=size[1] if size else None)


def pictures_after(view: View, anchor: Anchor) -> Iterator[_Element]:
    """The pictures between info line and the next line of the page: an article may be nothing but pictures."""
    if not anchor.is_article:
        return
    lines = view.lines.all
    numbers = range(anchor.after, len(lines))
    stop = next((number for number in numbers if ends_article(lines[number]) or lines[number].linked), len(lines))
    for image in view.root.iter("img"):
        if anchor.after <= view.lines.spans.get(image, (-1, -1))[0] <= stop:
            yield image


def describe_pictures(view: View, pictures: Iterable[_Element]) -> Iterator[Image]:
    """Pictures with their captions, each once; lazy loaders keep the address in `data-src`."""
    seen = set()
    for image in pictures:
        sources = (view.address(image.get(name)) for name in ("data-src", "data-original", "src"))
        address = next((source for source in sources if source), None)
        if address and address not in seen:
            seen.add(address)
            yield Image(url=address, caption=_caption(image))


def _caption(image: _Element) -> str | None:
    """What the figure says below its picture, else what the picture says of itself."""
    figure = next(image.iterancestors("figure"), None)
    below = figure.find(".//figcaption") if figure is not None else None
    stated = text_of(below) if below is not None else ""
    return stated or squeeze(image.get("alt") or image.get("title")) or None
