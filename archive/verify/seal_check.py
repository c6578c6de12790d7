"""The seals of a log: signed by whom, over the log that is there, stamped when; and checkpoints kept elsewhere."""

from collections.abc import Iterator, Sequence

from archive.bounded import read_file
from archive.errors import BrokenLog
from archive.log.checkpoint import Checkpoint
from archive.log.key_chain import KeyChain
from archive.log.note import Note, NoteError, PublicKey
from archive.log.reader import CHECKPOINT, SEALS, LogReader, Seal, read_seal, seal_paths
from archive.verify.log_state import LogState, Trust
from archive.verify.stamp_check import check_timestamps
from archive.verify.witness_check import check_cosignatures, check_missing


def read_seals(log: LogReader, state: LogState) -> Iterator[Seal]:
    """Every checkpoint that was signed, in the order of their sizes; one that cannot be read is a finding."""
    seals: list[Seal] = []
    for path in seal_paths(log.folder / SEALS):
        try:
            seals.append(read_seal(path))
        except BrokenLog as error:
            state.findings.add("seal-unreadable", place=f"log/seals/{path.name}", actual=error)
    yield from sorted(seals, key=lambda seal: (seal.checkpoint.size, seal.name))


def check_seals(log: LogReader, state: LogState, seals: Sequence[Seal], trust: Trust) -> None:
    """Hold every seal against its key, the log and its timestamps."""
    state.chain = KeyChain(_first_keys(log, state, seals, trust))
    state.are_keys_trusted = bool(trust.keys)
    for seal in seals:
        _follow_rotations(state, seal.checkpoint.size)
        if _check_seal(log, state, seal):
            state.seals += 1
            if seal.checkpoint.size >= state.sealed:
                state.sealed, state.checkpoint, state.seal = seal.checkpoint.size, seal.checkpoint, seal
            check_timestamps(log, state, seal, trust)
            check_cosignatures(log, state, seal, trust)
    check_missing(state, trust)
    if not seals and log.size:
        state.findings.add("no-seal", place="log/seals")
    elif state.sealed < log.size:
        state.findings.add(
            "unsealed" if state.sealed < state.substance else "unsealed-notes",
            entry=state.sealed,
            expected=f"{log.size} entries",
            actual=f"{state.sealed} sealed",
        )


def _first_keys(log: LogReader, state: LogState, seals: Sequence[Seal], trust: Trust) -> list[PublicKey]:
    """The keys that begin the chain: those that the checker brought, or that of the log where it led to one of them.

    A key vouches for those before it by a seal over the entry that put it in their place: whoever knows the last key only
    need not know the first. Without such a seal anybody could have named it as his successor.
    """
    if not trust.keys:
        return _own_keys(log, state, seals)
    try:
        own = KeyChain(log.keys()[:1]).follow(state.rotations)
    except BrokenLog:
        return list(trust.keys)
    named = [key for key in own.keys if key in trust.keys]
    vouched = any(_vouches(key, own.introduced.get(key, 0), seal, state) for key in named for seal in seals)
    return own.keys[:1] if vouched else list(trust.keys)


def _vouches(key: PublicKey, since: int, seal: Seal, state: LogState) -> bool:
    """Whether a key signed this log, as it was after an entry."""
    try:
        is_signed = bool(seal.note.signed_by([key]))
    except NoteError:
        return False
    return is_signed and seal.checkpoint.size > since and state.roots.get(seal.checkpoint.size) == seal.checkpoint.root


def _own_keys(log: LogReader, state: LogState, seals: Sequence[Seal]) -> list[PublicKey]:
    """The oldest key that lies with the log: others must have been introduced by it."""
    try:
        return log.keys()[:1]
    except BrokenLog as error:
        if seals:
            state.findings.add("seal-unreadable", place="log/keys", actual=error)
        return []


def _follow_rotations(state: LogState, size: int) -> None:
    for index, entry in [one for one in state.rotations if one[0] < size]:
        state.rotations.remove((index, entry))
        try:
            state.chain.take(index, entry)
        except ValueError as error:  # NoteError, and of base64
            state.findings.add("rotation-unsigned", entry=index, actual=error)


def _check_seal(log: LogReader, state: LogState, seal: Seal) -> bool:
    place = f"log/seals/{seal.name}"
    return _check_signers(state, seal, place) and _check_tree(log, state, seal, place)


def _check_signers(state: LogState, seal: Seal, place: str) -> bool:
    """Whether a key of the chain signed it that no other had replaced by then."""
    try:
        signers = seal.note.signed_by(state.chain.keys)
    except NoteError as error:
        state.findings.add("seal-signature", place=place, actual=error)
        return False
    if not signers:
        kind = "key-untrusted" if state.are_keys_trusted else "key-swapped"
        names = ", ".join(f"{line.name}+{line.key_id.hex()}" for line in seal.note.signatures)
        known = ", ".join(f"{key.name}+{key.id.hex()}" for key in state.chain.keys)
        state.findings.add(kind, place=place, expected=known, actual=names)
        return False
    if all(key in state.chain.retired for key in signers):
        since = ", ".join(f"replaced by entry {state.chain.retired[key]}" for key in signers)
        names = ", ".join(f"{key.name}+{key.id.hex()}" for key in signers)
        state.findings.add("key-retired", place=place, expected=since, actual=names)
        return False
    return True


def _check_tree(log: LogReader, state: LogState, seal: Seal, place: str) -> bool:
    """Whether the log begins with the entries that were sealed."""
    if seal.checkpoint.origin != log.head.origin:
        state.findings.add("archive-other", place="log/head", expected=seal.checkpoint.origin, actual=log.head.origin)
    if seal.checkpoint.size > log.size:
        state.findings.add(
            "log-cut", place=place, expected=f"{seal.checkpoint.size} entries", actual=f"{log.size} entries"
        )
        return False
    root = state.roots[seal.checkpoint.size] if seal.checkpoint.size else seal.checkpoint.root
    if root != seal.checkpoint.root:
        state.findings.add("log-rewritten", place=place, expected=seal.checkpoint.root.hex(), actual=root.hex())
        return False
    return True


def check_published(log: LogReader, state: LogState, seals: Sequence[Seal]) -> None:
    """What lies where other tools look for the last checkpoint: one of the seals, or one that was signed as they are."""
    path = log.folder / CHECKPOINT
    if not path.exists():
        return
    try:
        note = Note.parse(read_file(path))
        checkpoint = Checkpoint.parse(note.text)
        is_signed = bool(note.signed_by(state.chain.keys)) and state.roots.get(checkpoint.size) == checkpoint.root
    except (NoteError, OSError) as error:
        state.findings.add("checkpoint-other", place=f"log/{CHECKPOINT}", actual=error)
        return
    known = any(one.note.text == note.text and set(one.note.signatures) <= set(note.signatures) for one in seals)
    if not (known or is_signed):
        actual = f"{checkpoint.size} {checkpoint.root.hex()}"
        state.findings.add("checkpoint-other", place=f"log/{CHECKPOINT}", actual=actual)


def check_trusted(state: LogState, trust: Trust) -> None:
    """Whether the log still begins with what somebody noted down elsewhere."""
    agreed = 0
    for note in trust.checkpoints:
        checkpoint = Checkpoint.parse(note.text)
        root = state.roots.get(checkpoint.size) if checkpoint.size <= state.head.size else None
        if checkpoint.size > state.head.size:
            state.findings.add(
                "log-cut", place="log", expected=f"{checkpoint.size} entries", actual=f"{state.head.size} entries"
            )
        elif checkpoint.origin != state.head.origin or root != checkpoint.root:
            state.findings.add(
                "log-forked",
                place="log",
                entry=checkpoint.size,
                expected=checkpoint.root.hex(),
                actual=root.hex() if root else None,
            )
        else:
            agreed += 1
    state.is_trusted_consistent = bool(trust.checkpoints) and agreed == len(trust.checkpoints)
