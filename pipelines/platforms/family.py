"""What a CMS family is, as a value: how it is recognised, where its body and fields stand, how its lists go on.

A family file fills in what is special to it; everything else is found by the generic rules.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from pipelines.records import Kind, Link
from pipelines.view import View


def _nothing(_: View) -> dict[str, str]:
    return {}


def _no_link(_: View) -> Link | None:
    return None


def _no_kind(_: View) -> Kind | None:
    return None


def _no_body(_: View) -> str | None:
    return None


@dataclass(frozen=True, slots=True)
class Platform:
    """One CMS family. Selectors are those of `view.Index`.

    `marks` are selectors, `signs` strings of the page's source in lowercase, `address` is a pattern of its url; any of them
    recognises the family. `articles` and
    `listings` are shapes of urls, `items` the shape of links that a list of this family holds. `bodies` are tried in order; `drops` are removed inside the body. `fields` reads what
    the family states in comments or scripts, `fragment` cuts a body out of the source where only comments mark it,
    `records` is the HTML of a list that the page holds in a script, `following` finds the next page of a list, `kind` says what a page is where the family's own markup tells.
    """

    name: str
    marks: tuple[str, ...] = ()
    signs: tuple[str, ...] = ()
    address: str | None = None
    articles: str | None = None
    listings: str | None = None
    bodies: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    subtitles: tuple[str, ...] = ()
    drops: tuple[str, ...] = ()
    items: str | None = None
    fields: Callable[[View], dict[str, str]] = _nothing
    fragment: Callable[[View], str | None] = _no_body
    records: Callable[[View], str | None] = _no_body
    following: Callable[[View], Link | None] = _no_link
    kind: Callable[[View], Kind | None] = _no_kind

    def recognises(self, view: View) -> bool:
        """Whether the page is one of this family."""
        if self.address and re.search(self.address, view.url):
            return True
        return any(view.index.find(mark) for mark in self.marks) or any(sign in view.folded for sign in self.signs)
