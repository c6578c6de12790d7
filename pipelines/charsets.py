"""What a page claims about its own charset, and which codec a claim means.

Claims are evidence, not orders: many Chinese pages say gb2312 and are UTF-8, some the other way round.
"""

import re
from typing import Final

BOMS: Final = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
WESTERN: Final = "cp1252"

_FEW = 8 * 1024
_MANY = 256 * 1024
_META = re.compile(rb"""<meta\b[^<>]{0,1024}?\bcharset\s*=\s*["']?\s*([A-Za-z0-9_.:+-]+)""", re.IGNORECASE)
_XML = re.compile(rb"""\s*<\?xml\b[^<>]{0,256}?\bencoding\s*=\s*["']\s*([A-Za-z0-9_.:+-]+)""", re.IGNORECASE)
_COMMENT = re.compile(rb"<!--.*?(?:-->|\Z)", re.DOTALL)
_UTF16_STARTS = {b"<\0": "utf-16-le", b"\0<": "utf-16-be"}

# The labels of the WHATWG Encoding Standard that occur, and misspellings of them. Anything else is no charset.
_LABELS: Final = {
    "utf-8": ("utf8", "unicode11utf8", "utf8n", "uft8"),
    "gb18030": ("gb2312", "gbk", "xgbk", "gb18030", "gb23121980", "gb231280", "csgb2312", "chinese", "cp936", "ms936", "windows936", "euccn", "gb"),
    "big5": ("big5", "big5hkscs", "cnbig5", "csbig5", "xxbig5", "xbig5", "cp950", "big5eten"),
    "shift_jis": ("shiftjis", "sjis", "xsjis", "windows31j", "ms932"),
    "euc_jp": ("eucjp", "xeucjp"),
    "iso2022_jp": ("iso2022jp",),
    "hz": ("hzgb2312", "hz"),
    "cp949": ("euckr", "ksc56011987", "ksc5601", "korean", "cp949", "windows949"),
    "cp1251": ("windows1251", "cp1251", "xcp1251"),
    "koi8_r": ("koi8r", "koi8"),
    WESTERN: ("iso88591", "iso885915", "latin1", "windows1252", "cp1252", "ascii", "usascii", "l1"),
}  # fmt: skip
_CODECS: Final = {label: codec for codec, labels in _LABELS.items() for label in labels}


def codec_of(label: str | None) -> str | None:
    """The Python codec that a charset label means; gb2312, gbk and their kin all mean gb18030.

    >>> codec_of("x-GBK"), codec_of("UTF_8"), codec_of("rot13")
    ('gb18030', 'utf-8', None)
    """
    return _CODECS.get(re.sub("[^a-z0-9]", "", label.lower())) if label else None


def find_bom(data: bytes) -> tuple[str | None, int]:
    """The codec that a byte order mark at the very start names, and the length of the mark in bytes."""
    return next(((codec, len(mark)) for mark, codec in BOMS if data.startswith(mark)), (None, 0))


def find_unmarked_utf16(data: bytes) -> str | None:
    """UTF-16 without a mark shows itself by the NUL beside the first `<`."""
    return _UTF16_STARTS.get(data[:2]) if data[2:4].count(0) == 1 else None


def find_meta(data: bytes) -> str | None:
    """The charset that a meta tag or the XML declaration names, as written.

    Comments are skipped. Tags belong in the first kilobyte (HTML §4.2.5.4); real ones also come later.
    """
    for size in (_FEW, _MANY):
        head = data[:size]
        found = _META.search(_COMMENT.sub(b"", head) if b"<!--" in head else head) or _XML.match(head)
        if found:
            return found[1].decode("ascii")
    return None
