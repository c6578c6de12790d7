"""The timestamps beside a seal: over its very text, by whom, and when."""

from datetime import datetime

from archive.bounded import read_file
from archive.errors import TimestampError
from archive.log.reader import REPLIES, SEALS, LogReader, Seal
from archive.log.timestamps import CLOCK, check_reply, verify_reply
from archive.verify.log_state import LogState, Trust
from pipelines.records import format_instant


def check_timestamps(log: LogReader, state: LogState, seal: Seal, trust: Trust) -> None:
    """Take in what trusted authorities stamped; the rest are findings, and only a note where the checker named none."""
    data = seal.checkpoint.text.encode()
    for path in log.beside(seal, REPLIES):
        place = f"log/{SEALS}/{path.name}"
        try:
            reply = read_file(path)
            check_reply(reply, data)
        except (TimestampError, OSError) as error:
            state.findings.add("timestamp-other", place=place, actual=error)
            continue
        if not trust.roots:
            state.findings.add("timestamp-unchecked", place=place)
            continue
        try:
            stamped = verify_reply(reply, data, trust.roots)
        except TimestampError as error:
            state.findings.add("timestamp-untrusted", place=place, actual=error)
            continue
        state.timestamps += 1
        state.stamped.append((seal.name, path.name))
        state.date(seal.checkpoint.size, stamped.moment, stamped.authority)
        check_clock(state, seal, stamped.moment, place)


def check_clock(state: LogState, seal: Seal, moment: datetime, place: str) -> None:
    """Nothing can say that it was logged after somebody else saw it."""
    logged = state.logged.get(seal.checkpoint.size)
    if logged and logged - moment > CLOCK:
        state.findings.add(
            "clock-contradiction",
            place=place,
            entry=seal.checkpoint.size - 1,
            expected=format_instant(moment),
            actual=format_instant(logged),
        )
