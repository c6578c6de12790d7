"""Lines that prove: an entry of the log, its place in it, and its path to the root of the newest checkpoint in the WACZ."""

import json
from collections.abc import Iterator, Sequence

from archive.log.checkpoint import Checkpoint
from archive.log.entries import Entry, decode_entry
from archive.log.merkle import is_included, leaf_hash
from archive.wacz.container import Container
from archive.wacz.report import WaczReport
from archive.wacz.unpacking import MALFORMED, read_lines


def proof_line(index: int, entry: str, proof: Sequence[bytes]) -> str:
    """The line of an entry, with its line feed."""
    value = {"index": index, "entry": entry, "proof": [one.hex() for one in proof]}
    return json.dumps(value, ensure_ascii=False) + "\n"


def read_entries(
    report: WaczReport, container: Container, name: str, checkpoint: Checkpoint
) -> Iterator[tuple[int, Entry]]:
    """The entries in a file that are in the log, with their places; a line that proves nothing is a finding."""
    for number, line in enumerate(read_lines(report, container, name), 1):
        try:
            value = json.loads(line)
            data = value["entry"].encode()
            proof = [bytes.fromhex(one) for one in value["proof"]]
            is_in = is_included(leaf_hash(data), value["index"], checkpoint.size, proof, checkpoint.root)
            entry = decode_entry(data)
            if type(value["index"]) is not int or line != proof_line(value["index"], value["entry"], proof):
                raise ValueError("is not written as we do")
        except MALFORMED as error:
            report.add("proof-invalid", name, actual=f"line {number}: {(str(error) or 'x').splitlines()[0]}")
            continue
        if is_in:
            yield value["index"], entry
        else:
            record = getattr(entry, "record_id", None) or getattr(entry, "capture", None)
            report.add("proof-invalid", name, record_id=record, actual=f"line {number}: leads to another checkpoint")
