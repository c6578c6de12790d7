"""Why a file cannot be read."""


class Unreadable(Exception):  # noqa: N818
    """A file of a known program that cannot be read, or not to its end; `word` is stable, for the catalog."""

    def __init__(self, word: str) -> None:
        super().__init__(word)
        self.word = word
