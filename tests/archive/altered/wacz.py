"""WACZ files altered: each row a way, and what must be said of it."""

import gzip
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from archive.verify.log_state import Trust
from archive.verify.report import Verdict
from archive.wacz.index_map import INDEX_MAP
from archive.wacz.manifest import DIGEST, MANIFEST
from tests.archive.altered.case import nothing_kept
from tests.archive.altered.times import others_trusted, trusted
from tests.archive.altered.wacz_changes import (
    BOMB,
    CHECKPOINT,
    CONSISTENCY,
    INCLUSION,
    RECORDS,
    REPLY,
    REPORT,
    Change,
    as_it_is,
    beside_keys,
    bomb_entry,
    bomb_record,
    careless,
    dated,
    deflated,
    double_record,
    drop_record,
    edit_entry,
    edit_page,
    edit_site,
    forged,
    in_index,
    in_proofs,
    link,
    more_words,
    name_twice,
    other_checkpoint,
    other_entry,
    other_key,
    other_leaf,
    other_local_header,
    other_path,
    overlapping,
    stamped,
    strip_signature,
    under_old_signature,
    with_file,
    without,
)
from tests.archive.altered.wacz_earlier import (
    STAMP,
    STAMPED,
    bare,
    early,
    moved,
    other_link,
    other_root,
    rewritten,
    swapped,
    unlinked,
    unsigned,
)
from tests.archive.altered.wacz_form import (
    UNIX_TIME,
    as_files,
    described,
    in_directory,
    manifest_written,
    more_of_a_file,
    other_order,
    other_software,
)
from tests.archive.altered.wacz_hidden import (
    other_map,
    other_name,
    page_in_another_first,
    page_in_first,
    page_in_unproven_first,
    two_ends,
    without_first,
)
from tests.archive.altered.wacz_kept import earlier_kept, foreign_kept, later_kept, other_kept
from tests.archive.altered.wacz_keys import (
    KEYS,
    ROTATIONS,
    first_key,
    one_key_more,
    rotated,
    signed_by_the_old,
    unsigned_rotation,
)
from tests.archive.altered.wacz_words import (
    in_manifest,
    in_page,
    in_pages,
    in_report,
    named_signer,
    one_page_less,
    one_page_more,
    one_page_twice,
)
from tests.archive.wacz.packing import INDEX, PAGES, rehash, repack, unpack


@dataclass(frozen=True, slots=True)
class WaczCase:
    """`alter` makes another file of a whole one; `kinds` are all that must be found, the first of them at `file`, or a name like it.

    `page` is the end of the address whose record it must name.
    """

    name: str
    alter: Callable[[Path, Path], object]
    kinds: tuple[str, ...]
    file: str
    page: str | None = None
    kept: Callable[[Path], Trust] = nothing_kept
    verdict: Verdict = "altered"
    reextract: bool = False
    needs_openssl: bool = False


_LINES: Final = ("index-line-extra", "index-line-missing")


def _earlier(name: str, change: Change, kinds: tuple[str, ...], file: str, **options: Any) -> WaczCase:
    return WaczCase(
        f"earlier seal: {name}", early(change), kinds, file, needs_openssl=True, **{"kept": trusted} | options
    )


WACZ: Final = [
    WaczCase("payload edited, digests, manifest and signature made anew", forged(edit_page), ("record-differs", *_LINES), RECORDS, page="_100003.html"),
    WaczCase("record left out, manifest made anew", forged(drop_record), ("record-missing", *_LINES), RECORDS, page="_100003.html"),
    WaczCase("record twice, manifest made anew", forged(double_record), ("record-duplicated", "index-line-missing"), RECORDS, page="_100003.html"),
    WaczCase("index entry moved, manifest made anew", forged(in_index('"offset": "', '"offset": "1')), _LINES, INDEX),
    WaczCase("index entry back-dated, manifest made anew", forged(in_index(" 20260402", " 20250402")), _LINES, INDEX),
    WaczCase("index entry at an offset without end, manifest made anew", forged(in_index('"offset": "', '"offset": Infinity, "": "')), _LINES, INDEX),
    WaczCase("date of a record emptied, manifest made anew", forged(dated("")), ("broken-record", "record-missing", "index-line-extra"), RECORDS),
    WaczCase("date of a record that no calendar has, manifest made anew", forged(dated("0001-01-01T00:00:00+08:00")), ("broken-record", "record-missing", "index-line-extra"), RECORDS),
    WaczCase("index left out, manifest made anew", forged(without(INDEX)), ("index-missing", "index-line-missing"), INDEX),
    WaczCase("missing pages.jsonl", forged(without(PAGES)), ("missing-pages",), PAGES),
    WaczCase("rehashed manifest without a signature", lambda whole, path: repack(rehash(unpack(whole), key=None), path), ("signature-missing",), DIGEST),
    WaczCase("rehashed manifest under the old signature", lambda whole, path: repack(under_old_signature(unpack(whole)), path), ("signature-invalid",), DIGEST),
    WaczCase("signature stripped", careless(strip_signature), ("signature-missing",), DIGEST),
    WaczCase("signature and proofs stripped: nothing vouches for it", lambda whole, path: repack(rehash(without("proofs/")(unpack(whole)), key=None), path), (), "", verdict="not-provable"),
    WaczCase("proof for another leaf: its place", forged(in_proofs(other_leaf)), ("proof-invalid", "record-not-proven"), INCLUSION, page="_100001.html"),
    WaczCase("proof for another leaf: its path", forged(in_proofs(other_path)), ("proof-invalid", "record-not-proven"), INCLUSION, page="_100001.html"),
    WaczCase("proof for another leaf: its entry", forged(in_proofs(other_entry)), ("record-not-proven",), RECORDS, page="_100001.html"),
    WaczCase("more words in the line of a proof", forged(in_proofs(more_words)), ("proof-invalid", "record-not-proven"), INCLUSION),
    WaczCase("entry of the log edited", forged(in_proofs(edit_entry)), ("proof-invalid", "record-not-proven"), INCLUSION),
    WaczCase("site file edited", forged(in_proofs(edit_site)), ("proof-invalid", "reextract-failed"), INCLUSION, reextract=True),
    WaczCase("proofs left out", forged(without(INCLUSION)), ("proofs-missing",), INCLUSION),
    WaczCase("checkpoint of another size", forged(other_checkpoint), ("checkpoint-invalid", "proofs-missing"), CHECKPOINT),
    WaczCase("words of the forger beside the keys", forged(beside_keys), ("keys-differ",), "proofs/keys.txt"),
    WaczCase("words of the forger among the links to earlier checkpoints", forged(with_file(CONSISTENCY, b'{"size": 1, "proof": [], "note": "x"}\n')), ("proof-invalid",), CONSISTENCY),
    WaczCase("key swapped", forged(other_key), ("checkpoint-unsigned", "proofs-missing"), CHECKPOINT),
    WaczCase("key replaced as it should be: clean", rotated(), (), "", verdict="intact"),
    WaczCase("key replaced as it should be, against the first key: clean", rotated(), (), "", kept=first_key, verdict="intact"),
    WaczCase("signed by the key that was replaced", signed_by_the_old, ("key-retired",), CHECKPOINT),
    WaczCase("signed by the key that was replaced, against that key", signed_by_the_old, ("key-retired",), CHECKPOINT, kept=first_key),
    WaczCase("entry of the new key left out", rotated(without(ROTATIONS)), ("checkpoint-unsigned", "proofs-missing"), CHECKPOINT),
    WaczCase("entry of the new key edited", rotated(unsigned_rotation), ("proof-invalid", "checkpoint-unsigned", "proofs-missing"), ROTATIONS),
    WaczCase("key of the forger beside those of the log", rotated(one_key_more), ("keys-differ",), KEYS),
    WaczCase("against an earlier checkpoint kept elsewhere: clean", as_it_is, (), "", kept=earlier_kept, verdict="intact"),
    WaczCase("log rewritten and signed anew, against a checkpoint kept elsewhere", as_it_is, ("log-forked",), CONSISTENCY, kept=other_kept),
    WaczCase("file of another log than that of the checkpoint kept elsewhere", as_it_is, ("log-other",), CONSISTENCY, kept=foreign_kept),
    WaczCase("checkpoint kept elsewhere, of more entries than the file has", as_it_is, ("checkpoint-unlinked",), CONSISTENCY, kept=later_kept, verdict="not-provable"),
    WaczCase("link to the checkpoint kept elsewhere left out", forged(without(CONSISTENCY)), ("checkpoint-unlinked",), CONSISTENCY, kept=earlier_kept, verdict="not-provable"),
    WaczCase("link to the checkpoint kept elsewhere edited", forged(with_file(CONSISTENCY, b"{}\n")), ("proof-invalid", "checkpoint-unlinked"), CONSISTENCY, kept=earlier_kept),
    WaczCase("timestamp of a trusted authority: clean", forged(stamped()), (), "", kept=trusted, verdict="intact", needs_openssl=True),
    WaczCase("timestamp, and no authority named: said, no alarm", forged(stamped()), ("timestamp-unchecked",), REPLY, verdict="intact", needs_openssl=True),
    WaczCase("timestamp over other data", forged(stamped(lambda data: data + b"x")), ("timestamp-other",), REPLY, kept=trusted, needs_openssl=True),
    WaczCase("timestamp of an authority that is not trusted", forged(stamped()), ("timestamp-untrusted",), REPLY, kept=others_trusted, verdict="not-provable", needs_openssl=True),
    WaczCase("timestamp of an authority whose certificate had expired", forged(stamped(is_valid=False)), ("timestamp-untrusted",), REPLY, kept=trusted, verdict="not-provable", needs_openssl=True),
    _earlier("its timestamp, by a trusted authority: clean", dict, (), "", verdict="intact"),
    _earlier("its timestamp, and no authority named: said, no alarm", dict, ("timestamp-unchecked",), STAMP, kept=nothing_kept, verdict="intact"),
    _earlier("its timestamp by an authority that is not trusted", dict, ("timestamp-untrusted",), STAMP, kept=others_trusted, verdict="not-provable"),
    _earlier("of another log under the old signature", other_root, ("checkpoint-invalid",), STAMPED),
    _earlier("of another log, signed by whoever has the key", rewritten, ("log-forked",), STAMPED),
    _earlier("signed by nobody that is known", unsigned, ("checkpoint-unsigned",), STAMPED),
    _earlier("its link to the newest left out", unlinked, ("checkpoint-unlinked",), STAMPED, verdict="not-provable"),
    _earlier("its link to the newest edited", other_link, ("log-forked",), STAMPED),
    _earlier("left out, its timestamp kept", bare, ("timestamp-other",), STAMP),
    _earlier("its timestamp put over the newest", moved, ("timestamp-other",), REPLY),
    _earlier("the newest put under its timestamp", swapped, ("timestamp-other",), STAMP),
    WaczCase("file changed", careless(with_file(PAGES, b"{}\n")), ("hash-differs", "size-differs"), PAGES),
    WaczCase("unlisted file", careless(with_file("archive/more.txt")), ("unlisted-file", "broken-record"), "archive/more.txt"),
    WaczCase("file left out", careless(without("indexes/index.idx")), ("missing-file",), "indexes/index.idx"),
    WaczCase("manifest left out", careless(without(MANIFEST)), ("missing-file", "unlisted-file"), MANIFEST),
    WaczCase("manifest changed", careless(with_file(MANIFEST, b"{}")), ("manifest-hash-differs", "unlisted-file", "signature-invalid"), MANIFEST),
    WaczCase("manifest no JSON", careless(with_file(MANIFEST, b"{")), ("broken-file", "unlisted-file", "manifest-hash-differs", "signature-invalid"), MANIFEST),
    WaczCase("name with ..", careless(with_file("proofs/../../x")), ("unsafe-name", "unlisted-file"), "proofs/../../x"),
    WaczCase("absolute name", careless(with_file("/etc/passwd")), ("unsafe-name", "unlisted-file"), "/etc/passwd"),
    WaczCase("name with a backslash", careless(with_file("a\\b")), ("unsafe-name", "unlisted-file"), "a\\b"),
    WaczCase("duplicate ZIP names", name_twice, ("duplicate-name",), PAGES),
    WaczCase("link", link, ("link", "unlisted-file", "entry-differs"), "proofs/link"),
    WaczCase("local header against the directory", other_local_header, ("local-header-differs", "broken-file"), PAGES),
    WaczCase("WARC deflated in the ZIP", deflated, ("not-stored", "record-missing", "index-line-extra", "entry-differs"), RECORDS),
    WaczCase("page in a second warcinfo record", forged(page_in_another_first), ("record-not-proven",), RECORDS),
    WaczCase("page in the warcinfo record, which the log has", forged(page_in_first), ("first-record-differs", *_LINES), RECORDS),
    WaczCase("page in the warcinfo record, its proof left out", forged(page_in_unproven_first), ("first-record-differs", *_LINES), RECORDS),
    WaczCase("warcinfo record left out", forged(without_first), ("first-record-missing", *_LINES), RECORDS),
    WaczCase("map of the index leads to another index", forged(other_map), ("index-map-differs",), INDEX_MAP),
    WaczCase("map of the index left out, manifest made anew", forged(without(INDEX_MAP)), ("missing-file",), INDEX_MAP),
    WaczCase("one more index, listed", forged(with_file("indexes/evil.cdxj")), ("unexpected-file",), "indexes/evil.cdxj"),
    WaczCase("one more WARC beside archive/, listed", forged(with_file("Archive/evil.warc.gz")), ("unexpected-file",), "Archive/evil.warc.gz"),
    WaczCase("a verdict of the forger among the proofs, listed", forged(with_file("proofs/verdict.html")), ("unexpected-file",), "proofs/verdict.html"),
    WaczCase("a report of the forger among the proofs, listed", forged(with_file(REPORT)), ("report-differs",), REPORT),
    WaczCase("a word of the report forged", forged(in_report("登记时已在磁盘上", "从服务器收到")), ("report-differs",), REPORT),
    WaczCase("a script at the end of the report", forged(in_report("</html>", "<script>document.title='完好'</script></html>")), ("report-differs",), REPORT),
    WaczCase("report of a form that nobody knows", forged(in_report("proof report 2", "proof report 3")), ("report-unknown",), REPORT, verdict="not-provable"),
    WaczCase("report left out, as files have it that are older: no alarm", forged(without(REPORT)), (), "", verdict="intact"),
    WaczCase("Unicode path of another name", other_name, ("extra-field-differs", "entry-differs"), PAGES),
    WaczCase("ZIP64 end against the classic one", two_ends, ("end-differs",), ""),
    WaczCase("title of a page forged", forged(in_page(title="该企业从未被处罚")), ("page-differs",), PAGES, page="_100002.html"),
    WaczCase("moment of a page forged", forged(in_page(ts="2019-01-01T00:00:00Z")), ("page-differs",), PAGES, page="_100002.html"),
    WaczCase("address of a page forged", forged(in_page(url="http://sthjj.example.cn/")), ("page-differs",), PAGES, page="_100002.html"),
    WaczCase("text given to a page", forged(in_page(text="x")), ("page-differs",), PAGES, page="_100002.html"),
    WaczCase("page that no record has", forged(in_pages(one_page_more)), ("page-not-captured",), PAGES),
    WaczCase("page left out of the list", forged(in_pages(one_page_less)), ("page-missing",), PAGES, page="_100002.html"),
    WaczCase("page listed twice", forged(in_pages(one_page_twice)), ("page-differs",), PAGES),
    WaczCase("other main page", in_manifest(mainPageUrl="http://sthjj.example.cn/"), ("manifest-differs",), MANIFEST),
    WaczCase("date of the main page forged", in_manifest(mainPageDate="2019-01-01T00:00:00Z"), ("manifest-differs",), MANIFEST),
    WaczCase("date of making forged", in_manifest(created="2019-01-01T00:00:00Z"), ("manifest-differs",), MANIFEST),
    WaczCase("other title: the packer's word, said, no alarm", in_manifest(title="x"), (), "", verdict="intact"),
    WaczCase("signer named whom nobody vouches for", named_signer, ("signature-differs",), DIGEST),
    WaczCase("software of the signature forged", as_files(other_software), ("signature-differs",), DIGEST),
    WaczCase("manifest with a title that the last one hides", as_files(manifest_written(lambda text: text.replace(b"{", b'{"title": "x",', 1))), ("manifest-differs",), MANIFEST),
    WaczCase("more words about a file in the manifest", as_files(manifest_written(more_of_a_file)), ("manifest-differs",), MANIFEST),
    WaczCase("rights of a file changed in the directory", in_directory(38, b"\x00\x00\xff\x81"), ("entry-differs",), PAGES),
    WaczCase("a bit flipped in the maker of a file", in_directory(4, b"\x15"), ("entry-differs",), PAGES),
    WaczCase("a bit flipped in the internal attributes of a file", in_directory(36, b"\x01"), ("entry-differs",), PAGES),
    WaczCase("comment to a file", described(comment="环境局已核实".encode()), ("entry-differs",), PAGES),
    WaczCase("time given to a file", described(date_time=(2019, 1, 1, 0, 0, 0)), ("entry-differs",), PAGES),
    WaczCase("time given to a file in an extra field", described(extra=UNIX_TIME), ("entry-differs",), PAGES),
    WaczCase("files of the directory exchanged", other_order, ("entry-differs",), ""),
    WaczCase("readme of the forger", forged(with_file("proofs/readme.txt")), ("readme-differs",), "proofs/readme.txt"),
    WaczCase("recipe of the forger", forged(with_file("proofs/recipe.json", b"{}")), ("recipe-unreadable",), "proofs/recipe.json"),
    WaczCase("certificate that no server showed", forged(with_file(f"proofs/{'a' * 64}.pem")), ("certificate-differs",), f"proofs/{'a' * 64}.pem"),
    WaczCase("bomb: a file", bomb_entry, ("bomb",), ""),
    WaczCase("bomb: the index", forged(with_file(INDEX, gzip.compress(bytes(BOMB), 1, mtime=0))), ("bomb", "index-line-missing", "index-line-extra"), INDEX),
    WaczCase("bomb: a record", forged(bomb_record), ("broken-record",), RECORDS),
    WaczCase("bomb: entries that share their bytes", overlapping, ("bomb", "hidden-bytes", "local-header-differs"), ""),
]  # fmt: skip
