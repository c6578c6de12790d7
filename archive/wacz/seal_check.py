"""The checkpoints in a WACZ: signed by whom, the newest continuing the others, and seen by whom at what time."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from archive.errors import TimestampError
from archive.log.checkpoint import Checkpoint
from archive.log.entries import KeyRotationEntry
from archive.log.key_chain import KeyChain
from archive.log.note import Note, NoteError, PublicKey, parse_keys
from archive.log.timestamps import CLOCK, check_reply, verify_reply
from archive.verify.log_state import Trust
from archive.verify.witness_check import read_cosignature, strangers
from archive.wacz.container import Container
from archive.wacz.continuity import check_continuity, check_link, read_links
from archive.wacz.proofs import KEYS
from archive.wacz.report import Seen, WaczReport
from archive.wacz.rotations import read_rotations
from archive.wacz.seals import CHECKPOINT, EARLIER, REPLY
from archive.wacz.unpacking import LARGEST_LINE, UNREADABLE
from pipelines.records import format_instant, parse_instant

_UNREADABLE: Final = (*UNREADABLE, ValueError)
Signed = tuple[Note, Checkpoint]


def read_checkpoint(report: WaczReport, container: Container, trust: Trust) -> Checkpoint | None:
    """The newest checkpoint, when a key that is known signed it; and who saw it, and those before it, and when."""
    own, rotations = _own_keys(report, container, is_needed=not trust.keys), read_rotations(report, container)
    chain = KeyChain(list(trust.keys) or own[:1]).follow(rotations)
    known = chain.keys
    newest = _read(report, container, CHECKPOINT, known)
    if newest is None:
        return None
    note, checkpoint = newest
    report.checkpoint, report.signed_by = note.text, tuple(map(str, note.signed_by(known)))
    _check_retired(report, note, chain)
    if KEYS in container.entries:
        _check_keys(report, note, own, rotations)
    earlier = dict(_read_earlier(report, container, known))
    kept = [Checkpoint.parse(one.text) for one in trust.checkpoints]
    links = read_links(report, container, {one.size for one in (*kept, *(one for _, one in earlier.values()))})
    check_continuity(report, checkpoint, kept, links)
    linked = {
        name: signed for name, signed in earlier.items() if check_link(report, signed[1], checkpoint, links, place=name)
    }
    _check_stamps(report, container, {CHECKPOINT: newest, **linked}, trust)
    for name, (one, at) in (*linked.items(), (CHECKPOINT, newest)):
        _check_cosignatures(report, one, at, trust, name)
        for line in strangers(one, (*known, *own, *trust.witnesses)):
            report.add("witness-unknown", name, actual=line.name)
    return checkpoint


def settle(report: WaczReport, entries: int, logged: str | None, trust: Trust) -> None:
    """By when everything captured existed: it stands in the first `entries` of the log, the last of it logged then."""
    report.settle(entries)
    for key in trust.witnesses:
        if key.name not in report.cosigned_by:
            report.add("witness-missing", CHECKPOINT, expected=str(key))
    for seen in report.seen:
        if logged and seen.entries >= entries and parse_instant(logged) - parse_instant(seen.moment) > CLOCK:
            report.add("clock-contradiction", seen.file, expected=seen.moment, actual=logged)


def _own_keys(report: WaczReport, container: Container, *, is_needed: bool) -> list[PublicKey]:
    try:
        return list(parse_keys(container.read(KEYS, limit=LARGEST_LINE).decode()))
    except _UNREADABLE as error:
        if is_needed:
            report.add("checkpoint-invalid", KEYS, actual=str(error))
        return []


def _check_retired(report: WaczReport, note: Note, chain: KeyChain) -> None:
    signers = note.signed_by(chain.keys)
    if all(key in chain.retired for key in signers):
        since = ", ".join(f"replaced by entry {chain.retired[key]}" for key in signers)
        report.add("key-retired", CHECKPOINT, expected=since, actual=", ".join(map(str, signers)))


def _check_keys(
    report: WaczReport, note: Note, own: Sequence[PublicKey], rotations: Sequence[tuple[int, KeyRotationEntry]]
) -> None:
    """The file must name who signed, and no key that the first of them did not lead to: people compare them by eye."""
    led_to = KeyChain(list(own[:1])).follow(rotations).keys
    try:
        is_named = bool(note.signed_by(own))
    except NoteError:
        is_named = False
    if not is_named or set(own) != set(led_to):
        expected = ", ".join(map(str, led_to)) if is_named else "a key that signed the checkpoint"
        report.add("keys-differ", KEYS, expected=expected, actual=", ".join(map(str, own)) or None)


def _read(report: WaczReport, container: Container, name: str, known: Sequence[PublicKey]) -> Signed | None:
    try:
        note = Note.parse(container.read(name, limit=LARGEST_LINE))
        is_signed = note.signed_by(known)
        checkpoint = Checkpoint.parse(note.text)
    except _UNREADABLE as error:
        report.add("checkpoint-invalid", name, actual=str(error))
        return None
    if is_signed:
        return note, checkpoint
    report.add("checkpoint-unsigned", name, expected=", ".join(map(str, known)) or "a signature")
    return None


def _read_earlier(report: WaczReport, container: Container, known: Sequence[PublicKey]) -> Iterator[tuple[str, Signed]]:
    """By name. A key that was replaced since may have signed it: the newest vouches for it, and so may any in the file."""
    names = sorted(filter(EARLIER.fullmatch, container.entries))
    if not names:
        return
    try:
        theirs = list(parse_keys(container.read(KEYS, limit=LARGEST_LINE).decode()))
    except _UNREADABLE:
        theirs = []
    for name in names:
        if signed := _read(report, container, name, [*known, *theirs]):
            yield name, signed


def _check_cosignatures(report: WaczReport, note: Note, checkpoint: Checkpoint, trust: Trust, name: str) -> None:
    """By the witnesses that the checker named."""
    for line in note.signatures:
        try:
            seen = read_cosignature(note.text, line, trust.witnesses)
        except NoteError as error:
            report.add("cosignature-invalid", name, actual=str(error))
            continue
        if seen:
            moment = format_instant(seen.moment)
            report.seen.append(Seen(checkpoint.size, moment, line.name, "cosignature", name))


def _check_stamps(report: WaczReport, container: Container, seals: Mapping[str, Signed], trust: Trust) -> None:
    """As in an archive; but where the checker names no authority, that they were not held against one is only noted."""
    for name in sorted(container.entries):
        over = REPLY.fullmatch(name)
        if over and (signed := seals.get(f"{over[1]}.txt")):
            _check_stamp(report, container, name, signed[1], trust)
        elif over and f"{over[1]}.txt" not in container.entries:
            report.add("timestamp-other", name, actual="no checkpoint of this name is here")


def _check_stamp(report: WaczReport, container: Container, name: str, checkpoint: Checkpoint, trust: Trust) -> None:
    data = checkpoint.text.encode()
    try:
        reply = container.read(name, limit=LARGEST_LINE)
        check_reply(reply, data)
    except (TimestampError, *_UNREADABLE) as error:
        report.add("timestamp-other", name, actual=str(error))
        return
    if not trust.roots:
        report.add("timestamp-unchecked", name, actual="no authority was named; --tsa-ca does")
        return
    try:
        stamped = verify_reply(reply, data, trust.roots)
    except TimestampError as error:
        report.add("timestamp-untrusted", name, actual=str(error))
        return
    moment = format_instant(stamped.moment)
    report.seen.append(Seen(checkpoint.size, moment, stamped.authority, "timestamp", name))
