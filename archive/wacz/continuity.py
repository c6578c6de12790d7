"""From checkpoints that were signed before to the one in a WACZ: so a checkpoint kept elsewhere can be held against it.

`proofs/consistency.jsonl` has a line for each earlier seal, `{"size", "proof"}`: the proof that the log of the WACZ's
checkpoint continues the log of that size (RFC 9162 §2.1.4). The root is the checker's to bring.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Final

from archive.log.checkpoint import Checkpoint
from archive.log.merkle import is_consistent
from archive.log.reader import LogReader
from archive.verify.log_state import Trust
from archive.wacz.container import Container
from archive.wacz.report import WaczReport
from archive.wacz.unpacking import read_lines

CONSISTENCY: Final = "proofs/consistency.jsonl"
MOST_SEALS: Final = 366
"""Earlier seals, the newest ones, that a WACZ is linked to: a year of daily ones, in a fifth of a second."""


def consistency_lines(log: LogReader, size: int) -> Iterator[str]:
    """The proofs from earlier seals to the log of so many entries. Raises BrokenLog."""
    sizes = sorted({seal.checkpoint.size for seal in log.seals() if 0 < seal.checkpoint.size < size})
    for earlier in sizes[-MOST_SEALS:]:
        proof = log.consistency_proof(earlier, size)
        yield json.dumps({"size": earlier, "proof": [one.hex() for one in proof]}) + "\n"


def check_continuity(report: WaczReport, container: Container, checkpoint: Checkpoint, trust: Trust) -> None:
    """Hold the checkpoints that the checker brings against the one in the file."""
    if not trust.checkpoints:
        return
    known = [Checkpoint.parse(note.text) for note in trust.checkpoints]
    proofs = dict(_read(report, container, {one.size for one in known}))
    linked = 0
    for one in known:
        proof = [] if one.size == checkpoint.size else proofs.get(one.size)
        sizes = dict(expected=f"{one.size} {one.root.hex()}", actual=f"{checkpoint.size} {checkpoint.root.hex()}")
        if one.origin != checkpoint.origin:
            report.add("log-other", CONSISTENCY, expected=one.origin, actual=checkpoint.origin)
        elif one.size > checkpoint.size or proof is None:
            report.add("checkpoint-unlinked", CONSISTENCY, **sizes)
        elif one.size and not is_consistent(one.size, checkpoint.size, one.root, checkpoint.root, proof):
            report.add("log-forked", CONSISTENCY, **sizes)
        else:
            linked += 1
    report.continues = linked == len(known)


def _read(report: WaczReport, container: Container, sizes: Iterable[int]) -> Iterator[tuple[int, list[bytes]]]:
    for number, line in enumerate(
        read_lines(report, container, CONSISTENCY) if CONSISTENCY in container.entries else (), 1
    ):
        try:
            value = json.loads(line)
            if value["size"] in sizes:
                yield value["size"], [bytes.fromhex(one) for one in value["proof"]]
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            report.add("proof-invalid", CONSISTENCY, actual=f"line {number}: {(str(error) or 'x').splitlines()[0]}")
