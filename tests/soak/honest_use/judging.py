"""What may be said of an archive that is honestly used: it may not be provable yet; it is never altered, never unreadable."""

import json
import subprocess
import sys
import time
from collections.abc import Collection, Iterable

from archive.catalog.catalog import Catalog
from archive.directory import Archive
from archive.reader.lookup import find_sights
from archive.reader.verdict import look_at
from tests.soak.honest_use.ground import Done, Errand, Ground

ALWAYS = ("intact", "not-provable")
SEALED = "sealed at the end"
SHOWN = ("kind", "place", "file", "offset", "record", "entry", "expected", "actual")
NOT_MOUNTED = 77
MOUNTED = (
    "unshare", "-m", "sh", "-c",
    f'mount --bind "$1" "$1" && mount -o remount,ro,bind "$1" || exit {NOT_MOUNTED}; shift; exec "$@"',
)  # fmt: skip


def look(ground: Ground, when: str, *more: str, allowed: Collection[str] = ALWAYS) -> None:
    """Verify the archive, or a copy that `more` names."""
    judge(ground, when, [ground.run(Errand(("verify", *more, "--json")))], allowed=allowed)


def judge(ground: Ground, when: str, done: Iterable[Done], *, allowed: Collection[str] = ALWAYS) -> None:
    """Hold every report among what commands said against what is allowed."""
    for one in done:
        if one.errand.words[0] == "verify" and one.code >= 0:
            _judge_report(ground, when, one, allowed)


def _judge_report(ground: Ground, when: str, one: Done, allowed: Collection[str]) -> None:
    try:
        report = json.loads(one.out)
    except ValueError:
        ground.alarm(f"{when}: no report: {one.code} {one.said[-500:]}")
        return
    verdict = report["verdict"]
    ground.count("verdicts", f"{when}: {verdict}")
    if verdict not in allowed:
        told = [_tell(finding) for finding in report["findings"] if finding.get("weight") != "note"]
        ground.alarm(f"{when}: {verdict}: {told[:5] or 'for no reason'}")
    elif verdict in ALWAYS:
        for finding in report["findings"]:
            ground.count("findings", f"{'at the end' if when == SEALED else 'meanwhile'}: {finding['kind']}")
    else:
        worst = {finding["kind"] for finding in report["findings"] if finding["weight"] == verdict}
        ground.count("torn copies", ", ".join(sorted(worst)))


def _tell(finding: dict[str, object]) -> str:
    return " ".join(f"{name}={finding[name]}" for name in SHOWN if finding.get(name) is not None)[:300]


def look_where_nothing_can_be_written(ground: Ground) -> None:
    """A copy on a file system that is mounted for reading only, where the system lets us: it is checked and packed."""
    copy, packed = (
        str(ground.copy(how="file by file")),
        ground.folder / "given" / f"read-only-{time.monotonic_ns()}.wacz",
    )
    packed.parent.mkdir(exist_ok=True)
    for words in (("verify", copy, "--deep", "--json"), ("export", "--format", "wacz", "--out", str(packed))):
        command = [*MOUNTED, "-", copy, sys.executable, "-m", "crawler.cli", *words]
        environment = ground.environment() | {"LANTIAN_ARCHIVE": copy}
        done = subprocess.run(command, cwd=ground.folder, env=environment, capture_output=True, text=True, check=False)
        if done.returncode == NOT_MOUNTED:
            ground.count("events", "could not be mounted for reading only")
            return
        ground.count("ends", f"{words[0]}, for reading only: {done.returncode}")
        judge(ground, "a copy for reading only", [Done(Errand(words), done.returncode, done.stdout, done.stderr)])


def finish(ground: Ground) -> None:
    """Crawl once more, seal, and have everything checked: the archive, its pages, and all that is and was given out."""
    ground.run(Errand(("crawl", *ground.bureaus, "--json")))
    sealed = ground.run(Errand(("seal",)))
    if sealed.code:
        ground.alarm(f"the last seal ended with {sealed.code}: {sealed.said[-500:]}")
    look(ground, SEALED, "--deep", *_kept_elsewhere(ground), allowed=("intact",))
    look(ground, "sealed, texts made again", "--reextract", "all", allowed=("intact",))
    whole = ground.folder / "whole.wacz"
    ground.run(Errand(("export", "--format", "wacz", "--out", str(whole))))
    look(ground, "all of it as WACZ", str(whole), *_kept_elsewhere(ground), allowed=("intact",))
    for url in ground.some_urls(3):
        _prove(ground, url)
    for path in sorted((ground.folder / "given").glob("*.wacz")):
        look(ground, "WACZ given out on the way", str(path))
    _look_at_pages(ground)


def _kept_elsewhere(ground: Ground) -> list[str]:
    """What an auditor brings: the certificate of the authority, and every checkpoint that was noted down."""
    kept = sorted(ground.folder.glob("checkpoint-*"))
    trust = [word for path in kept for word in ("--trusted-checkpoint", str(path))]
    return trust + (["--tsa-ca", str(ground.authority[1])] if ground.authority else [])


def _prove(ground: Ground, url: str) -> None:
    proof = ground.folder / "proof.wacz"
    proof.unlink(missing_ok=True)
    done = ground.run(Errand(("prove", url, "--out", str(proof))))
    if proof.exists():
        look(ground, "a proof", str(proof), allowed=("intact",))
    elif "the archive has no capture of it" not in done.said:
        ground.alarm(f"prove {url} ended with {done.code}: {done.said[-500:]}")


def _look_at_pages(ground: Ground) -> None:
    """What `history` says, and the banner above every page that `serve --replay` shows."""
    done = ground.run(Errand(("history", "--edited")))
    if done.code not in {0, 1} or done.said:
        ground.alarm(f"history --edited: {done.code} {done.said[-500:]}")
    archive = Archive.open(ground.archive, create=False)
    with Catalog(archive) as catalog:
        for url in [*ground.urls(), *(f"{bureau.url}/list/" for bureau in ground.bureaus.values())]:
            for sight in find_sights(catalog, url):
                verdict = look_at(archive, sight).verdict
                ground.count("verdicts", f"the banner above a page: {verdict.state}")
                if verdict.state != "intact":
                    ground.alarm(f"the banner above {url}: {verdict}")
