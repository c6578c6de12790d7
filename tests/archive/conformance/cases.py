"""Records that keep every rule of ISO 28500, in all their variety, and records that break one rule each."""

import base64
import hashlib

from archive.conformance.rules import RULES, TYPES

ID = "<urn:uuid:00000000-0000-4000-8000-{:012d}>"
HTTP = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nabc"
ASK = b"GET / HTTP/1.1\r\nHost: a.example\r\n\r\n"
URI = "http://a.example/"
Fields = dict[str, str | None]


def sha1(data: bytes) -> str:
    return "sha1:" + base64.b32encode(hashlib.sha1(data).digest()).decode()


def record(kind: str = "response", *, block: bytes | None = None, version: str = "1.1", **changed: str | None) -> bytes:
    """A record that keeps the rules but for the fields given; `x_y` is the field `X-Y`, None leaves one out."""
    known: dict[str, tuple[bytes, Fields]] = {
        "warcinfo": (b"software: x\r\n", {"Content-Type": "application/warc-fields", "WARC-Filename": "a.warc"}),
        "response": (HTTP, {"WARC-Target-URI": URI, "Content-Type": "application/http;msgtype=response"}),
        "request": (ASK, {"WARC-Target-URI": URI, "Content-Type": "application/http; msgtype=request"}),
        "resource": (b"abc", {"WARC-Target-URI": "file:///a", "Content-Type": "text/plain"}),
        "metadata": (b"via: x\r\n", {"Content-Type": "application/warc-fields"}),
        "revisit": (b"", {"WARC-Target-URI": URI, "WARC-Profile": "http://netpreserve.org/warc/1.1/revisit/server-not-modified"}),
        "conversion": (b"abc", {"WARC-Target-URI": URI, "Content-Type": "text/plain", "WARC-Refers-To": ID.format(1)}),
        "continuation": (b"abc", {"WARC-Target-URI": URI, "WARC-Segment-Number": "2", "WARC-Segment-Origin-ID": ID.format(1)}),
        "future": (b"", {}),
    }  # fmt: skip
    own_block, own = known[kind]
    block = own_block if block is None else block
    fields: Fields = {"WARC-Type": kind, "WARC-Record-ID": ID.format(7), "WARC-Date": "2024-02-29T08:00:00Z"}
    fields |= own | {"Content-Length": str(len(block))}
    fields |= {NAMES.get(name, name.replace("_", "-")): value for name, value in changed.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items() if value is not None)
    return f"WARC/{version}\r\n{head}\r\n".encode() + block + b"\r\n\r\n"


NAMES = {rule.name.lower().replace("-", "_"): rule.name for rule in RULES}


def continuation(number: str, *, total: int | None = None, uri: str = URI) -> bytes:
    """A segment of the record that `record()` gives."""
    return record("continuation", warc_record_id=ID.format(int(number) + 20), warc_segment_origin_id=ID.format(7), warc_target_uri=uri,
                  warc_segment_number=number, warc_segment_total_length=str(total) if total else None)  # fmt: skip


VALID = {
    "every type": b"".join(record(kind) for kind in TYPES),
    "1.0": b"".join(record(kind, version="1.0") for kind in TYPES),
    "target in brackets": record(version="1.0", warc_target_uri=f"<{URI}>"),
    "nanoseconds": record(warc_date="2024-02-29T08:00:00.123456789Z"),
    "a year": record(warc_date="2024"),
    "minutes": record(warc_date="2024-02-29T08:00Z"),
    "names in any case": record().replace(b"WARC-Type", b"warc-TYPE").replace(b"Content-Length", b"CONTENT-length"),
    "type and reason in any case": record(warc_type="Response", warc_truncated="LENGTH"),
    "no blank after the colon": record().replace(b"WARC-Type: ", b"WARC-Type:"),
    "a folded line": record().replace(b"application/http;msgtype", b"application/http;\r\n\tmsgtype"),
    "Chinese in a value": record("warcinfo", warc_filename="存档.warc"),
    "an encoded word": record("warcinfo", warc_filename="=?utf-8?b?5a2Y?="),
    "unknown fields": record(x_other="1") + record(warc_future="a b"),
    "a long field": record(x_page="a" * 100_000),
    "unknown type": record("future"),
    "an unknown type of block in an unknown type": record("future", block=b"abc"),
    "several concurrent": record(warc_concurrent_to=ID.format(1)).replace(
        b"\r\n\r\nHTTP", f"\r\nWARC-Concurrent-To: {ID.format(2)}\r\n\r\nHTTP".encode(), 1),
    "IPv6": record(warc_ip_address="2001:db8::1") + record(warc_ip_address="192.0.2.1"),
    "digests in base32": record(warc_block_digest=sha1(HTTP), warc_payload_digest=sha1(b"abc")),
    "digests in base16": record(warc_block_digest="sha256:" + hashlib.sha256(HTTP).hexdigest()),
    "a digest of another algorithm": record(warc_block_digest="future:abc"),
    "a first segment": record(warc_segment_number="1", warc_payload_digest=sha1(b"the whole, not here")),
    "a continuation without type": record("continuation"),
    "the last segment": record("continuation", warc_segment_total_length="6"),
    "truncated": record(warc_truncated="length") + record(warc_truncated="future-reason"),
    "an empty block": record(block=b"", content_type=None),
    "a dns response": record(block=b"20240101\n", warc_target_uri="dns:a.example", content_type="text/dns",
                             warc_payload_digest=sha1(b"20240101\n")),
    "a 1.0 profile in brackets": record("revisit", warc_profile="<http://netpreserve.org/warc/1.0/revisit/server-not-modified>"),
    "refers to": record("revisit", warc_refers_to=ID.format(1), warc_refers_to_target_uri=URI, warc_refers_to_date="2024-01-01T00:00:00Z"),
    "chunks, digest without": record(block=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
                                     warc_payload_digest=sha1(b"abc")),
    "chunks, digest with": record(block=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
                                  warc_payload_digest=sha1(b"3\r\nabc\r\n0\r\n\r\n")),
    "chunks of a request, digest without": record("request", warc_payload_digest=sha1(b"abc"),
        block=b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"),
    "a server of sound": record(block=b"ICY 200 OK\r\nicy-br: 128\r\n\r\nabc", warc_payload_digest=sha1(b"abc")),
    "a segment after the first": record(warc_segment_number="1") + continuation("2") + continuation("3", total=len(HTTP) + 6),
    "what only a revisit has, elsewhere": record(warc_profile="http://netpreserve.org/warc/1.1/revisit/server-not-modified"),
    "a revisit cut without a word": record("revisit", block=HTTP[:-3], content_type="application/http;msgtype=response"),
    "segments whose others are elsewhere": continuation("9", total=99) + continuation("4"),
    "no HTTP in a response": record(block=b"<html>", warc_payload_digest=sha1(b"<html>")),
    "what browsers leave bare": record(warc_target_uri=URI + "a|b?q={a}|[b]^`\\%zz"),
    "an id with an IPv6 host": record(warc_record_id="<http://[2001:db8::1]:80/1%20>"),
    "a resource of dns": record("resource", warc_target_uri="dns:a.example", content_type="text/dns"),
    "a record inside a block": record("resource", block=record()),
}  # fmt: skip

INVALID: dict[str, tuple[bytes, str]] = {
    "an empty file": (b"", "4"),
    "not a WARC": (b"hello\r\n\r\n", "4"),
    "WARC/0.18": (record(version="0.18"), "4"),
    "WARC/1.2": (record(version="1.2"), "4"),
    "lower-case version": (record().replace(b"WARC/1.1", b"warc/1.1"), "4"),
    "version without CR": (record().replace(b"WARC/1.1\r\n", b"WARC/1.1\n"), "4"),
    "an empty line before": (b"\r\n" + record(), "4"),
    "garbage before": (b"garbage\r\n" + record(), "4"),
    "garbage between": (record() + b"garbage\r\n" + record(), "4"),
    "garbage after": (record() + b"garbage", "4"),
    "a line feed alone": (record().replace(b"response\r\nWARC-Record", b"response\nWARC-Record"), "4"),
    "no colon": (record(x="1").replace(b"x: 1", b"x 1"), "4"),
    "a blank in a name": (record(x="1").replace(b"x: 1", b"x y: 1"), "4"),
    "a blank before the colon": (record().replace(b"WARC-Type:", b"WARC-Type :"), "4"),
    "a control character": (record(x="1").replace(b"x: 1", b"x: \x07"), "4"),
    "not UTF-8": (record("warcinfo").replace(b"a.warc", b"\xb4\xe6.warc"), "4"),
    "header cut": (record()[:60], "4"),
    "version alone": (b"WARC/1.0", "4"),
    "one CRLF at the end": (record()[:-2], "4"),
    "nothing at the end": (record()[:-4], "4"),
    "two records, one CRLF between": (record()[:-2] + record(), "4"),
    "block cut": (record()[:-9], "5.3"),
    "Content-Length too short": (record(content_length="5"), "4"),
    "Content-Length too long": (record(content_length="999"), "5.3"),
    "Content-Length negative": (record(content_length="-1"), "5.3"),
    "Content-Length in words": (record(content_length="many"), "5.3"),
    "date with offset": (record(warc_date="2024-02-29T08:00:00+08:00"), "5.4"),
    "date without Z": (record(warc_date="2024-02-29T08:00:00"), "5.4"),
    "date of 14 digits": (record(warc_date="20240229080000"), "5.4"),
    "no such day": (record(warc_date="2023-02-29T08:00:00Z"), "5.4"),
    "no such hour": (record(warc_date="2024-02-29T25:00:00Z"), "5.4"),
    "a fraction in 1.0": (record(warc_date="2024-02-29T08:00:00.1Z", version="1.0"), "5.4"),
    "picoseconds": (record(warc_date="2024-02-29T08:00:00.1234567890Z"), "5.4"),
    "record id without brackets": (record(warc_record_id=ID.format(1)[1:-1]), "5.2"),
    "record id without scheme": (record(warc_record_id="<zaphod>"), "5.2"),
    "record id with a blank": (record(warc_record_id="<urn:uuid:a b>"), "5.2"),
    "type of two words": (record(warc_type="re sponse"), "5.5"),
    "no media type": (record(content_type="gif image"), "5.6"),
    "no Content-Type": (record(content_type=None), "5.6"),
    "warcinfo of another type": (record("warcinfo", content_type="application/octet-stream"), "6.2"),
    "response of another type": (record(content_type="text/html"), "6.3.2"),
    "response as request": (record(content_type="application/http; msgtype=request"), "6.3.2"),
    "request of another type": (record("request", content_type="text/plain"), "6.5.2"),
    "concurrent to no id": (record(warc_concurrent_to="x"), "5.7"),
    "block digest without algorithm": (record(warc_block_digest="abc"), "5.8"),
    "block digest without value": (record(warc_block_digest="sha1:"), "5.8"),
    "wrong block digest": (record(warc_block_digest=sha1(b"other")), "5.8"),
    "a block digest of another length": (record(warc_block_digest="sha256:abcd"), "5.8"),
    "payload digest without algorithm": (record(warc_payload_digest=":abc"), "5.9"),
    "wrong payload digest": (record(warc_payload_digest=sha1(b"other")), "5.9"),
    "wrong payload digest of a resource": (record("resource", warc_payload_digest="md5:" + "0" * 32), "5.9"),
    "wrong payload digest of a request": (record("request", warc_payload_digest=sha1(b"other")), "5.9"),
    "payload digest of the block": (record(warc_payload_digest=sha1(HTTP)), "5.9"),
    "a payload digest of a warcinfo": (record("warcinfo", warc_payload_digest=sha1(b"other")), "5.9"),
    "no address": (record(warc_ip_address="a.b.c.d"), "5.10"),
    "an address of three parts": (record(warc_ip_address="192.0.2"), "5.10"),
    "refers to no id": (record("metadata", warc_refers_to="x"), "5.11"),
    "refers to no date": (record("revisit", warc_refers_to_date="yesterday"), "5.13"),
    "target without scheme": (record(warc_target_uri="bad_uri"), "5.14"),
    "target with a blank": (record(warc_target_uri="http://a.example/a b"), "5.14"),
    "target in Chinese": (record(warc_target_uri="http://a.example/环境"), "5.14"),
    "truncated for two words": (record(warc_truncated="too long"), "5.15"),
    "warcinfo id that is none": (record(warc_warcinfo_id="x"), "5.16"),
    "no file name": (record("warcinfo", warc_filename=""), "5.17"),
    "payload type that is none": (record(warc_identified_payload_type="text"), "5.19"),
    "segment number in words": (record("continuation", warc_segment_number="two"), "5.20"),
    "continuation number 1": (record("continuation", warc_segment_number="1"), "5.20"),
    "response number 2": (record(warc_segment_number="2"), "5.20"),
    "origin that is no id": (record("continuation", warc_segment_origin_id="1"), "5.21"),
    "total length in words": (record("continuation", warc_segment_total_length="all"), "5.22"),
    "Content-Length beyond any file": (record(content_length="9" * 30), "5.3"),
    "Content-Length of a number of no machine": (record(content_length="9" * 5000), "5.3"),
    "record id with half an escape": (record(warc_record_id="<http://a.example/%zz>"), "5.2"),
    "record id with half a host": (record(warc_record_id="<http://[::1/a>"), "5.2"),
    "target of a scheme alone": (record(warc_target_uri="http:"), "5.14"),
    "target in brackets in 1.1": (record(warc_target_uri=f"<{URI}>"), "5.14"),
    "a resource of dns of another type": (record("resource", warc_target_uri="dns:a.example"), "6.4.4"),
    "a payload type of a warcinfo": (record("warcinfo", warc_identified_payload_type="text/plain"), "5.19"),
    "a payload type of a metadata": (record("metadata", warc_identified_payload_type="text/plain"), "5.19"),
    "a total shorter than its segment": (continuation("2", total=2), "5.22"),
    "a total that is not that of all": (record(warc_segment_number="1") + continuation("2", total=99), "5.22"),
    "two last segments": (continuation("2", total=99) + continuation("3", total=99), "5.22"),
    "a record that is continued without a number": (record() + continuation("2"), "5.20"),
    "the same, last": (continuation("2") + record(), "5.20"),
    "two segments of one number": (continuation("2") + continuation("2"), "7"),
    "segments of two targets": (record(warc_segment_number="1") + continuation("2", uri=URI + "b"), "7"),
    "identical payload without digest": (
        record("revisit", warc_profile="http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"), "6.7.2"),
}  # fmt: skip
