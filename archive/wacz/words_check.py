"""The files among the proofs that no signature covers: readme, report, recipe, certificates. They must be what we write."""

import json
from typing import Any, Final

from archive.log.note import parse_keys
from archive.wacz.container import Container
from archive.wacz.proofs import CERTIFICATE, INCLUSION, KEYS, README, README_FILE, RECIPE, REPORT_FILE, UNSEALED
from archive.wacz.report import WaczReport
from archive.wacz.spool import Spool
from archive.wacz.statement import FORM, FORM_MARK, FORMS, make_statement
from archive.wacz.unpacking import LARGEST_LINE, MALFORMED, UNREADABLE, read_lines
from archive.warc.records import sha256

_READMES: Final = (
    sha256(README.encode()),
    "sha256:4b5737c492c9fea86b57682d28e595411247b02d2ce70cd95876389ea1e660f9",
    "sha256:17afb5de388dd30bfbbcfb21fbe74c1ffd7cba6923c000aad3e643908bdd0216",
    "sha256:0e73ad77b0ea36a717bceef4c8e6e2df204e9ef6409d6c76d319b7974f703a4b",
)
"""Of every text that we ever packed; a change of it leaves its digest here."""
_LONGEST: Final = 100


def check_words(report: WaczReport, container: Container, spool: Spool) -> None:
    """What stands there in our name is ours, and certificates are those that a packed capture was shown."""
    data = _read(report, container, README_FILE)
    if data is not None and sha256(data) not in _READMES:
        report.add("readme-differs", README_FILE, expected=_READMES[0], actual=sha256(data))
    data = _read(report, container, KEYS)
    if data is not None and not _are_keys(data):
        report.add("keys-differ", KEYS, expected="keys alone, one a line", actual=repr(data[:100]))
    data = _read(report, container, RECIPE)
    if data is not None and not _is_recipe(data):
        report.add("recipe-unreadable", RECIPE, expected="a recipe and its versions", actual=repr(data[:100]))
    for name in sorted(filter(CERTIFICATE.fullmatch, container.entries)):
        data = _read(report, container, name)
        if data is not None and spool.certificates.get(name) != sha256(data):
            expected = spool.certificates.get(name) or "a certificate that a server showed"
            report.add("certificate-differs", name, expected=expected, actual=sha256(data))


def check_statement(report: WaczReport, container: Container) -> None:
    """The report among the proofs is the one that they give; of another form than ours nobody can say."""
    data = _read(report, container, REPORT_FILE)
    if data is None:
        return
    mark = FORM_MARK.search(data)
    form = int(mark[1]) if mark else FORM
    if form not in FORMS:
        report.add("report-unknown", REPORT_FILE, expected=f"form {FORM}", actual=f"form {form}")
        return
    unsealed = read_lines(report, container, UNSEALED) if UNSEALED in container.entries else ()
    inclusion = read_lines(report, container, INCLUSION)
    try:
        due = make_statement(
            container.entries,
            lambda name: container.read(name, limit=LARGEST_LINE),
            inclusion=inclusion,
            unsealed=unsealed,
            form=form,
        ).encode("utf-8", "backslashreplace")
    except (*UNREADABLE, *MALFORMED) as error:
        report.add("report-differs", REPORT_FILE, actual=f"the proofs give none: {error}")
        return
    if data != due:
        at = next((place for place, (one, other) in enumerate(zip(data, due, strict=False)) if one != other), None)
        at = min(len(data), len(due)) if at is None else at
        expected, actual = (text[at : at + _LONGEST].decode("utf-8", "replace") for text in (due, data))
        report.add("report-differs", REPORT_FILE, offset=at, expected=expected, actual=actual)


def _read(report: WaczReport, container: Container, name: str) -> bytes | None:
    if name not in container.entries:
        return None
    try:
        return container.read(name, limit=LARGEST_LINE)
    except UNREADABLE as error:
        report.add("broken-file", name, actual=str(error))
        return None


def _are_keys(data: bytes) -> bool:
    try:
        return data == "".join(f"{key}\n" for key in parse_keys(data.decode())).encode()
    except ValueError:
        return False


def _is_recipe(data: bytes) -> bool:
    """Only its form can be told: which versions a packer had is his word."""
    try:
        value: Any = json.loads(data)
        words = [value["recipe"], *value["versions"], *value["versions"].values()]
    except MALFORMED:
        return False
    are_plain = all(
        isinstance(word, str) and word.isascii() and word.isprintable() and len(word) <= _LONGEST for word in words
    )
    return are_plain and set(value) == {"recipe", "versions"}
