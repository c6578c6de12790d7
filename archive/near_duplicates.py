"""Which text is nearly which earlier one: a fold over all texts in the fixed order of their first captures.

The rule: a text's *parent* is the most similar earlier *representative* (the earliest of equals) that `pipelines.sketch`
calls a near-duplicate of it; a text that is not almost (`SAME_WORDS`) some earlier representative is one itself, and so
stands for its kind in later comparisons. The *root* is where the chain of parents begins. A text is judged once, whatever
number of addresses has it.

The rule knows nothing of batches or of the order of arrival. When a text comes late, or its first capture changes, what
its coming can alter is judged again, in the same fixed order, and nothing else: so the tables are at all times those that
a rebuild would make. All of it is on disk; the memory does not grow with the archive.
"""

import heapq
import json
from array import array
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, select, update

from archive.catalog.schema import captures, said, sketch_bands, sketches, versions
from archive.judge import order_of
from pipelines.records import parse_instant
from pipelines.sketch import BANDS, Fingerprint, compare, covered_text, fingerprint, unpack

SAME_WORDS = 0.8
"""A text this similar to an earlier representative needs no representative of its own."""
MOST_IN_BAND = 64
"""Representatives of one band that are looked at, the earliest: templates of offices fill some bands without end."""
MOST_COMPARED = 64
"""Texts that one is compared with, those that share the most bands."""
_REMEMBERED = 256
"""Fingerprints held in memory, those that were used last."""
_MOST_NOTED = 20_000
"""Texts in the queue of which is noted what they were compared with, half a kilobyte each."""


class Position(NamedTuple):
    """The place of a text in the fixed order: that of its first capture."""

    fetched_at: str
    url: str
    record_id: str


def settle(connection: Connection, digests: Collection[str], made: Mapping[str, bytes]) -> None:
    """Judge the texts of these digests, and those whose judgement hangs on theirs; `made` are sketches by digest.

    Called when captures that say them have come, changed or gone, in the same transaction.
    """
    if digests:
        _Fold(connection).settle(digests, made)


def _text_id(digest: str) -> int:
    """63 bits of the digest: the same in every catalog, so that ties are broken in the same way."""
    return int(digest.partition(":")[2][:16], 16) >> 1


class _Fold:
    """The texts that wait for judgement, in their order."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._newest = connection.execute(select(func.max(sketches.c.at))).scalar_one() or 0
        self._waiting: list[tuple[Position, int]] = []
        self._queued: set[tuple[Position, int]] = set()
        self._read: dict[int, Fingerprint] = {}
        self._compared: dict[int, array[int]] = {}
        self._withdrawn: set[int] = set()

    def settle(self, digests: Collection[str], made: Mapping[str, bytes]) -> None:
        rows = self._connection.execute(select(sketches).where(sketches.c.text_digest.in_(digests)))
        known = {row.text_digest: row for row in rows}
        firsts = {row.text_digest: row for row in self._connection.execute(_FIRSTS, {"digests": list(digests)})}
        for digest in sorted(digests):
            self._note(digest, known.get(digest), firsts.get(digest), made.get(digest))
        while self._waiting:
            position, one = heapq.heappop(self._waiting)
            self._queued.discard((position, one))
            row = self._connection.execute(_ROW, {"own": one}).one_or_none()
            if row is not None and _position(row) == position:
                self._judge(row)

    def _note(self, digest: str, known: Any, first: Any, sketch: bytes | None) -> None:
        """Take in where a text stands now; what it changes for others is queued."""
        if known is not None and first is not None and known.first_capture == first.id:
            return
        if known is not None:
            self._withdraw(known)
        if first is None:
            return
        one, at = _text_id(digest), _microseconds(first.fetched_at)
        bands = sketch if known is None else known.bands
        row = dict(id=one, text_digest=digest, first_capture=first.id, at=at, bands=bands or b"")
        self._connection.execute(_ADD, row)
        self._queue(one, _position(first))

    def _withdraw(self, row: Row[Any]) -> None:
        """Take a text out as if it had never come."""
        self._queue_dependants(row, was_representative=bool(row.is_representative), is_moved=True)
        self._withdrawn.add(row.id)
        self._drop_bands(row)
        self._connection.execute(delete(sketches).where(sketches.c.id == row.id))

    def _queue(self, one: int, position: Position) -> None:
        if (position, one) not in self._queued:
            self._queued.add((position, one))
            heapq.heappush(self._waiting, (position, one))

    def _queue_dependants(self, row: Row[Any], *, was_representative: bool, is_moved: bool) -> None:
        """The later texts for which this one becomes, or ceases to be, one to be compared with; called before it does.

        What each was compared with so far is noted: of that the outcome is known.
        """
        found: list[Row[Any]] = []
        if was_representative and row.at <= self._newest:
            keys = list(unpack(row.bands))
            found += self._connection.execute(_LATER, {"keys": keys, "at": row.at, "own": row.id})
        if is_moved:
            found += self._connection.execute(_CHILDREN, {"own": row.id})
        for other in found:
            position = _position(other)
            if (position, other.id) not in self._queued and len(self._compared) < _MOST_NOTED:
                self._compared[other.id] = array("q", (one.id for _, one in self._find_compared(other)))
            self._queue(other.id, position)

    def _judge(self, row: Row[Any]) -> None:
        parent, similarity = self._find_parent(row)
        root = row.id if parent is None else parent.root
        is_representative = similarity is None or similarity < SAME_WORDS
        decided = dict(
            parent=parent and parent.id, similarity=similarity, root=root, is_representative=is_representative
        )
        self._connection.execute(_DECIDE, decided | {"own": row.id})
        if row.is_representative is not is_representative:
            if row.is_representative is not None or is_representative:
                self._queue_dependants(row, was_representative=True, is_moved=False)
            self._drop_bands(row)
            self._add_bands(row, is_representative=is_representative)
        if row.root is not None and row.root != root:
            self._queue_dependants(row, was_representative=False, is_moved=True)

    def _find_parent(self, row: Row[Any]) -> tuple[Any, float | None]:
        """The most similar earlier representative, and how similar it is."""
        best: tuple[float, Position, Any] | None = None
        candidates = self._find_candidates(row)
        known = self._known_of(row, {other.id for _, other in candidates})
        for position, other in candidates:
            if other.id in known:
                similarity = row.similarity if other.id == row.parent else None
            else:
                similarity = compare(self._fingerprint(row), self._fingerprint(other))
            if similarity is not None and (best is None or (-similarity, position) < best[:2]):
                best = (-similarity, position, other)
        return (best[2], -best[0]) if best else (None, None)

    def _find_candidates(self, row: Row[Any]) -> list[tuple[Position, Any]]:
        """The earlier representatives that a text is compared with: those that share the most bands with it."""
        return self._find_sharing(row)[0][:MOST_COMPARED]

    def _find_compared(self, row: Row[Any]) -> list[tuple[Position, Any]]:
        """What a text was compared with for certain; the place of those whose first capture has gone is not known any more."""
        found, lost = self._find_sharing(row)
        return found[: max(MOST_COMPARED - lost, 0)]

    def _find_sharing(self, row: Row[Any]) -> tuple[list[tuple[Position, Any]], int]:
        """The earlier representatives that share a band, and the number of those of which no capture is known."""
        own = _position(row)
        if not row.bands:
            return [], 0
        shared = self._connection.exec_driver_sql(_CANDIDATES, (row.at, *unpack(row.bands))).all()
        placed = [other for other in shared if other.record_id is not None]
        earlier = [(-other.shared, _position(other), other) for other in placed if _position(other) < own]
        return [found[1:] for found in sorted(earlier, key=lambda found: found[:2])], len(shared) - len(placed)

    def _known_of(self, row: Row[Any], candidates: Collection[int]) -> set[int]:
        """The candidates that a text was compared with when it got its parent: none of them is more similar than that."""
        compared = self._compared.pop(row.id, None)
        has_other_parent = row.parent is not None and (row.parent in self._withdrawn or row.parent not in candidates)
        if compared is None or row.is_representative is None or has_other_parent:
            return set()
        return set(compared) - self._withdrawn

    def _fingerprint(self, row: Row[Any]) -> Fingerprint:
        """What a text is compared by, made from what the catalog has of it."""
        found = self._read.pop(row.id, None)
        if found is None:
            body = json.loads(self._connection.execute(_BODY, {"digest": row.text_digest}).scalar_one())
            found = fingerprint(covered_text(body["title"], body["subtitle"], body["paragraphs"]))
            if len(self._read) >= _REMEMBERED:
                del self._read[next(iter(self._read))]
        self._read[row.id] = found
        return found

    def _add_bands(self, row: Row[Any], *, is_representative: bool) -> None:
        if row.bands:
            self._connection.exec_driver_sql(_ADD_BAND, _band_rows(row, is_representative=is_representative))

    def _drop_bands(self, row: Row[Any]) -> None:
        if row.bands and row.is_representative is not None:
            self._connection.exec_driver_sql(_DROP_BAND, _band_rows(row, is_representative=row.is_representative))


def _band_rows(row: Row[Any], *, is_representative: bool) -> list[tuple[int, bool, int, int]]:
    return [(key, is_representative, row.at, row.id) for key in dict.fromkeys(unpack(row.bands))]


def _position(row: Row[Any]) -> Position:
    return Position(row.fetched_at, row.url, row.record_id)


def _microseconds(fetched_at: str) -> int:
    moment = parse_instant(fetched_at)
    return int(moment.timestamp()) * 1_000_000 + moment.microsecond


_ADD = insert(sketches).values(
    {name: bindparam(name) for name in ("id", "text_digest", "first_capture", "at", "bands")}
)
_DECIDE = (
    update(sketches)
    .where(sketches.c.id == bindparam("own"))
    .values({name: bindparam(name) for name in ("parent", "similarity", "root", "is_representative")})
)
_PLACED = select(sketches, captures.c.fetched_at, captures.c.url, captures.c.record_id).join_from(
    sketches, captures, captures.c.id == sketches.c.first_capture
)
_ROW = _PLACED.where(sketches.c.id == bindparam("own"))
_CHILDREN = _PLACED.where(sketches.c.parent == bindparam("own"))
_LATER = _PLACED.where(
    sketches.c.id != bindparam("own"),
    sketches.c.id.in_(
        select(sketch_bands.c.text).where(
            sketch_bands.c.key.in_(bindparam("keys", expanding=True)),
            sketch_bands.c.is_representative.in_([False, True]),
            sketch_bands.c.at >= bindparam("at"),
        )
    ),
)
_ADD_BAND = "INSERT INTO sketch_bands (key, is_representative, at, text) VALUES (?, ?, ?, ?)"
_DROP_BAND = "DELETE FROM sketch_bands WHERE key = ? AND is_representative = ? AND at = ? AND text = ?"
_BODY = select(said).where(versions.c.text_digest == bindparam("digest")).limit(1)
_SAID = (
    select(versions.c.text_digest, captures.c.id, captures.c.fetched_at, captures.c.url, captures.c.record_id)
    .add_columns(
        func.row_number().over(partition_by=versions.c.text_digest, order_by=order_of(captures)).label("place")
    )
    .join_from(versions, captures, captures.c.id == versions.c.first_capture)
    .where(versions.c.text_digest.in_(bindparam("digests", expanding=True)))
    .subquery()
)
_FIRSTS = select(_SAID).where(_SAID.c.place == 1)
# Parameter 1 is the moment, 2 and on are the keys. A moment may be that of many texts, so the limit is drawn before it.
_IN_BAND = f"""
SELECT text FROM (
    SELECT text FROM sketch_bands WHERE key = ?{{}} AND is_representative = 1 AND at < ?1
    ORDER BY at, text LIMIT {MOST_IN_BAND}
)"""  # noqa: S608 (constants of this module)
_KEYS = [f"?{band + 2}" for band in range(BANDS)]
_CANDIDATES = f"""
WITH found AS (
    {" UNION ALL ".join(_IN_BAND.format(band + 2) for band in range(BANDS))}
    UNION ALL SELECT text FROM sketch_bands WHERE key IN ({", ".join(_KEYS)}) AND is_representative = 1 AND at = ?1
)
SELECT s.id, s.text_digest, s.root, c.fetched_at, c.url, c.record_id, count(*) AS shared
FROM found JOIN sketches s ON s.id = found.text LEFT JOIN captures c ON c.id = s.first_capture GROUP BY s.id
"""  # noqa: S608
