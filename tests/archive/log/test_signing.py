"""Several people sign one log at the same time, and some take a new key."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from archive.directory import Archive
from archive.log.reader import LogReader
from archive.log.signing import sign_log
from archive.log.writer import Log
from archive.verify.check import verify
from tests.archive.log.sealing import add


def test_whoever_signs_is_alone_with_the_key(archive: Archive, tmp_path: Path) -> None:
    path = tmp_path / "keys" / "key.pem"
    with Log(archive) as log:
        sign_log(log, path)

    def sign(number: int) -> str:
        with Log(archive) as log:
            return str(sign_log(log, path, is_rotated=number % 2 == 1)[0].public)

    with ThreadPoolExecutor(4) as people:
        keys = list(people.map(sign, range(8)))
    assert len(set(keys[1::2])) == 4
    add(archive, 1)
    assert sign(0) in keys, "the key that the log names last is at hand"
    assert verify(archive.path).verdict == "intact"
    assert len(LogReader.open(archive.path).keys()) == 1 + 4
