"""Files and pictures that belong to an article."""

import re
from collections.abc import Iterable, Iterator
from itertools import islice

from lxml.etree import _Element

from pipelines.anchor import Anchor
from pipelines.dom import matches, squeeze, text_of
from pipelines.furniture import ends_article
from pipelines.links import LAZY
from pipelines.records import Attachment, Image
from pipelines.view import View

_FILES = re.compile(r"\.(pdf|docx?|xlsx?|pptx?|wps|et|rar|zip|7z|ofd|txt|csv|rtf|ceb)(?:$|[?#&])", re.IGNORECASE)
_FILE_LISTS = re.compile(
    r"\b(?:fj\w*|fujian\w*|\w*attach\w*|annex\w*|accessory\w*|appendix\w*|file-?list|down-?list)\b"
)
_FILE_HEADING = re.compile(r"[【\[（(]?\s*(?:相关)?(?:附\s?件|文件下载|相关下载|资料下载|文档下载)")
_CAPTIONS = re.compile(
    r"^[（(▲△↑■]?\s*(?:图[为①-⑩\d一二三四五]|[上下左右]图|资料图|示意图)|(?:摄|供图|摄影|制图|图片来源[:：].{1,16}|资料图片?|受访者供图|无人机照片)\s*[）)。]?$"
)
_PARTS = re.compile(r"第?[一二三四五六七八九十\d]{1,3}[、.章节]")
_CAPTION_LIMIT, _SHORT_CAPTION, _HEIGHT = 90, 36, 4
_SIZE = re.compile(r"[（(\[]\s*(?:大小[:：]?\s*)?([\d.]+\s*[KMG]B?)\s*[)）\]]", re.IGNORECASE)


def find_attachments(view: View, container: _Element) -> Iterator[Attachment]:
    """The files that the text links to or that stand below it as 附件, each once, with the size that stands beside them."""
    seen = set()
    for anchor in (*container.iter("a"), *_listed_below(view, container)):
        address = view.address(anchor.get("href"))
        named = _FILES.search(address or "") or _FILES.search(text_of(anchor))
        if address and named and address not in seen:
            seen.add(address)
            title = text_of(anchor) or squeeze(anchor.get("title")) or None
            size = _SIZE.search(f"{title or ''} {anchor.tail or ''}")
            yield Attachment(url=address, title=title, type=named[1].lower(), size=size[1] if size else None)


def _listed_below(view: View, container: _Element) -> Iterator[_Element]:
    """The links behind the text in a part whose class or first words say that it lists attachments."""
    end = view.lines.spans.get(container, (0, 0))[1]
    for anchor in view.root.iter("a"):
        is_file = view.lines.spans.get(anchor, (-1, -1))[0] >= end and _FILES.search(anchor.get("href") or "")
        if is_file and any(map(_lists_files, islice(anchor.iterancestors(), _HEIGHT))):
            yield anchor


def _lists_files(part: _Element) -> bool:
    return part.tag != "body" and bool(_FILE_LISTS.search(matches(part)) or _FILE_HEADING.match(text_of(part)))


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
    """Pictures with their captions, each once; the address of a lazy loader goes before its placeholder."""
    seen = set()
    for image in pictures:
        sources = (view.address(image.get(name)) for name in (*LAZY, "src"))
        address = next((source for source in sources if source), None)
        if address and address not in seen:
            seen.add(address)
            yield Image(url=address, caption=_caption(view, image))


def _caption(view: View, image: _Element) -> str | None:
    """What the figure or the line below a picture says, else what the picture says of itself."""
    figure = next(image.iterancestors("figure"), None)
    below = figure.find(".//figcaption") if figure is not None else None
    stated = text_of(below) if below is not None else ""
    return stated or _line_below(view, image) or squeeze(image.get("alt") or image.get("title")) or None


def _line_below(view: View, image: _Element) -> str | None:
    """The line right below a picture: `图为…`, `… 摄`, or a short centred line without a full stop."""
    number = view.lines.spans.get(image, (-1, -1))[1]
    if not 0 <= number < len(view.lines.all):
        return None
    line = view.lines.all[number]
    if line.hidden or line.linked or len(line.text) > _CAPTION_LIMIT or _PARTS.match(line.text):
        return None
    if _CAPTIONS.search(line.text):
        return line.text
    short = len(line.text) <= _SHORT_CAPTION and not line.text.endswith(("。", "：", "！"))
    return line.text if short and _is_centred(line.element) else None


def _is_centred(element: _Element) -> bool:
    for part in islice((element, *element.iterancestors()), _HEIGHT - 1):
        style = (part.get("style") or "").replace(" ", "").lower()
        if "text-align:center" in style or (part.get("align") or "").lower() == "center" or part.tag == "center":
            return True
    return False
