"""From checkpoints that were signed before to the newest in a WACZ: so others can be held against it.

They are kept elsewhere by the checker, or lie in the WACZ with a timestamp, see `archive.wacz.seals`.
`proofs/consistency.jsonl` has a line for each earlier seal, `{"size", "proof"}`: the proof that the log of the WACZ's
checkpoint continues the log of that size (RFC 9162 §2.1.4). The root is the checker's to bring.
"""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final

from archive.log.checkpoint import Checkpoint
from archive.log.merkle import is_consistent
from archive.log.reader import LogReader
from archive.wacz.container import Container
from archive.wacz.report import WaczReport
from archive.wacz.unpacking import MALFORMED, read_lines

FOLDER: Final = "proofs/"
CONSISTENCY: Final = f"{FOLDER}consistency.jsonl"
MOST_SEALS: Final = 366
"""Earlier seals, the newest ones, that a WACZ is linked to: a year of daily ones, in a fifth of a second."""


def consistency_lines(log: LogReader, sizes: Collection[int], size: int, *, needed: Collection[int]) -> Iterator[str]:
    """The proofs from the last of the earlier `sizes`, and all `needed` ones, to the log of so many entries.

    Raises BrokenLog.
    """
    last = sorted({one for one in sizes if 0 < one < size})[-MOST_SEALS:]
    for earlier in sorted({*last, *(one for one in needed if 0 < one < size)}):
        proof = log.consistency_proof(earlier, size)
        yield _line(earlier, proof)


def _line(size: int, proof: Sequence[bytes]) -> str:
    return json.dumps({"size": size, "proof": [one.hex() for one in proof]}) + "\n"


def check_continuity(
    report: WaczReport, checkpoint: Checkpoint, known: Collection[Checkpoint], links: Mapping[int, list[bytes]]
) -> None:
    """Hold the checkpoints that the checker brings against the newest in the file."""
    linked = [check_link(report, one, checkpoint, links, place=CONSISTENCY) for one in known]
    report.continues = all(linked) if linked else None


def check_link(
    report: WaczReport, one: Checkpoint, newest: Checkpoint, links: Mapping[int, list[bytes]], *, place: str
) -> bool:
    """Whether the newest checkpoint continues another one; where not, that is a finding at `place`."""
    proof = [] if one.size == newest.size else links.get(one.size)
    expected, actual = (f"{checkpoint.size} {checkpoint.root.hex()}" for checkpoint in (one, newest))
    if one.origin != newest.origin:
        report.add("log-other", place, expected=one.origin, actual=newest.origin)
    elif one.size > newest.size or proof is None:
        report.add("checkpoint-unlinked", place, expected=expected, actual=actual)
    elif one.size and not is_consistent(one.size, newest.size, one.root, newest.root, proof):
        report.add("log-forked", place, expected=expected, actual=actual)
    else:
        return True
    return False


def read_links(report: WaczReport, container: Container, sizes: Collection[int]) -> dict[int, list[bytes]]:
    """The proofs from logs of these sizes; a line that is none is a finding."""
    links: dict[int, list[bytes]] = {}
    is_there = CONSISTENCY in container.entries
    for number, line in enumerate(read_lines(report, container, CONSISTENCY) if is_there else (), 1):
        try:
            value = json.loads(line)
            proof = [bytes.fromhex(one) for one in value["proof"]]
            if type(value["size"]) is not int or line != _line(value["size"], proof):
                raise ValueError("is not written as we do")
            if value["size"] in sizes:
                links[value["size"]] = proof
        except MALFORMED as error:
            report.add("proof-invalid", CONSISTENCY, actual=f"line {number}: {(str(error) or 'x').splitlines()[0]}")
    return links
