"""Clean archives, grown by chance as long use grows them: whatever `verify` says against one is a false alarm."""

import random
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec

from archive.catalog.catalog import Catalog
from archive.conformance.check import check_file
from archive.directory import Archive
from archive.store import Store
from archive.verify.check import verify
from archive.verify.log_state import Trust
from archive.verify.report import Report
from archive.verify.selection import Selection as Chosen
from archive.wacz.check import check_wacz
from archive.wacz.proofs import Prover
from archive.wacz.selection import Selection, choose, find_capture
from archive.wacz.writer import write_wacz
from tests.archive.verify.growing.exchanges import any_capture
from tests.archive.verify.growing.steps import Growth, grow, is_sealed, seal_log

KEY = ec.derive_private_key(2026, ec.SECP384R1())
NOTES: dict[str, tuple[str, ...]] = {
    "gap": ("gap",),
    "gap-unsealed": ("gap",),
    "deleted": ("deletion",),
    "recipe-differs": ("older recipe",),
    "log-left-over": ("kill", "verified while writing"),
    "open-unlogged": ("kill", "verified while writing"),
    "file-aside": ("half a record",),
    "original-unlisted": ("import",),
    "deletion-unsigned": ("deletion",),
    "open-file": ("kill", "verified while writing"),
    "found-only": ("kill", "import", "before the log", "sample", "store only", "crawl"),
    "catalog-ahead": ("kill", "verified while writing"),
    "nothing-selected": ("kill",),
    "catalog-behind": ("kill", "store only", "before the log", "verified while writing"),
    "unsealed-notes": ("crawl", "replay", "export", "import", "kill"),
}
"""What `verify` may say of a clean archive, and the steps one of which must then have been taken."""


@dataclass
class Verified:
    """What came of one seed: how the archive grew, what was counted in it, and every false alarm."""

    seed: int
    steps: Counter[str]
    counts: Counter[str] = field(default_factory=Counter)
    verdicts: Counter[str] = field(default_factory=Counter)
    notes: Counter[str] = field(default_factory=Counter)
    alarms: list[str] = field(default_factory=list)


def make_and_verify(folder: Path, seed: int) -> Verified:
    """Grow an archive below a folder and check it in every way that its auditors can."""
    chance = random.Random(seed)
    beside = folder / "beside"
    beside.mkdir(parents=True)
    growth = Growth(Archive.open(folder / "archive"), chance, beside)
    grow(growth)
    if has_seal := chance.random() < 0.8:
        seal_log(growth)
        growth.done["seal"] += 1
    found = Verified(seed, growth.done)
    _check_whole(growth, found, has_seal=has_seal)
    _check_part(growth, found)
    _check_while_writing(growth, found)
    _check_rules(growth, found)
    _check_packed(growth, found, has_seal=has_seal)
    return found


def _check_whole(growth: Growth, found: Verified, *, has_seal: bool) -> None:
    is_deep, is_reextracted = growth.chance.random() < 0.7, growth.chance.random() < 0.3
    trust = Trust(keys=(growth.first_key,), checkpoints=tuple(growth.kept)) if is_sealed(growth) else Trust()
    report = verify(growth.archive.path, trust=trust, is_deep=is_deep, reextract=0 if is_reextracted else None)
    counted = report.counts.model_dump(exclude={"selected"})
    found.counts.update(counted | {"verified": 1, "deep": is_deep, "re-extracted": is_reextracted})
    if report.reextraction:
        found.counts.update({"texts made again": report.reextraction.read, "texts the same": report.reextraction.same})
    _judge(found, report, "whole", expected="intact" if has_seal else None)


def _check_part(growth: Growth, found: Verified) -> None:
    """Of one page, or since a moment."""
    with Catalog(growth.archive) as catalog, catalog.view() as view:
        row = view.exec_driver_sql("SELECT url, fetched_at FROM captures ORDER BY record_id").first()
    if row is None:
        return
    url, since = growth.chance.choice([(row[0], None), (None, row[1])])
    report = verify(growth.archive.path, selection=Chosen(url, since), is_deep=True)
    found.counts["in part"] += 1
    _judge(found, report, "in part", expected=None)


def _check_while_writing(growth: Growth, found: Verified) -> None:
    """An auditor looks while a crawl goes on."""
    if growth.chance.random() > 0.1:
        return
    growth.done["verified while writing"] += 1
    with Store(growth.archive) as store:
        for _ in range(3):
            store.append(any_capture(growth.chance), site="wuxi")
        _judge(found, verify(growth.archive.path, is_deep=True), "while writing", expected=None)


def _judge(found: Verified, report: Report, when: str, *, expected: str | None) -> None:
    """Everything that is said of the archive must follow from how it grew."""
    found.verdicts[f"{when}: {report.verdict}"] += 1
    found.notes.update({finding.kind for finding in report.findings})
    for finding in report.findings:
        unsealed = {"unsealed", "no-seal"} if expected != "intact" else set()
        because = NOTES.get(finding.kind, ())
        if finding.kind not in unsealed and not any(found.steps[step] for step in because):
            found.alarms.append(f"{when}: {finding.kind} {finding.place} {finding.expected} {finding.actual}")
    if expected and report.verdict != expected:
        found.alarms.append(f"{when}: {report.verdict}, not {expected}")
    if (report.verdict == "not-provable") is not bool(
        {"unsealed", "no-seal", "open-unlogged", "nothing-selected"} & {one.kind for one in report.findings}
    ):
        found.alarms.append(f"{when}: {report.verdict} for no reason")


def _check_rules(growth: Growth, found: Verified) -> None:
    """Every file keeps the header rules of ISO 28500."""
    for path in sorted(growth.archive.warc_dir.rglob("*.warc.gz")):
        found.counts["files held against ISO 28500"] += 1
        found.alarms += [f"conformance: {breach}" for breach in check_file(path)]


def _check_packed(growth: Growth, found: Verified, *, has_seal: bool) -> None:
    """All of it, and one page, as WACZ files that are checked with nothing else at hand."""
    with Catalog(growth.archive) as catalog:
        with catalog.view() as view:
            url = view.exec_driver_sql("SELECT url FROM captures ORDER BY record_id").scalar()
        one = find_capture(catalog, url) if url else None
        selections = {"all": Selection()} | ({"one": Selection(record_ids=(one,))} if one else {})
        for name, selection in selections.items():
            path = growth.beside / f"{name}.wacz"
            prover = Prover.open(growth.archive.path)
            chosen = choose(growth.archive, catalog, selection)
            packed = write_wacz(growth.archive, chosen, path, title=name, software="Lantian", key=KEY, prover=prover)
            found.alarms += _alarms_of(path, packed.captures, may_lack=not has_seal or _is_behind(growth))
            found.counts.update({"wacz": 1, "captures in wacz": packed.captures, "proven in wacz": packed.proven})


def _is_behind(growth: Growth) -> bool:
    """Whether captures came after the last seal."""
    return bool(growth.done["verified while writing"])


def _alarms_of(path: Path, captures: int, *, may_lack: bool) -> Iterator[str]:
    report = check_wacz(path)
    for finding in report.findings:
        yield f"{path.name}: {finding}"
    if report.captures != captures:
        yield f"{path.name}: {report.captures} captures of {captures}"
    if captures and not may_lack and report.verdict != "intact":
        yield f"{path.name}: {report.verdict}"
    with zipfile.ZipFile(path) as file:
        if file.testzip():
            yield f"{path.name}: broken"
