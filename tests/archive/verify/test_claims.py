"""What a report claims of a history that was rewritten by whoever has the key: no more than it can."""

import shutil
from pathlib import Path

from archive.directory import Archive
from archive.store import Store
from archive.verify.check import verify
from tests.archive.altered.relogging import checkpoint_kept
from tests.archive.verify.sealed import build, files_of, seal_now, today
from tests.archive.warc.samples import page


def test_a_history_rewritten_and_signed_anew_shows_only_against_what_is_kept_elsewhere(tmp_path: Path) -> None:
    """The files are altered with the log, and the thief of the key signs: the report does not claim more than it can."""
    folder = tmp_path / "archive"
    build(folder)
    trust = checkpoint_kept(folder)
    shutil.rmtree(folder / "log")
    shutil.rmtree(folder / "index", ignore_errors=True)
    for path in files_of(folder):
        path.unlink()
    with Store(Archive.open(folder)) as store:
        for number in range(12):
            store.append(today(page(number)), site="wuxi")
    seal_now(Archive.open(folder))
    alone = verify(folder)
    assert alone.verdict == "intact"
    claims = {claim.kind: claim.holds for claim in alone.claims}
    assert claims == {
        "unchanged": True,
        "received": True,
        "signed": True,
        "existed": False,
        "witnessed": False,
        "continues": False,
    }
    assert "rewritten history shows only" in alone.claims[-1].proves_not_english
    known = verify(folder, trust=trust)
    assert known.verdict == "altered"
    assert {finding.kind for finding in known.findings} & {"log-forked", "log-cut"}
