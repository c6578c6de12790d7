"""Reads once, for the pure part, what it needs besides pages: the language data, and the recipe of exact versions."""

import platform
from functools import cache
from hashlib import sha256
from importlib import metadata, resources
from importlib.resources.abc import Traversable

from lxml import etree

from pipelines.knowledge import PACKAGES, Knowledge, recipe_id
from pipelines.repair import parse_language

_DATA = "language.bin"


@cache
def read_knowledge() -> Knowledge:
    """What the road knows, from the files of the installed package; a process reads them once."""
    return Knowledge(parse_language(_read_language()), recipe_id(describe_recipe(), language_digest=_digest_language()))


@cache
def describe_recipe() -> dict[str, str]:
    """The exact versions behind the recipe id: packages, Python, libxml2, and our own code by its digest.

    Our version number alone would not tell two states of a working copy apart.
    """
    versions = {name: metadata.version(name) for name in PACKAGES}
    libxml2 = ".".join(map(str, etree.LIBXML_VERSION))
    return versions | {"python": platform.python_version(), "libxml2": libxml2, "pipelines": _digest_code()}


def _read_language() -> bytes:
    return resources.files("pipelines.repair").joinpath("data", _DATA).read_bytes()


def _digest_language() -> str:
    return sha256(_read_language()).hexdigest()


def _digest_code() -> str:
    digest = sha256()
    for name, source in sorted(_walk(resources.files("pipelines"), "")):
        digest.update(name.encode() + b"\0" + sha256(source.read_bytes()).digest())
    return digest.hexdigest()[:16]


def _walk(folder: Traversable, name: str) -> list[tuple[str, Traversable]]:
    found: list[tuple[str, Traversable]] = []
    for entry in folder.iterdir():
        if entry.is_dir():
            found += _walk(entry, f"{name}{entry.name}/")
        elif entry.name.endswith(".py"):
            found.append((name + entry.name, entry))
    return found
