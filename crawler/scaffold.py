"""A new site file: the template, with what was seen on the site's pages. What was not seen stays a comment."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from importlib import resources
from typing import Literal
from urllib.parse import urlsplit

from crawler.finding import to_toml
from crawler.guesses import Told, find_columns, find_lists_above, tell_column, tell_name, tell_province
from crawler.probe import find_issue, open_day
from crawler.provinces import Province
from crawler.visit import Look, Tour, VisitError, Visitor
from pipelines.records import Link

COLUMNS = 6
"""Columns of a home page that are looked at: a second each."""
UNNAMED = "新闻"
"""The label of a column whose address is known and whose name is not."""
_KEY = re.compile(r"^(?:# )?(key|name|kind|province|platform|hosts|status|facts) = ")
_COLUMN = re.compile(r"^(?:# )?\[\[channel\]\]$", re.MULTILINE)
_ISSUES = re.compile(r"^(?:# )?\[issues\]$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Column:
    """A column as it was seen; one that was not looked at goes into the file as a comment."""

    name: str
    url: str
    is_list: bool = True


@dataclass(frozen=True, slots=True)
class Seen:
    """What a few pages told of their site. `notes` say where each value was read."""

    url: str
    kind: Literal["bureau", "newspaper"]
    hosts: tuple[str, ...]
    name: Told | None = None
    province: Province | None = None
    platform: str | None = None
    columns: tuple[Column, ...] = ()
    issues: str | None = None
    other_hosts: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def tour_of(url: str) -> Tour[Seen]:
    """Look at a list page or a home page, and at the columns that a home page names."""
    return _Tour(url)


@dataclass(frozen=True, slots=True)
class _Tour:
    url: str

    async def __call__(self, visitor: Visitor) -> Seen:
        first = await visitor.look(self.url)
        _require_a_way_in(first)
        issue = first if first.outcome.kind == "newspaper-index" else None
        if first.outcome.kind != "listing" and not (issue and open_day(issue.url)):
            issue = await find_issue(visitor, first) or issue
        if issue:
            return see([issue], [])
        if first.outcome.kind == "listing":
            return see([first], [first])
        named = list(find_columns(first.view)) if first.view else []
        looks = {name: await visitor.look(address) for name, address in named[:COLUMNS]}
        lists = {name: look for name, look in looks.items() if look.outcome.kind == "listing"}
        if not lists:
            raise VisitError(
                f"{first.url}: is {first.outcome.kind}, and none of {len(looks)} columns it names is a list of articles; "
                "name the first page of a list"
            )
        unseen = [Column(name, address, is_list=False) for name, address in named if name not in lists]
        return see([first, *lists.values()], list(lists.values()), names=list(lists), unseen=unseen)


def _require_a_way_in(look: Look) -> None:
    """Raise VisitError for a page that no crawl can begin at, with the address to name instead where the page tells."""
    outcome = look.outcome
    if look.problem:
        raise VisitError(f"{look.url}: {look.problem}")
    if outcome.kind in {"blocked", "gone"} or look.view is None:
        raise VisitError(f"{look.url}: {outcome.kind} ({outcome.reason}); name a page that a browser shows")
    if outcome.kind == "article":
        above = find_lists_above(look.view)
        hint = f"name its list instead, probably {above[0]}" if above else "name the first page of a list instead"
        raise VisitError(f"{look.url}: is an article; {hint}")


def see(
    looks: list[Look], lists: list[Look], *, names: list[str] | None = None, unseen: list[Column] | None = None
) -> Seen:
    """Put together what pages told; `lists` are those that become columns."""
    first = looks[0]
    views = [look.view for look in looks if look.view]
    name = next(filter(None, map(tell_name, views)), None)
    province = next(filter(None, (tell_province(view, name.value if name else None) for view in views)), None)
    platform = Counter(look.platform for look in looks if look.platform).most_common(1)
    is_paper = not lists
    issues = _issues_of(first.url) if is_paper else None
    own, others = _hosts_of(first, [link for look in lists for link in look.outcome.links])
    notes = [f"name: {name.where}"] if name else []
    notes += [f"province: {province[1]}"] if province else []
    notes += [f"platform: recognised on {platform[0][1]} of {len(looks)} pages"] if platform else []
    return Seen(
        url=first.url,
        kind="newspaper" if is_paper else "bureau",
        hosts=own,
        name=name,
        province=province[0] if province else None,
        platform=platform[0][0] if platform else None,
        columns=(*_columns(lists, names, name), *(unseen or [])),
        issues=issues,
        other_hosts=others,
        notes=tuple(notes),
    )


def fill_template(seen: Seen, *, key: str, day: date, name: str | None = None, province: str | None = None) -> str:
    """The text of a site file; `name` and `province` given by a person go before what pages told."""
    stated = province or (seen.province.name if seen.province else None)
    named = name or (seen.name.value if seen.name else None)
    values: dict[str, str | None] = {
        "key": to_toml(key),
        "name": to_toml(named or key),
        "kind": to_toml(seen.kind),
        "province": to_toml(stated) if stated else None,
        "platform": to_toml(seen.platform) if seen.platform else None,
        "hosts": to_toml(seen.hosts),
        "status": to_toml("unverified"),
        "facts": _facts(seen, day, named),
    }
    template = resources.files("seeds").joinpath("sites").joinpath("_template.toml").read_text(encoding="utf-8")
    blocks = re.split(r"\n{2,}", template.strip())[1:]
    filled = [_fill_block(block, seen, values) for block in blocks]
    return "\n\n".join(["# Written by `lantian sites new`: look it over, then delete this line.", *filled]) + "\n"


def _fill_block(block: str, seen: Seen, values: Mapping[str, str | None]) -> str:
    if _COLUMN.search(block):
        return _fill_columns(block, seen)
    if _ISSUES.search(block):
        return _fill_issues(block, seen)
    return "\n".join(_fill_line(line, seen, values) for line in block.splitlines())


def _fill_line(line: str, seen: Seen, values: Mapping[str, str | None]) -> str:
    found = _KEY.match(line)
    if not found:
        return line
    value = values[found[1]]
    if value is None:
        return line if line.startswith("#") else f"# {line}"
    note = (
        [f"# Links of its lists also lead to {', '.join(map(to_toml, seen.other_hosts))}."] if seen.other_hosts else []
    )
    return "\n".join([*(note if found[1] == "hosts" else []), f"{found[1]} = {value}"])


def _fill_columns(block: str, seen: Seen) -> str:
    about = [line for line in block.splitlines() if line.startswith("# ") and " = " not in line and "[[" not in line]
    if seen.kind == "newspaper":
        return "\n".join(line if line.startswith("#") else f"# {line}" for line in block.splitlines())
    tables = []
    for column in seen.columns:
        lines = ("[[channel]]", f"name = {to_toml(column.name)}", f"url = {to_toml(column.url)}")
        tables.append("\n".join(lines if column.is_list else [f"# {line}" for line in lines]))
    is_seen_only = (
        []
        if all(column.is_list for column in seen.columns)
        else ["# Those that are comments were not looked at, or are no lists."]
    )
    return "\n".join([*about, *is_seen_only, "\n\n".join(tables)])


def _fill_issues(block: str, seen: Seen) -> str:
    if seen.issues is None:
        return block
    about = [line for line in block.splitlines() if " = " not in line and "[issues]" not in line]
    return "\n".join([*about, "[issues]", f"index = {to_toml(seen.issues)}"])


def _facts(seen: Seen, day: date, named: str | None) -> str:
    facts = [f"{seen.url}: fetched by `lantian sites new`, {day.isoformat()}", *seen.notes]
    facts += [] if named else ["its name was not found on the page"]
    return "[\n" + "".join(f"    {to_toml(fact)},\n" for fact in facts) + "]"


def _columns(lists: list[Look], names: list[str] | None, site: Told | None) -> list[Column]:
    found: dict[str, Column] = {}
    for number, look in enumerate(lists):
        told = tell_column(look.view, site.value if site else None) if look.view else None
        name = names[number] if names else (told.value if told else UNNAMED)
        found.setdefault(look.url, Column(name, look.url))
    return list(found.values())


def _hosts_of(first: Look, links: list[Link]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The page's own host with those that half of the links lead to; and the other ones."""
    counted = Counter(urlsplit(link.url).netloc for link in links)
    own = dict.fromkeys([urlsplit(first.url).netloc])
    own |= dict.fromkeys(host for host, count in counted.items() if 2 * count >= len(links))
    return tuple(own), tuple(host for host in counted if host not in own)


def _issues_of(url: str) -> str:
    """The address of every issue; raises VisitError where this one names no day."""
    opened = open_day(url)
    if opened is None:
        raise VisitError(f"{url}: is a newspaper's page, but its address names no day; name the index of one issue")
    return opened
