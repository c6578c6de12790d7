"""The proofs in a WACZ: which entries they show to be in the log that was signed."""

import json

from archive.log.entries import CaptureEntry, decode_entry
from archive.verify.log_state import Trust
from archive.wacz.container import Container
from archive.wacz.continuity import FOLDER
from archive.wacz.proofs import INCLUSION, UNSEALED
from archive.wacz.proven_lines import read_entries
from archive.wacz.report import WaczReport
from archive.wacz.seal_check import read_checkpoint, settle
from archive.wacz.spool import Spool
from archive.wacz.unpacking import MALFORMED, read_lines


def read_proofs(report: WaczReport, container: Container, trust: Trust, spool: Spool) -> None:
    """Note what is proven to be in the log; a line that proves nothing is a finding."""
    _read_unsealed(report, container, spool)
    if not any(name.startswith(FOLDER) for name in container.entries):
        return
    checkpoint = read_checkpoint(report, container, trust)
    if checkpoint is None or INCLUSION not in container.entries:
        report.add("proofs-missing", INCLUSION)
        return
    for index, entry in read_entries(report, container, INCLUSION, checkpoint):
        spool.take(index, entry)
    settle(report, spool.end, spool.logged, trust)


def _read_unsealed(report: WaczReport, container: Container, spool: Spool) -> None:
    for number, line in enumerate(read_lines(report, container, UNSEALED) if UNSEALED in container.entries else (), 1):
        try:
            value = json.loads(line)
            entry = value["entry"] and decode_entry(value["entry"].encode())
            if entry is not None and not isinstance(entry, CaptureEntry):
                raise ValueError("names no capture")
            spool.take_unsealed(str(value["record_id"]), entry)
        except MALFORMED as error:
            report.add("proof-invalid", UNSEALED, actual=f"line {number}: {(str(error) or 'x').splitlines()[0]}")
