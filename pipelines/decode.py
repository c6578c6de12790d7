"""Bytes become text by evidence; what was claimed, found and used is recorded.

The order, first match wins: byte order mark; UTF-8 by its error rate; everyday characters as GB 18030 against Big5,
whatever is claimed; a claim whose replacements are rare; chardet; isolated high bytes, which no Chinese text has;
GB 18030 with replacements. No byte is dropped: what cannot be read is U+FFFD, and ASCII after it survives.
"""

import codecs
import re
from dataclasses import dataclass
from typing import Final

import chardet

from pipelines.charsets import WESTERN, codec_of, find_bom, find_meta, find_unmarked_utf16
from pipelines.common_characters import rate_chinese
from pipelines.records import Encoding

_BIG5: Final = ("big5", "cp950", "big5hkscs")
_CLEAR_RATE = {False: 0.25, True: 0.5}
_CLEAR_LEAD = 0.15
_SURE_RATE, _LONG_SAMPLE = 0.6, 1000
_RARE = 0.02
_GOOD_PER_BAD = 2
_HALF_SAMPLE = 8 * 1024
_ASCII_RUN = re.compile(rb"(?<=[\x00-\x7f])[\x00-\x7f]{8,}")
_LONG_SEQUENCE, _BROKEN_SEQUENCE = re.compile("[\u0800-\ufffc\ufffe-\U0010ffff]"), re.compile("\ufffd+")
_ASCII_BYTES: Final = bytes(range(0x80))


@dataclass(frozen=True, slots=True)
class _Reading:
    """The bytes read with one codec; `replaced` counts the U+FFFD that this put in."""

    codec: str
    text: str
    replaced: int = 0


@dataclass(frozen=True, slots=True)
class _Claims:
    http: str | None
    meta: str | None

    def codecs(self) -> list[tuple[str, str]]:
        """Codec and evidence word of each claim that means something, HTTP first."""
        claims = (("declared-http", codec_of(self.http)), ("declared-meta", codec_of(self.meta)))
        return [(codec, evidence) for evidence, codec in claims if codec]

    def evidence_for(self, codec: str) -> str | None:
        return next((evidence for claimed, evidence in self.codecs() if claimed == codec), None)


def decode(data: bytes, *, http_charset: str | None = None) -> tuple[str, Encoding]:
    """Turn a page into text. `http_charset` is what the Content-Type header claims, as written.

    >>> text, encoding = decode("环境".encode("gbk"), http_charset="gb2312")
    >>> text, encoding.used, encoding.evidence
    ('环境', 'gb18030', 'declared-http')
    """
    claims = _Claims(http_charset, find_meta(data))
    bom, mark = find_bom(data)
    reading, evidence, detected = (
        _read_marked(data, bom) or _read_healthy(data, claims) or _read_doubtful(data[mark:], claims)
    )
    encoding = Encoding(
        used=reading.codec,
        evidence=evidence,
        bom=bom,
        http=claims.http,
        meta=claims.meta,
        detected=detected,
        replaced=reading.replaced,
    )
    return reading.text.removeprefix("\ufeff"), encoding


def is_unreadable(text: str, encoding: Encoding) -> bool:
    r"""Whether these bytes were no text: no charset was believed, and more came out that nobody reads than everyday hanzi.

    Random bytes rate -0.3, or -0.08 where they are all above 7F. No real page that we know has no charset to believe.

    >>> noise = bytes(number * number % 251 for number in range(5000))
    >>> is_unreadable(*decode(noise)), is_unreadable(*decode("环境".encode("gbk") + b"\xff"))
    (True, False)
    """
    return encoding.evidence == "fallback" and rate_chinese(text) < 0


_Decision = tuple[_Reading, str, str | None]


def _read_marked(data: bytes, bom: str | None) -> _Decision | None:
    """Believe a byte order mark, unless UTF-8's stands before something that is none."""
    if bom:
        reading = _read(data, bom)
        is_believable = bom != "utf-8-sig" or reading.replaced == 0 or _is_mostly_utf8(_sample(data))
        return (reading, "bom", bom) if is_believable else None
    unmarked = find_unmarked_utf16(data)
    return (_read(data, unmarked), "utf-16-pattern", unmarked) if unmarked else None


def _read_healthy(data: bytes, claims: _Claims) -> _Decision | None:
    if data.isascii():
        return _read_ascii(data, claims)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return _prefer_claimed_gb(data, claims, text) or (_Reading("utf-8", text), "utf-8", "utf-8")


def _read_ascii(data: bytes, claims: _Claims) -> _Decision:
    """Codecs of seven bits show themselves by their shift sequences, and are believed only when claimed and whole."""
    shifted = {codec for codec, shift in (("hz", b"~{"), ("iso2022_jp", b"\x1b$")) if shift in data}
    for codec, evidence in claims.codecs():
        if codec in shifted and not (reading := _read(data, codec)).replaced:
            return reading, evidence, codec
    return _Reading("ascii", data.decode("ascii")), "ascii", "ascii"


def _is_mostly_utf8(sample: bytes) -> bool:
    """Count sequences of three and more bytes, as hanzi have them: in GBK one of thirty is good, by chance."""
    text = sample.decode("utf-8", "replace")
    return len(_LONG_SEQUENCE.findall(text)) >= _GOOD_PER_BAD * len(_BROKEN_SEQUENCE.findall(text))


def _only_tail_is_cut(data: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(data)
    except UnicodeDecodeError:
        return False
    return True


def _prefer_claimed_gb(data: bytes, claims: _Claims, utf8_text: str) -> _Decision | None:
    """A few GBK characters can be valid UTF-8 by chance, but only as Latin, Greek or Cyrillic letters."""
    evidence = claims.evidence_for("gb18030")
    if not evidence or re.search("[\u0800-\U0010ffff]", utf8_text):
        return None
    reading = _read(data, "gb18030")
    hanzi = {character for character in reading.text if character > "\x7f"}
    return (reading, evidence, None) if len(hanzi) > 1 and rate_chinese(reading.text) == 1 else None


def _read_doubtful(data: bytes, claims: _Claims) -> _Decision:
    sample = _sample(data)
    if _is_mostly_utf8(sample):
        return _read(data, "utf-8"), "utf-8-cut-tail" if _only_tail_is_cut(data) else "utf-8-error-rate", "utf-8"
    rates = _rate_readings(sample)
    best, second, *_ = sorted(rates, key=lambda codec: -rates[codec])
    is_western = _is_western(sample)
    if rates[best] >= _CLEAR_RATE[is_western] and rates[best] - rates[second] >= _CLEAR_LEAD:
        evidence = "utf-8-error-rate" if best == "utf-8" else claims.evidence_for(best) or "common-characters"
        return _read(data, best), evidence, best
    return (
        _believe_claim(data, claims, is_western=is_western)
        or ((_read(data, WESTERN), "isolated-bytes", WESTERN) if is_western else None)
        or _ask_chardet(data, sample)
        or (_read(data, "gb18030"), "fallback", None)
    )


def _sample(data: bytes) -> bytes:
    """The parts that are not ASCII: enough of the beginning and of the end to judge by."""
    dense = _ASCII_RUN.sub(b" ", data)
    return dense if len(dense) <= 2 * _HALF_SAMPLE else dense[:_HALF_SAMPLE] + b" " + dense[-_HALF_SAMPLE:]


def _rate_readings(sample: bytes) -> dict[str, float]:
    """Rate each reading; in a long text that reads well as GB 18030, nothing else can come near."""
    rates = {"gb18030": _rate(sample, "gb18030"), "big5": -1.0}
    if rates["gb18030"] < _SURE_RATE or len(sample) < _LONG_SAMPLE:
        rates |= {codec: _rate(sample, codec) for codec in ("big5", "utf-8")}
    return rates


def _rate(sample: bytes, codec: str) -> float:
    text = min(
        (sample.decode(dialect, "replace") for dialect in _dialects(codec)), key=lambda text: text.count("\ufffd")
    )
    return rate_chinese(re.sub("\ufffd+", "\ufffd", text))


def _dialects(codec: str) -> tuple[str, ...]:
    return _BIG5 if codec == "big5" else (codec,)


def _is_western(sample: bytes) -> bool:
    """Letters with accents stand alone among ASCII; the bytes of Chinese characters come in runs."""
    high = len(sample.translate(None, _ASCII_BYTES))
    paired = sum(len(run) for run in re.findall(rb"[\x80-\xff]{2,}", sample))
    return paired * 4 < high


def _believe_claim(data: bytes, claims: _Claims, *, is_western: bool) -> _Decision | None:
    for codec, evidence in claims.codecs():
        reading = _read(data, codec)
        foreign = len(reading.text) - len(reading.text.encode("ascii", "ignore"))
        if reading.replaced <= 1 + _RARE * foreign and (codec != WESTERN or is_western):
            return reading, evidence, None
    return None


def _ask_chardet(data: bytes, sample: bytes) -> _Decision | None:
    """Trust it on short undamaged text alone; its confidence says nothing there."""
    answer = chardet.detect(sample, include_encodings=("gb18030", "big5"), no_match_encoding="gb18030")["encoding"]
    codec = codec_of(answer)
    reading = _read(data, codec) if codec else None
    return (reading, "chardet", codec) if reading and reading.replaced == 0 else None


def _read(data: bytes, codec: str) -> _Reading:
    """Decode; only where that fails, count what had to be replaced."""
    try:
        return _Reading(codec, data.decode(codec))
    except UnicodeDecodeError:
        readings = (_read_damaged(data, dialect) for dialect in _dialects(codec))
        return min(readings, key=lambda reading: reading.replaced)


def _read_damaged(data: bytes, codec: str) -> _Reading:
    """Decode with replacements.

    Python's GB 18030 takes up to three ASCII bytes with it where a sequence of four is cut by the end of the data,
    so the data is made to end in line feeds, which no sequence contains.
    """
    padding = b"" if codec.startswith("utf") else b"\n\n\n"
    padded = data + padding
    text = padded.decode(codec, "replace")
    replaced = text.count("\ufffd") - padded.decode(codec, "ignore").count("\ufffd")
    return _Reading(codec, text[: len(text) - len(padding)], replaced)
