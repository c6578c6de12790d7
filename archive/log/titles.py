"""The digest of a title, as an entry of a text that was made has it."""

from archive.warc.records import sha256


def title_digest(title: str) -> str:
    """Over its UTF-8; half a surrogate pair that a page had is kept."""
    return sha256(title.encode("utf-8", "surrogatepass"))
