"""Reprint chains: of the articles that say nearly the same, which was published first, and what each other one changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

import opencc

from archive.clusters import Cluster, Member
from pipelines.edits import Edit, compare_articles
from pipelines.records import Article
from pipelines.site import Site
from pipelines.sketch import fold_text

Agreement = Literal["agrees", "differs", "not stated"]


@dataclass(frozen=True, slots=True)
class Reprint:
    """An article of a chain beside its original.

    `source` says whether the source that it states is the office that was found to have published first. `edit` is what
    it changed of the original; where the two are in different scripts, both are compared in Simplified.
    """

    member: Member
    source: Agreement
    edit: Edit
    scripts_differ: bool


@dataclass(frozen=True, slots=True)
class Chain:
    """The article that states the earliest date, and the others in the fixed order of their captures.

    The original is the earliest that this archive knows of; an earlier one may stand where nobody has looked.
    """

    original: Member
    first_captured: Member
    reprints: tuple[Reprint, ...]


def trace(cluster: Cluster, *, sites: Mapping[str, Site]) -> Chain:
    """Make the chain of a cluster: each article once, with the first of its texts."""
    once: dict[str, Member] = {}
    for member in cluster.members:
        once.setdefault(member.article, member)
    articles = Cluster(tuple(once.values()))
    original = articles.earliest_publication
    others = [member for member in articles.members if member.article != original.article]
    return Chain(original, articles.earliest_capture, tuple(_compare(original, other, sites) for other in others))


def _compare(original: Member, member: Member, sites: Mapping[str, Site]) -> Reprint:
    before, after = original.read(), member.read()
    scripts_differ = {before.script, after.script} == {"Hans", "Hant"}
    if scripts_differ:
        before, after = _simplify(before), _simplify(after)
    return Reprint(member, _judge_source(member, original, sites), compare_articles(before, after), scripts_differ)


def _judge_source(member: Member, original: Member, sites: Mapping[str, Site]) -> Agreement:
    """Whether the stated source names the original's office: by its site file, or as the original itself states it.

    Offices shorten their own names, so one name inside the other is the same.
    """
    if not member.source:
        return "not stated"
    stated = fold_text(member.source)
    site = sites.get(original.site)
    names = [fold_text(name) for name in (original.source, site and site.name) if name]
    return "agrees" if any(stated in name or name in stated for name in names) else "differs"


def _simplify(article: Article) -> Article:
    convert = _simplifier().convert
    texts = {name: value and convert(value) for name in _TEXTS if (value := getattr(article, name)) is not None}
    return article.model_copy(update=texts | {"paragraphs": tuple(map(convert, article.paragraphs))})


_TEXTS = ("title", "subtitle", "source", "author", "editor", "column")


@cache
def _simplifier() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")
