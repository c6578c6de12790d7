"""Which keys may sign for a log: the one it began with, and those that one of them introduced by an entry it signed."""

import base64
from collections.abc import Iterable
from dataclasses import dataclass, field

from archive.log.entries import Entry, KeyRotationEntry
from archive.log.note import PublicKey


@dataclass(slots=True)
class KeyChain:
    """The keys in the order in which they came; `retired` are those that others replaced, with the entries that say so.

    `introduced` are those that took the place of others, by these entries too.
    """

    keys: list[PublicKey]
    introduced: dict[PublicKey, int] = field(default_factory=dict)
    retired: dict[PublicKey, int] = field(default_factory=dict)

    @property
    def current(self) -> list[PublicKey]:
        """Those that may sign."""
        return [key for key in self.keys if key not in self.retired]

    def take(self, index: int, entry: KeyRotationEntry) -> None:
        """Put a new key in the place of an old one; raises ValueError where that one may not sign, or did not."""
        old, new = PublicKey.parse(entry.old), PublicKey.parse(entry.new)
        signature = base64.b64decode(entry.signature, validate=True)
        if old not in self.current or not old.verifies(entry.statement, signature):
            raise ValueError(entry.old)
        if new not in self.keys:
            self.keys.append(new)
            self.introduced[new] = index
        self.retired[old] = index
        self.retired.pop(new, None)

    def follow(self, entries: Iterable[tuple[int, Entry]]) -> "KeyChain":
        """Take the rotations among these entries, which come with their places; what no key signed for counts nothing."""
        for index, entry in entries:
            if isinstance(entry, KeyRotationEntry):
                try:
                    self.take(index, entry)
                except ValueError:
                    continue
        return self


def follow_keys(first: Iterable[PublicKey], entries: Iterable[Entry]) -> list[PublicKey]:
    """The keys that may sign after these entries, of a log that these keys began."""
    return KeyChain(list(first)).follow(enumerate(entries)).current
