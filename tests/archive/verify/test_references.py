"""Revisits of somebody's making: their ends are found, however long the way."""

from itertools import pairwise

import pytest

from archive.verify.file_check import check_references
from archive.verify.spool import Spool

LENGTH = 300


@pytest.mark.parametrize(("last", "kind"), [("nothing", "revisit-nowhere"), ("1", "revisit-loop"), ("page", None)])
def test_a_chain_of_revisits_is_followed_once(last: str, kind: str | None) -> None:
    names = [*map(str, range(1, LENGTH + 1)), last]
    rows = [(one, "revisit", other, int(one)) for one, other in pairwise(names)] + [("page", "response", None, 0)]
    with Spool() as spool:
        into = "INSERT INTO captures (record_id, record_type, refers_to, leaf) VALUES (?, ?, ?, ?)"
        spool.connection.executemany(into, rows)
        spool.finish()
        asked: list[str] = []
        spool.connection.set_trace_callback(asked.append)
        found = {finding.kind for finding in check_references(spool)}
    assert found == ({kind} if kind else set())
    assert len(asked) < 2 * LENGTH + 10
